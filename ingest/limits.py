"""How much of a file is read at most; beyond that it is refused by name (docs/input.md says so to users).

Every limit is far above what offices write.
"""

import os

COLUMNS_MAX = 16_384
"""Of one sheet, as in any spreadsheet program."""

FILLED_MAX = 1_000
"""Of the filled cells in one of the rows in which a header is looked for; no table has fifty columns."""

CELLS_MAX = 40_000_000
"""Of all sheets of a workbook, with the empty ones between the first cell and the last."""

CELL_CHARACTERS_MAX = 1 << 20
"""Of one cell; spreadsheet programs take 32,767."""

LINE_BYTES_MAX = 1 << 24
"""Of one line of a text file."""

LONG_TEXT, LONG_CHARACTERS_MAX = 100, 1 << 28
"""Of a sheet's texts beyond this length, each counted in every cell that shows it."""

UNPACKED_BYTES_MAX = 2 << 30
"""Of all parts of a workbook together."""

RATIO_MAX, RATIO_FROM_BYTES = 250, 64 << 20
"""How much smaller a part may be packed, from this unpacked size on; spreadsheets pack to a tenth or so."""

PARTS_MAX = 10_000
"""Of a workbook's ZIP file."""

READER_BYTES_MAX = min(6 << 30, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4)
"""Memory of the process that reads workbooks and pages."""

LARGE_FILE_BYTES = 8 << 20
"""After a file of this size that process is ended, so that it gives back its memory."""


def reader_seconds(file_bytes: int) -> int:
    """Processor time that the process gets for a file: many times what an honest one of this size takes."""
    return 20 + 10 * (file_bytes >> 20)
