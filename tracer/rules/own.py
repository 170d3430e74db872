"""Rules of a locality's own: a new version begun from the text in force, a pack taken over into a home."""

import re
from collections.abc import Iterable
from pathlib import Path

from tracer.errors import UsageError
from tracer.rules.load import check_queries, choose_rules
from tracer.rules.lock import kept_name, lock_problems, read_lock, version_number, write_lock
from tracer.rules.packs import (
    TEXTS,
    check_folder,
    checked_levels,
    load_packs,
    packs_of,
    read_texts,
    register_texts,
)
from tracer.rules.spec import BUDGET_YEARS, Rule, RuleFileError
from tracer.settings import own_queries_folder, queries_folder, register_queries_folder


def revise(home: Path, rule_id: str, year: int, folder: Path) -> Path:
    """Begin a new version of a rule for a budget year in a folder of queries; returns the file to change.

    It begins with the text in force in that year. An earlier text that the folder has is kept beside it.
    Raises UsageError for an unknown rule or a year that no rule can have, RuleFileError where a new version
    is begun already.
    """
    if year not in BUDGET_YEARS:
        raise UsageError(
            f"预算年度应在 {BUDGET_YEARS[0]} 至 {BUDGET_YEARS[-1]} 之间：{year}"
            f" / a budget year is one of {BUDGET_YEARS[0]} to {BUDGET_YEARS[-1]}, not {year}"
        )
    kept_in = (folder, own_queries_folder(home), queries_folder(), register_queries_folder())
    places = dict.fromkeys(place.resolve() for place in kept_in)
    texts = {place: read_texts(place) for place in places if (place / "rules").is_dir()}
    packs = packs_of(rule for found in texts.values() for rule in found)
    (rule,) = choose_rules(packs.rules(packs.year_for(year)), [rule_id])
    text = next((place / rule.file).read_text("utf-8") for place, found in texts.items() if rule in found)
    path = folder / "rules" / rule.category / f"{rule.id}.cypher"
    before = next((r for r in texts.get(folder.resolve(), ()) if folder / r.file == path), None)
    if before is not None:
        if read_lock(folder).get(before.id, {}).get(before.version) != before.sha256:
            raise RuleFileError(
                f"{path}: {rule.id}: 版本 {before.version} 已在修改，还没有锁定；"
                f"改好后先 fundtrail rules lock --folder {folder}"
                f" / version {before.version} is begun and not locked yet; change it, then run"
                f" `fundtrail rules lock --folder {folder}`"
            )
        path.rename(folder / kept_name(before.id, before.version))
    version = _next_version(rule, packs.texts[rule.id], year)
    text = re.sub(r"^version: .*$", f"version: {version}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^budget_year: .*$", f"budget_year: {year}", text, count=1, flags=re.MULTILINE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def _next_version(rule: Rule, texts: Iterable[Rule], year: int) -> str:
    """For a correction of the year's text the next patch that is free, for a new year the next number."""
    taken = [version_number(text.version) for text in texts]
    major, minor, patch = version_number(rule.version)
    if year != rule.budget_year:
        return f"{max(taken)[0] + 1}.0.0"
    while (major, minor, patch) in taken:
        patch += 1
    return f"{major}.{minor}.{patch}"


def adopt(home: Path, folder: Path) -> list[Rule]:
    """Take the texts of a folder of queries over into a home, where they stay; returns those new to it.

    Raises UsageError for a folder without rules and RuleFileError, before anything is written, for texts that
    cannot be used, are not those of the folder's lock, differ from a text known in that version, or change
    the level of a rule that ships.
    """
    check_folder(folder)
    check_queries(folder, TEXTS)
    texts, locked = read_texts(folder), read_lock(folder)
    if locked and (problems := lock_problems(texts, locked)):
        raise RuleFileError("规则与锁定文件不符 / the rules are not those locked:\n" + "\n".join(problems))
    checked_levels([*load_packs().all_texts, *register_texts()], texts)
    known = load_packs(home).all_texts
    packs_of([*known, *texts])
    versions = {(rule.id, rule.version) for rule in known}
    new = [rule for rule in texts if (rule.id, rule.version) not in versions]
    own = own_queries_folder(home)
    for rule in new:
        target = own / kept_name(rule.id, rule.version)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((folder / rule.file).read_bytes())
    if new:
        write_lock(read_texts(own), own)
    return new
