"""Kill -9 at random moments of ingest and of build: nothing acknowledged is lost, nothing doubled, the next
command works. A few kills here; `make drills` sets FUNDTRAIL_DRILLS to a hundred.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tracer.ledger import Ledger

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
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def answer(home: Path, *command: str) -> dict[str, object]:
    process = start(home, *command)
    out, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    result: dict[str, object] = json.loads(out)
    return result


def kill_within(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Kill the process after a random part of the time that it takes; says whether it had ended well."""
    time.sleep(random.uniform(0, seconds))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == 0


def payment_ids(home: Path) -> list[str]:
    ids: list[str] = Ledger(home).read("payments", ["payment_id"])["payment_id"].to_pylist()
    return ids


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_files(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def seconds(sources: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """How long each command takes when it is left alone; this also compiles the kernel."""
    home = tmp_path_factory.mktemp("timing")
    taken = {}
    answer(home, "ingest", str(sources[0]))
    for name, command in {
        "ingest": ("ingest", str(sources[1])),
        "scan": ("scan", "--as-of", AS_OF),
        "trace": ("trace", "Z7", "--direction", "backward"),
    }.items():
        begun = time.monotonic()
        answer(home, *command)
        taken[name] = time.monotonic() - begun
    return taken


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_ingest_loses_nothing_and_doubles_nothing(
    seed: int, sources: tuple[Path, Path], seconds: dict[str, float], tmp_path: Path
) -> None:
    random.seed(seed)
    answer(tmp_path, "ingest", str(sources[0]))
    acknowledged = kill_within(start(tmp_path, "ingest", str(sources[1])), seconds["ingest"])
    first = [f"Z{n}" for n in range(PAYMENTS)]
    both = [f"Z{n}" for n in range(2 * PAYMENTS)]
    assert payment_ids(tmp_path) in ((both,) if acknowledged else (first, both))
    answer(tmp_path, "ingest", str(sources[1]))
    assert payment_ids(tmp_path) == both
    assert Ledger(tmp_path).read("accounts").num_rows == 100
    trace = answer(tmp_path, "trace", "Z3001", "--direction", "backward")
    assert trace["parts"] == [{"id": "I-2", "kind": "indicator", "fen": 10501}]


@pytest.mark.parametrize("seed", range(KILLS))
@pytest.mark.parametrize("command", [("scan", "--as-of", AS_OF), ("trace", "Z7", "--direction", "backward")])
def test_a_killed_build_leaves_a_home_that_works(
    seed: int,
    command: tuple[str, ...],
    sources: tuple[Path, Path],
    seconds: dict[str, float],
    tmp_path: Path,
) -> None:
    random.seed(seed)
    answer(tmp_path, "ingest", *map(str, sources))
    kill_within(start(tmp_path, *command), seconds["scan" if command[0] == "scan" else "trace"])
    once = answer(tmp_path, *command)
    for derived in ("flow", "graph"):
        for path in sorted((tmp_path / derived).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    assert answer(tmp_path, *command) == once
