"""Texts that should be YAML: read, and what is wrong with them in words of ours instead of the parser's."""

import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.reader import Reader, ReaderError

_CAUSES: tuple[tuple[str, str, str], ...] = (
    (
        r"\\t|found a tab",
        "用了制表符；缩进请用空格",
        "there is a tab; indent with spaces",
    ),
    (
        "mapping values are not allowed",
        "这里不该有冒号；值里有冒号时加引号，否则检查缩进",
        "no colon may stand here; quote a value that holds one, else check the indentation",
    ),
    (
        "cannot start any token|alias|anchor|expected alphabetic or numeric",
        "以 @ ` % * & 开头的值须加引号",
        "quote a value that begins with @ ` % * or &",
    ),
    (
        r"quoted scalar|end of stream|document separator|escape",
        "引号没有成对，或双引号内有不认识的 \\ 转义",
        "a quotation mark has no partner, or an escape with \\ is unknown",
    ),
    (
        r"expected ',' or|flow (?:sequence|mapping)",
        "方括号、花括号没有成对，或其中缺逗号",
        "a bracket or brace has no partner, or a comma is missing inside",
    ),
    (
        "expected ':'|simple key",
        "键后缺冒号；冒号后要有空格",
        "a key lacks its colon, which a blank must follow",
    ),
    (
        "block end|expected key|'-' indicator|block collection|block (?:mapping|sequence)",
        "缩进与上文不一致，同级的行要对齐",
        "the indentation does not fit the lines above; entries of one level stand below each other",
    ),
    (
        "not allowed|control character",
        "有不可打印的字符，请删去",
        "there is a character that cannot be printed; remove it",
    ),
)
_OTHERWISE = (
    "写法不对；检查这一行与上一行的缩进、冒号、引号和括号",
    "check indentation, colons, quotes and brackets of this line and the one above",
)


_FAST_CHARACTERS_MAX = 10_000
"""The parser in C takes its stack with it when brackets are nested deeper than some twenty thousand times."""


def load_yaml(text: str, loader: Any = yaml.SafeLoader) -> Any:
    """What a text says; raises `yaml.YAMLError`, also where it is nested too deeply to be followed."""
    if loader is getattr(yaml, "CSafeLoader", None) and len(text) > _FAST_CHARACTERS_MAX:
        loader = yaml.SafeLoader
    try:
        return yaml.load(text, loader)
    except RecursionError as error:
        raise yaml.MarkedYAMLError(problem="嵌套太深 / it is nested too deeply") from error


@dataclass(frozen=True)
class YamlComplaint:
    """Line and column, counted from 1, and what is wrong and to be done, in Chinese and English."""

    line: int
    column: int
    zh: str
    en: str


def yaml_complaint(error: yaml.YAMLError, text: str) -> YamlComplaint:
    """What the parser complains of in this text; a message of our own, `zh / en`, is kept as it is."""
    if isinstance(error, ReaderError):
        found = Reader.NON_PRINTABLE.search(text)
        before = text[: found.start() if found else 0]
        line, column, problem = before.count("\n"), len(before) - before.rfind("\n") - 1, "control character"
    else:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line, column = (mark.line, mark.column) if mark else (0, 0)
        problem = " ".join(filter(None, (getattr(error, "context", ""), getattr(error, "problem", ""))))
    own_zh, is_own, own_en = problem.partition(" / ")
    if is_own:
        return YamlComplaint(line + 1, column + 1, own_zh, own_en)
    cause = next(((zh, en) for pattern, zh, en in _CAUSES if re.search(pattern, problem)), _OTHERWISE)
    return YamlComplaint(line + 1, column + 1, *cause)
