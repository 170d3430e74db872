"""The gate before every query, and the linter: each form that is refused, and near ones that pass."""

from pathlib import Path

import pytest

from tracer.errors import UsageError
from tracer.graph.lint import lint, lint_folder
from tracer.graph.portable import FORBIDDEN_WORDS, gate
from tracer.graph.tokens import PARAMETER, STRING, tokenize, write_in
from tracer.settings import queries_folder


def test_all_query_files_are_portable() -> None:
    assert list(queries_folder().rglob("*.cypher")), "there are query files"
    assert lint_folder(queries_folder()) == []


FORBIDDEN = {
    "RETURN reduce(s = 0, x IN [1] | s + x) AS n": "reduce",
    "MATCH (t:Transfer) RETURN toString(t.key) AS k": "toString",
    "MATCH (t:Transfer) RETURN substring(t.id, 1, 2) AS k": "substring",
    "MATCH (t:Transfer) RETURN avg(t.key) AS k": "avg",
    "MATCH (t:Transfer) RETURN labels(t) AS l": "labels",
    "MATCH (t:Transfer)-[r:FUNDS]->(u:Transfer) RETURN type(r) AS l": "type",
    "MATCH (t:Transfer) RETURN COALESCE(t.id, '') AS l": "COALESCE",
    "MATCH (t:Transfer) WHERE exists(t.id) RETURN t.id AS k": "exists",
    "MATCH (t:Transfer) RETURN rand() AS k": "rand",
    "MATCH (t:Transfer) WITH collect(t.id) AS l RETURN [x IN l | x] AS m": "UNWIND",
    "MATCH (t:Transfer) WITH collect(t.id) AS l RETURN [x IN l WHERE x <> ''] AS m": "UNWIND",
    "MATCH (t:Transfer) RETURN [(t)-[:FUNDS]->(u:Transfer) | u.id] AS m": "UNWIND",
    "MATCH (t:Transfer) WITH collect(t.id) AS l RETURN l[0] AS m": "下标",
    "RETURN [1, 2][0] AS m": "下标",
    "RETURN $list[0] AS m": "下标",
    "MATCH (t:Transfer) RETURN collect(t.id)[1] AS m": "下标",
    "MATCH (t:Transfer) RETURN t{.id} AS m": "映射投影",
    "MATCH (t:Transfer) WITH t ORDER BY t.key RETURN collect(t.id) AS l": "LIMIT",
    "MATCH (t:Transfer) WITH t ORDER BY t.key SKIP 1 RETURN collect(t.id) AS l": "LIMIT",
    "MATCH (t:Transfer) RETURN t.id AS k LIMIT 3": "排序",
    "MATCH (t:Transfer) WITH t LIMIT 3 RETURN t.id AS k": "排序",
    "MATCH ((t:Transfer)-[:FUNDS]->(u:Transfer)){1,3} RETURN 1 AS n": "路径",
    "MATCH (t:Transfer)-[:FUNDS]->{1,3}(u:Transfer) RETURN 1 AS n": "路径",
    "MATCH p = shortestPath((t:Transfer)-[:FUNDS*1..3]->(u:Transfer)) RETURN length(p) AS n": "路径",
    "MATCH p = SHORTEST 1 (t:Transfer)-[:FUNDS]->(u:Transfer) RETURN length(p) AS n": "路径",
    "MATCH (t:Transfer)-[:FUNDS* ACYCLIC 1..3]->(u:Transfer) RETURN t.id AS k": "路径",
    "MATCH (t:Transfer)-[:FUNDS*1..3 (r, n | WHERE n.day > 1)]->(u:Transfer) RETURN t.id AS k": "路径",
    "MATCH (t:Transfer)-->(u:Transfer) RETURN t.id AS k": "路径",
    "MATCH (t:Transfer)-[]->(u:Transfer) RETURN t.id AS k": "类型",
    "MATCH (t:Transfer)-[:FUNDS]-(u:Transfer) RETURN t.id AS k": "方向",
    "MATCH (t:Transfer) WHERE t.amount_fen > -$least RETURN t.id AS k": "0 - $least",
    "RETURN -$least AS n": "0 - $least",
    "MATCH (t:Transfer) WHERE 1 < t.day < 3 RETURN t.id AS k": "连续比较",
    "MATCH (t:Transfer) WHERE t.id = t.kind = t.payer RETURN t.id AS k": "连续比较",
    "MATCH (t:Transfer) WHERE t.id != 'x' RETURN t.id AS k": "<>",
    "MATCH (a:Transfer)-[:FUNDS]->(b:Transfer)<-[:FUNDS]-(c:Transfer) RETURN a.id AS k": "FUNDS 出现两次",
    "MATCH (a:Account)-[:SENT]->(b:Transfer), (c:Account)-[:SENT]->(b) RETURN a.id AS k": "SENT 出现两次",
    "MATCH (a:Piece)-[:BECAME*1..31]->(b:Piece) RETURN a.key AS k": "跳数",
    "MATCH (a:Piece)-[:BECAME*]->(b:Piece) RETURN a.key AS k": "跳数",
    "MATCH (a:Piece)-[:BECAME*2..]->(b:Piece) RETURN a.key AS k": "跳数",
    "MATCH (a:Piece)-[:BECAME*3..2]->(b:Piece) RETURN a.key AS k": "跳数",
    "MATCH (a:Party)-[:RELATED_TO*1..2]->(b:Party) RETURN a.key AS k": "多跳",
    "MATCH (f:Funds) RETURN f.key AS k": "Funds",
    "MATCH (f:fund) RETURN 1 AS k": "fund",
    "MATCH (t:Transfer)-[:PAYS]->(p:Project) RETURN t.id AS k": "PAYS",
    "MATCH (t:Transfer) RETURN t.Id AS k": "Id",
    "MATCH (t:Transfer {ident: 'x'}) RETURN t.id AS k": "ident",
    "MATCH (t:Transfer)-[r:FUNDS {day: 3}]->(u:Transfer) RETURN t.id AS k": "day",
    "MATCH (t:Transfer) WITH t AS x RETURN x.ident AS k": "ident",
    "MATCH (t:Transfer) WHERE EXISTS { MATCH (t)-[:FUNDS]->(u:Transfer)"
    " WHERE u.ident > 1 } RETURN t.id AS k": "ident",
    "MATCH (t:Transfer) WHERE EXISTS { MATCH (t)-[:FUNDS]->(u:Transfer)"
    " WHERE t.ident > 1 } RETURN t.id AS k": "ident",
    "MATCH (t) RETURN t.id AS k": "标签",
    "MATCH (t:Transfer)-[:NAMES]->(i) RETURN i.id AS k": "标签",
    "MATCH (t:Transfer)-[:NAMES]->(p:Project) RETURN p.id AS k": "NAMES",
    "MATCH (t:Transfer)<-[:NAMES]-(i:Indicator) RETURN i.id AS k": "NAMES",
    "MATCH (t:Transfer) WHERE t:Transfer RETURN t.id AS k": "标签",
    "MATCH (t:Transfer:Piece) RETURN t.key AS k": "路径",
    "MATCH (t:Transfer) WHERE EXISTS { (t)-[:FUNDS]->(:Transfer) } RETURN t.id AS k": "EXISTS",
    "MATCH (t:Transfer) RETURN COUNT { MATCH (t)-[:FUNDS]->(:Transfer) } AS n": "COUNT",
    "MATCH p = (a:Piece)-[:BECAME*1..3]->(b:Piece)"
    " WHERE all(x IN nodes(p) WHERE x.fen > $least) RETURN a.key AS k": "参数",
    "MATCH (t:Transfer) RETURN sum(t.amount_fen) AS fen": "coalesce",
    "MATCH (t:Transfer) RETURN t.id AS k UNION MATCH (a:Account) RETURN a.id AS k": "UNION ALL",
    "MATCH (t:Transfer) RETURN t.id AS k UNION ALL MATCH (a:Account) RETURN a.id AS k ORDER BY k": "最后一支",
    "MATCH (t:Transfer) RETURN t.id AS t ORDER BY t": "同名",
    "MATCH (t:Transfer) RETURN t.id": "AS",
    "MATCH (t:Transfer) RETURN *": "每一列",
    "MATCH (t:Transfer) WHERE $day IS NULL OR t.day > $day RETURN t.id AS k": "判空",
    "MATCH (t:Transfer) WHERE t.day > 1.5 RETURN t.id AS k": "整数",
    "MATCH (t:Transfer) WHERE t.day > 1_000 RETURN t.id AS k": "整数",
    "MATCH (t:Transfer) WHERE t.day > 0x10 RETURN t.id AS k": "整数",
    "MATCH (t:Transfer) WHERE t.day ^ 2 > 4 RETURN t.id AS k": "^",
    "MATCH (t:Transfer) WHERE t.day = '3' RETURN t.id AS k": "类型",
    "MATCH (t:Transfer) WHERE t.id = 3 RETURN t.id AS k": "类型",
    "MATCH (t:Transfer) WHERE t.id =~ 'a.*' RETURN t.id AS k": "正则",
    "MATCH (t:Transfer) RETURN toUpper(t.id) AS k": "toUpper",
    "MATCH (t:Transfer) RETURN trim(t.id) AS k": "trim",
    "MATCH (t:Transfer) WHERE t.id IN ['a', null] RETURN t.id AS k": "null",
    "MATCH (t:Transfer) WHERE t.id CONTAINS '' RETURN t.id AS k": "空文本",
    "MATCH (t:Transfer) WHERE NOT any(w IN $l WHERE t.purpose CONTAINS w) RETURN t.id AS k": "coalesce(t.",
    "MATCH (t:Transfer) WHERE none(w IN $words WHERE t.purpose CONTAINS w) RETURN t.id AS k": "coalesce(t.",
    "OPTIONAL MATCH w = (t:Transfer)-[:FUNDS]->(:Transfer) RETURN length(w) AS n": "OPTIONAL",
    "MATCH (t:Transfer) RETURN (t)-[:FUNDS]->(:Transfer) AS e": "EXISTS",
    "MATCH (t:Transfer) CALL { RETURN 1 AS x } RETURN x AS k": "CALL",
}  # fmt: skip


@pytest.mark.parametrize(("text", "says"), FORBIDDEN.items(), ids=list(FORBIDDEN))
def test_what_the_engines_do_not_share_is_named_with_its_line(text: str, says: str) -> None:
    found = lint("// first line\n" + text) if "CALL" not in text else lint(text)
    assert any(says in problem.message for problem in found), found
    if "CALL" not in text:
        assert {problem.line for problem in found} == {2}


ALLOWED = [
    "MATCH (t:Transfer) WHERE NOT any(w IN $words WHERE coalesce(t.purpose, '') CONTAINS w) RETURN t.id AS k",
    "MATCH (t:Transfer) WHERE t.id IS NOT NULL AND NOT any(w IN $l WHERE t.id CONTAINS w) RETURN t.id AS k",
    "MATCH (t:Transfer) RETURN t.id AS k, EXISTS { MATCH (t)-[:FUNDS]->(:Transfer) } AS passed_on",
    "MATCH (t:Transfer) RETURN t.id AS k",
    "MATCH (t:Transfer)-[:FUNDS]->(u:Transfer) MATCH (u)-[:FUNDS]->(v:Transfer) RETURN t.id AS k, v.id AS w",
    "MATCH (a:Account)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(b:Account) RETURN a.id AS k, b.id AS l",
    "MATCH (a:Account)-[s:SENT]->(t:Transfer)<-[:REFUNDS]-(r:Transfer) RETURN a.id AS k",
    "MATCH (p:Piece)-[:REMAINS_AT]->(x:Indicator|Account)"
    " WHERE x.id <> '' RETURN p.key AS piece, x.held_fen AS fen",
    "MATCH w = (p:Piece)-[:BECAME*0..30]->(q:Piece) WHERE none(x IN nodes(w)"
    " WHERE coalesce(x.fen, 0) < 3) RETURN length(w) AS n",
    "MATCH (t:Transfer) WHERE NOT (t)-[:FUNDS]->(:Transfer) RETURN t.id AS k",
    "MATCH (t:Transfer) WHERE NOT EXISTS { MATCH (t)<-[:FUNDS]-(u:Transfer)"
    " WHERE u.day < t.day } RETURN t.id AS k",
    "OPTIONAL MATCH (t:Transfer {id: $id}) RETURN coalesce(sum(0 + t.amount_fen * $share), 0) AS fen",
    "MATCH (t:Transfer) WITH t.payer AS payer, collect({id: t.id, day: t.day}) AS lots WHERE size(lots) > 1"
    " UNWIND lots AS x UNWIND lots AS y WITH payer, x, y"
    " WHERE x.day < y.day RETURN payer, x.id AS a, y.id AS b",
    "MATCH (t:Transfer) WITH t ORDER BY t.day, t.key LIMIT 1 RETURN t.id AS k",
    "MATCH (t:Transfer) RETURN t.id AS k ORDER BY k SKIP $skip LIMIT $limit",
    "MATCH (t:Transfer) WHERE t.id STARTS WITH 'a' AND t.id ENDS WITH 'b' WITH t"
    " WHERE t.day > 0 RETURN t.id AS k",
    "MATCH (t:Transfer) WHERE t.day >= 1 AND t.day <= 3 AND 0 - t.day < -2 RETURN t.id AS k",
    "MATCH (t:Transfer) WHERE any(w IN $words WHERE t.purpose CONTAINS w) RETURN t.id AS k",
    "MATCH (t:Transfer)"
    " RETURN [t.id] + ['x'] AS l, {a: t.id, b: 1} AS m, count(*) AS n, count(DISTINCT t.day) AS d",
    "MATCH (t:Transfer) RETURN CASE WHEN t.day > 1 THEN 'a' WHEN t.day = 0 THEN 'b' ELSE 'c' END AS 等级",
    "MATCH (t:Transfer) WITH t, t.amount_fen - $least AS rest WHERE rest > 0 RETURN t.id AS `编 号`, rest",
    "MATCH (t:Transfer) RETURN t.id AS k UNION ALL MATCH (t:Account) RETURN t.id AS k",
    "/* yaml: {a: [1, 2][0]}, reduce(x) */ MATCH (t:Transfer) // t.zzz\n"
    "WHERE t.purpose = 'CREATE; t[0]' RETURN t.id AS k",
    "MATCH (t:Transfer)"
    " WHERE t.period_key IS NOT NULL AND t.kind IN ['payment', 'split'] RETURN DISTINCT t.id AS k",
]  # fmt: skip


@pytest.mark.parametrize("text", ALLOWED)
def test_what_they_share_passes(text: str) -> None:
    assert lint(text) == []


@pytest.mark.parametrize("word", sorted(FORBIDDEN_WORDS))
def test_words_that_write_or_leave_the_graph_are_refused_anywhere(word: str) -> None:
    for text in (word, f"MATCH (f:Fund) {word.lower()} f RETURN 1 AS n", f"RETURN 1 AS {word.title()}"):
        with pytest.raises(UsageError):
            gate(text)
    gate(
        f"RETURN '{word}; {word}' AS a, `x`.`{word}` AS b, ${word.lower()}_fen AS c /* {word}; */ // {word};"
    )


@pytest.mark.parametrize(
    "text",
    [
        "RETURN 1 AS n;",
        "RETURN 'a",
        'RETURN "a',
        "RETURN `a",
        "RETURN 1 /* open",
        "RETURN '\\u0041' AS a",
        "RETURN `\\u0060 CREATE (x) //` AS a",
        "RETURN 1 AS n // \u2028 CREATE (x)",
        "RETURN 1 AS n // \r CREATE (x)",
        "RETURN \x00 1 AS n",
        "RETURN 1 AS n // \x85 '",
        "RETURN #1 AS n",
        "RETURN \ufeff1 AS n",
        "CYPHER 25 RETURN 1 AS n",
        "(a)",
        "",
    ],
)
def test_text_that_engines_might_cut_differently_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        gate(text)


def test_strings_and_comments_hide_what_looks_like_cypher() -> None:
    tokens = gate("RETURN 'it\\'s \\\\' AS a, \"say \\\"x\\\"\" AS b // 'open\n, 1 AS c /* ' */")
    assert [token.text for token in tokens if token.kind == STRING] == ["'it\\'s \\\\'", '"say \\"x\\""']
    assert tokens[-1].text == "c"
    assert tokens[-1].line == 2


def test_bounds_are_where_they_are_said_to_be() -> None:
    gate(f"RETURN {'(' * 24}1{')' * 24} AS n")
    for text in (
        f"RETURN {'(' * 25}1{')' * 25} AS n",
        f"RETURN {'[' * 13}{'(' * 12}1{')' * 12}{']' * 13} AS n",
        f"RETURN {'CASE WHEN true THEN ' * 9}1{' END' * 9} AS n",
        f"RETURN {'NOT ' * 30}true AS n",
        f"RETURN {'1 + ' * 2500}1 AS n",
        f"RETURN '{'x' * 66_000}' AS n",
    ):
        with pytest.raises(UsageError):
            gate(text)


def test_only_parameters_are_written_in() -> None:
    text = "RETURN $a AS a, '$a' AS b, $aa AS c, `$a` AS d, $b AS e // $a"
    assert write_in(text, {"a": "(-5)"}) == "RETURN (-5) AS a, '$a' AS b, $aa AS c, `$a` AS d, $b AS e // $a"
    assert [t.text for t in tokenize(text) if t.kind == PARAMETER] == ["$a", "$aa", "$b"]


def test_problems_of_a_folder_are_named_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "bad.cypher").write_text("MATCH (f:Fund)\nWHERE f.zzz = 1\nRETURN f.id AS k", "utf-8")
    (tmp_path / "good.cypher").write_text("MATCH (f:Fund) RETURN f.id AS k", "utf-8")
    (problem,) = lint_folder(tmp_path)
    assert problem.startswith("sub/bad.cypher:2: ")
    assert "zzz" in problem
