"""A heap of the k best rows, compiled: the worst is on top, ready to be replaced."""

import numpy as np
from numpy.typing import NDArray

from domain.matching.compiled import compilable

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@compilable
def worse(score: float, row: int, other_score: float, other_row: int) -> bool:
    """Whether a row ranks behind another: by the lower score, then by the later row."""
    return score < other_score or (score == other_score and row > other_row)


@compilable
def offer(scores: Floats, rows: Ints, size: int, score: float, row: int) -> int:
    """Put a row on the heap if it is among the best `len(scores)`; the new size."""
    if size < len(scores):
        sift_up(scores, rows, size, score, row)
        return size + 1
    if worse(scores[0], rows[0], score, row):
        sift_down(scores, rows, size, score, row)
    return size


@compilable
def sift_up(scores: Floats, rows: Ints, place: int, score: float, row: int) -> None:
    """Add a row at the end and let it rise."""
    while place > 0:
        parent = (place - 1) >> 1
        if not worse(score, row, scores[parent], rows[parent]):
            break
        scores[place], rows[place] = scores[parent], rows[parent]
        place = parent
    scores[place], rows[place] = score, row


@compilable
def sift_down(scores: Floats, rows: Ints, size: int, score: float, row: int) -> None:
    """Replace the top by a row and let it sink."""
    place = 0
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and worse(scores[child + 1], rows[child + 1], scores[child], rows[child]):
            child += 1
        if not worse(scores[child], rows[child], score, row):
            break
        scores[place], rows[place] = scores[child], rows[child]
        place = child
    scores[place], rows[place] = score, row
