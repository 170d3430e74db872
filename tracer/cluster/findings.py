"""Findings of the rules that a group of rows answers, by the rules' own texts, on the executors."""

import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.cluster.coverage import FAMILIES, TABLES, family_of, reason_of
from tracer.cluster.groups import grouped
from tracer.cluster.tables import LedgerFrames, spark_schema
from tracer.errors import DataRefusedError
from tracer.ledger import Ledger
from tracer.rules.kept import all_kept
from tracer.rules.load import choose_rules
from tracer.rules.packs import load_packs
from tracer.rules.scan import scan
from tracer.schema import IDENTIFIERS
from tracer.schema import TABLES as INPUT

FOUND = pa.schema([("rule_id", pa.string()), ("subject", pa.string()), ("finding", pa.string())])
"""A finding as the JSON of a scan."""

OWN_FOLDERS = ("settings", "queries")
"""What a home keeps that rules depend on: values, words, texts."""

Batches = Mapping[int, tuple[str, str | None]]


def cluster_findings(
    spark: Any, home: Path, as_of: date, rules: Iterable[str] | None = None, groups: int = 0
) -> dict[str, Any]:
    """Findings of a home's ledger as `scan` gives them, for the rules that the cluster covers.

    Beside `findings` and `not_evaluable`: `refused`, each other rule with the reason. `groups`: into how many
    the rows of a family are dealt (0: three for each core). Raises DataRefusedError where the home keeps
    values for single funds or regions, UsageError for unknown rules.
    """
    _refuse_local_values(home)
    packs = load_packs(home)
    known = packs.rules(packs.year_for(as_of.year), rules or ())
    chosen = choose_rules(known, None if rules is None else list(rules))
    ledger = Ledger(home)
    tables = LedgerFrames(spark, ledger, ledger.version)
    counts = ledger.tables()
    ready = [rule.id for rule in chosen if family_of(rule.id) and not rule.missing(counts)]
    found: list[dict[str, Any]] = []
    for family, of_family in FAMILIES.items():
        wanted = tuple(rule for rule in ready if rule in of_family)
        if wanted:
            groups_of = 1 if family == "office" else groups or 3 * spark.sparkContext.defaultParallelism
            found += _of_family(tables, family, wanted, as_of, groups_of, counts)
    return {
        "as_of": as_of.isoformat(),
        "ledger_version": ledger.version,
        "findings": sorted(found, key=lambda row: (row["rule_id"], row["subject"], json.dumps(row))),
        "not_evaluable": [
            {"rule_id": rule.id, "missing": rule.missing(counts)}
            for rule in chosen
            if family_of(rule.id) and rule.missing(counts)
        ],
        "refused": [
            {"rule_id": rule.id, "reason": reason_of(rule.id)} for rule in chosen if not family_of(rule.id)
        ],
    }


def _refuse_local_values(home: Path) -> None:
    if any(entry.fund or entry.region for entry in all_kept(home)):
        raise DataRefusedError(
            "此处按资金或地区保存了参数值，集群扫描不能分组使用；请在单机上扫描"
            " / this home keeps values for single funds or regions, which groups of rows cannot look up; scan"
            " on one machine"
        )


def _of_family(
    tables: LedgerFrames,
    family: str,
    rules: tuple[str, ...],
    as_of: date,
    groups: int,
    counts: Mapping[str, int],
) -> list[dict[str, Any]]:
    ledger = tables.ledger
    batches = {batch["batch"]: (batch["file"], batch["sheet"]) for batch in ledger.batches(tables.version)}
    kept = {
        str(path.relative_to(ledger.home)): path.read_bytes()
        for folder in OWN_FOLDERS
        for path in (ledger.home / folder).rglob("*")
        if path.is_file()
    }

    def judge(rows: pa.Table) -> pa.Table:
        return judge_group(rows, family, rules, as_of, batches, kept, counts)

    rows = grouped(tables, family, groups)
    answers = rows.groupBy("group").applyInArrow(judge, spark_schema(FOUND)).toArrow()
    return [json.loads(text) for text in answers["finding"].to_pylist()]


def judge_group(
    rows: pa.Table,
    family: str,
    rules: tuple[str, ...],
    as_of: date,
    batches: Batches,
    kept: Mapping[str, bytes],
    counts: Mapping[str, int],
) -> pa.Table:
    """Findings of a group (`FOUND`) whose subjects are at home in it: a scan of a ledger of its rows alone.

    The rows keep the files and row numbers that findings cite.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, content in kept.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(content)
        seqs = _write_ledger(home, rows, family, batches)
        found = scan(home, as_of, rules=rules, tables=counts)["findings"]
    at_home = _subjects(rows, family)
    ours = [row for row in found if at_home is None or row["subject"] in at_home]
    for row in ours:
        row["evidence"] = [entry | {"ref": _whole_ref(entry["ref"], seqs)} for entry in row["evidence"]]
    return pa.table(
        [
            pa.array([row["rule_id"] for row in ours], pa.string()),
            pa.array([row["subject"] for row in ours], pa.string()),
            pa.array([json.dumps(row, ensure_ascii=False) for row in ours], pa.string()),
        ],
        schema=FOUND,
    )


def _whole_ref(ref: str, seqs: Mapping[str, list[int]]) -> str:
    """How a row of a group's ledger is called in the whole ledger."""
    table, number = ref.split("#")
    return f"{table}#{seqs[table][int(number)]}"


def _write_ledger(home: Path, rows: pa.Table, family: str, batches: Batches) -> dict[str, list[int]]:
    """Write a ledger of the rows; returns `_seq` of its rows in the whole ledger, by table and by `_seq`."""
    seqs = {}
    with Ledger(home).write() as writer:
        for table in TABLES[family]:
            of_table = _table(rows, table)
            seqs[table] = of_table["_seq"].to_pylist()
            for file, sheet, part in _by_source(of_table.drop_columns(["_seq"]), batches):
                writer.add(table, part, file=file, sheet=sheet)
        writer.commit()
    return seqs


def _table(rows: pa.Table, table: str) -> pa.Table:
    """The rows of a table in input order, each once: some are there as guests of several."""
    wanted = rows.filter(pc.equal(rows["table"], table)).sort_by("_seq")
    seq = wanted["_seq"].to_numpy()
    wanted = wanted.filter(pa.array(np.append(True, seq[1:] != seq[:-1])[: len(seq)]))
    fields = [*INPUT[table].arrow, *(pa.field(name, pa.int64()) for name in ("_row", "_batch", "_seq"))]
    return pa.table([wanted[field.name].cast(field.type) for field in fields], schema=pa.schema(fields))


def _by_source(rows: pa.Table, batches: Batches) -> Iterable[tuple[str, str | None, pa.Table]]:
    """Runs of rows from one batch, with its file and sheet, in input order."""
    batch = rows["_batch"].to_numpy()
    cuts = [0, *(np.flatnonzero(batch[1:] != batch[:-1]) + 1).tolist(), len(batch)]
    for begin, end in pairwise(cuts):
        if begin < end:
            yield *batches[int(batch[begin])], rows.slice(begin, end - begin).drop_columns(["_batch"])


def _subjects(rows: pa.Table, family: str) -> set[str] | None:
    """The subjects of which this group has all rows; None where it has everything."""
    if family == "office":
        return None
    named = {"project": ("projects", "payments"), "payment": ("payments",)}.get(family, ("indicators",))
    home: set[str] = set()
    for table in named:
        is_home = pc.and_(pc.equal(rows["table"], table), rows["home"])
        home.update(rows.filter(is_home)[IDENTIFIERS[table]].to_pylist())
    return home
