"""The words that users read, once, in Chinese and English; Chinese is the default.

Each area has its file with `TEXTS`, and a key belongs to one area alone; here they are one catalogue.
"""

from typing import Literal

from tracer.messages import (
    casework,
    cluster,
    explaining,
    funds,
    general,
    loading,
    matching,
    registers,
    scanning,
    tracing,
)

Language = Literal["zh", "en"]

AREAS = (general, tracing, loading, scanning, explaining, casework, matching, funds, cluster, registers)

TEXTS: dict[str, tuple[str, str]] = {key: pair for area in AREAS for key, pair in area.TEXTS.items()}
"""Each text by key: Chinese, English."""

OFFICES = {
    "国库处": "treasury division",
    "预算处": "budget division",
    "预算处（预算绩效管理办公室）": "budget division (performance office)",
    "主管处（室）": "division in charge",
    "监督局": "supervision bureau",
    "扶贫主管部门": "poverty-alleviation department",
    "民政部门": "civil affairs department",
    "纪检监察机关": "discipline inspection",
    "采购监管部门": "procurement supervision",
    "县级项目主管部门": "county department in charge of the project",
    "县级财政部门": "county finance department",
    "县级财政部门业务科（室）": "division of the county finance department",
}
"""English names of the offices that deal with findings; those of local rules stay as they are."""


def office(name: str, lang: Language = "zh") -> str:
    """An office in a language."""
    return OFFICES.get(name, name) if lang == "en" else name


def bracketed(text: str, lang: Language = "zh") -> str:
    """A text in the brackets of a language, with the space before them that it wants."""
    return f" ({text})" if lang == "en" else f"（{text}）"


def say(key: str, lang: Language = "zh", **values: object) -> str:
    """The text of a key in a language, with its values filled in; raises KeyError for an unknown key.

    `{fundtrail}` begins a command: with the home of the run, where the command line says it.
    """
    return TEXTS[key][lang == "en"].format(**{"fundtrail": "fundtrail"} | values)


def say_both(key: str, **values: object) -> str:
    """The text of a key in both languages, for errors, whose reader's language is not known."""
    return f"{say(key, 'zh', **values)} / {say(key, 'en', **values)}"
