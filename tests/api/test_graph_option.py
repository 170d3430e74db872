"""`--graph bolt://…`: the same answers from a real Neo4j, and a clear word where it refuses."""

import json
from typing import Any

import neo4j
import pytest
from conftest import Run
from small_county import POOL

import tracer.graph.trace
from tracer.errors import UsageError
from tracer.graph.base import StoreUnavailable
from tracer.graph.neo4j import Neo4jStore

WRONG = "Falsches-Wort-1"


def data(result: Any) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_trace_is_asked_of_both_and_the_same(run: Run, neo4j_uri: str) -> None:
    for more in ((), ("--method", "lifo", "--as-of", "2020-06-30")):
        for target, direction in (("PZ00000381", "backward"), ("ZY01", "forward"), (POOL, "forward")):
            arguments = ("trace", target, "--direction", direction, *more, "--format", "json")
            asked = run("--graph", neo4j_uri, *arguments)
            assert data(asked) == data(run(*arguments))
            assert f"图库 {neo4j_uri} 的回答相同" in asked.stderr


def test_a_graph_that_answers_differently_is_not_believed(
    run: Run, neo4j_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = tracer.graph.trace.trace_graph

    def wrong(*arguments: Any) -> dict[str, Any]:
        answer = right(*arguments)
        answer["parts"][0]["fen"] += 1
        return answer

    monkeypatch.setattr(tracer.graph.trace, "trace_graph", wrong)
    result = run("--graph", neo4j_uri, "trace", "ZY01", "--direction", "forward")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "图库的回答与账本不同" in result.stderr


def test_a_wrong_password_is_said_and_not_repeated(
    run: Run, neo4j_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", WRONG)
    scan = ("scan", "--as-of", "2022-01-01")
    result = run("--graph", neo4j_uri, *scan)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Neo4j {neo4j_uri} 不接受用户或密码" in result.stderr
    assert "NEO4J_PASSWORD" in result.stderr
    assert WRONG not in result.stderr
    assert "Traceback" not in result.stderr


def test_too_many_wrong_passwords_are_said_as_such(
    neo4j_access: tuple[str, str, str], neo4j_uri: str
) -> None:
    """Logins are refused by user: this one is made for it, so that no other test is locked out."""
    said = []
    with neo4j.GraphDatabase.driver(neo4j_uri, auth=neo4j_access[1:]) as driver:
        driver.execute_query("CREATE USER forgetful SET PASSWORD 'something-else'", database_="system")
        try:
            for _ in range(5):
                with pytest.raises(StoreUnavailable) as refusal:
                    Neo4jStore(neo4j_uri, ("forgetful", WRONG))
                said.append(str(refusal.value))
        finally:
            driver.execute_query("DROP USER forgetful", database_="system")
    assert "不接受用户或密码" in said[0]
    assert "多次密码不对" in said[-1]
    assert WRONG not in "".join(said)


def test_nobody_answers(run: Run) -> None:
    result = run("--graph", "bolt://127.0.0.1:1", "scan", "--as-of", "2022-01-01")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "连不上 Neo4j bolt://127.0.0.1:1" in result.stderr


def test_the_store_refuses_a_password_in_its_address() -> None:
    with pytest.raises(UsageError, match="NEO4J_PASSWORD") as refusal:
        Neo4jStore(f"bolt://neo4j:{WRONG}@127.0.0.1:1")
    assert WRONG not in str(refusal.value)
