"""The ledger: what counts, what is said twice, what is corrected, and what a kill leaves behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tracer.errors import DataRefusedError, UsageError
from tracer.ledger import CORRECTED, DUPLICATE, NEW, Ledger
from tracer.schema import TABLES


def rows_of(table: str, *rows: dict[str, object], first_row: int = 2) -> pa.Table:
    whole = [{**dict.fromkeys(TABLES[table].arrow.names), **row} for row in rows]
    offered = pa.Table.from_pylist(whole, schema=TABLES[table].arrow)
    return offered.append_column("_row", pa.array(range(first_row, first_row + len(rows)), pa.int64()))


def account(number: str, name: str = "示例", opening_fen: int | None = None) -> dict[str, object]:
    return {
        "account_no": number,
        "holder_name": name,
        "holder_kind": "agency",
        "account_type": "unit",
        "opening_balance_fen": opening_fen,
    }


def split(parent: str, child: str, amount_fen: int) -> dict[str, object]:
    from datetime import date

    return {
        "parent_indicator_id": parent,
        "child_indicator_id": child,
        "amount_fen": amount_fen,
        "split_on": date(2020, 1, 2),
    }


def put(ledger: Ledger, table: str, *rows: dict[str, object], file: str = "a.csv") -> list[int]:
    with ledger.write() as writer:
        status = writer.add(table, rows_of(table, *rows), file=file, sheet=None)
        writer.commit()
    return status.tolist()


def test_an_empty_home_has_version_zero_and_empty_tables(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.version == 0
    assert ledger.tables() == {}
    assert ledger.read("payments").num_rows == 0
    assert not list(tmp_path.iterdir()), "reading creates nothing"


def test_same_content_twice_adds_nothing_even_after_a_correction(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert put(ledger, "accounts", account("1"), account("2")) == [NEW, NEW]
    assert put(ledger, "accounts", account("1"), account("2"), file="copy.csv") == [DUPLICATE, DUPLICATE]
    assert ledger.version == 1
    assert put(ledger, "accounts", account("1", "改名")) == [CORRECTED]
    assert put(ledger, "accounts", account("1"), account("2")) == [DUPLICATE, DUPLICATE]
    assert ledger.version == 2
    assert ledger.read("accounts")["holder_name"].to_pylist() == ["改名", "示例"]


def test_a_correction_keeps_its_place_and_the_old_version_stays_readable(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    put(ledger, "accounts", account("1"), account("2"))
    assert put(
        ledger, "accounts", account("3"), account("1", "甲"), account("1", "乙"), account("1", "乙")
    ) == [
        NEW,
        CORRECTED,
        CORRECTED,
        DUPLICATE,
    ]
    assert ledger.read("accounts", ["account_no", "holder_name"]).to_pylist() == [
        {"account_no": "1", "holder_name": "乙", "_seq": 0},
        {"account_no": "2", "holder_name": "示例", "_seq": 1},
        {"account_no": "3", "holder_name": "示例", "_seq": 2},
    ]
    assert ledger.read("accounts", version=1)["holder_name"].to_pylist() == ["示例", "示例"]
    history = ledger.history("accounts", "1")
    assert history.select(["holder_name", "_rev", "_version"]).to_pylist() == [
        {"holder_name": "示例", "_rev": 0, "_version": 1},
        {"holder_name": "甲", "_rev": 1, "_version": 2},
        {"holder_name": "乙", "_rev": 2, "_version": 2},
    ]


def test_a_correction_of_a_row_of_the_same_file_shares_its_place(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert put(ledger, "accounts", account("9"), account("1"), account("1", "甲")) == [NEW, NEW, CORRECTED]
    assert ledger.read("accounts", ["holder_name"]).to_pylist() == [
        {"holder_name": "示例", "_seq": 0},
        {"holder_name": "甲", "_seq": 1},
    ]


def test_rows_without_identifier_are_duplicates_only_when_equal_in_every_column(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert put(ledger, "splits", split("A", "B", 5), split("A", "B", 5), split("A", "B", 6)) == [
        NEW,
        DUPLICATE,
        NEW,
    ]
    assert put(ledger, "splits", split("A", "C", 1), split("A", "B", 6)) == [NEW, DUPLICATE]
    assert ledger.read("splits")["amount_fen"].to_pylist() == [5, 6, 1]
    with pytest.raises(UsageError):
        ledger.history("splits", "A")


def test_empty_cells_are_equal_to_empty_cells(tmp_path: Path) -> None:
    event = {"subject_kind": "project", "subject_id": "P", "step": "审批", "happened_at": 0}
    ledger = Ledger(tmp_path)
    assert put(ledger, "events", event) == [NEW]
    assert put(ledger, "events", event, {**event, "actor": "示例甲"}) == [DUPLICATE, NEW]


def test_any_row_leads_back_to_file_sheet_and_row(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with ledger.write() as writer:
        writer.add(
            "accounts",
            rows_of("accounts", account("1"), account("2"), first_row=4),
            file="a.xlsx",
            sheet="账户",
        )
        writer.add("accounts", rows_of("accounts", account("2", "新"), first_row=9), file="b.csv", sheet=None)
        assert writer.commit() == 1
    second, first = ledger.sources("accounts", [1, 0])
    assert (first.file, first.sheet, first.row) == ("a.xlsx", "账户", 4)
    assert (second.file, second.sheet, second.row) == ("b.csv", None, 9)
    with pytest.raises(KeyError):
        ledger.sources("accounts", [2])


def test_what_was_not_committed_does_not_count_and_is_removed_by_the_next_writer(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    put(ledger, "accounts", account("1"))
    with ledger.write() as writer:
        writer.add("accounts", rows_of("accounts", account("2")), file="b.csv", sheet=None)
    assert ledger.read("accounts")["account_no"].to_pylist() == ["1"]
    assert put(ledger, "accounts", account("2"), account("3")) == [NEW, NEW]
    assert ledger.read("accounts")["_seq"].to_pylist() == [0, 1, 2]
    import deltalake

    assert len(deltalake.DeltaTable(tmp_path / "ledger" / "accounts").to_pyarrow_table()) == 3


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with ledger.write(), pytest.raises(DataRefusedError), ledger.write():
        pass


def test_an_unknown_version_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Ledger(tmp_path).read("accounts", version=3)


def test_reports_are_kept_with_their_batch(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    report: dict[str, object] = {}
    with ledger.write() as writer:
        writer.add("accounts", rows_of("accounts", account("1")), file="a.csv", sheet=None, report=report)
        report["rejected"] = 7
        writer.commit()
    assert ledger.batches()[0]["report"] == {"rejected": 7}


def test_a_home_may_have_any_name(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "县 100% #1?")
    put(ledger, "accounts", account("1"))
    assert ledger.read("accounts").num_rows == 1


@pytest.mark.parametrize("seed", range(4))
def test_random_batches_agree_with_a_plain_model(tmp_path: Path, seed: int) -> None:
    """The model: a dict from identifier to its place and value, and the set of batches seen before."""
    random = np.random.default_rng(seed)
    ledger, model, seen = Ledger(tmp_path), dict[str, str](), set[tuple[tuple[str, str], ...]]()
    for _ in range(8):
        batch = [(str(random.integers(6)), str(random.integers(3))) for _ in range(random.integers(1, 7))]
        expected = []
        for number, name in batch:
            known = model.get(number)
            if tuple(batch) in seen:
                expected.append(DUPLICATE)
                continue
            expected.append(NEW if known is None else DUPLICATE if known == name else CORRECTED)
            model[number] = name
        seen.add(tuple(batch))
        assert put(ledger, "accounts", *(account(*row) for row in batch)) == expected
    read = ledger.read("accounts", ["account_no", "holder_name"])
    assert list(zip(*(read[c].to_pylist() for c in ("account_no", "holder_name")), strict=True)) == list(
        model.items()
    )


def test_a_killed_writer_leaves_a_ledger_that_works(tmp_path: Path) -> None:
    """Killed between the append and the commit: nothing counts, and the next writer works."""
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_ledger import Ledger, account, rows_of
with Ledger(Path({str(tmp_path)!r})).write() as writer:
    writer.add("accounts", rows_of("accounts", account("1")), file="a.csv", sheet=None)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", script], env=dict(os.environ), check=False)
    assert killed.returncode == -signal.SIGKILL
    ledger = Ledger(tmp_path)
    assert ledger.version == 0
    assert put(ledger, "accounts", account("1")) == [NEW]
    assert ledger.read("accounts").num_rows == 1
