"""Cut Cypher text into tokens, the same way for the gate, the linter and the parameters of Ladybug.

The cut is stricter than either engine: what the two engines, or an engine and this file, might read
differently (escapes that are decoded before parsing, unusual line ends) is refused, never guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tracer.errors import UsageError

NAME, QUOTED_NAME, STRING, NUMBER, PARAMETER, SYMBOL = (
    "name",
    "quoted",
    "string",
    "number",
    "parameter",
    "symbol",
)

# A lone carriage return, a next-line or a paragraph mark ends a comment in one engine and not in another.
_UNCLEAR_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufeff]|\r(?!\n)")

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n\u3000\xa0]+ | //[^\n]* | /\*(?:[^*]|\*(?!/))*\*/)
    | (?P<string>'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*")
    | (?P<quoted>`(?:[^`]|``)+`)
    | (?P<parameter>\$[^\W\d]\w*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\w*)
    | (?P<name>[^\W\d]\w*)
    | (?P<symbol><=|>=|<>|!=|=~|\.\.|/(?!\*)|[-+*%^=<>()\[\]{},:;.|&!?])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A piece of Cypher text: what it is, its text, and where it begins (line from 1, offset from 0)."""

    kind: str
    text: str
    line: int
    start: int

    @property
    def word(self) -> str:
        """The text in capitals if it is a bare name, else nothing: what a keyword is compared with."""
        return self.text.upper() if self.kind == NAME else ""


def tokenize(text: str) -> list[Token]:
    """Cut `text` into tokens, without spaces and comments.

    Raises UsageError for text that cannot be cut in one clear way.
    """
    unclear = _UNCLEAR_CHARACTER.search(text)
    if unclear:
        raise _unreadable(text, unclear.start(), f"U+{ord(unclear[0][0]):04X}")
    tokens: list[Token] = []
    position, line = 0, 1
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position, text[position : position + 10])
        kind, found = match.lastgroup or "", match[0]
        if kind != "space":
            if kind in (STRING, QUOTED_NAME) and re.search(r"\\u", found, re.IGNORECASE):
                # Neo4j decodes \uXXXX before it looks for the end of a string.
                raise _unreadable(text, position, "\\u")
            tokens.append(Token(kind, found, line, position))
        line += found.count("\n")
        position = match.end()
    return tokens


def write_in(text: str, values: Mapping[str, str]) -> str:
    """Replace each parameter `$name` of `text` that `values` has by the literal given there."""
    parts, position = [], 0
    for token in tokenize(text):
        if token.kind == PARAMETER and token.text[1:] in values:
            parts += [text[position : token.start], values[token.text[1:]]]
            position = token.start + len(token.text)
    return "".join([*parts, text[position:]])


def _unreadable(text: str, position: int, what: str) -> UsageError:
    line = text.count("\n", 0, position) + 1
    return UsageError(
        f"查询第 {line} 行无法解读：{what!r}；请改写该处（引号、注释须成对，不用 \\u 转义）"
        f" / line {line} cannot be read at {what!r}: close quotes and comments, no \\u"
    )
