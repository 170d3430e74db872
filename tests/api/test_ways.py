"""`routes`, `advances`, `ties` and the policies of a claim: command line and API, on the small county."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from fastapi.testclient import TestClient
from small_county import CANARIES, LI, POOL, ZHANG

from api.app import create_app
from api.keys import account_key, home_secret


def ask(run: Run, *arguments: str) -> Any:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def client(home: Path) -> TestClient:
    return TestClient(create_app(home), base_url="http://localhost")


def key(home: Path, account: str) -> str:
    return account_key(home_secret(home), account)


def test_routes_add_up_to_what_got_there(run: Run) -> None:
    found = ask(run, "routes", "ZY01", LI)
    assert found["amount_fen"] == sum(route["fen"] for route in found["routes"]) + found["rest_fen"]
    assert found["routes"][0]["holders"] == ["ZY01", "SJ01", "XJ01", POOL, ZHANG, LI]
    assert found["other_routes"] == 0
    whole = ask(run, "trace", LI, "--direction", "forward")
    assert found["amount_fen"] <= whole["amount_fen"]


def test_of_many_routes_the_largest_are_listed_and_the_rest_is_an_amount(run: Run) -> None:
    every = ask(run, "routes", POOL, LI)
    assert len(every["routes"]) == 2
    one = ask(run, "routes", POOL, LI, "--top", "1")
    assert one["routes"] == every["routes"][:1]
    assert one["rest_fen"] == every["routes"][1]["fen"]
    lines = list(csv.reader(io.StringIO(run("routes", POOL, LI, "--top", "1", "--format", "csv").stdout)))
    assert lines[0] == ["holders", "fen", "movements", "first_on", "last_on"]
    assert [line[1] for line in lines[1:]] == [str(one["routes"][0]["fen"]), str(one["rest_fen"])]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "command",
    [
        ["routes", "ZY01", LI],
        ["routes", LI, "ZY01"],
        ["advances"],
        ["ties", "PZ00000381", "--direction", "backward"],
        ["trace", "SJ02", "--direction", "forward", "--method", "own-first"],
        ["trace", "SJ02", "--direction", "forward", "--method", "poison"],
    ],
    ids=lambda command: command[0] + command[-1],
)
def test_tables_are_masked(run: Run, command: list[str], lang: str) -> None:
    result = run("--lang", lang, *command)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.strip()
    for canary in CANARIES:
        assert canary not in result.stdout + result.stderr


def test_advances_are_the_payments_beyond_the_balance(run: Run) -> None:
    found = ask(run, "advances")
    assert found["advances"] == [
        {
            "payment": "SJ02>XJ01#1",
            "holder": "SJ02",
            "paid_on": "2020-01-03",
            "fen": 50000,
            "repaid_by": None,
            "repaid_on": None,
            "outstanding_days": 182,
        },
        {
            "payment": "PZ00000381",
            "holder": POOL,
            "paid_on": "2020-06-18",
            "fen": 20000,
            "repaid_by": "LS2",
            "repaid_on": "2020-07-02",
            "outstanding_days": 14,
        },
        {
            "payment": "PZ00000381",
            "holder": POOL,
            "paid_on": "2020-06-18",
            "fen": 30000,
            "repaid_by": None,
            "repaid_on": None,
            "outstanding_days": 15,
        },
        {
            "payment": "PZ00000382",
            "holder": POOL,
            "paid_on": "2020-06-19",
            "fen": 5000,
            "repaid_by": None,
            "repaid_on": None,
            "outstanding_days": 14,
        },
    ]
    assert (found["advanced_fen"], found["outstanding_fen"]) == (105000, 85000)
    lines = list(csv.DictReader(io.StringIO(run("advances", "--format", "csv").stdout)))
    assert [line["fen"] for line in lines] == ["50000", "20000", "30000", "5000"]


def test_ties_name_how_many_orders_were_tried(run: Run) -> None:
    found = ask(run, "ties", "PZ00000381", "--direction", "backward")
    assert found["parts"] == []
    assert found["orders"] == 6
    assert "6 种" in run("ties", "PZ00000381", "--direction", "backward").stdout


def test_a_claim_is_followed_by_a_policy_of_law(run: Run) -> None:
    own_first = ask(run, "trace", "SJ02", "--direction", "forward", "--method", "own-first")
    assert own_first["method"] == "own-first"
    assert own_first["amount_fen"] == sum(part["fen"] for part in own_first["parts"]) == 350_000
    poison = ask(run, "trace", "SJ02", "--direction", "forward", "--method", "poison")
    assert poison["amount_fen"] > own_first["amount_fen"]
    told = run("trace", "PZ00000381", "--direction", "forward", "--method", "poison").stdout
    assert "12,000.00 元" in told.splitlines()[0]
    assert "所到之处" in told
    refused = run("trace", "PZ00000381", "--direction", "backward", "--method", "own-first")
    assert refused.exit_code == 2
    assert "--direction forward" in refused.stderr


def test_the_api_lists_routes_by_key(client: TestClient, home: Path) -> None:
    asked = {"source": "ZY01", "payee": key(home, LI)}
    answer = client.get("/v1/routes", params=asked)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["amount_fen"] == sum(route["fen"] for route in found["routes"]) + found["rest_fen"]
    ids = [place["id"] for place in found["routes"][0]["holders"]]
    assert ids == ["ZY01", "SJ01", "XJ01", key(home, POOL), key(home, ZHANG), key(home, LI)]
    for canary in CANARIES:
        assert canary not in answer.text
    assert client.get("/v1/routes", params={"source": "ZY01", "payee": "nothing"}).status_code == 404


def test_the_api_bounds_advances(client: TestClient) -> None:
    answer = client.get("/v1/advances", params={"limit": 1})
    found = answer.json()
    assert [advance["fen"] for advance in found["advances"]] == [50000]
    assert (found["advances_count"], found["rest_fen"], found["advanced_fen"]) == (4, 55000, 105000)
    for canary in CANARIES:
        assert canary not in answer.text
