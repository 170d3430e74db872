"""Read a rule file: its YAML header, strictly, and what its query uses and returns."""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import yaml

from tracer.errors import UsageError
from tracer.graph.portable import gate
from tracer.graph.tokens import PARAMETER, Token
from tracer.rules.spec import (
    BUDGET_YEARS,
    CATEGORIES,
    DECIMAL,
    GIVEN,
    GOVERNMENT,
    LEVELS,
    ORIGINS,
    OWN_COLUMNS,
    PASSAGE_COLUMNS,
    STATUSES,
    SUBJECTS_WITH_A_DAY,
    TYPES,
    UNITS,
    Basis,
    Column,
    Diversion,
    Parameter,
    Rule,
    RuleFileError,
    Series,
    Term,
    Text,
)
from tracer.schema import TABLES
from tracer.yaml_text import load_yaml, yaml_complaint

_HEADER = re.compile(r"\s*/\*(?P<header>.*?)\*/", re.DOTALL)
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_YEARS = f"{BUDGET_YEARS[0]} to {BUDGET_YEARS[-1]}"
_NAME = re.compile(r"[a-z][a-z_0-9]*")


# The fast loader where the library has it: there are as many headers as rules, and every command reads them.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=512)
def parse_rule(text: str, file: str) -> Rule:
    """The rule in the text of a rule file.

    Raises RuleFileError with all problems of the file: unknown or missing keys, values that are not
    allowed, parameters declared but unused or used but undeclared, identity columns that are not
    returned, and queries that do more than read.
    """
    match = _HEADER.match(text)
    if match is None:
        raise RuleFileError(f"{file}：开头缺少 /* YAML */ 说明 / begins without a /* YAML */ header; add one")
    try:
        header = load_yaml(match["header"], _LOADER)
    except yaml.YAMLError as error:
        raise _not_yaml(file, error, text, match.start("header")) from error
    body = text[match.end() :].strip() + "\n"
    reader = _Reader(header if isinstance(header, dict) else {})
    rule = _read(reader, body, file, hashlib.sha256(text.encode()).hexdigest())
    problems = [*reader.problems, *_query_problems(rule)]
    if problems:
        lines = "\n".join(f"{file}: {rule.id}: {problem}" for problem in problems)
        raise RuleFileError(f"规则文件有误 / this rule file is wrong:\n{lines}")
    return rule


def _not_yaml(file: str, error: yaml.YAMLError, text: str, start: int) -> RuleFileError:
    """A header that is no YAML, with the line of the file and what to do."""
    said = yaml_complaint(error, text[start : text.index("*/", start)])
    line = said.line + text.count("\n", 0, start)
    return RuleFileError(
        f"{file}：第 {line} 行第 {said.column} 列：说明不是正确的 YAML：{said.zh}"
        f" / {file}: line {line}, column {said.column}: the header is not YAML: {said.en}"
    )


class _Reader:
    """Takes values out of a header and remembers what is wrong with them."""

    def __init__(self, values: dict[Any, Any], problems: list[str] | None = None, place: str = "") -> None:
        self.values = dict(values)
        self.problems: list[str] = [] if problems is None else problems
        self.place = place

    def fail(self, what: str) -> None:
        self.problems.append(f"{self.place}{what}")

    def take(
        self,
        key: str,
        kind: type,
        default: Any = None,
        check: Callable[[Any], bool] = bool,
        allowed: str = "",
    ) -> Any:
        """The value of a key, or a default; `...`: it is required; `allowed` says what fits."""
        value = self.values.pop(key, default)
        if value is default and default is not ...:
            return value
        wrong_kind = not isinstance(value, kind) or (kind is int and isinstance(value, bool))
        if value is ... or wrong_kind or not check(value):
            shown = "is missing" if value is ... else f"is {value!r}, which is not allowed here"
            shown += f" (allowed: {allowed})" if allowed else ""
            self.fail(f"`{key}` {shown}; see reference ZB01.cypher for the form")
            return kind()
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: Any = ...) -> Any:
        return self.take(key, str, default, allowed.__contains__, ", ".join(allowed))

    def inner(self, key: str) -> "_Reader":
        return _Reader(self.take(key, dict, ...), self.problems, f"{self.place}{key}.")

    def text(self, key: str) -> Text:
        inner = self.inner(key)
        return inner.whole_text()

    def whole_text(self) -> Text:
        text = Text(self.take("zh", str, ..., str.strip), self.take("en", str, ..., str.strip))  # type: ignore[arg-type]
        self.end()
        return text

    def items(self, key: str, default: Any = ...) -> "list[_Reader]":
        """The entries of a list of maps."""
        values = self.take(key, list, default)
        entries = [value if isinstance(value, dict) else {} for value in values]
        return [_Reader(e, self.problems, f"{self.place}{key}[{n}].") for n, e in enumerate(entries)]

    def words(self, key: str, check: Callable[[str], bool] = bool, default: Any = ...) -> tuple[str, ...]:
        values = self.take(
            key, list, default, lambda given: all(isinstance(v, str) and check(v) for v in given)
        )
        return tuple(values)

    def end(self) -> None:
        for key in self.values:
            self.fail(f"unknown key `{key}`; remove it or correct its spelling")


def _read(reader: _Reader, body: str, file: str, sha256: str) -> Rule:
    level, scope, handler = reader.inner("level"), reader.inner("scope"), reader.inner("handler")
    rule = Rule(
        id=reader.take("id", str, ..., lambda value: bool(re.fullmatch(r"[A-Z]{2}[A-Z\d]\d", value))),
        version=reader.take("version", str, ..., lambda value: bool(_VERSION.fullmatch(value))),
        status=reader.choice("status", STATUSES),
        budget_year=reader.take("budget_year", int, ..., BUDGET_YEARS.__contains__, _YEARS),
        name=reader.text("name"),
        category=reader.choice("category", tuple(CATEGORIES)),
        opens=level.choice("opens", LEVELS),
        at_expiry=level.choice("at_expiry", ("yellow", "red"), None),
        also=level.words("also", LEVELS.__contains__, []),
        subject=reader.take("subject", str, ...),
        amount=reader.text("amount"),
        description=reader.text("description"),
        innocent=tuple(entry.whole_text() for entry in reader.items("innocent")),
        basis=tuple(_basis(entry) for entry in reader.items("basis")),
        scope_levels=scope.words("levels", GOVERNMENT.__contains__),
        scope_funds=scope.words("funds"),
        office=handler.take("office", str, ...),
        joint=handler.take("joint", str, ""),
        needs=tuple(tuple(choice.split("|")) for choice in reader.words("needs", _is_table_choice)),
        optional=reader.words("optional", TABLES.__contains__, []),
        parameters=_parameters(reader),
        identity=reader.words("identity"),
        sum=tuple(_term(entry) for entry in reader.items("sum", [])),
        columns=_columns(reader),
        exempt_amount=reader.take("exempt_amount", bool, False),
        exempt_by=reader.words("exempt_by", default=[]),
        series=_series(reader) if "series" in reader.values else None,
        diversion=_diversion(reader) if "diversion" in reader.values else None,
        query=body,
        file=file,
        sha256=sha256,
    )
    for part in (level, scope, handler, reader):
        part.end()
    _check_meaning(reader, rule)
    return rule


def _check_meaning(reader: _Reader, rule: Rule) -> None:
    if not rule.id.startswith(rule.category):
        reader.fail(f"`category` is {rule.category}, but the id is {rule.id}; they must agree")
    if file_stem(rule.file) not in (rule.id, f"{rule.id}@{rule.version}"):
        reader.fail(f"the file is named {rule.file}; name it {rule.category}/{rule.id}.cypher")
    if rule.exempt_amount and rule.identity != ("subject",):
        reader.fail("with `exempt_amount`, `identity` is [subject]: amounts are exempt by subject")
    if rule.is_bounded and (rule.exempt_amount or rule.series):
        reader.fail(
            "a bounded `diversion` goes with neither `exempt_amount` nor `series`: they change the amount"
        )
    if (rule.opens == "bell") != (rule.at_expiry is not None) and rule.id != "JX10":
        reader.fail("a rule has `at_expiry` exactly when it opens with a bell")
    nothing = {"none", "no", "无", "没有", "n/a", "-"}
    for entry in rule.innocent:
        if entry.en.strip(" .").lower() in nothing or entry.zh.strip(" 。") in nothing:
            reader.fail("`innocent` says none; name what an honest office could answer")


def file_stem(file: str) -> str:
    """Name of a rule file without folder and ending."""
    return file.rpartition("/")[2].removesuffix(".cypher")


def _is_table_choice(text: str) -> bool:
    return all(table in TABLES for table in text.split("|"))


def _basis(reader: _Reader) -> Basis:
    basis = Basis(
        reader.take("text", str, ...), reader.take("article", str, ...), reader.take("file", str, None)
    )
    reader.end()
    return basis


def _term(reader: _Reader) -> Term:
    minus, plus = reader.take("minus", str, None), reader.take("plus", str, None)
    if (minus is None) == (plus is None):
        reader.fail("a term of `sum` names one returned column, as `plus` or as `minus`")
    return Term(plus or minus or "", 1 if plus else -1, reader.whole_text())


def _series(reader: _Reader) -> Series:
    inner = reader.inner("series")
    count = inner.values.get("count")
    series = Series(
        by=inner.words("by"),
        order=inner.words("order"),
        days=inner.take("days", str, ...),
        count=inner.take("count", int if isinstance(count, int) else str, ...),
        sum=inner.take("sum", str, ...),
        unless_equal=inner.take("unless_equal", str, None),
    )
    inner.end()
    return series


def _diversion(reader: _Reader) -> Diversion:
    inner = reader.inner("diversion")
    key = "not_bounded" if "not_bounded" in inner.values else "bounded"
    diversion = Diversion(key == "bounded", inner.text(key))
    inner.end()
    return diversion


def _columns(reader: _Reader) -> dict[str, Column]:
    given = reader.take("columns", dict, {}, lambda value: True)
    found = {}
    for name, values in given.items():
        inner = _Reader(values if isinstance(values, dict) else {}, reader.problems, f"columns.{name}.")
        words = inner.take("values", dict, {})
        texts = {
            str(code): _Reader(
                text if isinstance(text, dict) else {}, reader.problems, f"columns.{name}.{code}."
            )
            for code, text in words.items()
        }
        in_words = {code: text.whole_text() for code, text in texts.items()}
        found[str(name)] = Column(inner.whole_text(), in_words)
    return found


def _parameters(reader: _Reader) -> tuple[Parameter, ...]:
    given = reader.take("parameters", dict, {}, lambda value: True)
    found = []
    for name, values in given.items():
        inner = _Reader(values if isinstance(values, dict) else {}, reader.problems, f"parameters.{name}.")
        if not _NAME.fullmatch(str(name)):
            inner.fail("a parameter's name is small letters, digits and _")
        found.append(_parameter(str(name), inner))
    return tuple(found)


def _parameter(name: str, reader: _Reader) -> Parameter:
    kind = reader.choice("type", TYPES)
    default = reader.values.pop("default", ...)
    may_be_empty = kind == "money" or (kind == "int" and reader.values.get("unit") not in ("years", "months"))
    allowed = int | None if may_be_empty else str if kind in ("decimal", "text", "codes") else int
    if isinstance(default, bool) or not isinstance(default, allowed):
        reader.fail(
            f"`default` is {default!r}; give a value of type {kind} (money: whole yuan; decimal: in quotes),"
            " or null for off"
        )
    if kind == "decimal" and not re.fullmatch(DECIMAL, str(default)):
        reader.fail(f"`default` is {default!r}; a decimal has at most three decimals")
    parameter = Parameter(
        name=name,
        type=kind,
        default=default,
        min=reader.take("min", int, None, lambda value: True),
        max=reader.take("max", int, None, lambda value: True),
        unit=reader.choice("unit", UNITS),
        origin=reader.choice("origin", ORIGINS),
        follows=reader.take("follows", str, None),
    )
    if kind in ("int", "decimal") and (parameter.min is None or parameter.max is None):
        reader.fail("a number needs `min` and `max`")
    if (kind == "money") != (parameter.unit == "yuan") or (kind == "codes") != (parameter.unit == "codes"):
        reader.fail(f"type {kind} does not go with unit {parameter.unit}")
    reader.end()
    return parameter


def _query_problems(rule: Rule) -> list[str]:
    try:
        tokens = gate(rule.query)
    except UsageError as error:
        return [str(error)]
    return [*_parameter_problems(rule, tokens), *_column_problems(rule, tokens)]


def _parameter_problems(rule: Rule, tokens: list[Token]) -> list[str]:
    used = {token.text[1:] for token in tokens if token.kind == PARAMETER}
    used.update(rule.series.parameters if rule.series else ())
    given = {*GIVEN, *(f"has_{table}" for table in rule.tables)}
    declared = {name for parameter in rule.parameters for name in parameter.query_names}
    problems = [
        f"parameter `{parameter.name}` is declared and never used;"
        f" use ${parameter.query_names[0]} or remove it"
        for parameter in rule.parameters
        if not used.intersection(parameter.query_names)
    ]
    undeclared = sorted(used - given - declared)
    return problems + [f"${name} is used and not declared; add it to `parameters`" for name in undeclared]


def _column_problems(rule: Rule, tokens: list[Token]) -> list[str]:
    wanted = {"subject", "level", "amount_fen", "evidence", *rule.identity, *rule.exempt_by}
    wanted.update(term.column for term in rule.sum)
    own = rule.series.own_columns if rule.series else frozenset()
    wanted.update((*own, *rule.series.by, "day") if rule.series else ())
    wanted.update(PASSAGE_COLUMNS[:2] if rule.is_bounded else ())
    if rule.subject in SUBJECTS_WITH_A_DAY:
        wanted.add("day")
    parts = returned_columns(tokens)
    problems = [
        f"the query does not return `{column}`; add `… AS {column}`"
        for columns in parts
        for column in sorted(wanted - set(columns))
    ]
    returned = {column for columns in parts for column in columns}
    named = {*OWN_COLUMNS, *own, *rule.identity, *rule.columns, *(term.column for term in rule.sum)}
    named.update(PASSAGE_COLUMNS if rule.is_bounded else ())
    problems += [
        f"column `{column}` has no name; add it to `columns` with zh and en"
        for column in sorted(returned - named)
    ]
    problems += [
        f"`columns` names `{column}`, which the query does not return; remove it"
        for column in sorted(set(rule.columns) - returned)
    ]
    if len({tuple(columns) for columns in parts}) > 1:
        problems.append("the parts of the UNION return different columns; make them equal")
    return problems


def returned_columns(tokens: list[Token]) -> list[list[str]]:
    """Names of the columns that each part of a query (between UNION ALL) returns."""
    parts: list[list[str]] = []
    depth = 0
    inside = False
    for n, token in enumerate(tokens):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)
        if depth == 0 and token.word == "RETURN":
            parts.append([])
            inside = True
        elif depth == 0 and token.word in ("UNION", "ORDER", "SKIP", "LIMIT"):
            inside = False
        ends = n + 1 == len(tokens) or tokens[n + 1].text == "," or tokens[n + 1].word in ("UNION", "ORDER")
        if inside and depth == 0 and ends and token.text != ",":
            parts[-1].append(token.text)
    return parts
