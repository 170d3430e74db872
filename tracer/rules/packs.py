"""Packs of rules: the rules of one budget year, out of every text that a rule ever had.

A text is in force from the `budget_year` of its header on, until that of a later year is. So a pack needs no
list of its own: of each rule it has the text of the latest year up to its own, in the newest version. Source:
001_0cce089113c317c0.txt, articles 15 and 16 (rules are proposed and settled for the next budget year).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tracer.errors import UsageError
from tracer.registers.store import Registers
from tracer.rules.header import file_stem, parse_rule
from tracer.rules.lock import lock_problems, read_lock, version_number
from tracer.rules.spec import Rule, RuleFileError
from tracer.settings import own_queries_folder, queries_folder, register_queries_folder

Rules = dict[str, Rule]

TEXTS = "rules/*/*.cypher"
"""Where the texts of rules lie in a queries folder."""


@dataclass(frozen=True)
class Packs:
    """All texts of all rules, by id in order of version."""

    texts: Mapping[str, tuple[Rule, ...]]

    @property
    def all_texts(self) -> list[Rule]:
        """Every text of every rule."""
        return [rule for texts in self.texts.values() for rule in texts]

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The budget years that have a pack of their own; drafts make none."""
        every = self.all_texts
        settled = [rule for rule in every if rule.status != "draft"] or every
        return tuple(sorted({rule.budget_year for rule in settled}))

    def year_for(self, budget_year: int) -> int:
        """The pack that holds for a budget year: the newest up to it, or the first that there is."""
        return max((year for year in self.years if year <= budget_year), default=self.years[0])

    def check_year(self, year: int) -> int:
        """The year, which has a pack; raises UsageError for one that has none."""
        if year not in self.years:
            known = ", ".join(map(str, self.years))
            raise UsageError(
                f"没有 {year} 年的规则包，只有 {known} / there is no pack of {year}; there are {known}"
            )
        return year

    def rules(self, year: int, wanted: Iterable[str] = ()) -> Rules:
        """The rules of a pack by id; of those wanted as `ID@VERSION`, that version.

        A draft never stands in for a text in force. Raises UsageError for a version that is not there.
        """
        chosen = {}
        for rule_id, texts in self.texts.items():
            upto = [rule for rule in texts if rule.budget_year <= year]
            if upto:
                chosen[rule_id] = max(upto, key=_precedence)
        for name in wanted:
            rule_id, _, version = name.strip().upper().partition("@")
            if version:
                chosen[rule_id] = self.text(rule_id, version)
        return dict(sorted(chosen.items()))

    @property
    def newest(self) -> Rules:
        """The rules of the newest pack."""
        return self.rules(self.years[-1])

    def text(self, rule_id: str, version: str) -> Rule:
        """One version of a rule; raises UsageError where it is not there."""
        texts = self.texts.get(rule_id, ())
        found = next((rule for rule in texts if rule.version == version), None)
        if found is None:
            known = ", ".join(rule.version for rule in texts) or "—"
            raise UsageError(
                f"规则 {rule_id} 没有版本 {version}，有：{known}"
                f" / rule {rule_id} has no version {version}; it has: {known}"
            )
        return found


def load_packs(home: Path | None = None, folder: Path | None = None) -> Packs:
    """The packs of a queries folder (by default the one that ships), and those that a home holds beside it.

    Rules that use registers of other offices are among them once the home imported such a register.

    Raises UsageError for a folder without rules, RuleFileError for a file that cannot be used and a text that
    is not the one locked for its version or changes the level of a rule that ships.
    """
    texts = locked_texts(folder or queries_folder())
    if home:
        used = Registers(home).rules
        texts += [rule for rule in register_texts() if rule.id in used] if used else []
    own = own_queries_folder(home) if home else None
    if own and own.is_dir():
        texts += checked_levels(texts, locked_texts(own))
    return packs_of(texts)


def register_texts() -> list[Rule]:
    """The texts of all rules that use registers of other offices; in play in a home that imported one."""
    return locked_texts(register_queries_folder())


def checked_levels(shipped: Iterable[Rule], own: Iterable[Rule]) -> list[Rule]:
    """Texts of a locality, none of which changes the level of a rule that ships; RuleFileError else.

    The level of each rule is the ministry's to say: 001_0cce089113c317c0.txt, article 20.
    """
    own, known = list(own), packs_of(shipped)
    for rule in own:
        if rule.id not in known.texts:
            continue
        given = known.rules(known.year_for(rule.budget_year))[rule.id]
        wanted, found = _levels(given), _levels(rule)
        if wanted != found:
            raise RuleFileError(
                f"{rule.file}: {rule.id} {rule.version}: 预警级别由财政部确定（第二十条），本地不能改："
                f"应为 {wanted}，现为 {found}；请改回 level 和查询返回的级别"
                f" / the level of a rule is not for a locality to change (article 20): it is {wanted},"
                f" not {found}; restore `level` and the levels that the query returns"
            )
    return own


def _levels(rule: Rule) -> str:
    """The levels of a rule as its header gives them: opens → at expiry, and what the query may open."""
    return "→".join(level for level in (rule.opens, rule.at_expiry) if level) + "".join(
        f"+{level}" for level in sorted(rule.also)
    )


def rules_of(home: Path, found: Mapping[str, Any]) -> Rules:
    """The rules of a scan, each with the text with which it was evaluated."""
    packs = load_packs(home)
    return {entry["rule_id"]: packs.text(entry["rule_id"], entry["rule_version"]) for entry in found["rules"]}


def check_folder(folder: Path) -> None:
    """Raise UsageError for a folder without rules."""
    if not (folder / "rules").is_dir():
        raise UsageError(
            f"{folder} 里没有 rules 文件夹：请给出放 rules/<类别>/<编号>.cypher 的文件夹"
            f" / there is no folder `rules` in {folder}; name the one with rules/<category>/<ID>.cypher"
        )


def read_texts(folder: Path) -> list[Rule]:
    """All texts in a queries folder, locked or not: `<ID>.cypher`, and earlier ones `<ID>@<version>.cypher`.

    Raises UsageError for a folder without rules, RuleFileError for a file that cannot be used.
    """
    check_folder(folder)
    paths = sorted(folder.glob(TEXTS))
    texts = [parse_rule(path.read_text("utf-8"), path.relative_to(folder).as_posix()) for path in paths]
    files: dict[str, str] = {}
    for rule in texts:
        for name in {file_stem(rule.file), f"{rule.id}@{rule.version}"}:
            if files.setdefault(name, rule.file) != rule.file:
                raise RuleFileError(
                    f"{rule.file}: {name}: 编号与 {files[name]} 重复 / the id is taken; choose another"
                )
    return texts


def locked_texts(folder: Path) -> list[Rule]:
    """All texts in a queries folder; raises RuleFileError where they are not those of its lock."""
    texts = read_texts(folder)
    packs_of(texts)
    problems = lock_problems(texts, read_lock(folder))
    if problems:
        raise RuleFileError("规则与锁定文件不符 / the rules are not those locked:\n" + "\n".join(problems))
    return texts


def packs_of(texts: Iterable[Rule]) -> Packs:
    """Texts as packs; raises RuleFileError where two differ in one version, or make one rule two things."""
    by_id: dict[str, dict[str, Rule]] = {}
    for rule in texts:
        versions = by_id.setdefault(rule.id, {})
        other = next(iter(versions.values()), rule)
        if versions.setdefault(rule.version, rule).sha256 != rule.sha256:
            raise RuleFileError(
                f"{rule.file}: {rule.id}: 本地的版本 {rule.version} 与自带的文本不同，请另取版本号"
                f" / this home has another text of version {rule.version} than what ships; give it a version"
                " of its own"
            )
        if (rule.subject, rule.identity) != (other.subject, other.identity):
            raise RuleFileError(
                f"{rule.file}: {rule.id} {rule.version}: subject 或 identity 与 {other.version} 版不同，"
                "预警由此认出；请用新编号"
                f" / subject or identity differ from version {other.version}, and alerts are known by them;"
                " give the new rule an id of its own"
            )
    return Packs({rule_id: tuple(sorted(by_id[rule_id].values(), key=_order)) for rule_id in sorted(by_id)})


def _precedence(rule: Rule) -> tuple[bool, int, tuple[int, ...]]:
    return rule.status != "draft", rule.budget_year, _order(rule)


def _order(rule: Rule) -> tuple[int, ...]:
    return version_number(rule.version)
