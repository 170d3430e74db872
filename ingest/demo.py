"""The demonstration: an invented county from office files to findings and a trace, held against its key."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ingest.county import PAYMENTS_PER_COUNTY, SEED, AnswerKey, Expected, generate
from ingest.run import ingest
from tracer.casework.feed import FILE as OWN_ALERTS
from tracer.errors import DataRefusedError
from tracer.flow.build import build_flow
from tracer.flow.store import Flow
from tracer.flow.trace import ROW_TABLES, Trace, trace
from tracer.ledger import Ledger
from tracer.rules.scan import scan
from tracer.settings import ledger_version

Say = Callable[[str], None]

_LOOKED_AT = 60
"""So many payments of mixed money are looked at for the one to show."""


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration made and found."""

    folder: Path
    """Where the office files and the answer key lie."""
    key: AnswerKey
    report: dict[str, Any]
    """What `ingest` reported."""
    found: dict[str, Any]
    """What `scan` reported."""
    missed: tuple[Expected, ...]
    """Planted cases that the scan did not report."""
    extra: tuple[Expected, ...]
    """Findings that nobody planted."""
    misjudged: tuple[Expected, ...]
    """Planted exemptions that suppressed nothing, and findings suppressed that were not to be."""
    shown: Trace
    """Backward trace of a payment to a household that was paid from several funds."""

    @property
    def ok(self) -> bool:
        """Whether every row was read, everything planted was found and nothing else, and all rules ran."""
        differences = self.missed or self.extra or self.misjudged
        return not (differences or self.report["problems"] or self.found["not_evaluable"])


def run_demo(
    home: Path, seed: int = SEED, say: Say = lambda text: None, payments: int = PAYMENTS_PER_COUNTY
) -> DemoResult:
    """Invent a county in `HOME/demo`, ingest its office files, scan, and trace one payment end to end.

    `say` gets a line on each stage. The same seed may be run again and adds nothing; raises
    `DataRefusedError` where the home folder holds anything else.
    """
    folder = home / "demo"
    _refuse_other_data(home, folder, seed)
    say("虚构一个县，写成办公文件 / inventing a county and writing its office files")
    key = generate(folder, payments, seed)
    say("读入账本 / reading them into the ledger")
    report = ingest(home, [folder / "办公文件"])
    as_of = date.fromisoformat(key.as_of)
    say("追踪每一分钱 / following every fen")
    flow = build_flow(home, as_of=as_of)
    say("建图并按规则扫描 / building the graph and scanning")
    found = scan(home, as_of)
    missed, extra = compare(key.expected, found["findings"])
    misjudged = sum(compare(key.suppressed, found["suppressed"]), ())
    return DemoResult(folder, key, report, found, missed, extra, misjudged, _shown(flow))


def compare(
    expected: Iterable[Expected], findings: Iterable[Mapping[str, Any]]
) -> tuple[tuple[Expected, ...], tuple[Expected, ...]]:
    """What was planted and not found, and what was found and not planted; every field counts."""
    planted = set(expected)
    found = {Expected(row["rule_id"], row["subject"], row["level"], row["amount_fen"]) for row in findings}
    return tuple(sorted(planted - found, key=_order)), tuple(sorted(found - planted, key=_order))


def _order(case: Expected) -> tuple[str, str]:
    return case.rule_id, case.subject


def _refuse_other_data(home: Path, folder: Path, seed: int) -> None:
    """Findings are compared one by one, so the ledger may hold the demonstration's rows only."""
    if not ledger_version(home):
        return
    key = folder / "answer-key.json"
    batches = Ledger(home).batches()
    has_alerts = any(batch["file"] == OWN_ALERTS for batch in batches)
    if not key.exists() or AnswerKey.load(key).seed != seed or has_alerts:
        raise DataRefusedError(
            f"{home} 里已有别的数据，演示没有动它；请用 --home 另给一个空文件夹 / "
            f"{home} holds other data and was left alone; give an empty folder with --home"
        )


def _shown(flow: Flow) -> Trace:
    """Of the payments to people, explained to the last fen, one whose money has the most origins."""
    mixed = np.flatnonzero((flow.kind == ROW_TABLES.index("payments")) & (flow.count > 1))
    mixed = mixed[np.argsort(-flow.count[mixed], kind="stable")]
    to_people = [row for row in mixed.tolist() if flow.holder_class[flow.payee[row]] == "personal"]
    traces = [trace(flow, flow.names[row], "backward") for row in to_people[:_LOOKED_AT]]
    known = [answer for answer in traces if all(part.kind == "indicator" for part in answer.parts)]
    return max(known, key=lambda answer: (len(answer.parts), -len(answer.steps)))
