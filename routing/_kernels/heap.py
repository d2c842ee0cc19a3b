"""A heap of packed integers in an array: smallest first, four children a node for fewer cache lines."""

from numba import njit

from routing.graph import I64

ARITY = 4


@njit(cache=True, nogil=True, inline="always")
def push(heap: I64, size: int, entry: int) -> int:
    """Add an entry; the array must have room. Return the new size."""
    place = size
    while place > 0:
        parent = (place - 1) // ARITY
        if heap[parent] <= entry:
            break
        heap[place] = heap[parent]
        place = parent
    heap[place] = entry
    return size + 1


@njit(cache=True, nogil=True, inline="always")
def pop(heap: I64, size: int) -> int:
    """Remove the top (read it before); return the new size."""
    size -= 1
    entry = heap[size]
    place = 0
    while True:
        first = place * ARITY + 1
        if first >= size:
            break
        least = first
        for child in range(first + 1, min(first + ARITY, size)):
            if heap[child] < heap[least]:
                least = child
        if heap[least] >= entry:
            break
        heap[place] = heap[least]
        place = least
    heap[place] = entry
    return size
