"""A home folder that cannot be written or read, or has no room: one clear line, whoever the user is."""

import contextlib
import ctypes
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from small_county import write_files

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
SCAN = ("scan", "--as-of", "2022-01-01")
TRACE = ("trace", "ZY01", "--direction", "forward")


def heed_modes() -> None:
    """Let the modes of files count for the process that starts now, even where it belongs to root."""
    if os.geteuid() == 0:
        library = ctypes.CDLL(None, use_errno=True)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            assert library.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0, os.strerror(ctypes.get_errno())


def small_files(size: int = 2_000) -> None:
    """Refuse larger files, as a full disk refuses them."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def run(home: Path, *arguments: str, limits: Callable[[], None] = heed_modes) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "--home", str(home), *arguments],
        capture_output=True,
        text=True,
        preexec_fn=limits,
        env={**os.environ, "RUST_BACKTRACE": "0", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return done.returncode, done.stdout, done.stderr


@contextlib.contextmanager
def mode(number: int, *folders: Path) -> Iterator[None]:
    """The folders with this mode for a while."""
    for folder in folders:
        folder.chmod(number)
    try:
        yield
    finally:
        for folder in folders:
            folder.chmod(0o755)


@pytest.fixture
def used(home: Path, tmp_path: Path) -> Path:
    """The county's ledger in a home of its own, with nothing derived from it."""
    shutil.copytree(home / "ledger", tmp_path / "home" / "ledger")
    return tmp_path / "home"


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """The county's payments under other numbers."""
    for file in write_files(tmp_path / "files").glob("*.csv"):
        text = file.read_text("utf-8")
        if "支付凭证号" in text:
            file.write_text(text.replace("PZ", "QZ"), "utf-8")
            return file
    raise AssertionError("the county has payments")


@pytest.mark.parametrize("command", [SCAN, TRACE])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_home_in_which_nothing_can_be_built(used: Path, command: tuple[str, ...], lang: str) -> None:
    with mode(0o555, used):
        code, out, err = run(used, "--lang", lang, *command)
    assert (code, out) == (2, "")
    assert f"用不了 --home {used}：" in err
    assert "没有权限" in err.partition(" / ")[0]
    assert "permission denied" in err.partition(" / ")[2]
    assert "Traceback" not in err


def test_a_home_that_cannot_be_written_is_refused_before_anything_is_read(used: Path, more: Path) -> None:
    with mode(0o555, used):
        code, out, err = run(used, "ingest", str(more))
    assert (code, out) == (2, "")
    assert f"{used} 不可写；" in err
    assert "读取" not in err


@pytest.mark.parametrize("inside", ["payments", "payments/_delta_log", "_commits", "_commits/_delta_log"])
def test_a_ledger_that_cannot_be_written_stays_as_it_is(used: Path, more: Path, inside: str) -> None:
    with mode(0o555, used / "ledger" / inside):
        code, out, err = run(used, "ingest", str(more))
    assert (code, out) == (2, "")
    assert "没有权限" in err
    assert "Traceback" not in err
    code, out, err = run(used, "ingest", str(more), "--format", "json")
    assert code == 0, err
    assert sum(batch["accepted"] for batch in json.loads(out)["batches"]) > 0


def test_a_ledger_that_cannot_be_read(used: Path) -> None:
    with mode(0o000, used / "ledger" / "payments"):
        code, out, err = run(used, *TRACE)
    assert (code, out) == (2, "")
    assert f"{used / 'ledger' / 'payments'} 没有权限" in err


@pytest.mark.parametrize("size", [300, 700, 2_000, 100_000])
def test_no_room_is_said_as_such(used: Path, size: int) -> None:
    """Whatever meets the limit first: columns, Parquet files or the graph."""
    code, out, err = run(used, *SCAN, limits=partial(small_files, size))
    assert (code in (2, 3), out) == (True, ""), err
    assert re.search("超出文件大小上限|磁盘已满|腾出磁盘空间", err)
    assert "Traceback" not in err
    code, _, err = run(used, *SCAN)
    assert code == 0, err


def test_no_room_for_an_ingest_leaves_the_ledger_as_it_was(used: Path, more: Path) -> None:
    code, out, err = run(used, "ingest", str(more), limits=small_files)
    assert (code, out) == (2, "")
    assert "超出文件大小上限" in err
    assert "Traceback" not in err
    assert run(used, "ingest", str(more))[0] == 0
