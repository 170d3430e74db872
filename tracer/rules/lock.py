"""The lock of the rules: which text each version of a rule had, so that a finding can cite it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tracer.rules.spec import Rule, RuleFileError

LOCK_FILE = "rules.lock.json"


def read_lock(folder: Path) -> dict[str, dict[str, str]]:
    """Version and sha256 of each rule as locked in the queries folder; empty without a lock."""
    path = folder / LOCK_FILE
    locked: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return locked


def lock_problems(rules: Iterable[Rule], locked: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What keeps the rules from being those of the lock, one line each."""
    problems = []
    found = {rule.id: rule for rule in rules}
    for rule in found.values():
        entry = locked.get(rule.id)
        if entry is None:
            problems.append(f"{rule.file}: {rule.id}: 未锁定 / is not locked; run `fundtrail rules lock`")
        elif entry["version"] == rule.version and entry["sha256"] != rule.sha256:
            problems.append(
                f"{rule.file}: {rule.id}: 文本已改而版本号 {rule.version} 未改"
                " / the text changed, not the version; raise `version`, then run `fundtrail rules lock`"
            )
        elif entry["version"] != rule.version:
            problems.append(
                f"{rule.file}: {rule.id}: 版本 {rule.version} 未锁定（已锁定 {entry['version']}）"
                f" / version {rule.version} is not locked; run `fundtrail rules lock`"
            )
    gone = sorted(set(locked) - set(found))
    return problems + [
        f"{LOCK_FILE}: {rule_id}: 规则文件不存在 / has no file; retire a rule, do not delete it"
        for rule_id in gone
    ]


def write_lock(rules: Iterable[Rule], folder: Path) -> Path:
    """Lock the rules as they are and return the lock file.

    Raises RuleFileError, and writes nothing, if a text changed under a version that is locked already.
    """
    locked = read_lock(folder)
    rules = list(rules)
    changed = [
        rule.id
        for rule in rules
        if (entry := locked.get(rule.id))
        and _number(rule.version) <= _number(entry["version"])
        and entry["sha256"] != rule.sha256
    ]
    if changed:
        raise RuleFileError(
            f"文本已改，版本号须增大：{'、'.join(changed)}"
            f" / the text changed; raise the version of {', '.join(changed)} first"
        )
    entries = {rule.id: {"version": rule.version, "sha256": rule.sha256} for rule in rules}
    path = folder / LOCK_FILE
    path.write_text(json.dumps(dict(sorted(entries.items())), indent=2) + "\n", "utf-8")
    return path


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
