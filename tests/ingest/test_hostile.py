"""Files made to take the reader down: each is refused in one line, and the files beside it are read."""

import io
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from samples import SPLIT_HEADER, ingested, ole, write_csv, write_xlsx

from ingest.csvfile import read_lines

ROWS = [SPLIT_HEADER, ("Z1", "X1", 1.5, "2019-01-01")]
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
DTD = b'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SST_OF_MILLIONS = (
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="4294967295">'
)
EXTERNAL = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
MEMORY_MB_MAX = 700
"""Of the whole ingest with the process that reads; without a hostile file it takes some 300."""

Change = Callable[[str, bytes], bytes]


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    return write_xlsx(tmp_path / "good.xlsx", ROWS).read_bytes()


def changed(good: bytes, change: Change, *more: tuple[str, bytes]) -> bytes:
    """The workbook with each part changed, and more parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in more:
            new.writestr(name, content)
    return made.getvalue()


def with_cells(good: bytes, xml: bytes) -> bytes:
    """The workbook with more rows at the end of its sheet."""
    return changed(
        good,
        lambda name, part: part.replace(b"</sheetData>", xml + b"</sheetData>") if name == SHEET else part,
    )


def with_part(good: bytes, part_name: str, change: Callable[[bytes], bytes]) -> bytes:
    return changed(good, lambda name, part: change(part) if name == part_name else part)


def lying(good: bytes) -> bytes:
    """A workbook whose headers say that a part unpacks to 10 octets."""
    data = bytearray(good)
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        info, at = package.getinfo(SHEET), package.start_dir
    struct.pack_into("<I", data, info.header_offset + 22, 10)
    while data[at : at + 4] == b"PK\x01\x02":
        name_length, *others = struct.unpack_from("<HHH", data, at + 28)
        if data[at + 46 : at + 46 + name_length] == SHEET.encode():
            struct.pack_into("<I", data, at + 24, 10)
        at += 46 + name_length + sum(others)
    return bytes(data)


def far(reference: str) -> bytes:
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f"<row s='0' r='{row}'><c s='0' r='{reference}'><v>1</v></c></row>".encode()


BROKEN = "工作簿已损坏，没有读取："
HOSTILE_WORKBOOKS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "far cell": (lambda good: with_cells(good, far("XFD1048576")), "sheet1.xml 1048576 行 × 16384 列"),
    "far row": (lambda good: with_cells(good, far("A4294967295")), "sheet1.xml 4294967295 行 × "),
    "far column": (lambda good: with_cells(good, far("ZZZZZZ3")), " 列"),
    "wide and long": (lambda good: with_cells(good, far("BL1048576")), "1048576 行 × 64 列"),
    "far cell in a near row": (
        lambda good: with_cells(good, b'<row r="3"><c r="XFD1048576"><v>1</v></c></row>'),
        "1048576 行 × 16384 列",
    ),
    "long text": (
        lambda good: with_cells(
            good, b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"ab" * 600_000 + b"</t></is></c></row>"
        ),
        "一格 1,200,000 字",
    ),
    "entities": (lambda good: with_part(good, SHEET, lambda part: DTD + part), "DTD"),
    "entities behind a comment": (
        lambda good: with_part(good, SHEET, lambda part: b"<!--" + b" " * 9000 + b"-->" + DTD + part),
        "DTD",
    ),
    "entities in styles": (lambda good: with_part(good, "xl/styles.xml", lambda part: DTD + part), "DTD"),
    "entities in relations": (
        lambda good: with_part(good, "xl/_rels/workbook.xml.rels", lambda part: EXTERNAL + part),
        "DTD",
    ),
    "entities in UTF-16": (
        lambda good: with_part(
            good, SHEET, lambda part: ("\ufeff" + (DTD + part).decode()).encode("utf-16-le")
        ),
        f"{BROKEN}其中的 XML 不完整",
    ),
    "texts announced": (
        lambda good: changed(good, lambda name, part: part, (STRINGS, SST_OF_MILLIONS + b"</sst>")),
        f"{BROKEN}内部结构读不出",
    ),
    "part twice": (
        lambda good: changed(good, lambda name, part: part, ("XL/Worksheets/sheet1.XML", b"<a/>")),
        f"{BROKEN}压缩包不完整",
    ),
    "many parts": (
        lambda good: changed(good, lambda name, part: part, *((f"x/{n}", b"") for n in range(10_001))),
        " 个部分",
    ),
    "packed zeros": (
        lambda good: changed(good, lambda name, part: part, ("xl/media/a.bin", bytes(70 << 20))),
        "70 MB，压缩比 ",
    ),
    "headers lie": (lying, f"{BROKEN}压缩包不完整"),
    "one part for two sheets": (
        lambda good: with_part(
            good, "xl/workbook.xml", lambda part: part.replace(b"</sheets>", _sheet(part) + b"</sheets>")
        ),
        f"{BROKEN}内部结构读不出",
    ),
    "old workbook without end": (lambda good: ole({"Workbook": b"\x09\x08"})[:-600] + b"\xff" * 90, ""),
}


def _sheet(book: bytes) -> bytes:
    start = book.index(b"<sheet ")
    return book[start : book.index(b"/>", start) + 2].replace(b'name="Sheet1"', b'name="Sheet2"')


@pytest.mark.parametrize("name", HOSTILE_WORKBOOKS)
def test_a_hostile_workbook_is_refused_and_the_good_files_are_read(
    tmp_path: Path, good: bytes, name: str
) -> None:
    make, reason = HOSTILE_WORKBOOKS[name]
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(make(good))
    (folder / "b.xlsx").write_bytes(good)
    report = ingested(tmp_path, folder)
    assert [problem["file"] for problem in report["problems"]] == ["a.xlsx"]
    (problem,) = report["problems"]
    assert reason in problem["problem"]
    assert problem["hint"]
    assert problem["problem_en"]
    assert [(batch["file"], batch["accepted"]) for batch in report["batches"]] == [("b.xlsx", 1)]


def test_harmless_oddities_are_read(tmp_path: Path, good: bytes) -> None:
    """Names that lead elsewhere are never written anywhere; a huge stated extent or range is only a word."""
    odd = changed(
        good,
        lambda name, part: part.replace(b'<dimension ref="A1:D2"', b'<dimension ref="A1:XFD1048576"').replace(
            b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="F1:XFD1048576"/></mergeCells>'
        ),
        ("../../evil.txt", b"x"),
        ("/etc/evil.txt", b"x"),
    )
    (tmp_path / "a.xlsx").write_bytes(odd)
    report = ingested(tmp_path, tmp_path / "a.xlsx")
    assert [batch["accepted"] for batch in report["batches"]] == [1]
    assert report["problems"] == []
    assert not list(tmp_path.parent.rglob("evil.txt"))


HEADER = ",".join(SPLIT_HEADER)
HOSTILE_TEXTS: dict[str, tuple[bytes, str]] = {
    "one line": (HEADER.encode() + b"\n" + b"a" * (17 << 20), "第 2 行长过 16 MB"),
    "long cell": (f'{HEADER}\nZ,"{"a" * 1_100_000}",1,2019-01-01\n'.encode(), "超过 1,048,576 个字"),
    "open quote": (f'{HEADER}\nZ,"'.encode() + b"a\n" * 600_000, "超过 1,048,576 个字"),
    "columns": (f"{HEADER}{',' * 1_000_000}\nZ,X,1,2019-01-01\n".encode(), "有 1000004 列"),
    "columns below": (f"{HEADER}\nZ,X,1,2019-01-01{',' * 1_000_000}\n".encode(), "第 2 行有 1000004 列"),
    "short rows below a wide one": (
        f"{HEADER}{',' * 16_000}\n".encode() + b"a\n" * 4000,
        " 行 × 16004 列",
    ),
    "NUL": (f"{HEADER}\nZ,X,1,2019-01-01\n".encode() + bytes(9), "NUL"),
}


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_hostile_text_is_refused_and_the_good_files_are_read(tmp_path: Path, name: str) -> None:
    content, reason = HOSTILE_TEXTS[name]
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.csv").write_bytes(content)
    write_csv(folder / "b.csv", ROWS)
    report = ingested(tmp_path, folder)
    (problem,) = report["problems"]
    assert problem["file"] == "a.csv"
    assert reason in problem["problem"]
    assert [(batch["file"], batch["accepted"]) for batch in report["batches"]] == [("b.csv", 1)]


TABLE = "<html><table><tr>" + "".join(f"<td>{text}</td>" for text in SPLIT_HEADER) + "</tr>"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (TABLE + f"<tr>{'<td colspan=1000>x</td>' * 20}</tr></table>", "1 行 × 17000 列"),
        (
            TABLE + "<tr>" + "<td colspan=1000 rowspan=1000000>x</td>" * 15 + "</tr>" + "<tr></tr>" * 1000,
            "格以上",
        ),
    ],
)
def test_spans_beyond_measure_are_refused(tmp_path: Path, page: str, reason: str) -> None:
    (tmp_path / "a.xls").write_text(page, "utf-8")
    (problem,) = ingested(tmp_path, tmp_path / "a.xls")["problems"]
    assert reason in problem["problem"]


def test_a_page_nested_without_end_is_read(tmp_path: Path) -> None:
    row = "<tr><td>Z1</td><td>X1</td><td>1.50</td><td>2019-01-01</td></tr></table>"
    (tmp_path / "a.html").write_text("<div>" * 200_000 + TABLE + row, "utf-8")
    assert [batch["accepted"] for batch in ingested(tmp_path, tmp_path / "a.html")["batches"]] == [1]


def test_a_number_without_end_is_an_error_of_its_row(tmp_path: Path, good: bytes) -> None:
    cells = b'<row r="3"><c r="A3" t="inlineStr"><is><t>Z2</t></is></c><c r="C3"><v>1E999</v></c></row>'
    (tmp_path / "a.xlsx").write_bytes(with_cells(good, cells))
    report = ingested(tmp_path, tmp_path / "a.xlsx")
    assert {(problem["row"], problem["column"]) for problem in report["problems"]} >= {(3, "amount")}
    assert [batch["accepted"] for batch in report["batches"]] == [1]


# Not `ru_maxrss` of the program itself: it begins with what the process had that started it.
PROGRAM = """
import resource, sys
from ingest import guarded
from ingest.run import ingest
report = ingest(sys.argv[1] + "/home", [sys.argv[1] + "/files"], dry_run=True)
guarded.close_readers()
# Of this process ru_maxrss would count what the tests held when they started it.
own = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
own = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
peak = max(int(own), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(peak >> 10, sum(batch["accepted"] for batch in report["batches"]), len(report["problems"]))
"""


def test_memory_stays_bounded_whatever_the_files_ask_for(tmp_path: Path, good: bytes) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number, (make, _) in enumerate(HOSTILE_WORKBOOKS.values()):
        (folder / f"{number}.xlsx").write_bytes(make(good))
    texts = {name: made for name, made in HOSTILE_TEXTS.items() if not name.startswith("short rows")}
    for number, (content, _) in enumerate(texts.values()):
        (folder / f"{number}.csv").write_bytes(content)
    (folder / "good.xlsx").write_bytes(good)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True
    )
    peak_mb, accepted, problems = map(int, done.stdout.split())
    assert (accepted, problems) == (1, len(HOSTILE_WORKBOOKS) + len(texts))
    assert peak_mb < MEMORY_MB_MAX


def test_a_reader_that_takes_too_much_time_ends_over_its_file_only(
    tmp_path: Path, good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of comments that never close takes the parser forever; limits are lowered for the test."""
    from ingest import guarded

    guarded.close_readers()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "patch"), *sys.path]))
    (tmp_path / "patch").mkdir()
    (tmp_path / "patch" / "sitecustomize.py").write_text(
        "import ingest.limits\ningest.limits.reader_seconds = lambda size: 2\n", "utf-8"
    )
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.xls").write_text(TABLE + "<a " * 300_000, "utf-8")
    (folder / "b.xlsx").write_bytes(good)
    report = ingested(tmp_path, folder)
    guarded.close_readers()
    assert ["还没有完" in p["problem"] for p in report["problems"]] == [True]
    assert [(batch["file"], batch["accepted"]) for batch in report["batches"]] == [("b.xlsx", 1)]


def test_pipes_and_links_that_lead_nowhere_are_named_and_nothing_waits_for_them(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    (folder / "sub").mkdir(parents=True)
    os.mkfifo(folder / "pipe.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "gone.xlsx").symlink_to(tmp_path / "nothing.xlsx")
    (folder / "sub" / "up").symlink_to(folder)
    write_csv(folder / "z.csv", ROWS)
    report = ingested(tmp_path, folder)
    assert [problem["file"] for problem in report["problems"]] == ["gone.xlsx", "loop.csv", "pipe.csv"]
    assert "不是普通文件" in report["problems"][2]["problem"]
    assert [(batch["file"], batch["accepted"]) for batch in report["batches"]] == [("z.csv", 1)]


def test_a_file_that_grows_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)

    def slow(path: Path) -> bytes:
        content = read_lines(path)
        with path.open("ab") as stream:
            stream.write(b"Z9,X9,1.5,2019-0")
        return content

    monkeypatch.setattr("ingest.read.read_lines", slow)
    report = ingested(tmp_path, path)
    assert ["正在被改写" in problem["problem"] for problem in report["problems"]] == [True]
    assert report["batches"] == []


def test_a_row_of_thousands_of_headers_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [SPLIT_HEADER * 400] * 100)
    (problem,) = ingested(tmp_path, path)["problems"]
    assert "有 1600 列，拒绝读取（最多 1,000 列）" in problem["problem"]
