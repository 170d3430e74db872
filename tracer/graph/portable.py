"""The part of Cypher that Ladybug and Neo4j share: a gate before every query, and a linter for query files.

Read-only modes are not enough: both engines still read or write files, change settings or damage the file
from a read-only session (COPY TO, LOAD FROM, CHECKPOINT, LOAD CSV), so every text passes `gate`.
"""

from tracer.errors import UsageError
from tracer.graph.tokens import Token, tokenize

# Ladybug parses by recursion, before its time limit begins: 4,000 terms take minutes, 24 nested CASE hang,
# some thousand brackets end the process. Within these bounds any text that was tried parses within a second.
LENGTH_MAX = 65_536
TOKENS_MAX = 2_500
DEPTH_MAX = 24
CASES_MAX = 8

FIRST_WORDS = frozenset({"MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN"})
# fmt: off
FORBIDDEN_WORDS = frozenset({
    "ALTER", "ANALYZE", "ATTACH", "BEGIN", "CALL", "CHECKPOINT", "COMMENT", "COMMIT", "COPY", "CREATE",
    "DELETE", "DENY", "DETACH", "DROP", "DRYRUN", "EXPLAIN", "EXPORT", "EXTENSION", "FINISH", "FOREACH",
    "GRANT", "IMPORT", "INSERT", "INSTALL", "LOAD", "MACRO", "MERGE", "PROFILE", "REMOVE",
    "RENAME", "REVOKE", "ROLLBACK", "SET", "SHOW", "START", "STOP", "TERMINATE", "TRANSACTION",
    "TRANSACTIONS", "UNINSTALL", "UPDATE", "USE", "USING",
})
# fmt: on
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_PREFIXES = frozenset({"NOT", "-", "+"})


def gate(text: str) -> list[Token]:
    """The tokens of a text that may be run on a store: one read-only query, of bounded size and depth.

    Raises UsageError that names the line and the word for any other text.
    """
    if len(text) > LENGTH_MAX:
        raise UsageError(f"查询超过 {LENGTH_MAX} 个字符 / the query has more than {LENGTH_MAX} characters")
    tokens = tokenize(text)
    if not tokens or tokens[0].word not in FIRST_WORDS:
        raise UsageError(
            "查询须以 MATCH、OPTIONAL、UNWIND、WITH 或 RETURN 开头"
            " / a query begins with MATCH, OPTIONAL, UNWIND, WITH or RETURN"
        )
    if len(tokens) > TOKENS_MAX:
        raise UsageError(f"查询超过 {TOKENS_MAX} 个词 / the query has more than {TOKENS_MAX} words and signs")
    for token in tokens:
        if token.text == ";" or token.word in FORBIDDEN_WORDS:
            raise UsageError(
                f"查询第 {token.line} 行不允许 {token.text}：只能读图，一次一条语句"
                f" / line {token.line}: {token.text} is not allowed: a query only reads, one statement"
            )
    _check_depth(tokens)
    return tokens


def _check_depth(tokens: list[Token]) -> None:
    depth = cases = prefixes = 0
    for token in tokens:
        prefixes = prefixes + 1 if (token.word or token.text) in _PREFIXES else 0
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        cases += (token.word == "CASE") - (token.word == "END")
        if depth > DEPTH_MAX or prefixes > DEPTH_MAX or cases > CASES_MAX:
            raise UsageError(f"查询第 {token.line} 行嵌套过深 / line {token.line}: nested too deep")
