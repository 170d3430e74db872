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

from tracer.messages import say
from tracer.rules.load import load_rules
from tracer.rules.quotations import quoted
from tracer.rules.spec import STATUSES, UNITS
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
