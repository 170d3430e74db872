"""Parameters of the rules that a home keeps: for everything, or for one fund, one region, or both.

They lie in `HOME/settings/parameters.csv`. What a scan is given by `--parameters` or `--set` overrides them.
Source: 002_79f51f3382b27739.txt 一(三)2 (rules set per class of funds).
"""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any

from tracer.errors import UsageError
from tracer.rules.parameters import Resolved, Settings, parse_set, read_settings, resolve
from tracer.rules.spec import Rule

FILE = Path("settings") / "parameters.csv"
REGION_DIGITS = (2, 4, 6, 9, 12)
"""Lengths of a division code of a province, city, county, township and village (GB/T 2260)."""


@dataclass(frozen=True, order=True)
class Kept:
    """One value that a home keeps; an empty fund or region is any."""

    rule_id: str
    parameter: str
    fund: str
    region: str
    value: str
    pack: str = ""
    """Budget year of the only pack of rules for which it is; empty for every pack."""

    @property
    def place(self) -> tuple[str, str, str, str, str]:
        """What it sets, and where."""
        return (self.rule_id, self.parameter, self.fund, self.region, self.pack)

    def holds(self, fund: str, region: str) -> bool:
        """Whether it holds for a subject of a fund and region, either empty where it is not known."""
        return self.fund in ("", fund) and region.startswith(self.region)

    @property
    def precision(self) -> tuple[int, bool, bool]:
        """Of two that hold, the one with the longer region counts, then one of a fund, then of a pack."""
        return (len(self.region), bool(self.fund), bool(self.pack))


def read_kept(home: Path, rules: Mapping[str, Rule], pack: int) -> tuple[Kept, ...]:
    """What a home keeps for a pack of rules, in order; raises UsageError for what is no value of it."""
    kept = tuple(entry for entry in all_kept(home) if entry.pack in ("", str(pack)))
    for entry in kept:
        text = f"{entry.rule_id}.{entry.parameter}={entry.value}"
        try:
            read_settings(rules, sets=[text], place=str(FILE))
        except UsageError as error:
            zh, en = str(error).split(" / ", 1)
            name = f"{entry.rule_id}.{entry.parameter}"
            raise UsageError(
                f"{zh}（{pack} 年规则包）；只对一年的规则包保存用 fundtrail rules set --pack 年份 {name}=值，"
                f"删除用 fundtrail rules set {name}= / {en} (pack of {pack}); keep it for the pack of one"
                f" year with fundtrail rules set --pack YEAR {name}=VALUE,"
                f" forget it with fundtrail rules set {name}="
            ) from error
    return kept


def all_kept(home: Path) -> tuple[Kept, ...]:
    """All that a home keeps, for whatever pack, in order."""
    path = home / FILE
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(sorted(Kept(**row) for row in csv.DictReader(file)))


def keep(
    home: Path,
    rules: Mapping[str, Rule],
    texts: Iterable[str],
    fund: str = "",
    region: str = "",
    pack: int | None = None,
) -> tuple[Kept, ...]:
    """Keep values given as `RULE.param=value`; an empty value forgets one. Returns all that is kept then.

    `rules` are those of the pack for which they are kept, or of the newest where they are kept for all.

    Raises UsageError for what is no such text, rule, parameter or value, and for a region that is no code.
    """
    check_region(region)
    kept = {entry.place: entry for entry in all_kept(home)}
    for text in texts:
        rule_id, name, value = parse_set(text)
        entry = Kept(rule_id, name, fund.strip(), region, value.strip(), str(pack or ""))
        if entry.value:
            read_settings(rules, sets=[text], place=text)
            kept[entry.place] = entry
        elif kept.pop(entry.place, None) is None:
            raise UsageError(f"没有保存 {rule_id}.{name}，不能删除 / {rule_id}.{name} is not kept here")
    write_entries(home / FILE, Kept, sorted(kept.values()))
    return tuple(sorted(kept.values()))


def check_region(region: str) -> None:
    """Raise UsageError for what is neither empty (everywhere) nor a division code."""
    if region and (not region.isdecimal() or len(region) not in REGION_DIGITS):
        raise UsageError(
            f"区划代码应为 {'、'.join(map(str, REGION_DIGITS))} 位数字：{region}"
            f" / a region is a division code of so many digits, not {region}"
        )


def write_entries(path: Path, kind: type[Any], entries: Iterable[Any]) -> None:
    """Replace a kept file by dataclass objects of one kind, one line each, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields(kind)])
        writer.writerows(map(astuple, entries))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@dataclass(frozen=True)
class Values:
    """The values of one rule everywhere."""

    rule: Rule
    kept: Sequence[Kept]
    given: Settings

    def at(self, place: tuple[str, str] | None) -> Resolved:
        """The values for subjects at a place, or of which none is known."""
        return resolve_at(self.rule, self.kept, self.given, *(place or ("", "")))

    def variants(self) -> list[Resolved]:
        """All different sets of values that subjects may have; first that of subjects without a place."""
        mine = [entry for entry in self.kept if entry.rule_id == self.rule.id or self._follows(entry)]
        funds = dict.fromkeys(["", *(entry.fund for entry in mine)])
        regions = dict.fromkeys(["", *(entry.region for entry in mine)])
        found: list[Resolved] = []
        for place in product(funds, regions):
            values = self.at(place)
            if values not in found:
                found.append(values)
        return found

    def _follows(self, entry: Kept) -> bool:
        name = f"{entry.rule_id}.{entry.parameter}"
        return any(parameter.follows == name for parameter in self.rule.parameters)


def resolve_at(rule: Rule, kept: Iterable[Kept], given: Settings, fund: str, region: str) -> Resolved:
    """A rule's values for subjects of a fund and region: as given, else as kept, else the default.

    What is given of the parameter, or of the one that it follows, overrides all that is kept.
    """
    texts, places = {}, {}
    for entry in sorted(kept, key=lambda entry: entry.precision):
        if entry.holds(fund, region):
            texts[entry.rule_id, entry.parameter] = entry.value
            places[entry.rule_id, entry.parameter] = str(FILE)
    for parameter in rule.parameters:
        followed = tuple((parameter.follows or "").split(".", 1))
        if followed in given.texts:
            texts.pop((rule.id, parameter.name), None)
    return resolve(rule, Settings({**texts, **given.texts}, {**places, **given.places}))
