"""The checks of the linter that need only the words around a word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracer.graph.clauses import closing, top_level
from tracer.graph.tokens import NAME, NUMBER, PARAMETER, QUOTED_NAME, STRING, Token

FUNCTIONS = frozenset(
    {
        "abs",
        "all",
        "any",
        "coalesce",
        "collect",
        "count",
        "id",
        "left",
        "length",
        "max",
        "min",
        "nodes",
        "none",
    }
    | {"range", "relationships", "right", "single", "size", "sum"}
)
INSTEAD = {
    "avg": "sum 与 count / sum and count; a fraction is not returned",
    "reduce": "UNWIND 与聚合，或在建图时算好 / UNWIND with sum, or a property made when the graph is built",
    "head": "min、max 或按序号筛选 / min, max or a filter on a number",
    "last": "min、max 或按序号筛选 / min, max or a filter on a number",
    "substring": "left、right（两库起点不同）/ left and right; the engines count from 0 and from 1",
    "labels": "按标签分开写 / separate patterns, or the property kind",
    "type": "按类型分开写 / separate patterns",
    "exists": "IS NOT NULL 或 EXISTS { MATCH … } / IS NOT NULL or EXISTS { MATCH … }",
    "shortestPath": "*m..n / bounded hops",
    "date": "日序整数 / day numbers",
    "duration": "日序、工作日序整数 / day and working-day numbers",
    "toUpper": "属性 *_key（ß 等字两库不同）/ a property *_key; ß and others differ",
    "toLower": "属性 *_key（两库不同）/ a property *_key; some letters differ",
    "trim": "属性 *_key（全角空格两库不同）/ a property *_key; wide spaces differ",
    "replace": "属性 *_key（空文本两库不同）/ a property *_key; empty text differs",
    "toInteger": "建图时定好的类型 / types fixed when the graph is built",
}
# Words that may stand before a bracket without calling anything.
_KEYWORDS = frozenset(
    {
        "ALL",
        "AND",
        "AS",
        "BY",
        "CASE",
        "CONTAINS",
        "DISTINCT",
        "ELSE",
        "END",
        "ENDS",
        "IN",
        "IS",
        "LIMIT",
        "MATCH",
    }
    | {
        "NOT",
        "NULL",
        "OPTIONAL",
        "OR",
        "ORDER",
        "RETURN",
        "SKIP",
        "STARTS",
        "THEN",
        "UNION",
        "UNWIND",
        "WHEN",
    }
    | {"WHERE", "WITH", "XOR", "EXISTS", "COUNT", "ASC", "DESC"}
)
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_LISTS = frozenset({"ALL", "ANY", "NONE", "SINGLE"})


@dataclass(frozen=True)
class Problem:
    """Something that the engines do not share: line, and what to write instead."""

    line: int
    message: str


def check_words(tokens: Sequence[Token]) -> list[Problem]:
    """The problems of all checks that look at words and their neighbours."""
    checks = (_functions, _signs, _brackets, _parameters, _sums, _comparisons, _blocks, _label_tests, _nulls)
    return [problem for check in checks for problem in check(tokens)]


def _functions(tokens: Sequence[Token]) -> Iterator[Problem]:
    for token, after in pairwise(tokens):
        if after.text != "(" or token.kind != NAME or token.text in FUNCTIONS:
            continue
        if token.word in _KEYWORDS and token.word != "EXISTS":
            continue
        hint = INSTEAD.get(token.text) or INSTEAD.get(token.text.lower())
        yield Problem(
            token.line,
            f"函数 {token.text} 两库不通用 / {token.text} is not shared" + (f"；改用 {hint}" if hint else ""),
        )


def _signs(tokens: Sequence[Token]) -> Iterator[Problem]:
    for token in tokens:
        if token.text == "!=":
            yield Problem(token.line, "!= 改为 <> / write <> for !=")
        elif token.text == "=~":
            yield Problem(
                token.line, "正则两库不同，改用 CONTAINS 等 / regular expressions differ: use CONTAINS"
            )
        elif token.text in ("^", "&", "!", "?"):
            yield Problem(token.line, f"{token.text} 两库不通用 / {token.text} is not shared")
        elif token.kind == NUMBER and not token.text.isdigit():
            yield Problem(token.line, f"数须写作整数 / write {token.text} as a plain whole number")


def _brackets(tokens: Sequence[Token]) -> Iterator[Problem]:
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else None
        if token.text == "[" and before is not None and _is_operand(before):
            yield Problem(
                token.line,
                "不用下标和切片：Ladybug 从 1 数起 / no index or slice: Ladybug counts from 1, Neo4j from 0",
            )
        elif token.text == "[" and (before is None or before.text != "-"):
            inside = tokens[i + 1 : closing(tokens, i)]
            if any(t.text == "|" or t.word == "WHERE" for _, t in top_level(inside)):
                yield Problem(
                    token.line, "列表推导改为 UNWIND 与 collect / no list comprehension: UNWIND, collect"
                )
        elif token.text == "{" and tokens[i + 1 : i + 2] and tokens[i + 1].text == ".":
            yield Problem(token.line, "映射投影改为 {名: 值} / no map projection: write {name: value}")


def _is_operand(token: Token) -> bool:
    if token.kind == NAME:
        return token.word not in _KEYWORDS
    return token.kind in (QUOTED_NAME, STRING, PARAMETER) or token.text in (")", "]", "}")


def _parameters(tokens: Sequence[Token]) -> Iterator[Problem]:
    for i, token in enumerate(tokens):
        if token.kind != PARAMETER:
            continue
        before = list(tokens[max(0, i - 2) : i])
        if before and before[-1].text == "-" and (len(before) < 2 or not _is_operand(before[0])):
            yield Problem(
                token.line, f"-{token.text} 改为 0 - {token.text}（Ladybug 会溢出）/ write 0 - {token.text}"
            )
        if tokens[i + 1 : i + 2] and tokens[i + 1].word == "IS":
            yield Problem(
                token.line,
                f"{token.text} 不能判空，用约定的特殊值 / {token.text} is never null: use a sentinel value",
            )
    for i, token in enumerate(tokens[:-1]):
        if token.word in _LISTS and tokens[i + 1].text == "(":
            inside = tokens[i + 2 : closing(tokens, i + 1)]
            if any(t.text in ("relationships", "nodes") for t in inside) and any(
                t.kind == PARAMETER for t in inside
            ):
                yield Problem(
                    token.line,
                    "路径上的 any/all 中不用参数，先用 WITH 取出 / bind the parameter with WITH before it",
                )


def _sums(tokens: Sequence[Token]) -> Iterator[Problem]:
    for i, token in enumerate(tokens):
        if token.text == "sum" and tokens[i + 1 : i + 2] and tokens[i + 1].text == "(":
            before = [t.text for t in tokens[max(0, i - 2) : i]]
            if before != ["coalesce", "("]:
                yield Problem(
                    token.line,
                    "sum 要写作 coalesce(sum(…), 0) / write coalesce(sum(…), 0): one engine gives null",
                )


def _comparisons(tokens: Sequence[Token]) -> Iterator[Problem]:
    """Find `a < b < c`; arrows of patterns are no comparisons."""
    last: list[bool] = [False]
    for i, token in enumerate(tokens):
        texts = [t.text for t in tokens[i : i + 3]]
        is_arrow = texts[:2] == ["<", "-"] and texts[2:] in (["["], ["-"])
        is_arrow |= token.text == ">" and i > 0 and tokens[i - 1].text == "-"
        if token.text in ("(", "[", "{"):
            last.append(False)
        elif token.text in (")", "]", "}"):
            last = last[:-1] or [False]
        elif token.text == "," or token.word in _KEYWORDS - {
            "NULL",
            "NOT",
            "IN",
            "IS",
            "CONTAINS",
            "STARTS",
            "ENDS",
        }:
            last[-1] = False
        elif token.text in _COMPARISONS and not is_arrow:
            if last[-1]:
                yield Problem(token.line, "连续比较改为 AND / write a < b AND b < c")
            last[-1] = True


def _blocks(tokens: Sequence[Token]) -> Iterator[Problem]:
    for i, token in enumerate(tokens[:-2]):
        if tokens[i + 1].text != "{" or token.word not in ("EXISTS", "COUNT", "COLLECT"):
            continue
        if token.word != "EXISTS":
            yield Problem(
                token.line,
                f"{token.word} {{ }} 改为 OPTIONAL MATCH 与 count：Ladybug 会丢掉为 0 的行"
                f" / write OPTIONAL MATCH and count for {token.word} {{ }}: Ladybug loses rows with 0",
            )
        elif tokens[i + 2].word != "MATCH":
            yield Problem(token.line, "EXISTS { 后须写 MATCH / write EXISTS { MATCH … }")


def _label_tests(tokens: Sequence[Token]) -> Iterator[Problem]:
    """Find `x:Label` outside of patterns and maps, and two labels on one node."""
    opened: list[str] = []
    for i, token in enumerate(tokens):
        if token.text in ("(", "[", "{"):
            is_block = token.text == "{" and i > 0 and tokens[i - 1].word in ("EXISTS", "COUNT")
            opened.append("block" if is_block else token.text)
        elif token.text in (")", "]", "}"):
            opened = opened[:-1]
        elif token.text == ":" and i:
            if not opened or opened[-1] == "block":
                yield Problem(token.line, "不在条件里判标签，写进路径 / put the label into the pattern")
            elif opened[-1] == "(" and i > 1 and tokens[i - 2].text == ":":
                yield Problem(
                    token.line,
                    "一个节点一个标签：Ladybug 把 :A:B 读作或 / one label: Ladybug reads :A:B as or",
                )


def _nulls(tokens: Sequence[Token]) -> Iterator[Problem]:
    """Find where one engine takes an unknown value for false and the other keeps it unknown."""
    for i, token in enumerate(tokens[:-1]):
        if token.text == "[" and any(
            t.word == "NULL" for _, t in top_level(tokens[i + 1 : closing(tokens, i)])
        ):
            yield Problem(token.line, "列表里不写 null / no null in a list: IN then differs")
        if token.word in ("CONTAINS", "WITH") and tokens[i + 1].text in ("''", '""'):
            yield Problem(
                token.line, "空文本的包含两库不同 / every text contains the empty one on one engine only"
            )
        is_negated = token.word in ("NONE", "SINGLE") or (i and tokens[i - 1].word == "NOT")
        if token.word in _LISTS and tokens[i + 1].text == "(" and is_negated:
            for name in _unguarded(tokens, i + 2, closing(tokens, i + 1)):
                yield Problem(
                    token.line,
                    f"{name} 可能为空：写 coalesce({name}, …)，否则否定的 {token.text} 两库不同"
                    f" / {name} may be null: write coalesce({name}, …), or the negated {token.text} differs",
                )


def _unguarded(tokens: Sequence[Token], start: int, end: int) -> Iterator[str]:
    """Properties between two places that are not in coalesce, nor said not to be null."""
    texts = [token.text for token in tokens]
    said = {
        tuple(texts[i : i + 3])
        for i in range(len(texts) - 5)
        if texts[i + 1] == "." and [text.upper() for text in texts[i + 3 : i + 6]] == ["IS", "NOT", "NULL"]
    }
    for i in range(start, end - 2):
        is_access = texts[i + 1] == "." and tokens[i].kind in (NAME, QUOTED_NAME)
        if is_access and texts[i - 2 : i] != ["coalesce", "("] and tuple(texts[i : i + 3]) not in said:
            yield "".join(texts[i : i + 3])
