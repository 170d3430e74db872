"""The fund lists of the documents, as data; the identifier of a fund is `<list>-<level>-<number>`.

A fund of a locality that no document lists is `own-<level>-<name>`.

Source: 000_0449071ebc8d3f42.txt and 002_79f51f3382b27739.txt, annexes 1 to 3 (42 central and 28 provincial
funds each), 004_3848d735800e4e5c.txt, annex (7 and 14, with departments and finance offices), and the kinds
of money of 003_f03675b072b4c157.txt, which are no funds.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from tracer.errors import UsageError
from tracer.rules.place import fund_key

LEVELS = ("central", "province", "category")
OWN = "own"
OWN_LEVELS = ("province", "city", "county")
_TRAILING_BRACKETS = re.compile(r"[（(][^（）()]*[）)]$")


@dataclass(frozen=True)
class Fund:
    """A line of a list: its name as it is meant, and `printed_name` where the document prints another."""

    source_file: str
    level: str
    seq: int
    fund_name: str
    printed_name: str
    departments: str
    finance_offices: str
    scope: tuple[str, ...]
    """Why it is only partly in scope: `part` or `exclusion` in its brackets, or `use`; else empty."""
    note: str
    note_en: str

    @property
    def list(self) -> str:
        """The list that has it: the first digits of the document's file name."""
        return self.source_file.partition("_")[0]

    @property
    def id(self) -> str:
        """Its identifier."""
        return f"{self.list}-{self.level}-{self.seq or self.fund_name}"

    @property
    def names(self) -> tuple[str, ...]:
        """Names by which an indicator may call it, as compared; of a part also that without its brackets."""
        whole = _TRAILING_BRACKETS.sub("", self.fund_name) if self.scope else self.fund_name
        return tuple(dict.fromkeys(map(fund_key, filter(None, (self.fund_name, self.printed_name, whole)))))


@lru_cache
def catalogue() -> dict[str, Fund]:
    """All funds of all lists by identifier, in the order of the documents."""
    text = files("tracer.funds").joinpath("catalogue.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    funds = [
        Fund(**row | {"seq": int(row["seq"]), "scope": tuple(row["scope"].split())})  # type: ignore[arg-type]
        for row in rows
    ]
    return {fund.id: fund for fund in funds}


def fund_of(fund_id: str) -> Fund:
    """The fund of an identifier; raises UsageError where no list has it and it is no proper `own` one."""
    if fund_id in catalogue():
        return catalogue()[fund_id]
    kind, level, name = [*fund_id.split("-", 2), "", ""][:3]
    if kind == OWN and level in OWN_LEVELS and name.strip():
        return Fund(OWN, level, 0, name.strip(), "", "", "", (), "", "")
    raise UsageError(
        f"目录中没有 {fund_id}；全部见 fundtrail funds list，本地自设的写作 own-county-名称"
        f" / no such fund; `fundtrail funds list` names all, one of your own is own-county-NAME"
    )


def choose_funds(texts: Iterable[str] = (), list_: str = "", level: str = "") -> list[Fund]:
    """The funds of a list and level, or those of them that are named by identifier or name.

    Raises UsageError for an unknown list or level, and for a text that names no fund or several.
    """
    lists = sorted({fund.list for fund in catalogue().values()})
    if list_ and list_ not in lists:
        raise UsageError(
            f"没有名单 {list_}，有 {'、'.join(lists)} / no list {list_}; there are {', '.join(lists)}"
        )
    if level and level not in LEVELS:
        raise UsageError(f"级次应为 {'、'.join(LEVELS)}：{level} / a level is one of these, not {level}")
    pool = [f for f in catalogue().values() if list_ in ("", f.list) and level in ("", f.level)]
    named = [_named(text, pool) for text in texts]
    return list(dict.fromkeys(named)) if named else pool


def _named(text: str, pool: Sequence[Fund]) -> Fund:
    found = [fund for fund in pool if text == fund.id] or [
        fund for fund in pool if fund_key(text) == fund_key(fund.fund_name)
    ]
    if not found:
        return fund_of(text)
    if len(found) > 1:
        ids = ", ".join(fund.id for fund in found)
        raise UsageError(f"{text} 不止一项，请写编号：{ids} / several funds are called so; give one of {ids}")
    return found[0]
