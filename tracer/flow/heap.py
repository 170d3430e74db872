"""A binary heap of row numbers, smallest first, for compiled code."""

from tracer.flow.codes import Int32
from tracer.flow.compiled import compiled


@compiled
def heap_push(heap: Int32, size: int, value: int) -> int:
    """Add `value` to the heap of `size` entries and return the new size; `heap` must have room."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[above] <= value:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = value
    return size + 1


@compiled
def heap_pop(heap: Int32, size: int) -> int:
    """Take `heap[0]` off the heap of `size` entries and return the new size; read it before."""
    size -= 1
    value = heap[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= value:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = value
    return size
