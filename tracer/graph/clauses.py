"""Cut tokens of Cypher into clauses and patterns: as much grammar as the linter needs, no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tracer.graph.tokens import NAME, NUMBER, QUOTED_NAME, Token

OPENING = {"(": ")", "[": "]", "{": "}"}
_HEADS = {"MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN", "WHERE", "ORDER", "SKIP", "LIMIT", "UNION"}


class PatternError(Exception):
    """A pattern of a form that is not shared by both engines; carries the token where it stops being one."""

    def __init__(self, token: Token) -> None:
        super().__init__(token.text)
        self.token = token


@dataclass(frozen=True)
class Clause:
    """A clause: its first word (MATCH, WITH, UNION …), the tokens after it, and its line."""

    head: str
    body: tuple[Token, ...]
    line: int
    is_optional: bool = False


@dataclass
class Element:
    """A node or an edge of a pattern: variable, labels or types, property names, and its line."""

    line: int
    is_edge: bool = False
    variable: str = ""
    kinds: tuple[str, ...] = ()
    keys: list[Token] = field(default_factory=list)
    values: list[Token] = field(default_factory=list)
    hops: tuple[int | None, int | None] | None = None
    # -1 for <-[ ]-, 1 for -[ ]->, 0 for an edge without a direction.
    direction: int = 0


def closing(tokens: Sequence[Token], start: int) -> int:
    """Place of the bracket that closes the one at `start`; the last place if there is none."""
    depth = 0
    for i in range(start, len(tokens)):
        if tokens[i].text in OPENING:
            depth += 1
        elif tokens[i].text in (")", "]", "}"):
            depth -= 1
            if not depth:
                return i
    return len(tokens) - 1


def top_level(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """The tokens that are in no brackets, with their places; of brackets only the opening one."""
    i = 0
    while i < len(tokens):
        yield i, tokens[i]
        i = closing(tokens, i) + 1 if tokens[i].text in OPENING else i + 1


def split_clauses(tokens: Sequence[Token]) -> list[Clause]:
    """The clauses of a statement, or of the inside of EXISTS { }."""
    starts = [
        i
        for i, token in top_level(tokens)
        if token.word in _HEADS
        and not (token.word == "WITH" and i and tokens[i - 1].word in ("STARTS", "ENDS"))
        and not (token.word == "MATCH" and i and tokens[i - 1].word == "OPTIONAL")
        and not (i and tokens[i - 1].text in (".", ":", "|"))
    ]
    clauses = []
    for start, end in pairwise([*starts, len(tokens)]):
        is_optional = tokens[start].word == "OPTIONAL"
        head = "MATCH" if is_optional else tokens[start].word
        body = tuple(tokens[start + 1 + is_optional : end])
        clauses.append(Clause(head, body, tokens[start].line, is_optional))
    return clauses


def split_commas(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """The parts between commas that are in no brackets."""
    commas = [i for i, token in top_level(tokens) if token.text == ","]
    bounds = [-1, *commas, len(tokens)]
    return [tuple(tokens[a + 1 : b]) for a, b in pairwise(bounds)]


def begins_pattern(tokens: Sequence[Token], i: int) -> bool:
    """Whether the bracket at place `i` of an expression begins a path, as in `(n)-[:R]->(:M)`."""
    if tokens[i].text != "(":
        return False
    after = [token.text for token in tokens[closing(tokens, i) + 1 :][:3]]
    return after[:2] in (["-", "["], ["<", "-"], ["-", "-"])


def parse_path(tokens: Sequence[Token], start: int = 0) -> tuple[list[Element], int]:
    """The nodes and edges of a path that begins at `start`, and the place after it.

    Raises PatternError where the path is not of the form (node)-[edge]->(node)…
    """
    node, i = _node(tokens, start)
    elements = [node]
    while i < len(tokens) and tokens[i].text in ("-", "<"):
        edge, i = _edge(tokens, i)
        node, i = _node(tokens, i)
        elements += [edge, node]
    return elements, i


def _node(tokens: Sequence[Token], i: int) -> tuple[Element, int]:
    if i >= len(tokens) or tokens[i].text != "(":
        raise PatternError(tokens[min(i, len(tokens) - 1)])
    end = closing(tokens, i)
    return _inside(tokens[i + 1 : end], Element(tokens[i].line), tokens[i]), end + 1


def _edge(tokens: Sequence[Token], i: int) -> tuple[Element, int]:
    element = Element(tokens[i].line, is_edge=True)
    texts = [token.text for token in tokens]
    is_left = texts[i] == "<"
    i += is_left
    if texts[i : i + 2] != ["-", "["]:
        raise PatternError(tokens[min(i, len(tokens) - 1)])
    end = closing(tokens, i + 1)
    element = _inside(tokens[i + 2 : end], element, tokens[i])
    if texts[end + 1 : end + 2] != ["-"]:
        raise PatternError(tokens[end])
    is_right = texts[end + 2 : end + 3] == [">"]
    element.direction = is_right - is_left
    return element, end + 2 + is_right


def _inside(tokens: Sequence[Token], element: Element, at: Token) -> Element:
    """Read `variable :A|B *1..3 {key: value}`, each part optional."""
    i = 0
    if i < len(tokens) and tokens[i].kind in (NAME, QUOTED_NAME):
        element.variable = tokens[i].text
        i += 1
    if i < len(tokens) and tokens[i].text == ":":
        i += 1
        kinds = []
        while i < len(tokens) and tokens[i].kind in (NAME, QUOTED_NAME):
            kinds.append(tokens[i].text)
            i += 1
            if i < len(tokens) and tokens[i].text == "|":
                i += 1
        element.kinds = tuple(kinds)
    if element.is_edge and i < len(tokens) and tokens[i].text == "*":
        i = _hops(tokens, i + 1, element)
    if i < len(tokens) and tokens[i].text == "{":
        end = closing(tokens, i)
        for part in split_commas(tokens[i + 1 : end]):
            element.keys.append(part[0])
            element.values += part[2:]
        i = end + 1
    if i < len(tokens):
        raise PatternError(tokens[i])
    return element


def _hops(tokens: Sequence[Token], i: int, element: Element) -> int:
    low: int | None = None
    high: int | None = None
    if i < len(tokens) and tokens[i].kind == NUMBER and tokens[i].text.isdigit():
        low = high = int(tokens[i].text)
        i += 1
    if i < len(tokens) and tokens[i].text == "..":
        high = None
        i += 1
        if i < len(tokens) and tokens[i].kind == NUMBER and tokens[i].text.isdigit():
            high = int(tokens[i].text)
            i += 1
    element.hops = (low, high)
    return i
