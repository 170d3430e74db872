"""Hold a query file to the part of Cypher that Ladybug and Neo4j read alike, and to the graph model.

Each check stands for a difference that was seen between the engines; `queries/README.md` says which. Some
of them are silent: the query runs on both and answers differently. The checks know tokens, clauses and
patterns, not the whole grammar; what they let through is still compared on both engines by the tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from tracer.errors import UsageError
from tracer.graph.clauses import (
    Clause,
    Element,
    PatternError,
    begins_pattern,
    closing,
    parse_path,
    split_clauses,
    split_commas,
    top_level,
)
from tracer.graph.lint_words import Problem, check_words
from tracer.graph.model import EDGE, INT, NODE, TEXT
from tracer.graph.portable import gate
from tracer.graph.tokens import NAME, NUMBER, QUOTED_NAME, STRING, Token

HOPS_MAX = 30
# Only here is a path that repeats an edge impossible, so that walks and trails are the same.
ACYCLIC = frozenset({"BECAME", "FUNDS"})
# A variable that is no node or edge, or of which the kind is not known: its properties are not checked.
VALUE: tuple[str, ...] = ()

Scope = dict[str, tuple[str, ...]]


def lint(text: str) -> list[Problem]:
    """What in a query would not run, or not answer alike, on both engines; in order of lines.

    Raises nothing: text that the gate refuses is one problem.
    """
    try:
        tokens = gate(text)
    except UsageError as error:
        return [Problem(1, str(error))]
    found = check_words(tokens)
    _Statement(found).check(tokens, {})
    return sorted(set(found), key=lambda problem: (problem.line, problem.message))


def lint_folder(folder: Path, which: str = "**/*.cypher") -> list[str]:
    """All problems of the files that a pattern names in a folder, as `file:line: message`."""
    return [
        f"{path.relative_to(folder)}:{problem.line}: {problem.message}"
        for path in sorted(folder.glob(which))
        for problem in lint(path.read_text("utf-8"))
    ]


@dataclass
class _Statement:
    """Goes through the clauses of a statement with the variables that are known at each point."""

    problems: list[Problem]

    def say(self, line: int, message: str) -> None:
        self.problems.append(Problem(line, message))

    def check(self, tokens: Sequence[Token], outer: Mapping[str, tuple[str, ...]]) -> None:
        scope: Scope = dict(outer)
        clauses = split_clauses(tokens)
        heads = [clause.head for clause in clauses]
        for i, clause in enumerate(clauses):
            match clause.head:
                case "MATCH":
                    self.match(clause, scope)
                case "UNWIND":
                    self.unwind(clause, scope)
                case "WITH" | "RETURN":
                    scope = self.projection(clause, scope)
                    self.order(clause, heads[i + 1 :])
                case "UNION":
                    self.union(clause, heads[i:])
                    scope = dict(outer)
                case _:
                    self.expression(clause.body, scope)

    def match(self, clause: Clause, scope: Scope) -> None:
        seen: dict[str, int] = {}
        for part in split_commas(clause.body):
            path = part[2:] if len(part) > 2 and part[1].text == "=" else part
            try:
                elements, end = parse_path(path)
                if end < len(path):
                    raise PatternError(path[end])
            except PatternError as error:
                self.say(
                    error.token.line, f"路径写法两库不通用 / not a path of both engines: {error.token.text}"
                )
                continue
            if path is not part:
                scope[part[0].text] = VALUE
            if path is not part and clause.is_optional:
                self.say(
                    clause.line,
                    "OPTIONAL MATCH 的路径不起名：没有时两库长度不同"
                    " / no name for the path of OPTIONAL MATCH: without one its length differs",
                )
            self.elements(elements, scope)
            for element in elements:
                for kind in element.kinds if element.is_edge else ():
                    if kind in seen:
                        self.say(
                            element.line,
                            f"同一 MATCH 中 {kind} 出现两次：Ladybug 会重复用同一条边，请拆成两个 MATCH"
                            f" / {kind} twice in one MATCH: Ladybug may use one edge twice, write two MATCH",
                        )
                    seen[kind] = element.line

    def elements(self, elements: list[Element], scope: Scope) -> None:
        for element in elements:
            known = EDGE if element.is_edge else NODE
            for kind in element.kinds:
                if kind not in known:
                    self.say(element.line, f"图模型没有 {kind} / the model has no {kind} (case counts)")
            if element.is_edge:
                self.edge(element)
            elif element.variable and not element.kinds and element.variable not in scope:
                self.say(
                    element.line, f"节点 {element.variable} 要写标签 / give node {element.variable} a label"
                )
            kinds = element.kinds or scope.get(element.variable, VALUE)
            if element.variable:
                scope[element.variable] = VALUE if element.hops else kinds
            for key in element.keys:
                self.property(key, kinds)
            self.expression(element.values, scope)
        self.ends(elements, scope)

    def edge(self, element: Element) -> None:
        if not element.kinds:
            self.say(element.line, "边要写类型 / give the edge a type")
        if not element.direction:
            self.say(
                element.line,
                "边要写方向：不写方向时自环两库次数不同，请写两支 UNION ALL"
                " / give the edge a direction: loops count differently without one, use UNION ALL",
            )
        if element.hops is None:
            return
        low, high = element.hops
        if low is None or high is None or high > HOPS_MAX or low > high:
            self.say(
                element.line, f"跳数须写作 *m..n，至多 {HOPS_MAX} / write hops as *m..n, at most {HOPS_MAX}"
            )
        if set(element.kinds) - ACYCLIC:
            self.say(
                element.line,
                f"多跳只能沿 {'、'.join(sorted(ACYCLIC))}：其他边可能成环，两库路径数不同"
                " / several hops only along these: the engines walk cycles differently",
            )

    def ends(self, elements: list[Element], scope: Scope) -> None:
        """Check that each edge of the model joins these labels this way round."""
        for left, edge, right in zip(elements[::2], elements[1::2], elements[2::2], strict=False):
            labels = [set(scope.get(e.variable, VALUE) or e.kinds) for e in (left, right)]
            if not (all(labels) and edge.direction and set(edge.kinds) <= set(EDGE)):
                continue
            starts, stops = labels[:: edge.direction]
            pairs = {pair for kind in edge.kinds for pair in EDGE[kind].ends}
            if not any(start in starts and stop in stops for start, stop in pairs):
                kinds = "|".join(edge.kinds)
                self.say(edge.line, f"{kinds} 不这样连接 / {kinds} does not join these nodes this way")

    def unwind(self, clause: Clause, scope: Scope) -> None:
        self.expression(clause.body[:-2], scope)
        if clause.body:
            scope[clause.body[-1].text] = VALUE

    def projection(self, clause: Clause, scope: Scope) -> Scope:
        body = clause.body[1:] if clause.body and clause.body[0].word == "DISTINCT" else clause.body
        after: Scope = {}
        for item in split_commas(body):
            if not item:
                continue
            if item[0].text == "*":
                self.say(clause.line, f"{clause.head} * 要写出每一列 / name each column instead of *")
                return dict(scope)
            has_alias = len(item) > 2 and item[-2].word == "AS"
            expression = item[:-2] if has_alias else item
            alias, is_variable = item[-1].text, len(expression) == 1 and expression[0].text in scope
            if not has_alias and len(item) > 1:
                self.say(item[0].line, "该列要用 AS 起名 / name the column with AS")
            if has_alias and alias in scope and not is_variable:
                self.say(item[-1].line, f"别名 {alias} 与变量同名 / the alias {alias} is also a variable")
            if any(begins_pattern(expression, i) for i, _ in top_level(expression)):
                self.say(
                    item[0].line,
                    "列中的路径写作 EXISTS { MATCH … } / a path in a column needs EXISTS { MATCH … }",
                )
            self.expression(expression, scope)
            after[alias] = scope[expression[0].text] if is_variable else VALUE
        return after

    def order(self, clause: Clause, rest: list[str]) -> None:
        own = list(takewhile(lambda head: head in ("ORDER", "SKIP", "LIMIT", "WHERE"), rest))
        is_sorted, is_cut = "ORDER" in own, "LIMIT" in own or "SKIP" in own
        if clause.head == "WITH" and is_sorted and "LIMIT" not in own:
            self.say(
                clause.line,
                "WITH … ORDER BY 后须有 LIMIT，收集后的次序不可依赖"
                " / WITH … ORDER BY needs LIMIT; the order of what is collected later cannot be relied on",
            )
        if is_cut and not is_sorted:
            self.say(clause.line, "截断前须排序 / sort before SKIP or LIMIT, or the rows are arbitrary")

    def union(self, clause: Clause, rest: list[str]) -> None:
        if not clause.body or clause.body[0].word != "ALL":
            self.say(clause.line, "只用 UNION ALL / use UNION ALL")
        if "UNION" not in rest[1:] and "ORDER" in rest[rest.index("RETURN") if "RETURN" in rest else 0 :]:
            self.say(
                clause.line, "UNION ALL 后的 ORDER BY 只管最后一支 / ORDER BY sorts the last branch only"
            )

    def expression(self, tokens: Sequence[Token], scope: Scope) -> None:
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if token.word == "EXISTS" and tokens[i + 1 : i + 2] and tokens[i + 1].text == "{":
                end = closing(tokens, i + 1)
                self.check(tokens[i + 2 : end], scope)
                i = end + 1
            elif begins_pattern(tokens, i):
                i = self.predicate(tokens, i, scope)
            else:
                self.accesses(tokens, i, scope)
                i += 1

    def predicate(self, tokens: Sequence[Token], i: int, scope: Scope) -> int:
        try:
            elements, end = parse_path(tokens, i)
        except PatternError as error:
            self.say(error.token.line, f"路径写法两库不通用 / not a path of both engines: {error.token.text}")
            return i + 1
        self.elements(elements, dict(scope))
        return end

    def accesses(self, tokens: Sequence[Token], i: int, scope: Scope) -> None:
        token = tokens[i]
        after = [t.text for t in tokens[i + 1 : i + 3]]
        is_own_name = not (i and tokens[i - 1].text == ".")
        if token.kind not in (NAME, QUOTED_NAME) or not is_own_name or after[:1] != ["."] or len(after) < 2:
            return
        kinds = scope.get(token.text, VALUE)
        self.property(tokens[i + 2], kinds)
        self.comparison(tokens, i, kinds)

    def property(self, name: Token, kinds: tuple[str, ...]) -> None:
        models = [model for kind in kinds if (model := NODE.get(kind) or EDGE.get(kind))]
        types = {model.properties[name.text] for model in models if name.text in model.properties}
        if models and not types:
            self.say(
                name.line,
                f"{'|'.join(kinds)} 没有属性 {name.text} / has no property {name.text} (case counts)",
            )
        if len(types) > 1:
            self.say(
                name.line, f"属性 {name.text} 在 {'|'.join(kinds)} 上类型不同 / has different types on these"
            )

    def comparison(self, tokens: Sequence[Token], i: int, kinds: tuple[str, ...]) -> None:
        """A text compared with a number is a match in Ladybug and none in Neo4j."""
        if i + 4 >= len(tokens) or tokens[i + 3].text not in ("=", "<>", "<", ">", "<=", ">="):
            return
        name, literal = tokens[i + 2], tokens[i + 4]
        for kind in kinds:
            model = NODE.get(kind) or EDGE.get(kind)
            declared = model.properties.get(name.text) if model else None
            if (declared == INT and literal.kind == STRING) or (declared == TEXT and literal.kind == NUMBER):
                self.say(name.line, f"{name.text} 与 {literal.text} 类型不同 / types differ")
