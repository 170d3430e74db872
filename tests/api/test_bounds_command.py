"""`trace --method bounds` as people and programs see it."""

import csv
import io
import json
from pathlib import Path

import pytest
from conftest import Run
from fastapi.testclient import TestClient
from small_county import CANARIES, POOL, ZHANG

import tracer
from api.app import create_app

TRACE = ("trace", "PZ00000382", "--direction", "backward", "--method", "bounds")


def test_bounds_of_a_payment_are_least_and_most_in_fen(run: Run) -> None:
    answer = json.loads(
        run("trace", "PZ00000381", "--direction", "backward", "--method", "bounds", "--format", "json").stdout
    )
    parts = {part.pop("id"): part for part in answer.pop("parts")}
    assert answer == {
        "subject": "PZ00000381",
        "direction": "backward",
        "method": "bounds",
        "amount_fen": 1_200_000,
        "links": [],
        "complete": True,
    }
    assert parts == {
        "ZY01": {"kind": "indicator", "min_fen": 800_000, "max_fen": 800_000},
        "SJ02": {"kind": "indicator", "min_fen": 300_000, "max_fen": 300_000},
        "unexplained:SJ02": {"kind": "unexplained", "min_fen": 50_000, "max_fen": 50_000},
        f"unexplained:{POOL}": {"kind": "unexplained", "min_fen": 50_000, "max_fen": 50_000},
    }


def test_bounds_forward_are_open_where_a_holder_can_choose(run: Run) -> None:
    asked = ("trace", "SJ02", "--direction", "forward", "--method", "bounds", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run(*asked).stdout)))
    assert rows[0] == {
        "record": "subject",
        "id": "SJ02",
        "kind": "forward",
        "min_fen": "350000",
        "max_fen": "350000",
    }
    held = {row["id"]: (int(row["min_fen"]), int(row["max_fen"])) for row in rows[1:]}
    assert held[ZHANG] == (50_000, 350_000)  # it got 12,000 and paid 3,000 on
    assert held["CASH"] == (0, 10_000)


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("至少", "至多", "可以确认")), ("en", ("Least", "Most", "is certain"))]
)
def test_the_table_says_what_least_and_most_mean_and_is_masked(
    run: Run, lang: str, words: tuple[str, ...]
) -> None:
    for direction in ("backward", "forward"):
        result = run("--lang", lang, "trace", ZHANG, "--direction", direction, "--method", "bounds")
        assert result.exit_code == 0, result.stderr
        assert all(word in result.stdout for word in words)
        assert "--method bounds" in result.stdout
        assert not [canary for canary in CANARIES if canary in result.stdout]


def test_a_second_answer_comes_from_the_stored_network_and_a_day_is_kept(run: Run) -> None:
    first, second = (run(*TRACE, "--format", "json").stdout for _ in range(2))
    assert first == second
    early = run(
        "trace",
        POOL,
        "--direction",
        "backward",
        "--method",
        "bounds",
        "--as-of",
        "2020-06-17",
        "--format",
        "json",
    )
    assert json.loads(early.stdout)["amount_fen"] == 1_150_000


def test_a_graph_is_not_asked_for_bounds(run: Run) -> None:
    result = run("--graph", "bolt://localhost:1", *TRACE)
    assert result.exit_code == 2
    assert "--graph" in result.stderr


def test_links_say_least_and_most_of_every_movement(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.loads(run("links", "--method", "bounds", "--format", "json").stdout)
    assert answer["method"] == "bounds"
    assert {"to": "PZ00000381", "origin": "ZY01", "min_fen": 800_000, "max_fen": 800_000} in answer["links"]
    assert {"to": "LS1", "origin": "SJ02", "min_fen": 0, "max_fen": 300_000} in answer["links"]
    rows = list(csv.DictReader(io.StringIO(run("links", "--method", "bounds", "--format", "csv").stdout)))
    assert len(rows) == len(answer["links"])
    table = run("links", "--method", "bounds").stdout
    assert not [canary for canary in CANARIES if canary in table]
    monkeypatch.setattr("tracer.flow.bounds.links.ROWS_MOST", 8)
    refused = run("links", "--method", "bounds")
    assert refused.exit_code == 3
    assert "trace --method bounds" in refused.stderr


@pytest.mark.parametrize("direction", ["backward", "forward"])
def test_the_other_doors_say_the_same_and_are_masked(run: Run, home: Path, direction: str) -> None:
    asked = ("trace", "PZ00000381", "--direction", direction, "--method", "bounds", "--format", "json")
    parts = json.loads(run(*asked).stdout)["parts"]
    client = TestClient(create_app(home), base_url="http://localhost")
    asked_of = {"direction": direction, "method": "bounds"}
    response = client.get("/v1/trace/PZ00000381", params=asked_of)
    answer = response.json()
    assert [(part["min_fen"], part["max_fen"]) for part in answer["parts"]] == [
        (part["min_fen"], part["max_fen"]) for part in parts
    ]
    assert (answer["amount_fen"], answer["complete"], answer["tight"]) == (1_200_000, True, True)
    first = client.get("/v1/trace/PZ00000381", params=asked_of | {"limit": 1}).json()
    assert (len(first["parts"]), first["parts_count"], first["complete"]) == (1, len(parts), False)
    exact = tracer.open(home, unmasked=True).bounds("PZ00000381", direction)
    assert exact[["id", "kind", "min_fen", "max_fen"]].to_dict("records") == parts
    masked = tracer.open(home).bounds("PZ00000381", direction)
    shown = response.text + masked.to_csv()
    assert not [canary for canary in CANARIES if canary in shown]
