"""Queries over the random graphs that together use all of the shared Cypher, with their parameters."""

from tracer.graph.base import Parameter

QUERIES: dict[str, tuple[str, dict[str, Parameter]]] = {
    "filter": (
        "MATCH (t:Transfer) WHERE t.amount_fen > $least RETURN t.key AS k, t.purpose AS p",
        {"least": 200},
    ),
    "text": ("MATCH (a:Account) WHERE a.holder_name = $name RETURN a.key AS k", {"name": "o'Neil"}),
    "chinese": ("MATCH (p:Party) WHERE p.name CONTAINS '户' RETURN p.key AS 键, left(p.name, 1) AS 字", {}),
    "sum": (
        "MATCH (t:Transfer)-[:RECEIVED_BY]->(a:Account)"
        " WITH a, coalesce(sum(t.amount_fen), 0) AS fen, count(*) AS n RETURN a.key AS k, fen, n",
        {},
    ),
    "optional": (
        "MATCH (a:Account) OPTIONAL MATCH (a)-[:HELD_BY]->(p:Party)"
        " RETURN a.key AS k, coalesce(sum(p.key), 0) AS s",
        {},
    ),
    "several ends": (
        "MATCH (p:Piece)-[:REMAINS_AT]->(x:Indicator|Account) RETURN p.key AS piece, x.id AS place",
        {},
    ),
    "one of several ends": (
        "MATCH (p:Piece)-[:REMAINS_AT]->(x:Account) RETURN p.key AS piece, x.id AS place",
        {},
    ),
    "far": (
        "MATCH (a:Transfer)-[:FUNDS*1..4]->(b:Transfer) RETURN DISTINCT a.key AS first, b.key AS last",
        {},
    ),
    "parallel": (
        "MATCH (i:Indicator)-[s:SPLIT_TO]->(j:Indicator) RETURN i.key AS k, j.key AS l, s.fen AS fen",
        {},
    ),
    "not exists": (
        "MATCH (t:Transfer) WHERE NOT EXISTS { MATCH (t)-[:FUNDS]->(u:Transfer) WHERE u.day > t.day }"
        " RETURN t.key AS k",
        {},
    ),
    "collect": (
        "MATCH (t:Transfer)-[:NAMES]->(i:Indicator) WITH i, collect({id: t.id, day: t.day}) AS found"
        " UNWIND found AS x WITH i, x WHERE x.day >= 0 RETURN i.key AS k, x.id AS id, x.day AS day",
        {},
    ),
    "words": (
        "MATCH (t:Transfer) WHERE any(w IN $words WHERE t.purpose CONTAINS w) RETURN t.key AS k",
        {"words": ["户", "x"]},
    ),
    "no words": (
        "MATCH (t:Transfer) WHERE any(w IN $words WHERE t.purpose CONTAINS w) RETURN t.key AS k",
        {"words": []},
    ),
    "keys": ("MATCH (t:Transfer) WHERE t.key IN $keys RETURN t.id AS id", {"keys": list(range(1, 30))}),
    "case": (
        "MATCH (t:Transfer)"
        " WITH t, CASE WHEN t.amount_fen > 0 THEN 'in' WHEN t.amount_fen < 0 THEN 'out' ELSE 'no' END AS way"
        " RETURN way, count(*) AS n, min(t.key) AS least, max(t.key) AS most",
        {},
    ),
    "truth": (
        "MATCH (f:Fund) WHERE f.county_bound = $bound RETURN f.key AS k, f.register_only AS r",
        {"bound": True},
    ),
    "functions": (
        "MATCH (t:Transfer) WITH t, [t.day, 1, 5] AS l"
        " RETURN t.key AS k, abs(t.amount_fen) AS a, left(t.purpose, 2) AS b, right(t.purpose, 1) AS c,"
        " size(t.purpose) AS d, range(1, 3) AS e, any(x IN l WHERE x > 4) AS f,"
        " coalesce(t.purpose, t.payer, '-') AS g,"
        " size(l) AS h",
        {},
    ),
    "none and single": (
        "MATCH (t:Transfer) WITH t, [t.day, 1, 5] AS l"
        " WHERE none(x IN l WHERE coalesce(x, 0) = 0) OR single(x IN l WHERE coalesce(x, 0) > 1)"
        " RETURN t.key AS k",
        {},
    ),
    "a path as a condition": (
        "MATCH (t:Transfer) WHERE NOT (t)-[:FUNDS]->(:Transfer) OR t.day > 100"
        " RETURN t.key AS k, EXISTS { MATCH (t)<-[:FUNDS]-(:Transfer) } AS is_funded",
        {},
    ),
    "along pieces": (
        "MATCH (t:Transfer)-[:CARRIED]->(p:Piece) MATCH w = (p)-[:BECAME*0..3]->(q:Piece)"
        " WHERE all(x IN nodes(w) WHERE coalesce(x.fen, 0) >= 0)"
        " RETURN t.key AS k, q.key AS q1, length(w) AS hops",
        {},
    ),
    "numbers": (
        "MATCH (t:Transfer) WHERE t.day IS NOT NULL"
        " RETURN t.key AS k, t.day / 7 AS a, t.day % 7 AS b, 0 - t.day AS c, 0 + t.day * $pct / 100 AS d",
        {"pct": 200},
    ),
    "unknown values": (
        "MATCH (f:Fund) WHERE NOT f.county_bound = true OR f.name IS NULL XOR f.level = '' RETURN f.key AS k",
        {},
    ),
    "most of a group": (
        "MATCH (t:Transfer) WITH t.kind AS kind, max(t.day) AS last, count(DISTINCT t.payer) AS payers"
        " MATCH (u:Transfer {kind: kind, day: last}) RETURN u.key AS k, payers",
        {},
    ),
    "first rows": (
        "MATCH (t:Transfer) RETURN t.payer AS p, t.key AS k ORDER BY p DESC, k LIMIT $n",
        {"n": 5},
    ),
    "top of each": (
        "MATCH (t:Transfer) WITH t ORDER BY t.day DESC, t.key LIMIT 3"
        " MATCH (t)-[f:FUNDS]->(u:Transfer) RETURN t.key AS k, u.key AS l, f.fen AS fen",
        {},
    ),
    "union": ("MATCH (a:Fund) RETURN a.key AS k UNION ALL MATCH (b:Party) RETURN b.key AS k", {}),
}
