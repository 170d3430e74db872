"""The API on a small county: what it answers, how it pages, what it refuses, and that it masks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from conftest import Run
from fastapi.testclient import TestClient
from hypothesis import given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from small_county import CANARIES, POOL, ZHANG

from api.app import check_loopback, create_app, is_loopback
from tracer.errors import UsageError

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with TestClient(create_app(home), base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


def answer(client: TestClient, path: str, **parameters: Any) -> Any:
    response = client.get(f"/v1{path}", params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


def pages(client: TestClient, path: str, limit: int, **parameters: Any) -> list[Any]:
    """All items of a list, fetched page by page."""
    items: list[Any] = []
    cursor = None
    while True:
        extra = {"cursor": cursor} if cursor else {}
        page = answer(client, path, limit=limit, **parameters, **extra)
        assert len(page["items"]) <= limit
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


# ------------------------------------------------------------------------------------------------ answers


def test_health_names_the_ledger(client: TestClient) -> None:
    assert answer(client, "/health")["status"] == "ok"
    assert answer(client, "/health")["ledger_version"] >= 1


def test_an_empty_home_is_healthy_and_empty(tmp_path: Path) -> None:
    client = TestClient(create_app(tmp_path), base_url="http://localhost")
    assert answer(client, "/health")["status"] == "empty"
    assert answer(client, "/payments")["items"] == []
    response = client.get("/v1/trace/PZ1", params={"direction": "backward"})
    assert response.status_code == 404


def test_lists_are_paged_in_stable_order(client: TestClient) -> None:
    whole = answer(client, "/payments", count=True)
    assert [item["payment_id"] for item in whole["items"]] == ["PZ00000102", "PZ00000381", "PZ00000382"]
    assert (whole["next"], whole["count"]) == (None, 3)
    assert pages(client, "/payments", 1) == whole["items"]
    assert pages(client, "/indicators", 3) == answer(client, "/indicators")["items"]
    assert pages(client, "/accounts", 1) == answer(client, "/accounts")["items"]


def test_filters_narrow_and_pages_of_a_filter_agree(client: TestClient) -> None:
    assert [item["indicator_id"] for item in pages(client, "/indicators", 1, level="province")] == [
        "SJ01",
        "SJ02",
    ]
    assert len(pages(client, "/payments", 2, indicator_id="XJ01")) == 3
    assert answer(client, "/payments", indicator_id="none", count=True)["count"] == 0


def test_a_payment_is_exact_in_fen_and_masked(client: TestClient) -> None:
    payment = answer(client, "/payments/PZ00000381")
    assert (payment["amount_fen"], payment["amount"]) == (1_200_000, "12,000.00")
    assert payment["paid_at"] == "2020-06-18T10:30:00.000+08:00"
    assert (payment["payee_name"], payment["payee_account"]) == ("张*", "…3312")
    assert payment["beneficiary_id"] == "990***********1234"
    assert answer(client, "/payments/PZ00000102")["paid_at"] == "2020-01-06"


def test_accounts_go_by_key(client: TestClient) -> None:
    payment = answer(client, "/payments/PZ00000381")
    account = answer(client, f"/accounts/{payment['payee_key']}")
    assert (account["holder_name"], account["account_no"]) == ("张*", "…3312")
    trace = answer(client, f"/trace/{payment['payee_key']}", direction="forward")
    assert trace["amount_fen"] == 1_200_000


def test_keys_are_of_this_home(client: TestClient, tmp_path: Path, home: Path) -> None:
    from api.deps import Books

    here, there = Books(home).volume(), Books(tmp_path).volume()
    assert here.account_key(ZHANG) == Books(home).volume().account_key(ZHANG)
    assert here.account_key(ZHANG) != there.account_key(ZHANG)
    assert (home / "serve.key").stat().st_mode & 0o077 == 0


def test_both_traces_agree_with_the_command_line(client: TestClient, run: Run) -> None:
    for direction in ("backward", "forward"):
        told = answer(client, "/trace/PZ00000381", direction=direction)
        exact = json.loads(run("trace", "PZ00000381", "--direction", direction, "--format", "json").stdout)
        assert [part["fen"] for part in told["parts"]] == [part["fen"] for part in exact["parts"]]
        assert sorted(link["fen"] for link in told["links"]) == sorted(link["fen"] for link in exact["links"])
        assert {link["to"] for link in told["links"]} == {link["to"] for link in exact["links"]}
        assert told["complete"] is True
        assert told["cut_fen"] == 0


def test_a_cut_trace_says_what_it_left_out(client: TestClient) -> None:
    trace = answer(client, "/trace/PZ00000381", direction="backward", limit=1)
    assert trace["complete"] is False
    assert (len(trace["parts"]), trace["parts_count"], len(trace["links"])) == (1, 4, 1)
    assert trace["cut_fen"] == trace["amount_fen"] - trace["parts"][0]["fen"] == 400_000


def test_a_finding_is_told_as_a_note_masked(client: TestClient) -> None:
    listed = answer(client, "/findings", as_of="2022-01-01", rule_id="ZC06")["items"][0]
    one = answer(client, f"/findings/{listed['number']}", as_of="2022-01-01")
    note = one.pop("note")
    assert one == listed
    assert sum(term["fen"] for term in note["sums"]) == listed["amount_fen"]
    assert note["path"]["steps"][-1]["id"] == listed["subject"]
    assert note["path"]["steps"][-1]["from"] == "某县扶贫资金专账（…0001）"
    assert note["rows"] == listed["evidence"]
    assert note["basis"][0]["words"]
    assert note["commands"] == {"explain": f"fundtrail explain {listed['number']} --as-of 2022-01-01"}
    assert client.get("/v1/findings/9999?as_of=2022-01-01").status_code == 404


def test_findings_page_by_number(client: TestClient) -> None:
    whole = answer(client, "/findings", as_of="2022-01-01", count=True)
    assert whole["count"] == len(whole["items"]) > 5
    assert pages(client, "/findings", 4, as_of="2022-01-01") == whole["items"]
    red = answer(client, "/findings", as_of="2022-01-01", level="red")["items"]
    assert {item["level"] for item in red} == {"red"}
    assert {entry["rule_id"] for entry in whole["not_evaluable"]} >= {"RH01"}


def test_rules_are_told(client: TestClient) -> None:
    rules = answer(client, "/rules")
    assert len(rules) >= 20
    assert answer(client, "/rules/ZB05")["name"]["zh"] == "超额分解"


# ----------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/payments/none", 404),
        ("/v1/indicators/none", 404),
        ("/v1/accounts/acct_none", 404),
        (f"/v1/accounts/{POOL}", 404),
        ("/v1/trace/none?direction=backward", 404),
        (f"/v1/trace/{POOL}?direction=backward", 404),
        ("/v1/rules/XX99", 404),
        ("/v1/nothing", 404),
        ("/docs", 404),
        ("/redoc", 404),
        ("/v1/trace/PZ00000381", 422),
        ("/v1/trace/PZ00000381?direction=sideways", 422),
        ("/v1/payments?limit=501", 422),
        ("/v1/payments?limit=0", 422),
        ("/v1/payments?cursor=%00", 422),
        ("/v1/payments?cursor=WzksMV0", 422),
        ("/v1/findings", 422),
        ("/v1/findings?as_of=2020-02-30", 422),
        ("/v1/funds/ledger", 422),
        ("/v1/funds/ledger?as_of=2020-12-31&region=522", 422),
    ],
)
def test_refusals_are_problems(client: TestClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["content-type"] == PROBLEM
    body = response.json()
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    assert any("\u4e00" <= char <= "\u9fff" for char in body["title"])
    assert POOL not in response.text


def test_a_bug_is_a_problem_without_its_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from api import deps

    def broken(*_: object) -> None:
        raise ValueError(ZHANG)

    monkeypatch.setattr(deps.Volume, "table", broken)
    client = TestClient(create_app(home), base_url="http://localhost", raise_server_exceptions=False)
    response = client.get("/v1/payments")
    assert (response.status_code, response.headers["content-type"]) == (500, PROBLEM)
    assert ZHANG not in response.text


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.nip.io:80", ""]
)
def test_other_hosts_are_refused(client: TestClient, host: str) -> None:
    response = client.get("/v1/health", headers={"Host": host})
    assert response.status_code == 421
    assert response.headers["content-type"] == PROBLEM


@pytest.mark.parametrize("host", ["localhost", "localhost:8020", "127.0.0.1:8020", "[::1]:8020", "[::1]"])
def test_this_machine_is_welcome(client: TestClient, host: str) -> None:
    assert client.get("/v1/health", headers={"Host": host}).status_code == 200


def test_only_loopback_is_listened_on() -> None:
    assert is_loopback("127.0.0.2")
    assert is_loopback("::1")
    for host in ("0.0.0.0", "::", "192.168.1.2", "example.org"):
        with pytest.raises(UsageError):
            check_loopback(host)


def test_answers_are_not_kept_and_load_nothing(client: TestClient) -> None:
    headers = client.get("/v1/payments").headers
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]


# ------------------------------------------------------------------------------------- masking and fuzzing


def test_no_canary_in_any_answer(client: TestClient) -> None:
    keys = [item["key"] for item in answer(client, "/accounts")["items"]]
    paths = [
        "/payments",
        "/indicators",
        "/accounts",
        "/rules",
        "/payments/PZ00000381",
        "/findings?as_of=2022-01-01",
        "/funds/ledger?as_of=2022-01-01",
        *(f"/findings/{number}?as_of=2022-01-01" for number in range(1, 8)),
    ]
    paths += [f"/accounts/{key}" for key in keys]
    subjects = ["PZ00000381", "PZ00000382", "LS1", "LS3", "ZY01", "XJ01", *keys]
    paths += [f"/trace/{name}?direction={way}" for name in subjects for way in ("backward", "forward")]
    for path in paths:
        response = client.get(f"/v1{path}")
        assert response.status_code in (200, 404), path
        assert not [canary for canary in CANARIES if canary in response.text], path


HERE = {"Host": "localhost"}
PATHS = sorted(json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))["paths"])


@pytest.fixture(scope="module")
def described(home: Path) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(home), headers=HERE)


@pytest.mark.parametrize("path", PATHS)
def test_every_route_keeps_its_promises(described: Any, path: str) -> None:
    """Whatever is asked, an answer has the form that the OpenAPI description promises, and is never a 500."""

    examples = 3 if path.startswith("/v1/findings") else 15  # each day that is asked for builds a graph

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True)
    @given(described[path]["GET"].as_strategy())
    def keeps(case: schemathesis.Case) -> None:
        # A cursor is a text that only this API can write, which no schema can say.
        case.call_and_validate(headers=HERE, excluded_checks=[positive_data_acceptance], timeout=60)

    keeps()


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/findings", {"as_of": "2022-01-01", "rule_id": "XX99"}),
        ("/findings", {"as_of": "2022-01-01", "rule": "ZB05"}),
        ("/payments", {"limits": "1"}),
        ("", {"x": "1"}),
    ],
)
def test_a_filter_that_filters_nothing_is_a_problem(
    client: TestClient, path: str, parameters: dict[str, str]
) -> None:
    response = client.get(f"/v1{path}", params=parameters)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_an_empty_cursor_is_the_first_page(client: TestClient) -> None:
    assert answer(client, "/payments", cursor="") == answer(client, "/payments")


def test_the_doors_are_listed(client: TestClient) -> None:
    doors = {door["path"] for door in answer(client, "")["doors"]}
    assert {"/v1/payments", "/v1/findings", "/v1/trace/{id}"} <= doors
