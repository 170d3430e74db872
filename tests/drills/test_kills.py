"""Kill -9 at random moments of ingest and of build: nothing acknowledged is lost, nothing doubled, the next
command works. A few kills here; `make drills` sets FUNDTRAIL_DRILLS to a hundred.

A moment is one of the writing: it lies between the first and the last change of files in a run that was left
alone, and is counted from the change before it, so that it holds on a faster or slower machine as well.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from tracer.ledger import Ledger
from tracer.settings import ledger_version

KILLS = int(os.environ.get("FUNDTRAIL_DRILLS", "3"))
PAYMENTS = 3_000
AS_OF = "2020-12-31"


def write_files(folder: Path) -> tuple[Path, Path]:
    """Two invented sources: the first is ingested and acknowledged, the second is interrupted."""
    first, second = folder / "first", folder / "second"
    for part, (start, indicator) in {first: (0, "I-1"), second: (PAYMENTS, "I-2")}.items():
        part.mkdir(parents=True)
        (part / "指标.csv").write_text(
            "indicator_id,doc_no,fund_name,fund_nature,function_code,economic_code,budget_item,amount,level,"
            "receiver,issued_on,registered_on\n"
            f"{indicator},示例〔2020〕1号,示例资金,一般公共预算,2130504,50799,示例项目,90000000,county,示例县,"
            "2020-01-02,2020-01-03\n",
            "utf-8",
        )
        (part / "账户.csv").write_text(
            "account_no,holder_name,holder_kind,account_type\n"
            + "".join(f"P{n},示例单位{n},agency,unit\n" for n in range(start, start + 50)),
            "utf-8",
        )
        (part / "支付.csv").write_text(
            "payment_id,payer_name,payer_account,amount,paid_at,purpose,settlement_method,payment_method,payee_name,"
            "payee_account,indicator_id\n"
            + "".join(
                f"Z{n},示例县财政局,T-1,{100 + n % 7}.{n % 100:02d},2020-{1 + n % 12:02d}-1{n % 10},示例用途,"
                f"transfer,direct,示例单位,P{start + n % 50},{indicator}\n"
                for n in range(start, start + PAYMENTS)
            ),
            "utf-8",
        )
    return first, second


def start(home: Path, *command: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", "--home", str(home), *command, "--format", "json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def answer(home: Path, *command: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["--home", str(home), *command, "--format", "json"])
    assert result.exit_code == 0, result.stderr
    told: dict[str, object] = json.loads(result.stdout)
    return told


class Watch:
    """Counts the files below a folder that came or went, from now on."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._known = self._files()
        self.changes = 0

    def look(self) -> int:
        """How many changes there were so far; what comes and goes between two looks is none."""
        now = self._files()
        self.changes += len(now ^ self._known)
        self._known = now
        return self.changes

    def _files(self) -> set[str]:
        found, folders = set(), [self._folder]
        while folders:
            with contextlib.suppress(FileNotFoundError), os.scandir(folders.pop()) as entries:
                for entry in entries:
                    (folders.append if entry.is_dir() else found.add)(entry.path)
        return found


Through = Callable[[Path], bool]
"""Whether a home shows that a command has done its work."""


def course_of(home: Path, is_through: Through, *command: str) -> list[tuple[float, int]]:
    """What a command does when it is left alone: seconds since its start, and the changes by then.

    From the first change to the one with which it is through.
    """
    watch, course = Watch(home), [(0.0, 0)]
    begun = time.monotonic()
    process = start(home, *command)
    while process.poll() is None and not is_through(home):
        if watch.look() > course[-1][1]:
            course.append((time.monotonic() - begun, watch.changes))
    course.append((time.monotonic() - begun, watch.look()))
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    return course[1:]


class Killer:
    """Kills a command at random moments of its course, and counts how often it was at work then.

    Each time the home is a copy of `template`; answers name it, so that it always lies in one place.
    """

    def __init__(self, template: Path, is_through: Through, *command: str) -> None:
        self.template = template
        self.home = template.with_name("home")
        self.is_through = is_through
        self.command = command
        self.struck = 0
        self._fresh_home()
        self.course = course_of(self.home, is_through, *command)

    def _fresh_home(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.template, self.home)

    def kill(self, seed: int) -> Path:
        """Let the command begin on a fresh home and kill it."""
        self._fresh_home()
        moment = random.Random(seed).uniform(self.course[0][0], self.course[-1][0])
        place = bisect_right(self.course, (moment, sys.maxsize))
        seconds, changes = self.course[place - 1]
        _, following = self.course[min(place, len(self.course) - 1)]
        watch = Watch(self.home)
        process = start(self.home, *self.command)
        while watch.look() < changes and process.poll() is None:
            pass
        end = time.monotonic() + moment - seconds
        while time.monotonic() < end and watch.look() < following:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        was_at_work = watch.look() > 0 and not self.is_through(self.home)
        self.struck += was_at_work and process.returncode == -signal.SIGKILL
        return self.home

    def assert_struck(self) -> None:
        """Enough of the kills came after the first change and before the last, or they show little."""
        print(f"{self.command[0]}: {self.struck} of {KILLS} kills struck while it was writing")
        assert self.struck >= KILLS * 2 // 3


def payment_ids(home: Path) -> list[str]:
    ids: list[str] = Ledger(home).read("payments", ["payment_id"])["payment_id"].to_pylist()
    return ids


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_files(tmp_path_factory.mktemp("sources"))


def test_a_killed_ingest_loses_nothing_and_doubles_nothing(
    sources: tuple[Path, Path], tmp_path: Path
) -> None:
    answer(tmp_path / "first", "ingest", str(sources[0]))
    again = ("ingest", str(sources[1]))
    killer = Killer(tmp_path / "first", lambda home: ledger_version(home) == 2, *again)
    first = [f"Z{n}" for n in range(PAYMENTS)]
    both = [f"Z{n}" for n in range(2 * PAYMENTS)]
    for seed in range(KILLS):
        home = killer.kill(seed)
        assert payment_ids(home) == (both if killer.is_through(home) else first), seed
        answer(home, *again)
        assert payment_ids(home) == both, seed
        assert Ledger(home).read("accounts").num_rows == 100, seed
        trace = answer(home, "trace", "Z3001", "--direction", "backward")
        assert trace["parts"] == [{"id": "I-2", "kind": "indicator", "fen": 10501}], seed
    killer.assert_struck()


@pytest.mark.parametrize(
    ("command", "result"),
    [(("scan", "--as-of", AS_OF), "graph/v*.lbug"), (("trace", "Z7", "--direction", "backward"), "flow/v*")],
    ids=["scan", "trace"],
)
def test_a_killed_build_leaves_a_home_that_works(
    command: tuple[str, ...], result: str, sources: tuple[Path, Path], tmp_path: Path
) -> None:
    answer(tmp_path / "taken-in", "ingest", *map(str, sources))
    killer = Killer(tmp_path / "taken-in", lambda home: any(home.glob(result)), *command)
    expected = answer(killer.home, *command)
    for seed in range(KILLS):
        home = killer.kill(seed)
        assert answer(home, *command) == expected, seed
        for unfinished in (".new-*", ".old-*", ".*.draft*"):
            assert not list(home.rglob(unfinished)), seed
    killer.assert_struck()
