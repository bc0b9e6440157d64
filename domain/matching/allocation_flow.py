"""The largest and, among those, the cheapest flow: all who wait look for a way at once, cheapest ways first.

The primal-dual method (Ford and Fulkerson 1957). A round finds how much dearer than the ways so far the next
ones are, from all waiting sources together, and then takes as many ways of that cost as it finds. Costs are
whole numbers and ways are short, so that few rounds are enough.
"""

from collections.abc import Callable
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.matching.compiled import compilable, compiled

NOWHERE = -1

# Lists of Python's whole numbers, or arrays of 64 bits: the code below is the same for both.
Numbers = Any


class Arcs(NamedTuple):
    """Arcs from one set of nodes to another, with the units that fit and the cost of each."""

    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    room: NDArray[np.int64]
    costs: NDArray[Any]


class Network(NamedTuple):
    """The problem and the state of the search, flat; the last node is the sink.

    The arcs that leave node `n` are `first[n]` to `first[n + 1]`; `back` is each arc's way back, which gets
    the room that the arc loses. `price` keeps `price[tail] + cost - price[head]` at 0 or above wherever there
    is room. `dist` is that of one search, `via` the arc by which a way came to a node that was `seen`.
    """

    first: Numbers
    heads: Numbers
    room: Numbers
    costs: Numbers
    back: Numbers
    price: Numbers
    dist: Numbers
    seen: Numbers
    via: Numbers


def network(nodes: int, forth: Arcs) -> tuple[Network, NDArray[np.int64]]:
    """The network of some arcs, with nothing sent; and where each of the arcs is in it.

    An arc without cost should come behind those with one: a way looks at the last arc of a node first.
    """
    count = len(forth.tails)
    tails = np.concatenate([forth.heads, forth.tails])
    order = np.argsort(tails, kind="stable")
    place = np.empty(2 * count, np.int64)
    place[order] = np.arange(2 * count)
    net = Network(
        np.concatenate([[0], np.cumsum(np.bincount(tails, minlength=nodes))]),
        np.concatenate([forth.tails, forth.heads])[order],
        np.concatenate([np.zeros(count, np.int64), forth.room])[order],
        np.concatenate([-forth.costs, forth.costs])[order],
        np.concatenate([place[count:], place[:count]])[order],
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.bool_),
        np.full(nodes, NOWHERE),
    )
    return net, place[count:]


def in_lists(net: Network) -> Network:
    """The same in lists, for code that is not compiled and for costs above 64 bits."""
    return Network(*(column.tolist() for column in net))


@lru_cache(maxsize=1)
def compiled_send() -> Callable[[Network, Numbers, int], int]:
    """`send`, compiled, for arrays."""
    return compiled(send)


@compilable
def send(net: Network, sources: Numbers, far: int) -> int:
    """Send as many units as can be, as cheaply as possible, one from each source; a node may be some of them.

    No way may cost as much as a quarter of `far`. Returns the cost of the dearest way that was taken; no
    source's price is below the negative of that, which with all prices proves the flow to be the cheapest.
    """
    waiting = list(sources)
    total = 0
    while True:
        further = search(net, waiting, far)
        if further == far:
            return total
        total += further
        for node in range(len(net.seen)):
            net.seen[node] = False
        waiting = [source for source in waiting if not walk(net, source)]


@compilable
def search(net: Network, waiting: list[int], far: int) -> int:
    """How much dearer the cheapest way to the sink is than the last one; `far` where there is none.

    Prices follow, so that the steps of the cheapest ways cost nothing. What is as far as the node that is
    looked at goes to `near`, everything else to the heap.
    """
    start(net, waiting, far)
    near, heap = waiting.copy(), [(far, 0)]
    dist = heap.pop()[1]
    while len(near) > 0 or len(heap) > 0:
        if len(near) > 0:
            node = near.pop()
        else:
            dist, node = heappop(heap)
        if node == len(net.price) - 1:
            lower_prices(net, dist)
            return dist
        if dist > net.dist[node]:
            continue
        for arc in range(net.first[node], net.first[node + 1]):
            if net.room[arc] > 0:
                there = net.heads[arc]
                further = dist + net.price[node] + net.costs[arc] - net.price[there]
                if further < net.dist[there]:
                    net.dist[there] = further
                    if further == dist:
                        near.append(there)
                    else:
                        heappush(heap, (further, there))
    return far


@compilable
def start(net: Network, waiting: list[int], far: int) -> None:
    """Forget the last search: only who waits has been reached."""
    for node in range(len(net.dist)):
        net.dist[node] = far
    for node in waiting:
        net.dist[node] = 0


@compilable
def lower_prices(net: Network, dist: int) -> None:
    """Nodes nearer than `dist` become as much cheaper as they are nearer."""
    for node in range(len(net.dist)):
        if net.dist[node] < dist:
            net.price[node] += net.dist[node] - dist


@compilable
def walk(net: Network, source: int) -> bool:
    """Look for a way from a source to the sink of steps that cost nothing, and take it.

    A node that was seen is not tried again for other sources: what that misses, the next round finds.
    """
    ahead = [source]
    sink = len(net.price) - 1
    while len(ahead) > 0:
        node = ahead.pop()
        if node == sink:
            take(net, source)
            net.seen[sink] = False
            for other in ahead:  # not looked at yet
                net.seen[other] = False
            return True
        here = net.price[node]
        for arc in range(net.first[node], net.first[node + 1]):
            there = net.heads[arc]
            if net.room[arc] > 0 and here + net.costs[arc] == net.price[there] and not net.seen[there]:
                net.seen[there] = True
                net.via[there] = arc
                ahead.append(there)
    return False


@compilable
def take(net: Network, source: int) -> None:
    """Send a unit on the way that came to the sink."""
    node = len(net.price) - 1
    while node != source:
        arc = net.via[node]
        net.room[arc] -= 1
        net.room[net.back[arc]] += 1
        node = net.heads[net.back[arc]]
