"""Real aid transactions through the shipped mapping: all counted, conserved, traced as far as the data go."""

import csv
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.iati import INCOMING, OUTGOING, prepare
from ingest.run import ingest
from tracer.flow.build import build_flow
from tracer.flow.store import Flow
from tracer.flow.trace import trace
from tracer.ledger import Ledger

MAPPING = Path(__file__).parents[2] / "ingest/mappings/iati.yaml"
ACTIVITY = "GB-CHC-283302-GDRC08"


@pytest.fixture(scope="module")
def source(shared: Callable[[str], Path]) -> Path:
    return shared("iati-chain/transactions.csv")


@pytest.fixture(scope="module")
def home(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("iati")
    prepare(source, folder / "prepared")
    report = ingest(folder / "home", [folder / "prepared"], mapping=MAPPING)
    assert report["problems"] == []
    return folder / "home"


@pytest.fixture(scope="module")
def flow(home: Path) -> Flow:
    return build_flow(home)


def read(source: Path) -> list[dict[str, str]]:
    with source.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_taken_or_left_out_for_a_reason(source: Path, home: Path, tmp_path: Path) -> None:
    account = prepare(source, tmp_path)
    rows = read(source)
    assert account.taken.total() + account.left_out.total() == len(rows) == 2380
    assert account.left_out["amount below zero"] == 83
    assert account.left_out["currency USD"] == 113
    assert sum(count for reason, count in account.left_out.items() if "currency" in reason) == sum(
        row["cur"].strip() != "GBP" for row in rows
    )
    assert Ledger(home).tables()["payments"] == account.taken.total()


def test_the_currency_is_the_one_with_most_transactions(source: Path) -> None:
    currencies = Counter(row["cur"].strip() for row in read(source))
    assert currencies.most_common(1)[0][0] == "GBP"


def test_the_sums_are_those_of_the_file(source: Path, home: Path) -> None:
    payments = Ledger(home).read("payments", ["purpose", "amount_fen"]).to_pylist()
    for types in (INCOMING, OUTGOING):
        wanted = sum(
            int(Decimal(row["value"].strip()) * 100)
            for row in read(source)
            if row["cur"].strip() == "GBP" and row["type"].strip() in types and row["date"].strip()
            and Decimal(row["value"].strip()) > 0
        )  # fmt: skip
        assert sum(row["amount_fen"] for row in payments if row["purpose"] in types) == wanted


def test_dates_with_a_time_zone_are_read(source: Path, home: Path) -> None:
    marked = [
        row for row in read(source) if row["date"].strip().endswith("Z") and row["cur"].strip() == "GBP"
    ]
    days = {str(row["paid_at"])[:10] for row in Ledger(home).read("payments", ["paid_at"]).to_pylist()}
    assert len(marked) == 117
    assert {row["date"].strip()[:10] for row in marked} <= days


def test_a_real_disbursement_is_traced_to_the_funder(source: Path, flow: Flow, home: Path) -> None:
    """Held against a queue over the rows of this activity, in the order of the contract."""
    rows = [row for row in read(source) if row["activity"] == ACTIVITY and row["cur"] == "GBP"]
    moves = sorted(
        ((row["date"], row["type"] not in INCOMING, n, row) for n, row in enumerate(rows)
         if row["type"] in INCOMING + OUTGOING),
        key=lambda move: move[:3],
    )  # fmt: skip
    queue: list[list[object]] = []
    expected: list[dict[str, int]] = []
    for _, goes_out, _, row in moves:
        fen = int(Decimal(row["value"]) * 100)
        if not goes_out:
            queue.append([f"unexplained:{row['p_act']}", fen])
            continue
        taken: Counter[str] = Counter()
        while fen and queue:
            origin, there = str(queue[0][0]), int(str(queue[0][1]))
            part = min(fen, there)
            taken[origin] += part
            fen -= part
            queue[0][1] = there - part
            if part == there:
                queue.pop(0)
        taken[f"unexplained:{ACTIVITY}"] += fen
        expected.append({origin: part for origin, part in taken.items() if part})
    assert len(expected) >= 5
    payments = Ledger(home).read("payments").to_pylist()
    own = [row for row in payments if row["payer_account"] == ACTIVITY and row["purpose"] in OUTGOING]
    own.sort(key=lambda row: row["paid_at"])
    got = [{part.id: part.fen for part in trace(flow, row["payment_id"], "backward").parts} for row in own]
    assert got == expected
    assert any(len(parts) > 1 and all(ACTIVITY not in origin for origin in parts) for parts in got)


def test_a_chain_through_three_parties(flow: Flow) -> None:
    """A funder's activity, a head office, a regional office: the sum is the same at each step."""
    answer = trace(flow, "PRI-005", "backward")
    assert [(part.id, part.fen) for part in answer.parts] == [("unexplained:GB-1-202590", 18_823_00)]
    assert [(step.payer, step.payee, step.fen) for step in answer.steps] == [
        ("GB-1-202590", "GB-COH-04154075-PRI-001", 18_823_00),
        ("GB-COH-04154075-PRI-001", "PRI-005", 18_823_00),
    ]
    forward = {part.id: part.fen for part in trace(flow, "GB-1-202590", "forward").parts}
    assert forward["PRI-005"] == 18_823_00
