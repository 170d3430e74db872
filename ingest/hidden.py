"""Which rows and columns an XLSX sheet hides, told by its XML as it streams past."""

import re

from ingest.sheet import Hidden

TAG_BYTES_MAX = 1024
"""No tag of a row or column is longer; who feeds pieces repeats so much of the last one."""

_TAG = re.compile(rb"<(?:\w+:)?(row|col)\s([^>]*)>")
_IS_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"|\b(?:ht|width)="0(?:\.0+)?"')
_SIGNS = (b' hidden="', b' ht="0', b' width="0')
"""One of these stands in every piece that hides something; looked for first, because that is far quicker."""

_NUMBER = re.compile(rb'\b(r|min|max)="(\d{1,7})"')
_COLUMNS_MAX = 16_384


class HiddenScan:
    """Collects hidden rows and columns from the pieces of a sheet's XML."""

    def __init__(self) -> None:
        self._rows: set[int] = set()
        self._columns: set[int] = set()

    def feed(self, text: bytes) -> None:
        """Look at one piece; what is seen twice counts once."""
        if not any(sign in text for sign in _SIGNS):
            return
        for kind, attributes in _TAG.findall(text):
            if not _IS_HIDDEN.search(attributes):
                continue
            numbers = {name: int(number) for name, number in _NUMBER.findall(attributes)}
            if kind == b"row" and b"r" in numbers:
                self._rows.add(numbers[b"r"] - 1)
            elif kind == b"col" and b"min" in numbers:
                last = min(numbers.get(b"max", numbers[b"min"]), _COLUMNS_MAX)
                self._columns |= set(range(numbers[b"min"] - 1, last))

    @property
    def hidden(self) -> Hidden:
        """What was found, counted from 0."""
        return Hidden(frozenset(self._rows), frozenset(self._columns))
