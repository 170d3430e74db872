"""What `doctor` says of an installation and a home folder."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Run
from typer.testing import CliRunner

from api import doctor
from api.cli import app


def checks(home: Path) -> dict[str, doctor.Check]:
    return {check.check.split()[-1]: check for check in doctor.examine(home)}


def test_a_healthy_home_is_0(run: Run) -> None:
    result = run("doctor", "--format", "json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["ok"] is True
    assert {"check", "ok", "result"} == set(answer["checks"][0])


def test_the_tables_and_builds_are_named(run: Run, home: Path) -> None:
    run("trace", "ZY01", "--direction", "forward")
    found = checks(home)
    assert "payments 3" in found["tables"].result
    assert "v1-linked-all" in found["flows"].result


def test_a_home_that_is_not_there_yet_is_fine(tmp_path: Path) -> None:
    assert all(check.ok for check in doctor.examine(tmp_path / "none"))
    assert not (tmp_path / "none").exists(), "looking makes nothing"


def test_a_foreign_package_of_the_same_name_is_named_and_3(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        doctor,
        "packages_distributions",
        lambda: {"tracer": ["fundtrail", "tracer-of-bullets"], "api": ["fundtrail"]},
    )
    assert not checks(tmp_path)["packages"].ok
    assert "tracer-of-bullets" in checks(tmp_path)["packages"].result
    assert CliRunner().invoke(app, ["--home", str(tmp_path), "doctor"]).exit_code == 3


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "FREE_BYTES_MIN", 10**18)
    assert not checks(tmp_path)["disk"].ok


def test_a_missing_extra_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = doctor._installed
    monkeypatch.setattr(doctor, "_installed", lambda name: None if name == "jgo" else installed(name))
    assert checks(tmp_path)["Neo4j"].ok
    assert "jgo" in checks(tmp_path)["Neo4j"].result


def test_a_file_in_place_of_the_home_is_named(tmp_path: Path) -> None:
    file = tmp_path / "home"
    file.write_text("x")
    assert not checks(file)["home"].ok


def test_a_table_whose_folder_has_gone_is_named_and_3(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("flow", "graph"))
    shutil.rmtree(copy / "ledger" / "accounts")
    result = CliRunner().invoke(app, ["--home", str(copy), "doctor"])
    assert result.exit_code == 3
    failed = [check for check in doctor.examine(copy) if not check.ok]
    assert ["accounts" in check.result for check in failed] == [True]


@pytest.mark.parametrize("table", ["payments", "_commits"])
def test_a_damaged_ledger_file_is_named_and_3(home: Path, tmp_path: Path, table: str) -> None:
    """By the command that needs it and by doctor, in one line of each language."""
    copy = tmp_path / "home"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("flow", "graph"))
    damaged = next((copy / "ledger" / table).glob("*.parquet"))
    damaged.chmod(0o644)
    damaged.write_bytes(b"")
    command = [sys.executable, "-m", "api.cli", "--home", copy]
    trace = subprocess.run(
        [*command, "trace", "ZY01", "--direction", "forward"], capture_output=True, text=True
    )
    assert (trace.returncode, trace.stdout) == (3, "")
    assert damaged.name in trace.stderr
    assert trace.stderr.count("\n") == 1, "no traceback, no noise of libraries"
    result = CliRunner().invoke(app, ["--home", str(copy), "doctor"])
    assert result.exit_code == 3
    failed = [check for check in doctor.examine(copy) if not check.ok]
    assert [damaged.name in check.result for check in failed] == [True]
