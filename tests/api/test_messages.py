"""The catalogue of words: both languages, the same gaps, and no text that nobody says."""

import re
from pathlib import Path

import pytest
from conftest import Run

from tracer.messages import AREAS, OFFICES, TEXTS, say
from tracer.rules.load import load_rules

ROOT = Path(__file__).parents[2]
CODE = "\n".join(
    path.read_text("utf-8") for folder in ("api", "tracer") for path in (ROOT / folder).rglob("*.py")
)
MADE_UP = (
    "type_",
    "drawn_",
    "kind_",
    "origin_",
    "status_",
    "unit_",
    "subject_",
    "reason_",
    "slip_",
    "calendar_",
    "scope_",
    "cut_",
    "pair_",
    "match_",
    "recipient_",
    "lack_",
    "look_",
    "paid_as_",
    "role_",
    "cluster_",
)
"""Beginnings of keys that the code puts together."""


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_has_both_languages_with_the_same_gaps(key: str) -> None:
    zh, en = TEXTS[key]
    assert set(re.findall(r"{(\w+)", zh)) == set(re.findall(r"{(\w+)", en))
    assert not re.search(r"[\u4e00-\u9fff]", en)


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_is_said_somewhere(key: str) -> None:
    assert key.startswith(MADE_UP) or CODE.count(f'"{key}"') > 1 or f"'{key}'" in CODE


def test_a_key_belongs_to_one_area() -> None:
    assert len(TEXTS) == sum(len(area.TEXTS) for area in AREAS)


def test_an_unknown_key_is_a_bug() -> None:
    with pytest.raises(KeyError):
        say("nothing")


def test_every_office_has_an_english_name() -> None:
    rules = load_rules().values()
    assert {name for rule in rules for name in (rule.office, rule.joint) if name} <= set(OFFICES)


def test_an_english_picture_is_english(run: Run, tmp_path: Path) -> None:
    """What is ours in it: names, documents and purposes stay as they were recorded."""
    for number, target in enumerate([("PZ00000381",), ("--finding", "1", "--rule", "ZB05")]):
        file = tmp_path / f"{number}.html"
        asked = ("export", "html", *target, "--as-of", "2022-01-01", "--lang", "en")
        result = run(*asked, "--output", str(file))
        assert result.exit_code == 0, result.stderr
        page = file.read_text("utf-8")
        assert '<html lang="en">' in page
        assert not re.search(
            "[（）【】：；、]|笔|箭头|监督局|处（室）", page.split("<body>")[1].split("Basis of the rule")[0]
        )
