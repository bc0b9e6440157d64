"""Stable student-project allocation with lecturers who have preferences over students.

Abraham, Irving and Manlove, "Two algorithms for the student-project allocation problem", 2007. Both run
in time linear in the lengths of the lists but for the heaps and the search for the next offer.
"""

from heapq import heapify, heappop, heappush

from domain.matching.allocation_model import Numbered

FREE = -1


def student_stable(numbered: Numbered, ranks: list[dict[int, int]]) -> list[int]:
    """The stable allocation that is best for every student: students propose, the worst are turned away."""
    owner = numbered.owner
    got = [FREE] * len(numbered.lists)
    on_project = [0] * len(owner)
    on_lecturer = [0] * len(ranks)
    worst_of_project: list[list[tuple[int, int]]] = [[] for _ in owner]
    worst_of_lecturer: list[list[tuple[int, int, int]]] = [[] for _ in ranks]
    next_choice = [0] * len(numbered.lists)
    free = list(range(len(numbered.lists) - 1, -1, -1))
    while free:
        student = free.pop()
        if next_choice[student] == len(numbered.lists[student]):
            continue
        project = numbered.lists[student][next_choice[student]]
        next_choice[student] += 1
        lecturer = owner[project]
        rank = ranks[lecturer][student]
        got[student] = project
        on_project[project] += 1
        on_lecturer[lecturer] += 1
        heappush(worst_of_project[project], (-rank, student))
        heappush(worst_of_lecturer[lecturer], (-rank, student, project))
        if on_project[project] > numbered.project_capacity[project]:
            heap = worst_of_project[project]
            while got[heap[0][1]] != project:
                heappop(heap)
            rejected = heappop(heap)[1]
        elif on_lecturer[lecturer] > numbered.lecturer_capacity[lecturer]:
            offers = worst_of_lecturer[lecturer]
            while got[offers[0][1]] != offers[0][2]:
                heappop(offers)
            rejected = heappop(offers)[1]
        else:
            continue
        on_project[got[rejected]] -= 1
        on_lecturer[lecturer] -= 1
        got[rejected] = FREE
        free.append(rejected)
    return got


def lecturer_stable(numbered: Numbered, ranks: list[dict[int, int]]) -> list[int]:
    """The stable allocation that is best for every lecturer: lecturers offer, students keep the best."""
    owner = numbered.owner
    got = [FREE] * len(numbered.lists)
    on_project = [0] * len(owner)
    on_lecturer = [0] * len(ranks)
    # A student accepts only projects before this place of the own list; it shrinks with each offer taken.
    until = [len(wanted) for wanted in numbered.lists]
    order = [sorted(rank, key=rank.__getitem__) for rank in ranks]
    waiting = list(range(len(ranks)))
    heapify(waiting)
    queued = [True] * len(ranks)
    while waiting:
        lecturer = heappop(waiting)
        queued[lecturer] = False
        while on_lecturer[lecturer] < numbered.lecturer_capacity[lecturer]:
            offer = _next_offer(numbered, order[lecturer], lecturer, got, on_project, until)
            if offer is None:
                break
            student, place = offer
            left = got[student]
            if left != FREE:
                on_project[left] -= 1
                on_lecturer[owner[left]] -= 1
                if owner[left] != lecturer and not queued[owner[left]]:
                    heappush(waiting, owner[left])
                    queued[owner[left]] = True
            project = numbered.lists[student][place]
            got[student] = project
            on_project[project] += 1
            on_lecturer[lecturer] += 1
            until[student] = place
    return got


def _next_offer(
    numbered: Numbered,
    order: list[int],
    lecturer: int,
    got: list[int],
    on_project: list[int],
    until: list[int],
) -> tuple[int, int] | None:
    """The first student of a lecturer's list who would take a project with a free place, and its place."""
    for student in order:
        for place in range(until[student]):
            project = numbered.lists[student][place]
            free = on_project[project] < numbered.project_capacity[project]
            if free and numbered.owner[project] == lecturer and got[student] != project:
                return student, place
    return None
