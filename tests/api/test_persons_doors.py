"""`unmatched`, `unpaid` and `match` by command line and API: equal, masked, decided and undone."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app
from api.persons import share_text, word
from tests.match.test_unmatched import LEDGER, PARTS, A, B, C, D
from tests.match.test_unpaid import LEDGER as ENTITLED
from tests.rules.casebook import write_ledger
from tracer.match import decide, link
from tracer.match.comparisons import COMPARISONS
from tracer.recipients.likely import ABOUT_PERSONS

DAY = ("--as-of", "2020-12-31")
WHO = ("--by", "王经办", "--why", "电话核实 6228480402564893312")
SECRETS = (A, B, C, D, "张三", "李四", "王五", "赵六", "孙七", "周八", "王经办", "6228480402564893312")


@pytest.fixture(scope="module", autouse=True)
def no_database_of_others() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FUNDTRAIL_DATABASE", raising=False)
        yield


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_ledger(tmp_path / "home", LEDGER)
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    def invoke(*arguments: str, code: int = 0) -> Any:
        result = CliRunner().invoke(app, ["--home", str(home), *arguments])
        assert result.exit_code == code, result.stdout + result.stderr
        return (
            json.loads(result.stdout) if "json" in arguments and not code else result.stdout + result.stderr
        )

    return invoke


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    made = create_app(home)
    with TestClient(made, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client
        made.state.books.cases.close()


def get(client: TestClient, path: str, **parameters: Any) -> Any:
    answer = client.get(f"/v1{path}", params={"as_of": "2020-12-31"} | parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def hides(text: str) -> bool:
    return not [secret for secret in SECRETS if secret in text]


# ------------------------------------------------------------------------------------- who is in no register


def test_every_form_tells_the_same(run: Run, client: TestClient) -> None:
    told = run("unmatched", *DAY, "--format", "json")
    assert {name: told["total"][f"{name}_fen"] // 100 for name in PARTS} == PARTS
    assert sum(row["amount_fen"] for row in told["recipients"]) == told["total"]["total_fen"] - 115_00
    (unsure,) = [row for row in told["recipients"] if row["status"] == "unsure"]
    assert (unsure["name"], unsure["account"], unsure["first_on"]) == ("赵六", "N6", "2020-01-10")
    assert [one["person_id"] for one in unsure["candidates"]] == [D]
    lines = list(csv.DictReader(io.StringIO(run("unmatched", *DAY, "--format", "csv"))))
    assert [(row["name"], row["amount_fen"]) for row in lines] == [
        (row["name"], str(row["amount_fen"])) for row in told["recipients"]
    ]
    page = get(client, "/unmatched", count=True)
    assert page["total"] == told["total"]
    assert page["count"] == len(told["recipients"])
    assert [(item["amount_fen"], item["status"]) for item in page["items"]] == [
        (row["amount_fen"], row["status"]) for row in told["recipients"]
    ]


def test_tables_and_the_api_are_masked_and_say_why(run: Run, client: TestClient) -> None:
    table = run("unmatched", *DAY)
    assert all(
        text in table for text in ("522324", "183.00", "64.48%", "45.31%", "赵*", "姓名", "只有姓名相符")
    )
    english = run("unmatched", *DAY, "--by", "fund", "--of", "产业资金", "--lang", "en")
    assert all(text in english for text in ("Had left", "number and name agree", "15.38%", "李*"))
    assert not re.search("[（：；]", english)
    answers = json.dumps([get(client, "/unmatched"), get(client, "/match/pairs")], ensure_ascii=False)
    for text in (table, english, run("match", "list", *DAY), answers):
        assert hides(text)


def test_pages_follow_one_another(client: TestClient) -> None:
    whole = get(client, "/unmatched")["items"]
    items, cursor = [], None
    while True:
        page = get(client, "/unmatched", limit=2, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert items == whole
    assert {item["status"] for item in get(client, "/unmatched", status="ended")["items"]} == {"ended"}
    here = get(client, "/unmatched", by="county", of="522323")["items"]
    assert {item["county"] for item in here} == {"522323"}
    assert {group["name"] for group in get(client, "/unmatched", by="project")["groups"]} == {"", "J1"}


def test_without_a_register_every_form_says_that_nobody_is_judged(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_ledger(home, {name: text for name, text in LEDGER.items() if name != "register"})
    for form in ("table", "csv"):
        result = CliRunner().invoke(app, ["--home", str(home), "unmatched", *DAY, "--format", form])
        assert "没有 register 建档立卡人口；发给个人的 320.00 元" in result.stdout + result.stderr
    told = json.loads(
        CliRunner().invoke(app, ["--home", str(home), "unmatched", *DAY, "--format", "json"]).stdout
    )
    assert (told["not_evaluable"], told["total"]["not_evaluable_fen"]) == (["register"], 320_00)
    client = TestClient(create_app(home), base_url="http://localhost")
    assert get(client, "/unmatched")["not_evaluable"] == ["register"]
    listed = CliRunner().invoke(app, ["--home", str(home), "match", "list", *DAY]).stdout
    assert "没有 register" in listed
    assert (
        "没有 register 建档立卡人口；standards"
        in CliRunner().invoke(app, ["--home", str(home), "unpaid", *DAY]).stdout
    )


def test_a_day_and_data_are_needed(run: Run, tmp_path: Path) -> None:
    for command in ("unmatched", "unpaid"):
        assert "--as-of" in run(command, code=2)
        result = CliRunner().invoke(app, ["--home", str(tmp_path / "none"), command, *DAY])
        assert (result.exit_code, "还没有数据" in result.stderr) == (2, True)


# ------------------------------------------------------------------------------------------ who was not paid


def test_the_unpaid_in_every_form(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_ledger(home, ENTITLED)

    def call(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["--home", str(home), "unpaid", "--as-of", "2019-06-30", *arguments])
        assert result.exit_code == 0, result.stderr
        return result.stdout

    told = json.loads(call("--format", "json", "--by", "period"))
    assert (told["total"]["amount_fen"], told["rule"]["parameters"]) == (300_00, {"grace": 30})
    assert {group["period"]: group["persons"] for group in told["groups"]} == {"2019-01": 2, "2019-02": 1}
    assert {row["name"] for row in told["unpaid"]} == {"甲二", "乙二"}
    assert json.loads(call("--format", "json", "--set", "RH14.grace=3650"))["unpaid"] == []
    assert len(csv.DictReader(io.StringIO(call("--format", "csv"))).__next__()) == 11
    table = call("--by", "county", "--of", "522324")
    assert all(text in table for text in ("200.00", "522324", "乙*", "522***********0042", "RH14"))
    assert "甲*" not in table
    client = TestClient(create_app(home), base_url="http://localhost")
    page = get(client, "/unpaid", as_of="2019-06-30", limit=2, count=True)
    rest = get(client, "/unpaid", as_of="2019-06-30", limit=2, cursor=page["next"])
    assert (page["count"], len(rest["items"]), rest["next"]) == (3, 1, None)
    assert page["total"] == told["total"]
    assert "甲二" not in json.dumps(page, ensure_ascii=False)


# -------------------------------------------------------------------------------------------------- decisions


def test_a_pair_is_decided_and_undone_on_the_command_line(run: Run) -> None:
    (pair,) = run("match", "list", *DAY, "--format", "json")["pairs"]
    shown = run("match", "show", pair["pair"], *DAY)
    total = f"{pair['total_bits']:+.1f}"
    assert all(text in shown for text in (total, "姓名", "只有姓名相符", f"match decide {pair['pair']} same"))
    made = run("match", "decide", pair["pair"], "same", *DAY, *WHO, "--format", "json")
    assert (made["decision_id"], made["verdict"], made["pair"]) == ("D000001", "same", pair["pair"])
    assert made["shown"]["total_bits"] == pair["total_bits"]
    assert run("unmatched", *DAY, "--format", "json")["total"]["match_fen"] == 175_00
    assert "D000001" in run("match", "decide", pair["pair"], "different", *DAY, *WHO, code=3)
    assert "match undo D000001" in run("match", "show", pair["pair"], *DAY, "--lang", "en")
    log = run("match", "decisions")
    assert hides(log)
    assert "是本人" in log
    assert "已记录 D000002：撤回" in run("match", "undo", "D000001", *WHO)
    assert run("match", "undo", "D000001", *WHO, code=3)
    assert run("match", "undo", "D000009", *WHO, code=2)
    records = run("match", "decisions", "--format", "json")["decisions"]
    assert [(row["verdict"], row["previous"], row["in_force"]) for row in records] == [
        ("same", None, False), ("withdrawn", "D000001", False),
    ]  # fmt: skip
    assert run("unmatched", *DAY, "--format", "json")["total"]["unsure_fen"] == 60_00
    assert "没有配对" in run("match", "decide", "0" * 16, "same", *DAY, *WHO, code=2)


def test_the_api_decides_too_and_its_pages_follow(client: TestClient, run: Run) -> None:
    (pair,) = get(client, "/match/pairs", count=True)["items"]
    path = f"/v1/match/pairs/{pair['pair']}"
    form = {"as_of": "2020-12-31", "verdict": "different", "decided_by": "王经办", "reason": "同名"}
    assert client.post(f"{path}/decisions", json=form | {"reason": " "}).status_code == 422
    refused = client.post(f"{path}/decisions", json=form, headers={"origin": "https://evil.example"})
    assert refused.status_code == 403
    made = client.post(f"{path}/decisions", json=form)
    assert (made.status_code, made.json()["verdict"], made.json()["decided_by"]) == (201, "different", "王*")
    assert get(client, "/unmatched")["total"]["unsure_fen"] == 0
    assert client.post(f"{path}/decisions", json=form).status_code == 404
    undo = "/v1/match/decisions/D000001/withdrawal"
    assert client.get(undo).status_code == 404
    gone = client.post(undo, json={"decided_by": "李主任", "reason": "有误"})
    assert (gone.status_code, gone.json()["previous"]) == (201, "D000001")
    assert client.post(undo, json={"decided_by": "李主任", "reason": "有误"}).status_code == 409
    assert client.post(undo.replace("1", "7"), json={"decided_by": "李", "reason": "误"}).status_code == 404
    assert client.get(undo).json()["decision_id"] == "D000002"
    detail = get(client, path.removeprefix("/v1"))
    assert get(client, f"{path.removeprefix('/v1')}/decisions") == detail["records"]
    assert {"/v1/unmatched", "/v1/match/pairs"} <= {
        door["path"] for door in client.get("/v1").json()["doors"]
    }
    assert [record["verdict"] for record in detail["records"]] == ["different", "withdrawn"]
    first = client.get("/v1/match/decisions", params={"limit": 1}).json()
    second = client.get("/v1/match/decisions", params={"limit": 1, "cursor": first["next"]}).json()
    assert [page["items"][0]["decision_id"] for page in (first, second)] == ["D000001", "D000002"]
    assert second["next"] is None
    assert hides(json.dumps([first, second, detail], ensure_ascii=False))


# ------------------------------------------------------------------------------------------------ explained


def test_a_finding_on_a_person_tells_who_it_may_be(run: Run, client: TestClient) -> None:
    asked = ("explain", "RH13/P03", *DAY)
    note = run(*asked, "--format", "json")
    assert (note["likely"]["answer"], note["likely"]["basis"]) == ("match", "id and name")
    (best,) = note["likely"]["candidates"]
    assert (best["person_id"], best["name"]) == (B, "李四")
    assert "person_key" not in best
    english = run(*asked, "--lang", "en")
    assert "Who in the register it may be (match: number and name agree" in english
    assert f"李* 522***********0028 {best['total_bits']:+.1f}: ID number is the same" in english
    assert "candidate,522723198001010028,李四" in run(*asked, "--format", "csv")
    found = run("scan", *DAY, "--format", "json")["findings"]
    other = next(one for one in found if one["rule_id"] not in ABOUT_PERSONS)
    named = f"{other['rule_id']}/{other['subject']}"
    assert "likely" not in run("explain", named, *DAY, "--format", "json")
    findings = get(client, "/findings", rule_id="RH13")["items"]
    detail = get(client, f"/findings/{findings[0]['number']}")["note"]
    assert detail["likely"]["candidates"][0]["person_id"] == "522***********0028"
    assert hides(json.dumps(detail, ensure_ascii=False) + english)


# ------------------------------------------------------------------------------------------------------ words


def test_all_that_matching_says_has_words_in_both_languages() -> None:
    bases = (*decide.NO_MATCH_BASES, *decide.UNSURE_BASES, *decide.MATCH_BASES, "decision")
    said = [("basis", name) for name in bases]
    said += [("reason", name) for name in (*(c.name for c in COMPARISONS), "people", "rarity")]
    said += [("level", level.name) for comparison in COMPARISONS for level in comparison.levels]
    said += [("answer", name) for name in (link.MATCH, link.UNSURE, link.NO_MATCH)]
    for kind, name in said:
        assert re.search("[\u4e00-\u9fff]", word(kind, name, "zh")), f"{kind} {name} has no words"
    assert [share_text(points) for points in (None, 5, 10_000)] == ["", "0.05%", "100.00%"]
