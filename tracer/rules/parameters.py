"""Parameters of the rules: from a table, from `--set`, checked before anything is computed."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tracer.errors import UsageError
from tracer.money import MoneyError, format_yuan, parse_fen
from tracer.rules.spec import DECIMAL, FROM_THE_DOCUMENTS, MILLI, Parameter, Rule

Value = int | str | None
"""A parameter's value: money in fen, a decimal in thousandths, None where money or a number is empty."""

_MONEY_ERRORS = {
    "not-a-number": ("不是数字", "not a number"),
    "too-many-decimals": ("小数超过两位", "more than two decimals"),
    "too-large": ("数字过大", "too large"),
}

_COLUMNS = {"rule_id": "rule_id", "parameter": "parameter", "value": "value"} | {
    "规则编号": "rule_id",
    "参数": "parameter",
    "值": "value",
}


@dataclass(frozen=True)
class Settings:
    """What the user set: texts by rule and parameter, and where each was said."""

    texts: Mapping[tuple[str, str], str]
    places: Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Resolved:
    """The values with which one rule is evaluated."""

    rule: Rule
    values: dict[str, Value]
    set_by_user: frozenset[str]

    def query_values(self, as_of: date) -> dict[str, int | str]:
        """The values as the query takes them."""
        found: dict[str, int | str] = {}
        for name, value in self.values.items():
            found |= self.rule.parameter[name].query_values(value, as_of)
        return found

    def echoed(self) -> dict[str, int | float | str | None]:
        """The values as a finding states them: money in yuan, whole yuan and decimals as a number."""
        return {name: _echo(self.rule.parameter[name], value) for name, value in self.values.items()}

    def not_from_documents(self) -> list[str]:
        """Names of the values that no document or law gives: by origin, or because the user set them."""
        return [
            name
            for name, value in self.values.items()
            if value is not None
            and (name in self.set_by_user or self.rule.parameter[name].origin not in FROM_THE_DOCUMENTS)
        ]


def read_settings(
    rules: Mapping[str, Rule], file: Path | None = None, sets: Iterable[str] = (), place: str = "--set"
) -> Settings:
    """What the parameters file and the `RULE.param=value` texts say; the texts, which stand at `place`, win.

    The file is a CSV table `rule_id,parameter,value` in UTF-8 or GB18030. Raises UsageError for a file
    that is no such table, a rule or parameter that is not there, and a value of the wrong kind.
    """
    texts: dict[tuple[str, str], str] = {}
    places: dict[tuple[str, str], str] = {}
    said = [*(_rows(file) if file else []), *((place, *parse_set(text)) for text in sets)]
    for where, rule_id, name, value in said:
        key = (rule_id, name)
        if key in places and place not in (where, places[key]):
            raise UsageError(
                f"{where}：{rule_id}.{name} 给了两次 / {rule_id}.{name} is given twice; keep one"
            )
        texts[key], places[key] = value, where
    _check_names(rules, places)
    settings = Settings(texts, places)
    for rule in rules.values():
        resolve(rule, settings)
    return settings


def resolve(rule: Rule, settings: Settings) -> Resolved:
    """The values of a rule's parameters: as set, else as the one that it follows is set, else the default.

    Raises UsageError for a value of the wrong kind.
    """
    values: dict[str, Value] = {}
    chosen = set()
    for parameter in rule.parameters:
        keys = [(rule.id, parameter.name)]
        if parameter.follows:
            followed, _, name = parameter.follows.partition(".")
            keys.append((followed, name))
        key = next((key for key in keys if key in settings.texts), None)
        if key is None:
            values[parameter.name] = parameter.default_value
        else:
            values[parameter.name] = _parse(
                parameter, settings.texts[key], f"{settings.places[key]}: {'.'.join(key)}"
            )
            chosen.add(parameter.name)
    return Resolved(rule, values, frozenset(chosen))


def _check_names(rules: Mapping[str, Rule], places: Mapping[tuple[str, str], str]) -> None:
    followed = {p.follows for rule in rules.values() for p in rule.parameters if p.follows}
    for (rule_id, name), place in places.items():
        if f"{rule_id}.{name}" in followed:
            continue
        if rule_id not in rules:
            raise UsageError(
                f"{place}：没有规则 {rule_id}，见 fundtrail rules list"
                f" / there is no rule {rule_id}; `fundtrail rules list` names all"
            )
        if name == "level":
            raise UsageError(
                f"{place}：预警级别由财政部确定（001_0cce089113c317c0.txt 第二十条），本级不能改"
                f" / the level of a rule is set by the Ministry of Finance (article 20) and locked here"
            )
        if name not in rules[rule_id].parameter:
            known, version = ", ".join(rules[rule_id].parameter) or "—", rules[rule_id].version
            raise UsageError(
                f"{place}：规则 {rule_id} 的 {version} 版没有参数 {name}，它的参数：{known}"
                f" / rule {rule_id} {version} has no parameter {name}; it has: {known}"
            )


def _parse(parameter: Parameter, text: str, place: str) -> Value:
    plain = unicodedata.normalize("NFKC", text).strip()
    if parameter.type == "text":
        if not plain:
            raise UsageError(f"{place}：不能为空 / must not be empty")
        return plain
    if not plain and parameter.default is None:
        return None
    if parameter.type == "money":
        return _money(parameter, plain, place)
    if parameter.type == "codes":
        return _codes(plain, place)
    if parameter.type == "decimal":
        if not re.fullmatch(DECIMAL, plain):
            raise UsageError(
                f"{place}：{text!r} 不是至多三位小数的数"
                f" / {text!r} is not a number with at most three decimals"
            )
        milli = int(Decimal(plain) * MILLI)
        _check_bounds(parameter, milli, place, plain)
        return milli
    if parameter.unit == "percent":
        plain = plain.removesuffix("%").strip()
    if not re.fullmatch(r"[+-]?\d{1,15}", plain):
        raise UsageError(f"{place}：{text!r} 不是整数 / {text!r} is not a whole number ({parameter.unit})")
    value = int(plain)
    _check_bounds(parameter, value, place, str(value))
    return value


def _codes(text: str, place: str) -> str:
    """Codes separated by commas or blanks, or `*` for all, joined by commas."""
    codes = [code.upper() for code in re.split(r"[\s,、;/]+", text) if code]
    if not codes or not all(code == "*" or (code.isascii() and code.isalnum()) for code in codes):
        raise UsageError(
            f"{place}：{text!r} 不是代码，写作 22,2301 或 *（全部）"
            f" / {text!r} is no list of codes; write 22,2301 or * for all"
        )
    return ",".join(codes)


def _money(parameter: Parameter, text: str, place: str) -> Value:
    try:
        fen = parse_fen(text)
    except MoneyError as error:
        zh, en = _MONEY_ERRORS[error.code]
        raise UsageError(
            f"{place}：{text!r} 不是以元计的金额（{zh}）"
            f" / {text!r} is not an amount in yuan ({en}); write 1234.50"
        ) from error
    _check_bounds(parameter, fen, place, format_yuan(fen))
    return fen


def _check_bounds(parameter: Parameter, value: int, place: str, shown: str) -> None:
    scale = {"money": 100, "decimal": MILLI}.get(parameter.type, 1)
    low = parameter.min is not None and value < parameter.min * scale
    high = parameter.max is not None and value > parameter.max * scale
    if low or high:
        zh = _bounds(parameter, "至", "不小于", "不大于")
        en = _bounds(parameter, "to", "at least", "at most")
        raise UsageError(
            f"{place}：{shown} 超出范围（{zh}） / {shown} is out of bounds ({en}, {parameter.unit})"
        )


def _bounds(parameter: Parameter, to: str, least: str, most: str) -> str:
    """The bounds of a parameter in words, of which it may have one only."""
    if parameter.min is None or parameter.max is None:
        return f"{least} {parameter.min}" if parameter.max is None else f"{most} {parameter.max}"
    return f"{parameter.min} {to} {parameter.max}"


def _echo(parameter: Parameter, value: Value) -> int | float | str | None:
    if parameter.type == "decimal" and isinstance(value, int):
        return value // MILLI if value % MILLI == 0 else value / MILLI
    if parameter.type != "money" or not isinstance(value, int):
        return value
    return value // 100 if value % 100 == 0 else value / 100


def parse_set(text: str) -> tuple[str, str, str]:
    """Rule, parameter and value of a text `RULE.param=value`; raises UsageError for any other."""
    match = re.fullmatch(r"\s*(\w+)\.(\w+)\s*=(.*)", text, re.DOTALL)
    if match is None:
        raise UsageError(f"--set {text}：应写作 规则.参数=值 / is written RULE.param=value, e.g. ZB01.n=5")
    return match[1].upper(), match[2], match[3]


def _rows(file: Path) -> list[tuple[str, str, str, str]]:
    lines = _lines(file)
    header = [_COLUMNS.get(cell.strip().lower(), "") for cell in (lines[0][1] if lines else [])]
    if sorted(name for name in header if name) != ["parameter", "rule_id", "value"]:
        raise UsageError(
            f"{file.name}：首行应为 rule_id,parameter,value（或 规则编号,参数,值）"
            " / the first line must be rule_id,parameter,value"
        )
    rows = []
    for line, cells in lines[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        place = f"{file.name}:{line}"
        if len(cells) < len(header):
            raise UsageError(f"{place}：缺列 / too few columns")
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        rows.append((place, row["rule_id"].upper(), row["parameter"], row["value"]))
    return rows


def _lines(file: Path) -> list[tuple[int, list[str]]]:
    """Each row with the number of its last line."""
    reader = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise UsageError(
            f"{file.name}:{reader.line_num}：引号不成对，无法分列；引号内的引号要写两个"
            " / quotation marks do not pair; a quote inside quotes is doubled"
        ) from error


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"无法读取参数文件 {file} / cannot read {file}: {error.strerror}") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(
        f"{file.name}：既不是 UTF-8 也不是 GB18030 / is neither UTF-8 nor GB18030; save it again"
    )
