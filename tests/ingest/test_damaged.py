"""Workbooks that are protected or damaged: refused by name, with what to do, and nothing is stored."""

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from samples import SPLIT_HEADER, ingested, ole, write_csv, write_xls, write_xlsx
from typer.testing import CliRunner

from api.cli import app
from ingest.read import SourceFile, open_file
from ingest.sheet import FileRefusedError

ROWS = [SPLIT_HEADER, *((f"Z{n}", f"X{n}", 1.5, "2019-01-01") for n in range(200))]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    return write_xlsx(tmp_path / "good.xlsx", ROWS).read_bytes()


def encrypted_xlsx() -> bytes:
    """What Excel saves under a password: an OLE container around the encrypted XLSX (MS-OFFCRYPTO)."""
    version = struct.pack("<HHI", 4, 4, 0x40)
    return ole(
        {"EncryptionInfo": version + b"<encryption/>", "EncryptedPackage": random.Random(1).randbytes(5000)}
    )


def protected_xls() -> bytes:
    """A BIFF8 workbook under a password: its first record after BOF is FILEPASS (MS-XLS 2.4.117)."""
    bof = struct.pack("<HHHHHHII", 0x809, 16, 0x0600, 5, 0x0DBB, 1996, 0, 6)
    return ole({"Workbook": bof + struct.pack("<HHH", 0x2F, 54, 1) + bytes(52) + struct.pack("<HH", 0x0A, 0)})


def repacked(good: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The workbook with each part changed, or left out for None."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (part := change(name, old.read(name))) is not None:
                new.writestr(name, part)
    return made.getvalue()


def with_headers(good: bytes, local: int, central: int, value: int) -> bytes:
    """The workbook with a two-byte field of each part's headers set."""
    data = bytearray(good)
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        for info in package.infolist():
            struct.pack_into("<H", data, info.header_offset + local, value)
        at = package.start_dir
    while data[at : at + 4] == b"PK\x01\x02":
        struct.pack_into("<H", data, at + central, value)
        at += 46 + sum(struct.unpack_from("<HHH", data, at + 28))
    return bytes(data)


def scrambled(good: bytes) -> bytes:
    """Bytes of the packed sheet overwritten, the container whole."""
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        at = package.getinfo(SHEET).header_offset + 100
    return good[:at] + bytes(byte ^ 0x5A for byte in good[at : at + 60]) + good[at + 60 :]


PASSWORD = ("工作簿有打开密码，没有读取", "去掉密码后另存", "protected by a password")


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda good: encrypted_xlsx(), id="xlsx"),
        pytest.param(lambda good: protected_xls(), id="xls"),
        pytest.param(lambda good: with_headers(good, 6, 8, 1), id="zip"),
    ],
)
def test_a_password_is_said_with_what_to_do(
    tmp_path: Path, good: bytes, name: str, content: Callable[[bytes], bytes]
) -> None:
    (tmp_path / name).write_bytes(content(good))
    home = tmp_path / "home"
    arguments = ["--home", str(home), "ingest", str(tmp_path / name), "--format"]
    done = CliRunner().invoke(app, [*arguments, "json"])
    assert done.exit_code == 3
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["file"], problem["problem"]) == (name, PASSWORD[0])
    assert PASSWORD[1] in problem["hint"]
    assert PASSWORD[2] in problem["problem_en"]
    shown = CliRunner().invoke(app, [*arguments, "table", "--lang", "en"])
    assert shown.exit_code == 3
    assert PASSWORD[2] in shown.stdout
    assert not home.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(lambda good: good[: len(good) // 2], "压缩包不完整", id="cut"),
        pytest.param(lambda good: good[:-30], "压缩包不完整", id="end"),
        pytest.param(scrambled, "压缩包不完整", id="scrambled"),
        pytest.param(
            lambda good: repacked(good, lambda name, part: part[:3000] if name == SHEET else part),
            "其中的 XML 不完整",
            id="xml",
        ),
        pytest.param(
            lambda good: repacked(good, lambda name, part: None if name == "xl/workbook.xml" else part),
            "缺少 XLSX 必有的部分",
            id="part",
        ),
        pytest.param(
            lambda good: repacked(good, lambda name, part: None if name == SHEET else part),
            "内部结构读不出",
            id="sheet",
        ),
        pytest.param(lambda good: with_headers(good, 8, 10, 99), "压缩方式不是 XLSX 的", id="packing"),
        pytest.param(lambda good: with_headers(good, 4, 6, 131), "压缩包不完整", id="version"),
        pytest.param(lambda good: ole({})[:700], "内部结构读不出", id="ole"),
    ],
)
def test_damage_is_named_and_the_other_files_are_read(
    tmp_path: Path, good: bytes, content: Callable[[bytes], bytes], reason: str
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.xlsx").write_bytes(content(good))
    write_csv(files / "b.csv", ROWS)
    report = ingested(tmp_path, files)
    (problem,) = report["problems"]
    assert (problem["file"], problem["problem"]) == ("a.xlsx", f"工作簿已损坏，没有读取：{reason}")
    assert "重新拷贝或下载" in problem["hint"]
    assert "damaged" in problem["problem_en"]
    assert [(batch["file"], batch["accepted"]) for batch in report["batches"]] == [("b.csv", len(ROWS) - 1)]


def test_any_damage_is_either_read_or_refused(tmp_path: Path, good: bytes) -> None:
    dice = random.Random(6)
    path, refused = tmp_path / "a.xlsx", 0
    for _ in range(150):
        data = bytearray(good)
        for _ in range(dice.choice((1, 3, 10))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data)
        try:
            open_file(SourceFile(path, path.name))
        except FileRefusedError:
            refused += 1
    assert 0 < refused < 150


def test_a_workbook_is_read_whatever_it_is_called(tmp_path: Path, good: bytes) -> None:
    old = write_xls(tmp_path / "old.xls", ROWS).read_bytes()
    for name, content in (("a.xls", good), ("b.xlsx", old), ("c.xls", old), ("d.XLSX", good), ("e.csv", old)):
        (tmp_path / name).write_bytes(content)
        report = ingested(tmp_path, tmp_path / name, dry_run=True)
        assert ([batch["accepted"] for batch in report["batches"]], report["problems"]) == (
            [len(ROWS) - 1],
            [],
        )
