"""`fundtrail rules`: list, show and check, each in one language at a time."""

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from typer.testing import CliRunner

from api.cli import app
from tracer.funds.catalogue import catalogue
from tracer.messages import say
from tracer.rules.header import parse_rule
from tracer.rules.load import load_rules
from tracer.rules.quotations import quoted
from tracer.rules.spec import STATUSES, UNITS, RuleFileError
from tracer.schema import TABLES
from tracer.settings import queries_folder

RULES = load_rules()


def json_of(result: Any) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_rules_list_show_and_check(run: Run) -> None:
    listed = json_of(run("rules", "list", "--format", "json"))["rules"]
    assert len(listed) >= 20
    assert json_of(run("rules", "check", "--format", "json")) == {"ok": True, "rules": len(listed)}
    page = run("rules", "show", "ZB05").stdout
    assert "MATCH" in page
    assert "超额分解" in page
    assert len(list(csv.DictReader(io.StringIO(run("rules", "list", "--format", "csv").stdout)))) == len(
        listed
    )


def test_rules_check_refuses_a_broken_folder_with_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rules" / "ZB").mkdir(parents=True)
    (tmp_path / "rules" / "ZB" / "ZB99.cypher").write_text("MATCH (n) RETURN n", "utf-8")
    result = run("rules", "check", "--folder", str(tmp_path))
    assert result.exit_code == 3
    assert "ZB99.cypher" in result.stderr


def test_rules_check_holds_every_query_to_both_engines(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    shutil.copytree(queries_folder(), folder)
    assert run("rules", "check", "--folder", str(folder)).exit_code == 0
    (folder / "views").mkdir(exist_ok=True)
    (folder / "views" / "bad.cypher").write_text("MATCH (t:Transfer)\nRETURN t.idd AS id\n", "utf-8")
    result = run("rules", "check", "--folder", str(folder))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "views/bad.cypher:2: Transfer 没有属性 idd / has no property idd" in result.stderr


def test_a_folder_without_rules_is_no_clean_bill(run: Run, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        result = run("rules", "check", "--folder", str(folder))
        assert result.exit_code == 2
        assert "rules" in result.stderr


def told(page: str) -> str:
    """What a page says in words: without its query, the names of parameters and versions."""
    return page.partition("\n//")[0].partition("\nMATCH")[0]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_shown_in_one_language(run: Run, rule: str) -> None:
    parameters = RULES[rule].parameter
    page = told(run("rules", "show", rule).stdout)
    codes = {*STATUSES, *UNITS, *TABLES, RULES[rule].subject} - {*parameters}
    assert not codes.intersection(re.findall(r"[a-z_]+", page))
    english = told(run("--lang", "en", "rules", "show", rule).stdout)
    basis = [f"{basis.text} {basis.article}" for basis in RULES[rule].basis]
    words = ["…".join(found) for b in RULES[rule].basis if (found := quoted(RULES[rule], b))]
    for text in [*words, *basis, *(str(p.default) for p in parameters.values() if p.type == "text")]:
        assert text in page  # documents, and words that are looked for, have one language
        english = english.replace(text, "")
    assert not re.search(r"[\u4e00-\u9fff（）；：]", english), english


def test_the_list_is_in_one_language(run: Run) -> None:
    chinese, english = run("rules", "list").stdout, run("--lang", "en", "rules", "list").stdout
    assert not re.findall(r"[a-z_]{3,}", chinese)
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert "启用" in chinese
    assert "in force" in english


def test_every_status_unit_and_subject_has_words() -> None:
    for lang in ("zh", "en"):
        for key in (f"status_{word}" for word in STATUSES):
            assert say(key, lang)
        for key in (f"unit_{word}" for word in UNITS):
            assert say(key, lang)
        for rule in RULES.values():
            assert say(f"subject_{rule.subject}", lang)


def test_a_value_kept_for_an_unknown_fund_or_region_is_kept_with_a_word(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "home"
    shutil.copytree(home, mine)

    def keep(*options: str) -> str:
        result = CliRunner().invoke(app, ["--home", str(mine), "rules", "set", *options])
        assert result.exit_code == 0, result.stderr
        return str(result.stderr)

    unknown = keep("ZB11.n=45", "--fund", "不存在的资金", "--region", "522323")
    assert "“不存在的资金”" in unknown
    assert "522323" in unknown
    assert keep("ZB11.n=45", "--fund", "财政专项扶贫资金") == ""
    assert keep("ZB11.n=45", "--fund", next(iter(catalogue().values())).fund_name) == ""
    assert keep("ZB11.n=", "--fund", "不存在的资金", "--region", "522323") == ""
    agencies = tmp_path / "机构.csv"
    header = "机构编码,机构名称,机构类型,级次,区划代码"
    agencies.write_text(f"{header}\nJG1,某县财政局,财政部门,县级,522323001\n", "utf-8")
    taken = CliRunner().invoke(app, ["--home", str(mine), "ingest", str(agencies)])
    assert taken.exit_code == 0, taken.stdout
    assert keep("ZB11.n=45", "--region", "522323") == ""
    assert "522324" in keep("ZB11.n=45", "--region", "522324")


def test_an_error_of_a_kept_value_names_the_argument(run: Run) -> None:
    result = run("rules", "set", "ZB11.n=abc")
    assert result.exit_code == 2
    assert "ZB11.n=abc" in result.stderr
    assert "--set" not in result.stderr


@pytest.mark.parametrize("year", ["1800", "2201"])
def test_a_year_that_no_rule_can_have_is_refused_before_a_file_is_written(
    run: Run, tmp_path: Path, year: str
) -> None:
    result = run("rules", "revise", "ZB05", "--year", year, "--folder", str(tmp_path / "mine"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "2000 至 2200" in result.stderr
    assert not (tmp_path / "mine").exists()


def test_a_new_version_says_how_to_lock_it_and_take_it_over(run: Run, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    said = run("rules", "revise", "ZB05", "--year", "2027", "--folder", str(folder)).stdout
    assert f"fundtrail --home {home} rules lock --folder {folder}" in said
    assert f"fundtrail --home {home} rules adopt {folder}" in said
    text = (folder / "rules" / "ZB" / "ZB05.cypher").read_text("utf-8")
    with pytest.raises(RuleFileError, match=r"1800.*allowed: 2000 to 2200"):
        parse_rule(text.replace("budget_year: 2027", "budget_year: 1800"), "ZB05.cypher")


def test_taking_over_looks_only_at_the_rules_of_the_folder(home: Path, tmp_path: Path) -> None:
    bad = "MATCH (t:Transfer)\nRETURN t.idd AS id\n"
    (tmp_path / "others" / "deep").mkdir(parents=True)
    (tmp_path / "others" / "deep" / "bad.cypher").write_text(bad, "utf-8")
    mine = ["--home", str(tmp_path / "home"), "rules"]
    refused = CliRunner().invoke(app, [*mine, "adopt", str(tmp_path)])
    assert refused.exit_code == 2
    assert "rules/<类别>/<编号>.cypher" in refused.stderr
    assert "bad.cypher" not in refused.stderr
    begun = CliRunner().invoke(app, [*mine, "revise", "ZB05", "--year", "2027", "--folder", str(tmp_path)])
    assert begun.exit_code == 0, begun.stderr
    taken = CliRunner().invoke(app, [*mine, "adopt", str(tmp_path)])
    assert taken.exit_code == 0, taken.stderr
    (tmp_path / "rules" / "ZB" / "bad.cypher").write_text(bad, "utf-8")
    assert CliRunner().invoke(app, [*mine, "adopt", str(tmp_path)]).exit_code == 3
