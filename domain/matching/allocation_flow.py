"""The cheapest allocation: students join one by one, each along the cheapest path of moves.

Successive shortest paths with potentials (Tomizawa 1971; Edmonds and Karp 1972) on the network students ->
projects -> lecturers. Everybody may also stay without a project, at a cost above all others, so that as many
as possible are placed. A search ends at the first free place that it settles, which is mostly near.
"""

from collections.abc import Callable
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np

from domain.matching.allocation_model import AllocationPolicy, Numbered
from domain.matching.compiled import KERNELS, compilable, compiled

NOWHERE = -1
_FITS = 1 << 62

# Lists of Python's whole numbers, or arrays of 64 bits: the code below is the same for both.
Numbers = Any


class Network(NamedTuple):
    """The problem and the state of the search, flat.

    The wishes of student `s` are `projects[starts[s]:starts[s + 1]]` with their `costs`. The holders of
    project `p` are the first `load[p]` of `seats[first_seat[p]:first_seat[p + 1]]`. Nodes are the
    projects and then the lecturers; `price` keeps the reduced cost of every possible move at 0 or above,
    `dist`, `via` and `stamp` belong to one search: `via` is the student who comes to a project, or -2 minus
    the lecturer who frees it, or for a lecturer the project from which the place is asked.
    """

    starts: Numbers
    projects: Numbers
    costs: Numbers
    owner: Numbers
    first_seat: Numbers
    seats: Numbers
    load: Numbers
    lecturer_capacity: Numbers
    lecturer_load: Numbers
    first_offered: Numbers
    offered: Numbers
    price: Numbers
    dist: Numbers
    stamp: Numbers
    via: Numbers
    got: Numbers
    paid: Numbers


def rank_costs(policy: AllocationPolicy, ranks: int, students: int) -> list[int]:
    """The cost of each rank from 1 on, and last the cost of staying without a project.

    Sums of these costs compare as the policy does. For `GREEDY_MAX` and `GENEROUS_MAX` the counts of the
    ranks are the digits of a number with a base above the number of students; Python's whole numbers hold it.
    """
    base = students + 1
    if policy is AllocationPolicy.GREEDY_MAX:
        costs = [base**ranks - base ** (ranks - rank) for rank in range(1, ranks + 1)]
    elif policy is AllocationPolicy.GENEROUS_MAX:
        costs = [base**rank for rank in range(1, ranks + 1)]
    else:
        costs = list(range(1, ranks + 1))
    return [*costs, base * (max(costs, default=0) + 1)]


def cheapest(numbered: Numbered, costs: list[int]) -> list[int]:
    """Each student's project, or NOWHERE, at the smallest sum of costs (those of `rank_costs`)."""
    network = _network(numbered, costs)
    nowhere = costs[-1]
    if KERNELS and nowhere * (len(numbered.lists) + 1) * 4 < _FITS:
        arrays = Network(*(np.array(column, dtype=np.int64) for column in network))
        _compiled_solve()(arrays, nowhere)
        return [int(project) for project in arrays.got]
    solve(network, nowhere)
    return list(network.got)


def _network(numbered: Numbered, costs: list[int]) -> Network:
    students, projects = len(numbered.lists), len(numbered.owner)
    lecturers = len(numbered.lecturer_capacity)
    offered: list[list[int]] = [[] for _ in range(lecturers)]
    for project, lecturer in enumerate(numbered.owner):
        offered[lecturer].append(project)
    # More seats than students are never taken.
    seats = [min(capacity, students) for capacity in numbered.project_capacity]
    nodes = projects + lecturers
    return Network(
        _starts([len(wanted) for wanted in numbered.lists]),
        [project for wanted in numbered.lists for project in wanted],
        [costs[choice - 1] for chosen in numbered.choices for choice in chosen],
        list(numbered.owner),
        _starts(seats),
        [NOWHERE] * sum(seats),
        [0] * projects,
        list(numbered.lecturer_capacity),
        [0] * lecturers,
        _starts([len(of_lecturer) for of_lecturer in offered]),
        [project for of_lecturer in offered for project in of_lecturer],
        [0] * nodes,
        [0] * nodes,
        [NOWHERE] * nodes,
        [NOWHERE] * nodes,
        [NOWHERE] * students,
        [0] * students,
    )


def _starts(counts: list[int]) -> list[int]:
    starts = [0]
    for count in counts:
        starts.append(starts[-1] + count)
    return starts


@lru_cache(maxsize=1)
def _compiled_solve() -> Callable[[Network, int], None]:
    return compiled(solve)


@compilable
def solve(net: Network, nowhere: int) -> None:
    """Place all students; the result is in `net.got`."""
    for student in range(len(net.got)):
        lecturer, leaving = search(net, student, nowhere)
        if leaving == student:
            continue
        if lecturer >= 0:
            net.lecturer_load[lecturer] += 1
            project = net.via[len(net.owner) + lecturer]
        else:
            project = net.got[leaving]
            leave(net, leaving, project)
            net.got[leaving] = NOWHERE
        move(net, student, project)


@compilable
def move(net: Network, student: int, project: int) -> None:
    """Make the moves of the path that ends at `project`, from there back to the new student."""
    while True:
        comes = net.via[project]
        if comes < NOWHERE:
            project = net.via[len(net.owner) - 2 - comes]
            continue
        left = net.got[comes]
        if left != NOWHERE:
            leave(net, comes, left)
        enter(net, comes, project)
        if comes == student:
            return
        project = left


@compilable
def leave(net: Network, student: int, project: int) -> None:
    """Take a student from a seat; the last holder moves up."""
    first = net.first_seat[project]
    net.load[project] -= 1
    last = first + net.load[project]
    for seat in range(first, last):
        if net.seats[seat] == student:
            net.seats[seat] = net.seats[last]


@compilable
def enter(net: Network, student: int, project: int) -> None:
    """Give a student the next seat."""
    net.seats[net.first_seat[project] + net.load[project]] = student
    net.load[project] += 1
    net.got[student] = project
    for wish in range(net.starts[student], net.starts[student + 1]):
        if net.projects[wish] == project:
            net.paid[student] = net.costs[wish]


@compilable
def search(net: Network, student: int, nowhere: int) -> tuple[int, int]:
    """The end of the cheapest path: (lecturer with a place, -1) or (-1, the student who goes nowhere).

    Whatever is no nearer than the best end so far is neither kept nor visited: with ranks as costs, most of
    what a search could reach is just as far as its end.
    """
    heap = [(nowhere, student)]
    heap.pop()
    settled = [student]
    settled.pop()
    best, end = nowhere, (-1, student)
    for wish in range(net.starts[student], net.starts[student + 1]):
        project = net.projects[wish]
        relax(net, heap, student, project, net.costs[wish] - net.price[project], student, best)
    while len(heap) > 0:
        dist, node = heappop(heap)
        if dist >= best:
            break
        if dist > net.dist[node]:
            continue
        settled.append(node)
        here = dist + net.price[node]
        if node >= len(net.owner):
            scan_lecturer(net, heap, student, node - len(net.owner), here, best)
            continue
        lecturer = asked_lecturer(net, node)
        if lecturer >= 0:
            asked = len(net.owner) + lecturer
            there = here - net.price[asked]
            relax(net, heap, student, asked, there, node, best)
            if there < best and net.lecturer_load[lecturer] < net.lecturer_capacity[lecturer]:
                best, end = there, (lecturer, -1)
        leaving = scan_project(net, heap, student, node, here, best)
        if leaving >= 0 and here - net.paid[leaving] + nowhere < best:
            best, end = here - net.paid[leaving] + nowhere, (-1, leaving)
    for node in settled:
        net.price[node] += min(net.dist[node] - best, 0)
    return end


@compilable
def asked_lecturer(net: Network, project: int) -> int:
    """Who is asked for a place when somebody comes to a project with a free seat; -1 where it has none."""
    seats = net.first_seat[project + 1] - net.first_seat[project]
    lecturer: int = net.owner[project]
    return lecturer if net.load[project] < seats else -1


@compilable
def scan_project(net: Network, heap: Any, student: int, project: int, here: int, best: int) -> int:
    """Somebody came to a project: let a holder move on.

    Returns the holder who pays most, the cheapest to send nowhere; -1 without holders.
    """
    first, leaving = net.first_seat[project], -1
    for seat in range(first, first + net.load[project]):
        holder = net.seats[seat]
        moved = here - net.paid[holder]
        if leaving < 0 or net.paid[holder] > net.paid[leaving]:
            leaving = holder
        for wish in range(net.starts[holder], net.starts[holder + 1]):
            there = net.projects[wish]
            if there != project:
                dist = moved + net.costs[wish] - net.price[there]
                relax(net, heap, student, there, dist, holder, best)
    return leaving


@compilable
def scan_lecturer(net: Network, heap: Any, student: int, lecturer: int, here: int, best: int) -> None:
    """A lecturer is asked for a place: another project of the lecturer may give one back."""
    for place in range(net.first_offered[lecturer], net.first_offered[lecturer + 1]):
        project = net.offered[place]
        if net.load[project] > 0:
            relax(net, heap, student, project, here - net.price[project], -2 - lecturer, best)


@compilable
def relax(net: Network, heap: Any, student: int, node: int, dist: int, via: int, best: int) -> None:
    """Reach a node at `dist` if that is the nearest so far in this search, and nearer than `best`."""
    if dist < best and (net.stamp[node] != student or dist < net.dist[node]):
        net.stamp[node] = student
        net.dist[node] = dist
        net.via[node] = via
        heappush(heap, (dist, node))
