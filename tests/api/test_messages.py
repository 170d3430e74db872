"""The catalogue of words: both languages, the same gaps, and no text that nobody says."""

import re
from pathlib import Path

import pytest

from tracer.messages import TEXTS, say

ROOT = Path(__file__).parents[2]
CODE = "\n".join(
    path.read_text("utf-8") for folder in ("api", "tracer") for path in (ROOT / folder).rglob("*.py")
)
MADE_UP = ("type_", "origin_", "status_", "unit_", "subject_", "reason_", "slip_")
"""Beginnings of keys that the code puts together."""


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_has_both_languages_with_the_same_gaps(key: str) -> None:
    zh, en = TEXTS[key]
    assert set(re.findall(r"{(\w+)", zh)) == set(re.findall(r"{(\w+)", en))
    assert not re.search(r"[\u4e00-\u9fff]", en)


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_is_said_somewhere(key: str) -> None:
    assert key.startswith(MADE_UP) or CODE.count(f'"{key}"') > 1 or f"'{key}'" in CODE


def test_an_unknown_key_is_a_bug() -> None:
    with pytest.raises(KeyError):
        say("nothing")
