"""Classes of other registers: each is declared once, in a YAML file; all else about it derives from there.

What ships lies in `tracer/registers/classes`; a home adds its own in `registers/classes`.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from tracer.errors import DataRefusedError
from tracer.schema import TABLES, Column, Table
from tracer.yaml_text import yaml_complaint

PERSON = "person_id"
"""The column of every class by which its rows are joined: the ID number, exact and as compared."""

GENERAL_RULE = "RHX1"
"""The rule of a class that names no other: paid while on record in such a register."""

ROLES = {
    "from": ("date",),
    "to": ("date",),
    "kind": ("text", "enum"),
    "detail": ("text", "enum"),
    "amount": ("money",),
}
"""What columns can mean to the graph, and their types; `detail` may be several columns."""

_KEYS = {"name", "zh", "en", "held_by", "rule", "answers", "lasting", "fresh_days", "roles", "columns"}
_COLUMN_KEYS = {"name", "zh", "synonyms", "type", "required", "words", "meaning"}
_TYPES = ("text", "enum", "money", "date", "number")
_NAME = re.compile(r"[a-z][a-z_]{1,30}")
_RULE_ID = re.compile(r"[A-Z]{2}[A-Z\d]\d")
_FRESH_DAYS_MAX = 3660


@dataclass(frozen=True)
class RegisterClass:
    """One class of registers of other offices."""

    table: Table
    """Its columns, as those of an input table."""
    en: str
    held_by: tuple[str, str]
    """Who holds such registers, in Chinese and English."""
    rule: str
    """The rule that uses its rows."""
    has_history: bool
    """Whether a version also answers for all days before its as-of day; else for that day on."""
    is_lasting: bool
    """Whether what a row says never ends, so that an older version still proves it."""
    fresh_days: int
    """For so many days after its as-of day a version answers."""
    roles: Mapping[str, tuple[str, ...]]
    """Columns by what they mean to the graph."""
    sha256: str

    @property
    def name(self) -> str:
        """Its name in commands and files."""
        return self.table.name

    @property
    def zh(self) -> str:
        """Its Chinese name."""
        return self.table.name_zh

    def column(self, role: str) -> str | None:
        """The stored name of the one column with this role, where it has one."""
        names = self.roles.get(role, ())
        return self.table.by_name[names[0]].stored if names else None


Classes = dict[str, RegisterClass]


def own_classes_folder(home: Path) -> Path:
    """Where a home keeps classes of its own."""
    return home / "registers" / "classes"


def load_classes(home: Path | None = None) -> Classes:
    """All classes by name: those that ship and those of the home.

    Raises DataRefusedError that names all that is wrong in a file, and for a name that is taken.
    """
    shipped = files("tracer.registers").joinpath("classes")
    texts = {
        entry.name: entry.read_text("utf-8") for entry in shipped.iterdir() if entry.name.endswith(".yaml")
    }
    found = {one.name: one for name, text in sorted(texts.items()) for one in [parse_class(text, name)]}
    for path in sorted(own_classes_folder(home).glob("*.yaml")) if home else ():
        one = parse_class(path.read_text("utf-8-sig"), path.name)
        if one.name in found:
            raise DataRefusedError(
                f"{path.name}：名称 {one.name} 已有；请另取 name / {path.name}: the class {one.name} exists;"
                " give it a name of its own"
            )
        found[one.name] = one
    return found


@lru_cache(maxsize=64)
def parse_class(text: str, file: str) -> RegisterClass:
    """The class that a YAML text declares; raises DataRefusedError with all that is wrong in it."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        said = yaml_complaint(error, text)
        raise DataRefusedError(f"{file}:{said.line}:{said.column}: {said.zh} / {said.en}") from error
    problems = _problems(content)
    if problems:
        raise DataRefusedError("\n".join(f"{file}：{problem}" for problem in problems))
    columns = tuple(_column(content["name"], entry) for entry in content["columns"])
    return RegisterClass(
        table=Table(content["name"], content["zh"], columns),
        en=content["en"],
        held_by=(content["held_by"]["zh"], content["held_by"]["en"]),
        rule=content.get("rule", GENERAL_RULE),
        has_history=content["answers"] == "history",
        is_lasting=content.get("lasting", False),
        fresh_days=content["fresh_days"],
        roles={role: _listed(names) for role, names in content.get("roles", {}).items()},
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _listed(names: str | list[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _column(table: str, entry: Mapping[str, Any]) -> Column:
    words = {**entry.get("words", {}), **{word: word for word in entry.get("words", {}).values()}}
    return Column(
        table=table,
        name=entry["name"],
        header_zh=entry["zh"],
        synonyms_zh=tuple(entry.get("synonyms", ())),
        kind=entry["type"],
        words=tuple(words.items()),
        required=entry.get("required", False),
        may_be_empty=False,
        meaning=entry.get("meaning", ""),
    )


def _problems(content: object) -> list[str]:
    """All that a declaration must not be, in Chinese and English."""
    if not isinstance(content, dict):
        return ["应是键值 / must be keys and values"]
    found = [f"没有键 {key} / there is no such key" for key in sorted(map(str, set(content) - _KEYS))]
    found += [
        f"缺少或不是文字：{key} / must be a text: {key}"
        for key in ("name", "zh", "en")
        if not _is_text(content.get(key))
    ]
    name = content.get("name")
    if _is_text(name) and (not _NAME.fullmatch(str(name)) or name in TABLES):
        found.append(
            "name 用小写字母和 _，且不是导入表的名称 / `name`: small letters and _, and no input table's name"
        )
    held_by = content.get("held_by")
    if not isinstance(held_by, dict) or not all(_is_text(held_by.get(lang)) for lang in ("zh", "en")):
        found.append("held_by 应有 zh 和 en / `held_by` must have zh and en")
    if not _RULE_ID.fullmatch(str(content.get("rule", GENERAL_RULE))):
        found.append("rule 应是规则编号 / `rule` must be the id of a rule")
    if content.get("answers") not in ("history", "day"):
        found.append("answers 应是 history 或 day / `answers` must be history or day")
    if not isinstance(content.get("lasting", False), bool):
        found.append("lasting 应是 true 或 false / `lasting` must be true or false")
    fresh = content.get("fresh_days")
    if not isinstance(fresh, int) or isinstance(fresh, bool) or not 0 <= fresh <= _FRESH_DAYS_MAX:
        found.append(
            f"fresh_days 应是 0 至 {_FRESH_DAYS_MAX} 的整数 / must be a whole number up to {_FRESH_DAYS_MAX}"
        )
    columns = content.get("columns")
    if not isinstance(columns, list) or not all(isinstance(entry, dict) for entry in columns):
        return [*found, "columns 应是列的列表 / `columns` must be a list of columns"]
    return [*found, *_column_problems(columns), *_role_problems(content.get("roles", {}), columns)]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _column_problems(columns: list[dict[str, Any]]) -> list[str]:
    found = []
    for place, entry in enumerate(columns, 1):
        name = entry.get("name")
        unknown = sorted(map(str, set(entry) - _COLUMN_KEYS))
        found += [f"第 {place} 列：没有键 {key} / column {place}: there is no such key" for key in unknown]
        if not _is_text(name) or not _NAME.fullmatch(str(name)) or not _is_text(entry.get("zh")):
            found.append(f"第 {place} 列：name（小写字母和 _）或 zh 不对 / column {place}: wrong name or zh")
        if entry.get("type") not in _TYPES:
            found.append(f"{name}：type 应是 {'、'.join(_TYPES)} / type must be one of these")
        words = entry.get("words", {})
        has_words = isinstance(words, dict) and bool(words) and all(map(_is_text, (*words, *words.values())))
        if (entry.get("type") == "enum") != has_words:
            found.append(f"{name}：enum 要有 words（中文: 英文），其他没有 / an enum, and only it, has words")
        synonyms = entry.get("synonyms", [])
        if not isinstance(synonyms, list) or not all(map(_is_text, synonyms)):
            found.append(f"{name}：synonyms 应是文字的列表 / synonyms must be a list of texts")
        if not isinstance(entry.get("required", False), bool):
            found.append(f"{name}：required 应是 true 或 false / required must be true or false")
    names = [entry.get("name") for entry in columns]
    found += [
        f"列 {name} 重复 / the column stands twice" for name in {n for n in names if names.count(n) > 1}
    ]
    person = next((entry for entry in columns if entry.get("name") == PERSON), {})
    if person.get("type") != "text" or person.get("required") is not True:
        found.append(
            f"必须有列 {PERSON}：type text，required true / there must be a column {PERSON}, a required text"
        )
    return found


def _role_problems(roles: object, columns: list[dict[str, Any]]) -> list[str]:
    if not isinstance(roles, dict):
        return ["roles 应是键值 / `roles` must be keys and values"]
    types = {entry.get("name"): entry.get("type") for entry in columns}
    found = [f"roles：没有 {role}，有 {'、'.join(ROLES)} / no such role" for role in set(roles) - set(ROLES)]
    for role in sorted(set(roles) & set(ROLES)):
        names = roles[role] if role == "detail" else [roles[role]]
        if not isinstance(names, list) or any(types.get(name) not in ROLES[role] for name in names):
            found.append(
                f"roles.{role} 应是类型为 {'、'.join(ROLES[role])} 的列 / must name a column of such a type"
            )
    return found
