"""Rule files: what the loader refuses, what the lock holds, and that what ships is in order."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from tracer.errors import UsageError
from tracer.graph.lint import lint
from tracer.graph.portable import gate
from tracer.rules.header import parse_rule, returned_columns
from tracer.rules.load import choose_rules, load_rules, rule_page, rule_row
from tracer.rules.lock import LOCK_FILE, read_lock, write_lock
from tracer.rules.packs import load_packs, read_texts
from tracer.rules.page import rules_page
from tracer.rules.spec import RuleFileError
from tracer.settings import queries_folder

ROOT = Path(__file__).parents[2]
FIRST_TWENTY = {
    *("ZB01", "ZB04", "ZB05", "ZB09", "ZB11", "ZB14"),
    *("ZC01", "ZC02", "ZC04", "ZC05", "ZC06", "ZC08", "ZC12", "ZC20", "JX01"),
    *("RH01", "RH03", "RH04", "RH05", "RH08"),
}
RULES = load_rules()
GOOD = (queries_folder() / RULES["ZB05"].file).read_text("utf-8")


def parse(text: str) -> object:
    return parse_rule(text, "rules/ZB/ZB05.cypher")


def test_the_first_twenty_rules_ship_in_force() -> None:
    assert set(RULES) >= FIRST_TWENTY
    assert {rule.status for rule in RULES.values()} == {"in_force"}


def test_a_good_file_is_read() -> None:
    rule = parse(GOOD)
    assert (rule.id, rule.opens, rule.needs) == ("ZB05", "red", (("indicators",), ("splits",)))
    assert rule.query.startswith("// A parent")
    assert rule.query.endswith("split_fen\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("status: in_force", "status: in_force\nseverity: high", "unknown key `severity`"),
        ("status: in_force", "status: live", "`status` is 'live'"),
        ("version: 1.0.0", "version: '1'", "`version` is '1'"),
        ("category: ZB", "category: ZC", "they must agree"),
        ("id: ZB05", "id: ZB06", "name it ZB/ZB06.cypher"),
        ("needs: [indicators, splits]", "needs: [indicators, spilts]", "`needs` is"),
        ("level: {opens: red}", "level: {opens: bell}", "`at_expiry` exactly when"),
        ("level: {opens: red}", "level: {opens: orange}", "level.`opens` is 'orange'"),
        ("origin: P", "origin: X", "parameters.tolerance.`origin` is 'X'"),
        (
            "origin: P}",
            "origin: P}\n  unused: {type: int, default: 1, min: 0, max: 9, unit: days, origin: P}",
            "`unused` is declared and never used",
        ),
        ("$tolerance_fen", "$tolerence_fen", "$tolerence_fen is used and not declared"),
        ("$tolerance_fen", "$has_payments", "$has_payments is used and not declared"),
        ("identity: [subject]", "identity: [holder]", "does not return `holder`"),
        ("AS subject", "AS thing", "does not return `subject`"),
        (
            "MATCH (i:Indicator)\nOPTIONAL",
            "CREATE (x:Indicator) WITH 1 AS one MATCH (i:Indicator)\nOPTIONAL",
            "a query begins with",
        ),
        ("WITH i,", "SET i.listed = true WITH i,", "SET"),
        (
            "  - zh: 追减分解尚未录入",
            "  - zh: 无\n    en: none\n  - zh: 追减分解尚未录入",
            "`innocent` says none",
        ),
        ("budget_year: 2026", "budget_year: next", "`budget_year` is 'next'"),
        ("basis:", "base:", "`basis` is missing"),
        ("plus: split_fen", "plus: splitted_fen", "does not return `splitted_fen`"),
        ("split_fen\n", "split_fen, 1 AS one\n", "column `one` has no name"),
        (
            "identity: [subject]",
            "identity: [subject]\ncolumns:\n  two: {zh: 二, en: two}",
            "does not return; remove",
        ),
        (
            "identity: [subject]",
            "identity: [subject]\ndiversion: {bounded: {zh: 钱, en: money}}",
            "does not return `begin_refs`",
        ),
        ("identity: [subject]", "identity: [subject]\ndiversion: true", "`diversion` is True"),
        (
            "identity: [subject]",
            "identity: [subject]\nexempt_amount: true\ndiversion: {bounded: {zh: 钱, en: money}}",
            "goes with neither `exempt_amount`",
        ),
        ("/*\nid", "id", "begins without"),
        ("identity: [subject]", "identity: [subject", "not YAML"),
        ("tolerance: {type: money, default: 0", "tolerance: {type: money, default: 0.5", "`default` is 0.5"),
        ("unit: yuan", "unit: days", "does not go with unit"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleFileError) as refused:
        parse(GOOD.replace(old, new))
    assert said in str(refused.value)


def test_a_header_that_is_no_yaml_is_told_by_line_and_column_of_the_file() -> None:
    bad = "\n\n" + GOOD.replace("identity: [subject]", "identity: [subject")
    line = bad[: bad.index("identity:")].count("\n") + 1
    with pytest.raises(RuleFileError) as refused:
        parse(bad)
    zh, en = str(refused.value).split(" / ")
    told = re.fullmatch(r"(\S+\.cypher)：第 (\d+) 行第 (\d+) 列：说明不是正确的 YAML：.*括号.*", zh)
    assert told
    assert int(told[2]) in (line, line + 1)  # where the parser gives up
    assert en.startswith(f"{told[1]}: line {told[2]}, column {told[3]}: the header is not YAML: ")
    assert "expected" not in zh


def test_all_problems_of_a_file_are_named_at_once() -> None:
    bad = GOOD.replace("status: in_force", "status: live").replace("origin: P", "origin: X")
    with pytest.raises(RuleFileError, match=r"(?s)`status`.*`origin`"):
        parse(bad)


def test_payment_rules_return_the_day_that_exemptions_need() -> None:
    path = queries_folder() / RULES["ZC04"].file
    text = path.read_text("utf-8").replace("t.day AS day", "t.day AS paid_day")
    with pytest.raises(RuleFileError, match="does not return `day`"):
        parse_rule(text, RULES["ZC04"].file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "queries"
    shutil.copytree(queries_folder(), target)
    return target


def test_an_id_is_there_once(folder: Path) -> None:
    other = folder / "rules" / "XX"
    other.mkdir()
    shutil.copy(folder / RULES["ZB05"].file, other / "ZB05.cypher")
    with pytest.raises(RuleFileError, match="the id is taken"):
        load_rules(folder)


def test_changed_text_needs_a_new_version(folder: Path) -> None:
    # Arrange: the same rule with a word changed.
    path = folder / RULES["ZB05"].file
    path.write_text(GOOD.replace("en: Split above amount", "en: Split above its amount"), "utf-8")

    # Act and assert: neither loaded nor locked as it is, but both with a higher version.
    with pytest.raises(RuleFileError, match="raise `version`"):
        load_rules(folder)
    with pytest.raises(RuleFileError, match=r"raise the version of ZB05 1\.0\.0"):
        write_lock(read_texts(folder), folder)
    path.write_text(path.read_text("utf-8").replace("version: 1.0.0", "version: 1.0.1"), "utf-8")
    with pytest.raises(RuleFileError, match=r"1\.0\.1 is not locked"):
        load_rules(folder)
    with pytest.raises(RuleFileError, match=r"put it back as rules/ZB/ZB05@1\.0\.0\.cypher"):
        write_lock(read_texts(folder), folder)
    assert "1.0.1" not in read_lock(folder)["ZB05"]
    path.with_stem("ZB05@1.0.0").write_text(GOOD, "utf-8")
    write_lock(read_texts(folder), folder)
    assert load_rules(folder)["ZB05"].version == "1.0.1"
    assert list(read_lock(folder)["ZB05"]) == ["1.0.0", "1.0.1"]


def test_a_rule_is_neither_added_nor_dropped_behind_the_lock(folder: Path) -> None:
    (folder / RULES["ZB05"].file).unlink()
    with pytest.raises(RuleFileError, match="retire a rule"):
        load_rules(folder)
    lock = folder / LOCK_FILE
    lock.unlink()
    with pytest.raises(RuleFileError, match="is not locked"):
        load_rules(folder)


def test_the_lock_that_ships_is_that_of_the_files() -> None:
    expected = {
        rule_id: {rule.version: rule.sha256 for rule in texts}
        for rule_id, texts in load_packs().texts.items()
    }
    assert read_lock(queries_folder()) == expected


def test_rules_are_chosen_by_id_in_any_case() -> None:
    assert [rule.id for rule in choose_rules(RULES, ["zb05", "ZB01", "ZB05"])] == ["ZB05", "ZB01"]
    assert len(choose_rules(RULES, None)) == len(RULES)
    with pytest.raises(UsageError, match="there is no rule ZB99"):
        choose_rules(RULES, ["ZB99"])


def test_pages_tell_all_of_a_rule() -> None:
    page = rule_page(RULES["ZB14"])
    assert page["exempt_amount"] is True
    assert [p["origin"] for p in page["parameters"]] == ["C", "C"]
    assert page["also"] == ["red"]
    assert page["query"] == RULES["ZB14"].query
    assert rule_row(RULES["ZB01"])["at_expiry"] == "yellow"


def test_the_page_of_rules_is_that_of_the_files() -> None:
    written = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert written == rules_page(RULES), "run: make docs"


def test_names_levels_and_subjects_are_those_of_the_contract() -> None:
    contract = ROOT.parent / "shared" / "contract" / "rules.csv"
    if not contract.exists():
        pytest.skip("the contract is not beside the checkout")
    rows = {row["rule_id"]: row for row in csv.DictReader(contract.open(encoding="utf-8"))}
    for rule in RULES.values():
        row = rows[rule.id]
        found = (rule.name.zh, rule.name.en, rule.category, rule.opens, rule.at_expiry or "", rule.subject)
        wanted = (
            row["name_zh"],
            row["name_en"],
            row["category"],
            row["opens"],
            row["at_expiry"],
            row["subject"],
        )
        assert found == wanted


def test_levels_in_a_query_are_those_of_its_header() -> None:
    for rule in RULES.values():
        named = set(re.findall(r"'(info|bell|yellow|red)'", rule.query))
        assert named == set(rule.levels), rule.id


def test_returned_columns_of_a_union() -> None:
    text = (
        "MATCH (a:Fund) RETURN a.id AS x, [a.ref, 'q'] AS y"
        " UNION ALL MATCH (b:Fund) RETURN b.id AS x, z ORDER BY x"
    )
    assert returned_columns(gate(text)) == [["x", "y"], ["x", "z"]]


def test_every_file_keeps_to_the_shared_part_of_cypher() -> None:
    for rule in RULES.values():
        assert lint(rule.query) == [], rule.id
