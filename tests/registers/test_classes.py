"""Classes of registers: what ships, one of a home's own, and declarations refused with all reasons."""

import shutil
from pathlib import Path

import pytest

from tracer.errors import DataRefusedError
from tracer.registers.classes import PERSON, load_classes, own_classes_folder, parse_class
from tracer.rules.packs import register_texts
from tracer.rules.page import registers_page

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests" / "rules" / "classes" / "prisoners.yaml"


def test_the_classes_that_ship_are_the_five_of_the_document() -> None:
    classes = load_classes()
    assert list(classes) == ["deaths", "enterprises", "housing", "payroll", "vehicles"]
    assert {one.rule for one in classes.values()} < {rule.id for rule in register_texts()}
    for one in classes.values():
        assert one.table.by_name[PERSON].refuses_empty
        headers = [header for column in one.table.columns for header in column.headers]
        assert len(headers) == len(set(headers)), f"{one.name}: a header names two columns"


def test_one_file_in_a_home_is_a_class_of_its_own(tmp_path: Path) -> None:
    own_classes_folder(tmp_path).mkdir(parents=True)
    shutil.copy(OWN, own_classes_folder(tmp_path))
    own = load_classes(tmp_path)["prisoners"]
    assert (own.zh, own.rule, own.has_history, own.is_lasting) == ("服刑人员", "RHX1", False, False)
    assert (own.column("from"), own.column("to"), own.column("kind")) == ("entered_on", "left_on", None)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    own_classes_folder(tmp_path).mkdir(parents=True)
    text = OWN.read_text("utf-8").replace("name: prisoners", "name: deaths")
    (own_classes_folder(tmp_path) / "mine.yaml").write_text(text, "utf-8")
    with pytest.raises(DataRefusedError, match=r"mine\.yaml.*deaths"):
        load_classes(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: prisoners", "name: payments", "input table's name"),
        ("name: prisoners", "name: Gefangene", "small letters"),
        ("zh: 服刑人员", "zh: ''", "must be a text: zh"),
        ("answers: day", "answers: always", "history or day"),
        ("fresh_days: 60", "fresh_days: -1", "whole number"),
        ("fresh_days: 60", "fresh_days: 60\nlasting: sure", "`lasting`"),
        ("fresh_days: 60", "fresh_days: 60\nrule: RH1", "id of a rule"),
        ("fresh_days: 60", "fresh_days: 60\nretention: 5", "there is no such key"),
        ("held_by: {zh: 司法行政部门, en: justice administration}", "held_by: 司法", "must have zh and en"),
        ("from: entered_on", "from: person_id", "roles.from"),
        ("from: entered_on", "begin: entered_on", "no such role"),
        ("required: true, meaning: ID card", "required: false, meaning: ID card", "a required text"),
        ("type: date, required: true", "type: day, required: true", "type must be"),
        ("type: date, required: true", "type: enum, required: true", "has words"),
        ("name: left_on", "name: entered_on", "stands twice"),
        ("synonyms: [罪犯身份证号]", "synonyms: 罪犯", "list of texts"),
        ("columns:", "columns: none\nrest:", "list of columns"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(old: str, new: str, said: str) -> None:
    text = OWN.read_text("utf-8")
    assert old in text
    with pytest.raises(DataRefusedError, match=r"prisoners\.yaml") as refused:
        parse_class(text.replace(old, new, 1), "prisoners.yaml")
    assert said in str(refused.value)


def test_all_that_is_wrong_is_said_at_once_and_yaml_by_line() -> None:
    text = OWN.read_text("utf-8")
    with pytest.raises(DataRefusedError) as refused:
        parse_class(
            text.replace("answers: day", "answers: x").replace("fresh_days: 60", "fresh_days: x"), "x"
        )
    assert len(str(refused.value).splitlines()) == 2
    with pytest.raises(DataRefusedError, match="x:1:"):
        parse_class("name: [", "x")


def test_the_page_of_registers_is_that_of_the_declarations() -> None:
    written = (ROOT / "docs" / "registers.md").read_text("utf-8")
    assert written == registers_page(), "run: make docs"
