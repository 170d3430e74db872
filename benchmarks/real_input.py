"""`python -m benchmarks.real_input DATA` prints what the product makes of real input (docs/real-input.md).

DATA holds `iati-chain/transactions.csv` and `finbench-sf0.01/snapshot/`; the notices ship with the product.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

import ingest as ingest_package
from ingest.iati import INCOMING, OUTGOING, prepare
from ingest.run import ingest
from tracer.flow.build import build_flow
from tracer.flow.codes import CASH_HOLDER, UNEXPLAINED
from tracer.flow.store import Flow
from tracer.flow.trace import trace
from tracer.ledger import Ledger
from tracer.money import format_yuan
from tracer.rules.scan import scan

SHIPPED = Path(ingest_package.__file__).parent
NOTICES = ("beiguan-2018", "liling-2019", "pingyi-2019", "luoping-2021", "luoping-2021-by-type")
SHOWN_ACTIVITY = "GB-CHC-283302-GDRC08"
TRACES = 300


def main() -> None:
    """Print the figures of all real input."""
    data = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        for title, rows in (
            ("IATI", iati(data / "iati-chain/transactions.csv", Path(scratch) / "iati")),
            ("notices", notices(Path(scratch) / "notices")),
            ("FinBench sf0.01", finbench(data / "finbench-sf0.01/snapshot", Path(scratch) / "finbench")),
        ):
            print(f"\n== {title}")
            for row in rows:
                print(row, flush=True)


# ------------------------------------------------------------------------------------------------ IATI


def iati(source: Path, folder: Path) -> Iterator[str]:
    """What is taken, what is left out and why, what links up by amount, and one disbursement traced."""
    account = prepare(source, folder / "prepared")
    total = account.taken.total() + account.left_out.total()
    yield f"{total:,} transactions; taken {account.taken.total():,} in {account.currency}"
    for kind, rows in account.taken.most_common():
        yield f"  taken     {rows:6,}  type {kind}"
    for reason, rows in account.left_out.most_common():
        value = account.value.get(reason)
        yield f"  left out  {rows:6,}  {reason}" + (f", {value:,} {account.currency}" if value else "")
    ingest(folder / "home", [folder / "prepared"], mapping=SHIPPED / "mappings/iati.yaml")
    flow = build_flow(folder / "home")
    payments = Ledger(folder / "home").read("payments", ["payment_id", "amount_fen"])
    stated = dict(zip(payments["payment_id"].to_pylist(), payments["amount_fen"].to_pylist(), strict=True))
    yield from _shares("money that came in", _incoming(flow, stated))
    yield from _shares("money that went out", _outgoing(flow, stated))
    shown = [row for row in _rows(flow, OUTGOING) if flow.holder_names[flow.payer[row]] == SHOWN_ACTIVITY]
    yield from _traced(flow, max(shown, key=lambda row: len(trace(flow, flow.names[row], "backward").parts)))


def _rows(flow: Flow, kinds: tuple[str, ...]) -> list[int]:
    return [row for row in range(flow.rows) if flow.purposes[flow.purpose[row]] in kinds]


def _incoming(flow: Flow, stated: dict[str, int]) -> Counter[str]:
    """Fen of incoming funds by what is said of the provider."""
    activities = {flow.holder_names[flow.payee[row]] for row in _rows(flow, INCOMING)}
    activities |= {flow.holder_names[flow.payer[row]] for row in _rows(flow, OUTGOING)}
    sums: Counter[str] = Counter()
    for row in _rows(flow, INCOMING):
        provider = flow.holder_names[flow.payer[row]]
        if flow.payer[row] == flow.payee[row]:
            reason = "the provider is the activity itself: moves nothing"
        elif provider.startswith("unnamed-payer:"):
            reason = "no provider activity is given"
        elif provider in activities:
            reason = "the provider activity reports transactions of its own"
        else:
            reason = "the provider activity is given, but reports nothing here"
        sums[reason] += stated[flow.names[row]]
    return sums


def _outgoing(flow: Flow, stated: dict[str, int]) -> Counter[str]:
    """Fen of disbursements and expenditures by where their backward trace ends."""
    sums: Counter[str] = Counter()
    for row in _rows(flow, OUTGOING):
        payer = flow.holder_names[flow.payer[row]]
        if flow.payer[row] == flow.payee[row]:
            sums["the receiver is the activity itself: moves nothing"] += stated[flow.names[row]]
            continue
        for part in trace(flow, flow.names[row], "backward").parts:
            origin = part.id.partition(":")[2]
            if origin == payer:
                reason = "no income reported by then: ends at the activity itself"
            elif origin.startswith("unnamed-payer:"):
                reason = "ends at income without a provider activity"
            else:
                reason = "links up to a named activity of the funder"
            sums[reason] += part.fen
    return sums


def _shares(title: str, sums: Counter[str]) -> Iterator[str]:
    total = sums.total()
    yield f"{title}: {format_yuan(total)}"
    for reason, fen in sums.most_common():
        yield f"  {fen * 1000 // total / 10:5.1f} %  {format_yuan(fen):>18}  {reason}"


def _traced(flow: Flow, row: int) -> Iterator[str]:
    answer = trace(flow, flow.names[row], "backward")
    payer = flow.holder_names[flow.payer[row]]
    yield f"traced: {answer.subject}, {format_yuan(answer.amount_fen)}, paid by {payer}"
    for part in answer.parts:
        yield f"  {format_yuan(part.fen):>18}  {part.id}"
    for step in answer.steps:
        share = f"{format_yuan(step.fen)} of {format_yuan(step.amount_fen)}"
        yield f"  {step.day}  {step.payer} → {step.payee}  {share}"


# --------------------------------------------------------------------------------------------- notices


def notices(folder: Path) -> Iterator[str]:
    """Of each notice, what every line received, passed on and still has."""
    for name in NOTICES:
        home = folder / name
        ingest(home, [SHIPPED / "samples" / name])
        flow = build_flow(home)
        yield name
        for holder in np.flatnonzero(flow.holder_kind != CASH_HOLDER).tolist():
            reached = trace(flow, flow.holder_names[holder], "forward").amount_fen
            held = trace(flow, flow.holder_names[holder], "backward").amount_fen
            yield (
                f"  {flow.holder_names[holder]:<32} reached {format_yuan(reached):>18}"
                f"  passed on {format_yuan(reached - held):>18}  holds {format_yuan(held):>16}"
            )
        for finding in scan(home, date(2021, 12, 31), rules=["ZB05"])["findings"]:
            yield f"  ZB05 {finding['level']} {finding['subject']}: {format_yuan(finding['amount_fen'])}"


# -------------------------------------------------------------------------------------------- FinBench


def finbench(source: Path, folder: Path) -> Iterator[str]:
    """Sizes, how much money was never explained, and how long traces take."""
    start = time.perf_counter()
    report = ingest(folder, [source], mapping=SHIPPED / "mappings/finbench.yaml")
    rows = sum(batch["accepted"] for batch in report["batches"])
    yield f"{rows:,} rows ingested in {time.perf_counter() - start:.1f} s, {len(report['problems'])} problems"
    start = time.perf_counter()
    flow = build_flow(folder)
    born = flow.parent < 0
    short = born & (flow.origin // flow.holders == UNEXPLAINED)
    moved = int(flow.fen[flow.row >= 0].sum())
    yield (
        f"{flow.rows:,} transfers, {flow.holders:,} holders, {len(flow.fen):,} pieces "
        f"in {time.perf_counter() - start:.1f} s; conserved"
    )
    yield (
        f"moved {format_yuan(moved)}, born {format_yuan(int(flow.fen[born].sum()))}, "
        f"of it unexplained {format_yuan(int(flow.fen[short].sum()))}"
    )
    chosen = np.random.default_rng(1).choice(flow.rows, TRACES, replace=False).tolist()
    for direction in ("backward", "forward"):
        took = []
        for row in chosen:
            start = time.perf_counter()
            trace(flow, flow.names[row], direction)
            took.append((time.perf_counter() - start) * 1000)
        p50, p99 = np.percentile(took, [50, 99])
        yield f"{TRACES} traces {direction}: p50 {p50:.2f} ms, p99 {p99:.2f} ms"


if __name__ == "__main__":
    main()
