"""Who of the register was paid: precision and recall by corruption, time and memory, beside recordlinkage.

Run: python -m benchmarks.match [--size 100000] [--recipients 100000] [--times 1] [--peer N]. Prints a line
for each corruption, then one JSON object. A match is right where it names the person of whom the row was
made. Recall counts the rows that can only mean that person (`decidable`); of the others nothing but *unsure*
is right. The peer links a register of `--peer` people in a process of its own, in an environment made for it
(recordlinkage wants an older pandas than ours), and we link the same ones again.
"""

import argparse
import json
import resource
import subprocess
import tempfile
import time
import venv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.people import People, Recipients, payment_rows, register_rows, settle, write_recipients
from tracer.ledger import Ledger
from tracer.match.decide import MATCH, NO_MATCH, UNSURE
from tracer.match.link import Matches, match_payments
from tracer.schema import TABLES

PEER = ("recordlinkage==0.16", "pandas<3", "pyarrow")
AS_OF = date(2020, 12, 31)


class Memory(Ledger):
    """A ledger of tables in memory: what is measured is matching, not reading."""

    def __init__(self, tables: dict[str, pa.Table]) -> None:
        self._tables = tables

    def read(self, table: str, columns: Sequence[str] | None = None, version: int | None = None) -> pa.Table:
        schema = TABLES[table].arrow
        rows = self._tables.get(table)
        if rows is None:
            rows = schema.empty_table().append_column("_seq", pa.array([], pa.int64()))
        return rows.select([*(schema.names if columns is None else columns), "_seq"])


def made(size: int, recipients: int, times: int, seed: int = 7) -> tuple[People, Recipients, Memory]:
    rng = np.random.default_rng(seed)
    people = settle(size, max(size // 4, 10), rng)
    written = write_recipients(people, recipients, rng)
    payments, projects = payment_rows(people, written, times)
    tables = {"register": register_rows(people), "payments": payments, "projects": projects}
    return people, written, Memory(tables)


def timed(ledger: Memory) -> tuple[Matches, float, float]:
    """The matches, their seconds and their processor seconds."""
    start, start_cpu = time.perf_counter(), time.process_time()
    matches = match_payments(ledger, AS_OF, version=1)
    return matches, time.perf_counter() - start, time.process_time() - start_cpu


def judged(people: People, written: Recipients, matches: Matches) -> list[dict[str, Any]]:
    """One row per corruption: how many, and of each answer how many are right."""
    columns = ("recipient", "beneficiary_id", "name", "account", "answer", "person_id")
    rows = matches.recipients.select(columns).to_pylist()
    answer_of = {(row["beneficiary_id"], row["name"], row["account"]): row for row in rows}
    candidates: dict[int, list[str]] = {}
    for row in matches.candidates.select(["recipient", "person_id"]).to_pylist():
        candidates.setdefault(row["recipient"], []).append(row["person_id"])
    counts: dict[str, dict[str, Any]] = {}
    for written_row, person, kind, decidable in zip(
        written.rows, written.person.tolist(), written.kind, written.decidable, strict=True
    ):
        row = answer_of[written_row]
        truth = None if person < 0 else people.ids[person]
        count = counts.setdefault(kind, dict.fromkeys(_COUNTS, 0))
        count["rows"] += 1
        count["decidable"] += decidable
        count[row["answer"]] += 1
        if row["answer"] == MATCH:
            count["right"] += row["person_id"] == truth
            count["right_decidable"] += decidable and row["person_id"] == truth
        if row["answer"] == UNSURE:
            count["unsure_meant"] += truth is not None
            count["unsure_listed"] += truth in candidates.get(row["recipient"], [])
    return [{"kind": kind, **count} for kind, count in counts.items()]


_COUNTS = (
    *("rows", "decidable", MATCH, "right", "right_decidable"),
    *(UNSURE, "unsure_meant", "unsure_listed", NO_MATCH),
)


def summed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    total = {name: sum(row[name] for row in rows) for name in _COUNTS}
    return {
        "matches": total[MATCH],
        "wrong_matches": total[MATCH] - total["right"],
        "match_precision": share(total["right"], total[MATCH]),
        "match_recall_of_decidable": share(total["right_decidable"], total["decidable"]),
        "unsure": total[UNSURE],
        "unsure_of_registered": total["unsure_meant"],
        "of_these_person_among_candidates": share(total["unsure_listed"], total["unsure_meant"]),
    }


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None


def print_table(rows: list[dict[str, Any]]) -> None:
    heads = ("rows", "decidable", "match", "right", "precision", "recall", "unsure", "listed", "no match")
    print(f"{'corruption':34}" + "".join(f"{head:>10}" for head in heads))
    for row in rows:
        precision, recall = share(row["right"], row[MATCH]), share(row["right_decidable"], row["decidable"])
        shown = ["–" if value is None else f"{value:.2%}" for value in (precision, recall)]
        counts = [f"{row[name]:,}" for name in ("rows", "decidable", MATCH, "right")]
        others = [f"{row[name]:,}" for name in (UNSURE, "unsure_listed", NO_MATCH)]
        cells = "".join(f"{cell:>10}" for cell in (*counts, *shown, *others))
        print(f"{row['kind']:34}{cells}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=100_000, help="people of the register")
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=1, help="payments of each recipient")
    parser.add_argument("--peer", type=int, default=0, help="people of the register that the peer links")
    arguments = parser.parse_args()
    people, written, ledger = made(arguments.size, arguments.recipients, arguments.times)
    matches, seconds, cpu = timed(ledger)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rows = judged(people, written, matches)
    print_table(rows)
    result = {
        "people": arguments.size,
        "recipients": len(written.rows),
        "payments": len(written.rows) * arguments.times,
        "learned": matches.weights.learned,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_mb": peak_mb,
        **summed(rows),
    }
    if arguments.peer:
        result["peer"] = compared(arguments.peer)
    print(json.dumps(result, ensure_ascii=False))


def compared(size: int) -> dict[str, Any]:
    """What the peer says of a small register, and we of the same one."""
    people, written, ledger = made(size, size, 1)
    matches, seconds, cpu = timed(ledger)
    own = summed(judged(people, written, matches))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sides: dict[str, dict[str, Any]] = {
            "register": {
                "id": people.ids[:size],
                "name": people.names[:size],
                "account": people.cards[:size],
            },
            "recipients": {
                column: [row[i] for row in written.rows] for i, column in enumerate(("id", "name", "account"))
            },
        }
        for side, columns in sides.items():
            arrays = {column: pa.array(values, pa.string()) for column, values in columns.items()}
            pq.write_table(pa.table(arrays), folder / f"{side}.parquet")
        venv.create(folder / "env", with_pip=True)
        python = str(folder / "env" / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEER], check=True)
        script = str(Path(__file__).with_name("match_peer.py"))
        run = subprocess.run([python, script, name], check=True, capture_output=True, text=True)
    said = json.loads(run.stdout)
    found = dict(said.pop("links"))
    truth = {at: person for at, person in enumerate(written.person.tolist()) if person >= 0}
    right = sum(truth.get(row) == person for row, person in found.items())
    decidable = written.decidable.tolist()
    right_decidable = sum(truth.get(row) == p and decidable[row] for row, p in found.items())
    return {
        "people": size,
        "recipients": len(written.rows),
        "ours": {"seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2), **own},
        "recordlinkage": {
            **said,
            "matches": len(found),
            "wrong_matches": len(found) - right,
            "match_precision": share(right, len(found)),
            "match_recall_of_decidable": share(right_decidable, sum(decidable)),
        },
        "ratio": round(said["seconds"] / seconds, 2),
        "cpu_ratio": round(said["cpu_seconds"] / cpu, 2),
    }


if __name__ == "__main__":
    main()
