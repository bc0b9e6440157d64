"""Allocations by the policies that put a cost on each rank: flows students -> projects -> lecturers.

The two policies that compare profiles need numbers with a digit for each rank, far above 64 bits for all
students. In practice the digits stay small, so the search runs on short digits, and the prices that it ends
with are checked by the policy's own order: they prove the result, or the search is repeated on long numbers.
"""

from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.matching.allocation_flow import NOWHERE, Arcs, Network, compiled_send, in_lists, network, send
from domain.matching.allocation_model import AllocationPolicy, Numbered
from domain.matching.compiled import KERNELS

BITS, FEWEST_BITS = 62, 2  # of a number, and of a digit: -1, 0 and 1 at least


class Flow(NamedTuple):
    """The network, where units start (a node as often as it has units), and where the wishes are in order."""

    net: Network
    sources: NDArray[np.int64]
    wishes: NDArray[np.int64]


def cheapest(numbered: Numbered, policy: AllocationPolicy) -> list[int]:
    """Each student's project, or NOWHERE: the best of the largest allocations by a cost policy."""
    digits = rank_digits(policy, max((choices[-1] for choices in numbered.choices if choices), default=0))
    wishes = by_short_numbers(numbered, digits) if KERNELS else None
    if wishes is None:
        wishes = _by_long_numbers(numbered, digits)
    projects = list(chain.from_iterable(numbered.lists))
    owners = np.repeat(np.arange(len(numbered.lists)), list(map(len, numbered.lists)))
    got = [NOWHERE] * len(numbered.lists)
    for wish in np.flatnonzero(wishes).tolist():
        got[owners[wish]] = projects[wish]
    return got


def rank_digits(policy: AllocationPolicy, ranks: int) -> NDArray[np.int64]:
    """The cost of each rank from 1 on, a row of digits each, the heaviest first: (ranks, digits).

    Sums of such rows compare as the policy does. `GREEDY_MAX` takes a first choice for nothing and any other
    for a first choice that is lost.
    """
    each = np.eye(ranks, dtype=np.int64)
    if policy is AllocationPolicy.GREEDY_MAX:
        return each[:1] - each
    if policy is AllocationPolicy.GENEROUS_MAX:
        return each[::-1]
    return np.arange(1, ranks + 1)[:, np.newaxis]


def by_short_numbers(numbered: Numbered, digits: NDArray[np.int64]) -> NDArray[np.bool_] | None:
    """The wishes that come true, by a search in 64 bits; None where it does not prove its result."""
    count = digits.shape[1]
    bits = (BITS - farther(numbered).bit_length()) // max(1, count)
    if bits < FEWEST_BITS:
        return None
    flow = _flow(numbered, _numbers(digits, 1 << bits).astype(np.int64))
    dearest = compiled_send()(flow.net, flow.sources, 1 << BITS)
    # A single digit never runs over.
    if count > 1 and not _proven(flow, dearest, bits, count):
        return None
    return _taken(flow.net, flow.wishes)


def _by_long_numbers(numbered: Numbered, digits: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The same in Python's whole numbers, with room in each digit for all students."""
    costs = _numbers(digits, len(numbered.lists) + 1)
    flow = _flow(numbered, costs)
    net = in_lists(flow.net)
    send(net, flow.sources.tolist(), farther(numbered) * (max(costs, default=0) + 1))
    return _taken(net, flow.wishes)


def _taken(net: Network, wishes: NDArray[np.int64]) -> NDArray[np.bool_]:
    taken: NDArray[np.bool_] = np.array(net.room)[wishes] == 0
    return taken


def farther(numbered: Numbered) -> int:
    """More than four times as many wishes as a way can hold: none visits a project twice."""
    return 4 * (len(numbered.owner) + 2)


def _flow(numbered: Numbered, costs: NDArray[Any]) -> Flow:
    """The flow for `costs[r - 1]` of rank `r`, from the side that is scarcer: its ways are soon found.

    Nodes are the students, the projects, the lecturers and the sink.
    """
    students, projects = len(numbered.lists), len(numbered.owner)
    lengths = np.fromiter(map(len, numbered.lists), np.int64, students)
    wanted = np.fromiter(chain.from_iterable(numbered.lists), np.int64, lengths.sum())
    choices = np.fromiter(chain.from_iterable(numbered.choices), np.int64, lengths.sum())
    offered = students + np.arange(projects)
    owner = np.array(numbered.owner, np.int64)
    # More places than students, or than the own projects have, are never taken.
    seats = np.array([min(capacity, students) for capacity in numbered.project_capacity], np.int64)
    places = np.array([min(capacity, students) for capacity in numbered.lecturer_capacity], np.int64)
    own = np.zeros_like(places)
    np.add.at(own, owner, seats)
    places = np.minimum(places, own)
    lecturers = students + projects + np.arange(len(places))
    tails = np.concatenate([np.repeat(np.arange(students), lengths), offered])
    heads = np.concatenate([students + wanted, students + projects + owner])
    ends = [(np.arange(students), np.ones(students, np.int64)), (lecturers, places)]
    if places.sum() < students:
        tails, heads = heads, tails
        ends.reverse()
    (sources, units), (targets, target_room) = ends
    sink = students + projects + len(places)
    arcs = Arcs(
        np.concatenate([tails, targets]),
        np.concatenate([heads, np.full(len(targets), sink)]),
        np.concatenate([np.ones(len(wanted), np.int64), seats, target_room]),
        np.concatenate([costs[choices - 1], np.zeros(projects + len(targets), np.int64)]),
    )
    net, where = network(sink + 1, arcs)
    return Flow(net, np.repeat(sources, units), where[: len(wanted)])


def _numbers(digits: NDArray[np.int64], base: int) -> NDArray[np.object_]:
    """Rows of digits as Python's whole numbers."""
    weights = [base**place for place in reversed(range(digits.shape[1]))]
    return np.array([sum(map(int.__mul__, row, weights)) for row in digits.tolist()], dtype=object)


def _digits(numbers: NDArray[np.int64], bits: int, count: int) -> NDArray[np.int64]:
    """Whole numbers as rows of `count` digits from -2 ** (bits - 1) on; the first takes what is left."""
    found = np.empty((len(numbers), count), np.int64)
    half = 1 << (bits - 1)
    for place in range(count - 1, 0, -1):
        found[:, place] = ((numbers + half) & (2 * half - 1)) - half
        numbers = (numbers - found[:, place]) >> bits
    found[:, 0] = numbers
    return found


def _proven(flow: Flow, dearest: int, bits: int, count: int) -> bool:
    """Whether no change of the flow costs less than nothing by the policy's own order.

    By linear programming's duality this proves the flow to be the cheapest, wherever the prices came from.
    """
    net = flow.net
    price = _digits(net.price, bits, count)
    has_room = net.room > 0
    tails = np.repeat(np.arange(len(price)), np.diff(net.first))[has_room]
    reduced = price[tails] + _digits(net.costs[has_room], bits, count) - price[net.heads[has_room]]
    exchanged = price[flow.sources] + _digits(np.array([dearest]), bits, count)
    return _none_below_zero(reduced) and _none_below_zero(exchanged)


def _none_below_zero(rows: NDArray[np.int64]) -> bool:
    heaviest = (rows != 0).argmax(axis=1)
    return bool((rows[np.arange(len(rows)), heaviest] >= 0).all())
