"""Builds: made once, swapped in at the end, checked, and pruned."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.flow.ledgers import account, arrow_tables, payment
from tests.flow.reference import Tables
from tests.flow.test_flow import ingest
from tracer.errors import ConservationError, DataRefusedError, UsageError
from tracer.flow import build, store
from tracer.flow.build import build_flow, flow_of
from tracer.flow.store import Flow, Texts, bucket_of, open_flow, save_flow


def tables(n: int = 0) -> Tables:
    return {
        "accounts": [account("A", "unit", 500)],
        "payments": [payment(f"P{n}", "A", "乙账户", 5, datetime(2020, 3, 1 + n))],
    }


def builds(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "flow").iterdir() if path.is_dir())


def assert_same(a: Flow, b: Flow) -> None:
    for field in fields(Flow):
        left, right = getattr(a, field.name), getattr(b, field.name)
        if isinstance(left, Texts):
            assert left.take(range(len(left))) == right.take(range(len(right)))
        elif isinstance(left, np.ndarray):
            assert left.dtype == right.dtype
            assert np.array_equal(left, right)
        else:
            assert left == right


def test_what_is_stored_is_what_was_built(tmp_path: Path) -> None:
    as_of = date(2020, 3, 31)
    flow = flow_of(arrow_tables(tables()), "fifo", as_of, 3)
    save_flow(flow, tmp_path / "flow" / "v3-fifo-2020-03-31")
    stored = open_flow(tmp_path, "fifo", as_of, 3)
    assert stored is not None
    assert_same(flow, stored)
    empty = flow_of({}, "fifo")
    save_flow(empty, tmp_path / "flow" / "v0-fifo-all")
    assert_same(empty, open_flow(tmp_path, "fifo"))


def test_a_flow_is_built_once_per_version_method_and_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(tmp_path, tables(), 1)
    assert open_flow(tmp_path, "linked") is None
    built = build_flow(tmp_path, "linked")
    build_flow(tmp_path, "lifo", date(2020, 3, 31))
    assert builds(tmp_path) == ["v1-lifo-2020-03-31", "v1-linked-all"]
    monkeypatch.setattr(build, "flow_of", None)  # building again would fail
    assert_same(build_flow(tmp_path, "linked"), built)


def test_another_version_has_its_own_flow_and_old_ones_go(tmp_path: Path) -> None:
    for n in range(5):
        ingest(tmp_path, tables(n), 1)
        assert build_flow(tmp_path, "fifo").rows == n + 1
    assert builds(tmp_path) == ["v3-fifo-all", "v4-fifo-all", "v5-fifo-all"]
    assert build_flow(tmp_path, "fifo", version=4).rows == 4


def test_an_older_format_is_built_again(tmp_path: Path) -> None:
    ingest(tmp_path, tables(), 1)
    build_flow(tmp_path, "fifo")
    meta = tmp_path / "flow" / "v1-fifo-all" / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text()) | {"format": store.FORMAT - 1}))
    assert open_flow(tmp_path, "fifo") is None
    assert build_flow(tmp_path, "fifo").rows == 1
    assert json.loads(meta.read_text())["format"] == store.FORMAT


@pytest.mark.parametrize("names", [["leg_names.npy"], ["meta.json"], None])
@pytest.mark.parametrize("kept", [0, 5, 129])
def test_a_build_whose_files_are_not_whole_is_built_again(
    tmp_path: Path, names: list[str] | None, kept: int
) -> None:
    ingest(tmp_path, tables(), 1)
    whole = build_flow(tmp_path)
    folder = tmp_path / "flow" / "v1-linked-all"
    for file in [folder / name for name in names] if names else list(folder.iterdir()):
        file.write_bytes(file.read_bytes()[: min(kept, file.stat().st_size - 1)])
    assert open_flow(tmp_path) is None
    assert_same(whole, build_flow(tmp_path))
    assert open_flow(tmp_path) is not None
    assert builds(tmp_path) == ["v1-linked-all"]


def test_a_killed_build_leaves_nothing_that_counts(tmp_path: Path) -> None:
    ingest(tmp_path, tables(), 1)
    program = (
        "import sys, time; from pathlib import Path; from tracer.flow import build\n"
        "whole = build.save_flow\n"
        "def half(flow, folder):\n"
        "    whole(flow, folder)\n"
        "    print('saved', flush=True)\n"
        "    time.sleep(600)\n"
        "build.save_flow = half\nbuild.build_flow(Path(sys.argv[1]), 'fifo')"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "saved\n"
    assert open_flow(tmp_path, "fifo") is None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert builds(tmp_path) == [".new-v1-fifo-all"]
    assert open_flow(tmp_path, "fifo") is None
    assert build_flow(tmp_path, "fifo").rows == 1
    assert builds(tmp_path) == ["v1-fifo-all"]


def test_two_builders_do_not_meet(tmp_path: Path) -> None:
    ingest(tmp_path, tables(), 1)
    program = (
        "import sys; from pathlib import Path; from tracer.flow.build import build_flow\n"
        "print(build_flow(Path(sys.argv[1])).rows)"
    )
    start = time.monotonic()
    both = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [child.communicate()[0] for child in both] == ["1\n", "1\n"]
    assert time.monotonic() - start < 120
    assert builds(tmp_path) == ["v1-linked-all"]


@pytest.mark.parametrize("method", ["bounds", "average"])
def test_methods_that_are_not_there_are_refused(tmp_path: Path, method: str) -> None:
    for ask in (open_flow, build_flow):
        with pytest.raises(UsageError, match="linked"):
            ask(tmp_path, method)
    with pytest.raises(UsageError, match="linked"):
        flow_of({}, method)


def test_a_version_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    ingest(tmp_path, tables(), 1)
    with pytest.raises(UsageError, match="7"):
        build_flow(tmp_path, "fifo", version=7)


def test_money_that_does_not_add_up_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(tmp_path, tables(), 1)
    run = build.run_kernel

    def lossy(*arguments: object) -> object:
        pieces = run(*arguments)  # type: ignore[arg-type]
        return replace(pieces, fen=pieces.fen - 1)

    monkeypatch.setattr(build, "run_kernel", lossy)
    with pytest.raises(ConservationError):
        build_flow(tmp_path, "fifo")
    assert builds(tmp_path) == []


def test_more_money_than_can_be_counted_is_refused() -> None:
    most = (1 << 53) - 1
    held = [account(f"A{n}", "unit", most) for n in range(1_024)]
    assert flow_of(arrow_tables({"accounts": held})).rows == 0
    with pytest.raises(DataRefusedError, match="63"):
        flow_of(arrow_tables({"accounts": [*held, account("B", "unit", 1_024)]}))


def test_every_name_is_found_in_its_bucket() -> None:
    names = ["", "a", "P1", "财农〔2019〕12号", "I>K#1", "\U00020000", "x" * 300]
    flow = flow_of(arrow_tables({"accounts": [account(name) for name in names if name]}), "fifo")
    buckets = len(flow.ids_start) - 1
    everyone = flow.holder_names.take(range(flow.holders))
    assert set(names) - {""} < set(everyone)
    for place, name in enumerate(everyone):
        bucket = bucket_of(name, buckets)
        assert place + flow.rows in flow.ids[flow.ids_start[bucket] : flow.ids_start[bucket + 1]]
