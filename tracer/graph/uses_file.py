"""The words of the prohibited uses as a file: those that ship, or those that a locality keeps in its home."""

import hashlib
import os
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from tracer.compared import text_key
from tracer.errors import DataRefusedError, UsageError
from tracer.graph.uses import Group, Uses
from tracer.yaml_text import load_yaml, yaml_complaint

FILE = Path("settings") / "uses.yaml"

GROUP_IDS = tuple(f"ZC05-{number}" for number in range(1, 10))
"""The nine items of the guidance (rules-exact.md section 5); a locality changes their words, not them."""

_LISTS = ("words", "exceptions", "payee_words", "codes", "exempted_words")
_TEXTS = ("id", "item", "exempting_kind")
_TOP = ("negations", "breaks", "general_exceptions", "groups")


def load_uses(home: Path | None = None) -> Uses:
    """The words that a home keeps, else those that ship; DataRefusedError where they cannot be used."""
    return _parsed(uses_text(home))


def uses_text(home: Path | None = None) -> str:
    """The file of words in force."""
    kept = home / FILE if home else None
    if kept and kept.exists():
        return kept.read_text("utf-8")
    return files("tracer.graph").joinpath("uses.yaml").read_text(encoding="utf-8")


def uses_digest(home: Path) -> str:
    """Digest of the words that a home keeps, empty where those that ship are in force."""
    path = home / FILE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def keep_uses(home: Path, path: Path | None) -> None:
    """Keep a file of words in a home, or (None) go back to those that ship.

    Raises UsageError for a file that is not there, DataRefusedError that names all that is wrong in it.
    """
    target = home / FILE
    if path is None:
        target.unlink(missing_ok=True)
        return
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"读不了 {path} / cannot read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataRefusedError(f"{path.name}：不是 UTF-8 文本 / not a text in UTF-8") from error
    _parsed(text, path.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(text, "utf-8")
    draft.replace(target)


@lru_cache(maxsize=4)
def _parsed(text: str, name: str = FILE.name) -> Uses:
    try:
        content = load_yaml(text)
    except yaml.YAMLError as error:
        found = yaml_complaint(error, text)
        raise DataRefusedError(f"{name}:{found.line}:{found.column}: {found.zh} / {found.en}") from error
    problems = _problems(content)
    if problems:
        raise DataRefusedError("\n".join(f"{name}：{problem}" for problem in problems))
    return Uses(
        groups=tuple(_group(entry) for entry in content["groups"]),
        general_exceptions=_compared(content["general_exceptions"]),
        negations=_compared(content["negations"]),
        breaks=content["breaks"],
    )


def _problems(content: object) -> list[str]:
    """All that a file of words must not be."""
    if not isinstance(content, dict) or set(content) != set(_TOP):
        return [f"应有 {'、'.join(_TOP)} / must have exactly these keys"]
    found = [
        f"{key} 应是文字的列表 / must be a list of texts" for key in _TOP[0:3:2] if not _texts(content[key])
    ]
    if not isinstance(content["breaks"], str) or not content["breaks"]:
        found.append("breaks 应是标点 / must be punctuation")
    groups = content["groups"]
    if not isinstance(groups, list) or [g.get("id") if isinstance(g, dict) else None for g in groups] != [
        *GROUP_IDS
    ]:
        return [*found, f"groups 应依次为 {GROUP_IDS[0]} 至 {GROUP_IDS[-1]} / must be these nine in order"]
    for group in groups:
        unknown = sorted(set(group) - {*_LISTS, *_TEXTS})
        found += [f"{group['id']}：没有键 {key} / there is no such key" for key in unknown]
        found += [
            f"{group['id']}.{key}：应是文字的列表 / must be a list of texts"
            for key in _LISTS
            if not _texts(group.get(key, []))
        ]
        found += [
            f"{group['id']}.{key}：应是文字 / must be a text"
            for key in _TEXTS
            if not isinstance(group.get(key, ""), str)
        ]
        if not group.get("item"):
            found.append(f"{group['id']}.item：没有填写 / is empty")
    return found


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) and entry.strip() for entry in value)


def _compared(texts: list[str]) -> tuple[str, ...]:
    """Texts as they are compared, so that a word is found however it is written here."""
    return tuple(text_key(pa.chunked_array([pa.array(texts, pa.string())])).to_pylist())


def _group(entry: dict[str, Any]) -> Group:
    return Group(
        id=entry["id"],
        item=entry["item"],
        exempting_kind=entry.get("exempting_kind"),
        **{name: _compared(entry.get(name, [])) for name in _LISTS},
    )
