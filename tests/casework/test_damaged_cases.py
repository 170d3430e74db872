"""A damaged database of cases is refused, and never read as one without alerts."""

import subprocess
import sys
from pathlib import Path

import pytest
from doors import AS_OF, Run

from api import doctor
from tracer.casework.db import check_cases, connect, open_cases, read_cases
from tracer.errors import DataRefusedError
from tracer.settings import cases_file

DAMAGES = {
    "empty": lambda whole: b"",
    "one byte": lambda whole: b"x",
    "cut in the header": lambda whole: whole[:100],
    "cut": lambda whole: whole[: len(whole) // 2],
    "noise": lambda whole: bytes(range(256)) * 16,
}


@pytest.fixture(params=DAMAGES)
def damaged(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FUNDTRAIL_DATABASE", raising=False)
    home = tmp_path / "damaged"
    connect(home).close()
    file = cases_file(home)
    file.write_bytes(DAMAGES[request.param](file.read_bytes()))
    return home


def test_it_is_refused_by_readers_and_writers_and_named_by_doctor(damaged: Path) -> None:
    before = cases_file(damaged).read_bytes()
    with pytest.raises(DataRefusedError, match="restore it from a backup"):
        check_cases(damaged)
    found = [check for check in doctor.examine(damaged) if not check.ok]
    assert [check.check for check in found] == ["案件库 cases"]
    for command in (["alerts", "list"], ["alerts", "show", "FT000001"]):
        ended = subprocess.run(
            [sys.executable, "-m", "api.cli", "--home", damaged, *command], capture_output=True, text=True
        )
        assert (ended.returncode, ended.stdout) == (3, ""), ended.stderr
        assert "请从备份恢复" in ended.stderr
        assert ended.stderr.count("\n") == 1
    with pytest.raises(DataRefusedError), open_cases(damaged):
        pass
    assert cases_file(damaged).read_bytes() == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_whole_one_is_well(run: Run, home: Path) -> None:
    run("alerts", "update", "--as-of", AS_OF)
    assert check_cases(home)
    assert {check.check: check.ok for check in doctor.examine(home)}["案件库 cases"]
    with read_cases(home):
        pass


def test_a_home_without_one_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FUNDTRAIL_DATABASE", raising=False)
    assert not check_cases(tmp_path)
    assert not list(tmp_path.iterdir())
