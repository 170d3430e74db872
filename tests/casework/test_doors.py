"""Alerts and slips through the command line and the API, on both databases, from files to a closed case."""

import json
from pathlib import Path
from typing import Any

import pytest
from doors import ACCOUNT, AS_OF, DONE, SLIP, Run, alert_of, file_by_options
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from tracer.casework.feed import FILE
from tracer.ledger import Ledger

# ---------------------------------------------------------------------------------------------- the whole way


def test_from_a_bell_to_a_closed_case(run: Run, home: Path, tmp_path: Path) -> None:
    taken = run("alerts", "update", "--as-of", AS_OF, "--format", "json")
    states = run("alerts", "list", "--format", "json")["states"]
    assert taken["opened"] == sum(states.values()) > 3
    late, bell = alert_of(run, "ZB01", "ZY01"), alert_of(run, "ZB01", "ZY02")
    assert (late["state"], bell["state"]) == ("yellow", "bell")
    # The business of the bell is done in time; the light stays.
    (tmp_path / "done.csv").write_text(DONE, "utf-8")
    run("ingest", tmp_path / "done.csv")
    assert run("alerts", "update", "--as-of", "2020-07-01", "--format", "json")["cleared"] == 1
    assert alert_of(run, "ZB01", "ZY02")["state"] == "cleared"
    assert file_by_options(run, late)["state"] == "red"
    red = alert_of(run, "ZB01", "ZY01")
    assert (red["state"], red["responded_on"], red["result"]) == ("red", "2020-07-01", "violation")
    # The rest by the form, filled in as a person does.
    form = tmp_path / "slip.xlsx"
    run("slip", "print", red["alert_id"], "--output", form)
    book = load_workbook(form)
    entries = {
        "核实（纠正）情况": "已补登", "核实方式": "调阅材料", "核实结果": "已纠正",
        "处理依据": "登记截图", "处理人": "王经办", "处理日期": "2020-07-02",
    }  # fmt: skip
    for row in book.active.iter_rows(max_col=2):
        if row[0].value in entries:
            row[1].value = entries[row[0].value]
    book.save(form)
    assert run("slip", "file", "--form", form, "--format", "json")["state"] == "green"
    history = run("alerts", "history", red["alert_id"], "--format", "json")["moves"]
    assert [move["to_state"] for move in history] == ["yellow", "red", "green"]
    shown = run("alerts", "show", red["alert_id"], "--format", "json")
    assert [slip["result"] for slip in shown["slips"]] == ["violation", "corrected"]
    assert {row["id"] for row in shown["finding"]["evidence"]} == {"ZY01"}


def test_scan_alone_changes_no_alert_and_alerts_do_not_go_back(run: Run, home: Path) -> None:
    run("alerts", "update", "--as-of", AS_OF)
    before = run("alerts", "list", "--state", "all", "--format", "json")
    for day in (AS_OF, "2021-12-31"):
        run("scan", "--as-of", day)
    assert run("alerts", "list", "--state", "all", "--format", "json") == before
    assert AS_OF in run("alerts", "update", "--as-of", "2020-06-29", code=3)
    assert run("alerts", "update", "--as-of", AS_OF, "--format", "json")["opened"] == 0


def test_our_own_alerts_are_rows_of_alert_log_once(run: Run, home: Path) -> None:
    run("alerts", "update", "--as-of", AS_OF)
    assert Ledger(home).version == 1
    run("scan", "--as-of", AS_OF)
    rows = Ledger(home).read("alert_log").to_pylist()
    listed = run("alerts", "list", "--state", "all", "--format", "json")["alerts"]
    assert {(r["alert_id"], r["rule_id"], r["subject"], r["level"], r["amount_fen"]) for r in rows} == {
        (a["alert_id"], a["rule_id"], a["subject"], a["level"], a["amount_fen"]) for a in listed
    }
    assert Ledger(home).batches()[-1]["file"] == FILE
    for _ in range(2):
        run("scan", "--as-of", AS_OF)
        run("alerts", "update", "--as-of", AS_OF)
        assert Ledger(home).version == 2
    file_by_options(run, alert_of(run, "ZB01", "ZY01"))
    run("scan", "--as-of", AS_OF)
    handled = [row for row in Ledger(home).read("alert_log").to_pylist() if row["result"]]
    assert [(r["rule_id"], r["subject"], r["level"], str(r["responded_on"])) for r in handled] == [
        ("ZB01", "ZY01", "yellow", "2020-07-01")
    ]
    assert len(Ledger(home).read("alert_log")) == len(listed)


def test_an_empty_home_has_no_alerts_and_says_what_to_do(run: Run) -> None:
    assert "alerts update --as-of" in run("alerts", "list")
    assert run("alerts", "list", "--format", "json")["alerts"] == []
    assert "--as-of" in run("alerts", "update", code=2)
    for command in (("alerts", "show"), ("alerts", "history"), ("slip", "print")):
        assert "FT000009" in run(*command, "FT000009", code=2)


# ------------------------------------------------------------------------------------------------------ slips


def test_a_slip_that_comes_second_or_does_not_fit_is_refused_clearly(run: Run, tmp_path: Path) -> None:
    run("alerts", "update", "--as-of", AS_OF)
    late = alert_of(run, "ZB01", "ZY01")
    assert "corrected" in file_by_options(run, late, code=3, result="corrected")
    file_by_options(run, late)
    assert "第 2 版" in file_by_options(run, late, code=3, result="normal")
    bell = alert_of(run, "ZB01", "ZY02")
    assert "警铃" in file_by_options(run, bell, code=3)
    assert "method" in file_by_options(run, bell, code=2, method="guess")
    assert "facts" in run("slip", "file", late["alert_id"], code=2)
    (tmp_path / "no.xlsx").write_text("no form", "utf-8")
    assert "no.xlsx" in run("slip", "file", "--form", tmp_path / "no.xlsx", code=2)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_mask_people_and_account_numbers(run: Run, lang: str) -> None:
    run("alerts", "update", "--as-of", AS_OF)
    file_by_options(run, alert_of(run, "ZB01", "ZY01"))
    number = alert_of(run, "ZB01", "ZY01")["alert_id"]
    text = "".join(
        run(*command, "--lang", lang)
        for command in (
            ("alerts", "list", "--state", "all"), ("alerts", "show", number), ("alerts", "history", number),
            ("slip", "print", number),
        )
    )  # fmt: skip
    assert number in text
    for secret in (ACCOUNT, "张小三", "王经办"):
        assert secret not in text


# -------------------------------------------------------------------------------------------------------- API


def test_the_api_lists_shows_and_files_masked(run: Run, client: TestClient) -> None:
    assert client.get("/v1/alerts").json() == {
        "items": [], "next": None, "count": None, "as_of": None,
        "states": dict.fromkeys(("bell", "yellow", "red", "green", "cleared"), 0),
    }  # fmt: skip
    run("alerts", "update", "--as-of", AS_OF)
    listed = run("alerts", "list", "--state", "all", "--format", "json")["alerts"]
    items, cursor = [], ""
    while cursor is not None:
        page = client.get("/v1/alerts", params={"limit": 2, "count": True, "cursor": cursor}).json()
        items, cursor = items + page["items"], page["next"]
        assert (len(page["items"]) <= 2, page["count"], page["as_of"]) == (True, len(listed), AS_OF)
    assert [item["alert_id"] for item in items] == [alert["alert_id"] for alert in listed]
    yellow = client.get("/v1/alerts", params={"state": ["yellow"], "rule_id": "ZB01"}).json()["items"]
    assert [(item["subject"], item["state"]) for item in yellow] == [("ZY01", "yellow")]
    path = f"/v1/alerts/{yellow[0]['alert_id']}"
    filed = client.post(f"{path}/slips", json=SLIP | {"version": 1})
    assert (filed.status_code, filed.json()["from_state"], filed.json()["alert"]["state"]) == (
        201,
        "yellow",
        "red",
    )
    detail = client.get(path).json()
    assert (
        [slip["handler"] for slip in detail["slips"]]
        == ["王*"]
        == [slip["handler"] for slip in client.get(f"{path}/slips").json()]
    )
    moves = client.get(f"{path}/history", params={"limit": 1}).json()
    rest = client.get(f"{path}/history", params={"cursor": moves["next"]}).json()
    assert [move["actor"] for move in moves["items"] + rest["items"]] == ["scan", "王*"]
    everything = client.get("/v1/alerts").text + client.get(path).text + client.get(f"{path}/history").text
    for secret in (ACCOUNT, "张小三", "王经办"):
        assert secret not in everything


def test_the_api_tells_the_second_handler_409(run: Run, client: TestClient) -> None:
    run("alerts", "update", "--as-of", AS_OF)
    path = f"/v1/alerts/{alert_of(run, 'ZB01', 'ZY01')['alert_id']}/slips"
    answers = [
        client.post(path, json=SLIP | {"version": 1, "result": result}) for result in ("normal", "violation")
    ]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].headers["content-type"] == "application/problem+json"
    assert "第 2 版" in answers[1].json()["detail"]
    # No result leads on from green.
    for result in ("normal", "violation", "corrected"):
        assert client.post(path, json=SLIP | {"version": 2, "result": result}).status_code == 409


def test_the_api_refuses_a_slip_that_is_not_filled_in(run: Run, client: TestClient) -> None:
    run("alerts", "update", "--as-of", AS_OF)
    path = f"/v1/alerts/{alert_of(run, 'ZB01', 'ZY01')['alert_id']}"
    changes: list[dict[str, Any]] = [
        {"version": 0}, {"facts": " "}, {"method": "guess"}, {"result": "green"}, {"more": 1},
        {"handled_on": "2020-06-01"}, {"handled_on": "2999-01-01"}, {"handler": "名" * 101},
        {"facts": "\ud800"},
    ]  # fmt: skip
    for change in changes:
        body = json.dumps(SLIP | {"version": 1} | change)
        answer = client.post(f"{path}/slips", content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), (
            change
        )
    assert client.get(path).json()["state"] == "yellow"


def test_the_api_knows_no_other_alert_and_takes_no_form_of_a_web_page(run: Run, client: TestClient) -> None:
    for path in ("/v1/alerts/FT000099", "/v1/alerts/x", "/v1/alerts/FT000099/history", "/v1/alerts/x/slips"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert client.post("/v1/alerts/FT000099/slips", json=SLIP | {"version": 1}).status_code == 404
    run("alerts", "update", "--as-of", AS_OF)
    path = f"/v1/alerts/{alert_of(run, 'ZB01', 'ZY01')['alert_id']}"
    # A page of another site can send plain text without asking the browser; JSON it can not.
    body = json.dumps(SLIP | {"version": 1})
    assert (
        client.post(f"{path}/slips", content=body, headers={"content-type": "text/plain"}).status_code == 422
    )
    assert client.get(path).json()["state"] == "yellow"
