"""The lock of the rules: which text each version of a rule has, so that a finding can cite it for ever."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from tracer.rules.spec import Rule, RuleFileError

LOCK_FILE = "rules.lock.json"

Locked = Mapping[str, Mapping[str, str]]
"""The sha256 of every text that was ever locked, by rule and version."""


def read_lock(folder: Path) -> dict[str, dict[str, str]]:
    """The lock of a queries folder; empty without one."""
    path = folder / LOCK_FILE
    locked: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return locked


def lock_problems(texts: Iterable[Rule], locked: Locked) -> list[str]:
    """What keeps the texts from being those of the lock, one line each."""
    problems = []
    found = {(rule.id, rule.version): rule for rule in texts}
    for (rule_id, version), rule in found.items():
        sha256 = locked.get(rule_id, {}).get(version)
        if sha256 is None:
            problems.append(
                f"{rule.file}: {rule_id}: 版本 {version} 未锁定"
                f" / version {version} is not locked; run `fundtrail rules lock --folder DIR`"
            )
        elif sha256 != rule.sha256:
            problems.append(
                f"{rule.file}: {rule_id}: 文本已改而版本号 {version} 未改"
                " / the text changed, not the version; put it back, and for a new text raise `version`,"
                " then run `fundtrail rules lock --folder DIR`"
            )
    return problems + _gone(found, locked)


def _gone(found: Iterable[tuple[str, str]], locked: Locked) -> list[str]:
    """A line for each locked text that has no file."""
    known = set(found)
    return [
        f"{LOCK_FILE}: {rule_id}: 版本 {version} 的文本不在了，引用它的疑点无法重做；请放回为"
        f" {kept_name(rule_id, version)}，不用的规则请停用，不要删除"
        f" / the text of version {version} is gone, and findings cite it; put it back as"
        f" {kept_name(rule_id, version)}; retire a rule, do not delete it"
        for rule_id, versions in sorted(locked.items())
        for version in versions
        if (rule_id, version) not in known
    ]


def kept_name(rule_id: str, version: str) -> str:
    """Where the text of an earlier version lies in a queries folder."""
    return f"rules/{rule_id[:2]}/{rule_id}@{version}.cypher"


def write_lock(texts: Iterable[Rule], folder: Path) -> Path:
    """Lock the texts beside those that are locked already, and return the lock file.

    Raises RuleFileError, and writes nothing, if a text changed under a version that is locked, or if a
    locked text is gone: what a finding cites stays as it was.
    """
    locked, texts = read_lock(folder), list(texts)
    new = {(rule.id, rule.version): rule.sha256 for rule in texts}
    changed = [
        f"{rule_id} {version}"
        for (rule_id, version), sha256 in new.items()
        if locked.get(rule_id, {}).get(version, sha256) != sha256
    ]
    if changed:
        raise RuleFileError(
            f"文本已改，版本号须增大：{'、'.join(changed)}"
            f" / the text changed; raise the version of {', '.join(changed)} first"
        )
    if gone := _gone(new, locked):
        raise RuleFileError("已锁定的文本不能丢弃 / locked texts are kept:\n" + "\n".join(gone))
    entries = {rule_id: dict(versions) for rule_id, versions in locked.items()}
    for (rule_id, version), sha256 in new.items():
        entries.setdefault(rule_id, {})[version] = sha256
    ordered = {
        rule_id: dict(sorted(entries[rule_id].items(), key=lambda entry: version_number(entry[0])))
        for rule_id in sorted(entries)
    }
    draft = folder / f"{LOCK_FILE}.{os.getpid()}.draft"
    draft.write_text(json.dumps(ordered, indent=2) + "\n", "utf-8")
    return draft.replace(folder / LOCK_FILE)


def version_number(version: str) -> tuple[int, ...]:
    """A version as numbers, which have an order."""
    return tuple(int(part) for part in version.split("."))
