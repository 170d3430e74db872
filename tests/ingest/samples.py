"""Small files of every kind, written as bureaus and spreadsheet programs write them."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from ingest.run import ingest

Row = Sequence[Any]

PAYMENT_HEADER = (
    "支付凭证号",
    "付款人名称",
    "付款账户",
    "支付金额",
    "支付时间",
    "用途",
    "结算方式",
    "支付方式",
    "收款人名称",
    "收款人账户",
)
SPLIT_HEADER = ("上级指标编号", "下级指标编号", "金额", "分解日期")


def payment(
    number: str, amount: object = "12.50", day: object = "2019-12-20", **cells: object
) -> list[object]:
    """A good payment row under PAYMENT_HEADER, with some cells replaced by their Chinese header."""
    row: dict[str, object] = dict(
        zip(
            PAYMENT_HEADER,
            (number, "某县财政局", "1001", amount, day, "产业补助", "转账", "财政直接支付", "某村", "6222"),
            strict=True,
        )
    )
    row |= cells
    return list(row.values())


def csv_text(rows: Sequence[Row], separator: str = ",") -> str:
    return "".join(separator.join(str(cell) for cell in row) + "\n" for row in rows)


def write_csv(path: Path, rows: Sequence[Row], encoding: str = "utf-8", separator: str = ",") -> Path:
    path.write_bytes(csv_text(rows, separator).encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Row], sheet: str = "Sheet1", merge: Sequence[str] = ()) -> Path:
    workbook = openpyxl.Workbook()
    worksheet = workbook.active
    worksheet.title = sheet
    for row in rows:
        worksheet.append(list(row))
    for cells in merge:
        worksheet.merge_cells(cells)
    workbook.save(path)
    return path


def write_xls(
    path: Path,
    rows: Sequence[Row],
    sheet: str = "Sheet1",
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
) -> Path:
    """The smallest BIFF8 workbook: one sheet of numbers and texts in an OLE container."""

    def record(number: int, body: bytes) -> bytes:
        return struct.pack("<HH", number, len(body)) + body

    def text(value: str) -> bytes:
        return b"\x01" + value.encode("utf-16-le")

    bof = struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 1996, 0, 6)
    name = struct.pack("<B", len(sheet)) + text(sheet)
    book = record(0x809, bof)
    offset = len(book) + 4 + 6 + len(name) + 4
    book += record(0x85, struct.pack("<IBB", offset, 0, 0) + name) + record(0x0A, b"")
    book += record(0x809, bof.replace(b"\x05\x00", b"\x10\x00", 1))
    for c in hidden_columns:
        book += record(0x7D, struct.pack("<6H", c, c, 2048, 0, 1, 0))
    for r, row in enumerate(rows):
        if r in hidden_rows:
            book += record(0x208, struct.pack("<8H", r, 0, len(row), 255, 0, 0, 0x120, 15))
        for c, cell in enumerate(row):
            if isinstance(cell, int | float):
                book += record(0x203, struct.pack("<HHHd", r, c, 0, cell))
            elif cell:
                book += record(0x204, struct.pack("<HHHH", r, c, 0, len(cell)) + text(cell))
    book += record(0x0A, b"")
    path.write_bytes(ole({"Workbook": book}))
    return path


def ole(streams: Mapping[str, bytes]) -> bytes:
    """An OLE container with these streams, short names first, each filled up to at least 4096 bytes."""
    padded = {
        name: body.ljust(max(4096, -(-len(body) // 512) * 512), b"\0") for name, body in streams.items()
    }
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    fat = [0xFFFFFFFD, end]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHHHIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, end, 0, end)
    header += struct.pack("<II", 0, 0) + struct.pack("<I", free) * 108

    def entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, free, right, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, free, 1, end, 0)
    for number, (name, body) in enumerate(padded.items(), 1):
        right = number + 1 if number < len(padded) else free
        directory += entry(name, 2, right, free, len(fat), len(body))
        fat += [*range(len(fat) + 1, len(fat) + len(body) // 512), end]
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    return header + table + directory.ljust(512, b"\0") + b"".join(padded.values())


def ingested(folder: Path, *paths: Path, mapping: str | None = None, dry_run: bool = False) -> dict[str, Any]:
    """The report of an ingest into `folder`/home, with the promise checked that the five counts add up."""
    mapping_file = None
    if mapping is not None:
        mapping_file = folder / "mapping.yaml"
        mapping_file.write_text(mapping, encoding="utf-8")
    report = ingest(folder / "home", list(paths), mapping=mapping_file, dry_run=dry_run)
    for batch in report["batches"]:
        assert batch["rows"] == sum(
            batch[count] for count in ("accepted", "rejected", "totals", "blank", "duplicates")
        )
        named = {
            (p["file"], p["sheet"], p["row"])
            for p in report["problems"]
            if (p["file"], p["sheet"]) == (batch["file"], batch["sheet"])
        }
        assert len(named) >= batch["rejected"]
    return report


def counts(batch: dict[str, Any]) -> tuple[int, int, int, int, int, int]:
    """rows, accepted, rejected, totals, blank, duplicates."""
    names = ("rows", "accepted", "rejected", "totals", "blank", "duplicates")
    return tuple(batch[name] for name in names)  # type: ignore[return-value]
