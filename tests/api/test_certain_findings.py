"""The least and the most of a finding of diversion, through every door that shows the finding."""

import csv
import io
import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app

DAY = ("--as-of", "2019-12-31")
FILES = {
    "accounts.csv": "account_no,holder_name,holder_id,account_type,holder_kind,opening_balance\n"
    "6228480402564880001,某局,JU,unit,agency,\n6228480402564880002,甲公司,JIA,unit,enterprise,30\n",
    "indicators.csv": "indicator_id,doc_no,fund_name,fund_nature,function_code,economic_code,budget_item,"
    "amount,level,receiver,issued_on,registered_on\n"
    "I1,财农〔2019〕1号,专项资金,专项,21305,50999,产业,1000,县级,某县财政局,2018-01-02,2018-01-03\n",
    "payments.csv": "payment_id,payer_name,payer_account,amount,paid_at,purpose,settlement_method,"
    "payment_method,payee_name,payee_account,indicator_id\n"
    "IN,某县财政局,BUDGET,100,2019-03-01,拨款,转账,财政直接支付,某局,6228480402564880001,I1\n"
    "OUT,某局,6228480402564880001,100,2019-03-02,工程,转账,财政直接支付,甲公司,6228480402564880002,I1\n",
    "transfers.csv": "transfer_id,from_account,to_account,amount,moved_at\n"
    "BACK,6228480402564880002,6228480402564880001,90,2019-03-05\n",
}
SENTENCE = "无论各账户怎样取用，至少 60.00 元、至多 90.00 元；本方法 60.00 元"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certain")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    assert "error" not in run(folder / "home", "ingest", *map(str, sorted(folder.glob("*.csv"))))
    return folder / "home"


def run(home: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["--home", str(home), *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_scan_and_note_have_it_as_structure(home: Path) -> None:
    [finding] = json.loads(run(home, "scan", *DAY, "--rule", "ZC08", "--format", "json"))["findings"]
    assert (finding["least_fen"], finding["amount_fen"], finding["most_fen"]) == (60_00, 60_00, 90_00)
    note = json.loads(run(home, "explain", "ZC08/BACK", *DAY, "--format", "json"))
    assert note["finding"]["most_fen"] == 90_00
    lines = list(csv.DictReader(io.StringIO(run(home, "explain", "ZC08/BACK", *DAY, "--format", "csv"))))
    told = {line["record"]: line["fen"] for line in lines if line["record"] in ("least", "most")}
    assert told == {"least": "6000", "most": "9000"}


def test_note_and_page_say_it_in_words(home: Path) -> None:
    assert SENTENCE in run(home, "explain", "ZC08/BACK", *DAY)
    page = run(home, "export", "html", "--finding", "1", *DAY, "--rule", "ZC08", "-o", "-")
    assert page.count(SENTENCE) == 2  # among the facts, and in the note


def test_the_service_has_it_and_null_where_there_is_none(home: Path) -> None:
    with TestClient(create_app(home), base_url="http://localhost") as client:
        items = client.get("/v1/findings", params={"as_of": DAY[1]}).json()["items"]
    told = {item["rule_id"]: (item["least_fen"], item["most_fen"], item["tight"]) for item in items}
    assert told.pop("ZC08") == (60_00, 90_00, True)
    assert set(told.values()) == {(None, None, None)}


def test_an_alert_keeps_it(home: Path) -> None:
    run(home, "alerts", "update", *DAY)
    [alert] = [
        alert
        for alert in json.loads(run(home, "alerts", "list", "--format", "json"))["alerts"]
        if alert["rule_id"] == "ZC08"
    ]
    note = json.loads(run(home, "explain", alert["alert_id"], "--format", "json"))
    assert (note["finding"]["least_fen"], note["finding"]["most_fen"]) == (60_00, 90_00)
