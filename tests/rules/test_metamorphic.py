"""What must not change a scan: the same rows in another order, in other files and spellings, ingested twice,
beside another county, or with rows of later days. The input makes every rule hit and goes through ingest.

One random order of rows here; `make drills` sets FUNDTRAIL_DRILLS and tries ten.
"""

import json
import os
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from casebook import read_cases
from packs import NAMES, PERSONS, Pack
from source_files import Row, Rows, Sources, Spelling, rows_of, shuffled, write_sources

from ingest.run import ingest
from tracer.rules.load import load_rules
from tracer.rules.scan import scan
from tracer.schema import DAY_COLUMNS

ORDERS = max(1, int(os.environ.get("FUNDTRAIL_DRILLS", "1")) // 10)
AS_OF = date(2019, 12, 31)
EARLIER = date(2019, 6, 30)
SETTINGS = ["ZC27.n=10", "RH12.times=0"]
"""So that few rows are enough for the two rules on shares."""

OFFICES = ("agency_name", "holder_name", "payee_name", "unit")
"""Columns with names by which offices and their accounts are found."""

SPELLINGS = {
    "Chinese words in GB18030, amounts in 万元 by the header, in three ingests": Spelling(
        chinese=True, encoding="gb18030", unit="header", parts=3
    ),
    "full width, UTF-8 with a mark of its order": Spelling(is_wide=True, encoding="utf-8-sig"),
    "workbooks, amounts in 万元 beside the table": Spelling(book=True, chinese=True, unit="beside"),
}


CASES = [replace(case, alone=False) for case in read_cases() if case.kind == "hit"]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return rows_of(Pack(AS_OF, CASES).tables())


@pytest.fixture(scope="module")
def usual(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sources]:
    """Home and files of the plain spelling: one CSV for each table, headers in English."""
    folder = tmp_path_factory.mktemp("usual")
    sources = write_sources(folder / "files", rows)
    take_in(folder / "home", sources)
    return folder / "home", sources


@pytest.fixture(scope="module")
def expected(usual: tuple[Path, Sources]) -> list[str]:
    found = findings(*usual)
    assert {json.loads(text)["rule_id"] for text in found} == set(load_rules()), "else equality says little"
    return found


def take_in(home: Path, sources: Sources, counted: str = "accepted") -> None:
    for folder in sources.folders:
        report = ingest(home, [folder])
        assert report["problems"] == []
        assert all(batch[counted] == batch["rows"] - batch["blank"] for batch in report["batches"])


def findings(
    home: Path, sources: Sources, as_of: date = AS_OF, told: Callable[[Row], Row] = dict
) -> list[str]:
    """All that a scan says of each subject, its rows by what they say and not by where they stand."""
    result = scan(home, as_of, settings=SETTINGS)
    assert result["not_evaluable"] == []
    found = [("found", finding) for finding in result["findings"]]
    found += [("suppressed", finding) for finding in result["suppressed"]]
    return sorted(_comparable(kind, finding, sources, told) for kind, finding in found)


def _comparable(kind: str, finding: dict[str, Any], sources: Sources, told: Callable[[Row], Row]) -> str:
    evidence = []
    for row in finding["evidence"]:
        table, content = sources.rows[row["file"], row["sheet"], row["row"]]
        evidence.append([row["id"], row["day"], row["amount_fen"], table, told(content)])
    exemptions = [{k: v for k, v in row.items() if k != "ref"} for row in finding.get("exemptions", ())]
    content = finding | {"kind": kind, "evidence": _sorted(evidence), "exemptions": _sorted(exemptions)}
    return unicodedata.normalize("NFKC", json.dumps(content, ensure_ascii=False, sort_keys=True, default=str))


def assert_equal(found: list[str], expected: list[str]) -> None:
    """Equal, or shown by what only one of them has."""
    more, less = Counter(found) - Counter(expected), Counter(expected) - Counter(found)
    assert (sorted(more)[:3], sorted(less)[:3]) == ([], [])


def _sorted(values: list[Any]) -> list[str]:
    return sorted(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str) for value in values)


@pytest.mark.parametrize("seed", range(ORDERS))
def test_the_order_of_rows_changes_nothing_where_nothing_ties(
    seed: int, rows: Rows, expected: list[str], tmp_path: Path
) -> None:
    sources = write_sources(tmp_path / "files", shuffled(rows, seed))
    take_in(tmp_path / "home", sources)
    assert_equal(findings(tmp_path / "home", sources), expected)


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_spelling_of_the_files_changes_nothing(
    name: str, rows: Rows, expected: list[str], tmp_path: Path
) -> None:
    sources = write_sources(tmp_path / "files", rows, SPELLINGS[name])
    take_in(tmp_path / "home", sources)
    assert_equal(findings(tmp_path / "home", sources), expected)


def test_the_same_rows_once_more_change_nothing(
    rows: Rows, usual: tuple[Path, Sources], expected: list[str], tmp_path: Path
) -> None:
    home, sources = usual
    other = write_sources(tmp_path / "again", shuffled(rows, 7), Spelling(book=True, chinese=True))
    take_in(home, other, "duplicates")
    take_in(home, sources, "duplicates")
    assert_equal(findings(home, sources), expected)


def test_an_unrelated_county_changes_nothing(rows: Rows, expected: list[str], tmp_path: Path) -> None:
    abroad = rows_of(Pack(AS_OF, CASES, first=3000).tables())
    theirs = write_sources(tmp_path / "theirs", {n: [_far_off(row) for row in t] for n, t in abroad.items()})
    ours = write_sources(tmp_path / "ours", {n: table for n, table in rows.items() if n != "calendar"})
    take_in(tmp_path / "home", theirs)
    of_theirs = findings(tmp_path / "home", theirs)
    take_in(tmp_path / "home", ours)
    both = findings(tmp_path / "home", Sources([], theirs.rows | ours.rows))
    assert_equal(_without_base(both), _without_base([*of_theirs, *expected]))


def _without_base(found: list[str]) -> list[str]:
    """What RH12 compares with is the share of all beneficiaries in the ledger, whatever the county."""
    return sorted(re.sub(r'"all_(persons|related)": \d+', "", text) for text in found)


def _far_off(row: Row) -> Row:
    """Of another region, with names so long that no fund is nearly named like one of the other (ZB10)."""
    moved = {name: _far(value) if name in NAMES | PERSONS else value for name, value in row.items()}
    return moved | {name: f"外县{row[name]}" for name in OFFICES if row.get(name)}


def _far(text: str | None) -> str | None:
    """Credit codes get another county, a right one a right check character."""
    if text is None or not re.fullmatch(r"\d{6}[0-9A-Z]{12}", text) or re.fullmatch(r"\d{17}[0-9X]", text):
        return text and re.sub(r"^(3\d{3})-", r"外县乙丙丁戊\1号-", text)
    moved = f"{text[:2]}99{text[4:]}"
    return moved[:17] + _check(moved) if text[17] == _check(text) else moved


def _check(code: str) -> str:
    """The check character of a unified social credit code (GB 32100)."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    return signs[
        -sum(signs.find(sign) * weight for sign, weight in zip(code[:17], weights, strict=True)) % 31
    ]


def test_every_finding_can_be_exempted_by_its_subject(usual: tuple[Path, Sources], tmp_path: Path) -> None:
    shutil.copytree(usual[0] / "ledger", tmp_path / "home" / "ledger")
    found = scan(usual[0], AS_OF, settings=SETTINGS)["findings"]
    named = sorted({(finding["rule_id"], finding["subject"]) for finding in found})
    lines = [f"{rule_id},{subject},经批准,2000-01-01" for rule_id, subject in named]
    path = tmp_path / "例外.csv"
    path.write_text("\n".join(["规则编号,例外对象,例外原因,例外起始日期", *lines]), "utf-8")
    assert ingest(tmp_path / "home", [path])["problems"] == []
    result = scan(tmp_path / "home", AS_OF, settings=SETTINGS)
    assert result["findings"] == []
    assert {(finding["rule_id"], finding["subject"]) for finding in result["suppressed"]} >= set(named)


def test_rows_of_later_days_change_nothing(rows: Rows, usual: tuple[Path, Sources], tmp_path: Path) -> None:
    """But for splits: one that the as-of day hides still says that its child is not born (contract, 2)."""
    known = {
        name: [_without_later_dates(row) for row in table if name == "splits" or _is_seen(name, row)]
        for name, table in rows.items()
    }
    sources = write_sources(tmp_path / "files", known)
    take_in(tmp_path / "home", sources)
    in_full = findings(*usual, EARLIER, _without_later_dates)
    assert_equal(findings(tmp_path / "home", sources, EARLIER, _without_later_dates), in_full)


def _is_seen(table: str, row: Row) -> bool:
    return table not in DAY_COLUMNS or _day(row[DAY_COLUMNS[table]]) <= EARLIER


def _without_later_dates(row: Row) -> Row:
    """A date after the day is an empty cell, and so is an actual reported then; a split keeps its own day."""
    if "split_on" in row:
        return row
    known = {n: None if isinstance(v, date) and _day(v) > EARLIER else v for n, v in row.items()}
    if "reported_on" in row and known["reported_on"] != row["reported_on"]:
        known["actual_value"] = None
    return known


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
