"""Whether Arrow can be trusted with the quotes of a CSV file: one pass over its octets, compiled."""

import numpy as np
import numpy.typing as npt

from tracer.flow.compiled import compiled

NUL, LF, CR, QUOTE = 0, 10, 13, 34


@compiled
def is_plain(octets: npt.NDArray[np.uint8], separator: int) -> bool:
    """Whether quotes stand only around whole cells that hold no line break, and lines end in one way."""
    last = len(octets) - 1
    before, is_inside = LF, False
    for at in range(len(octets)):
        octet = octets[at]
        after = octets[at + 1] if at < last else LF
        if octet == QUOTE:
            beside = after if is_inside else before
            if beside not in (separator, LF, QUOTE) and not (is_inside and beside == CR):
                return False
            is_inside = not is_inside
        elif octet == NUL or (octet == CR and after != LF) or (octet == LF and is_inside):
            return False
        before = octet
    return not is_inside
