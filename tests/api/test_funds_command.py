"""`fundtrail funds`: the lists, what a county adopts, its ledger, and the way to a table that rules read."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from small_county import write_files
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app
from tracer.funds.catalogue import catalogue
from tracer.ledger import Ledger

MINE = (
    "indicator_id,doc_no,fund_name,fund_nature,function_code,economic_code,budget_item,amount,level,receiver,issued_on\n"
    "QC1,县财〔2020〕5号,车辆购置税收入补助地方用于一般公路建设项目资金（支持农村公路部分）,一般公共预算,21401,50302,农村公路,100,"
    "county,某县交通局,2020-03-01\n"
    "QC2,县财〔2020〕6号,中央财政专项扶贫资金,一般公共预算,21305,50302,产业,55.5,county,某县农业局,2020-03-01\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    files = write_files(tmp_path / "files")
    (files / "more.csv").write_text(MINE, "utf-8")
    assert call(tmp_path / "home", "ingest", str(files)).exit_code == 0
    return tmp_path / "home"


def call(home: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["--home", str(home), *arguments])


def json_of(home: Path, *arguments: str) -> Any:
    result = call(home, *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def csv_of(home: Path, *arguments: str) -> list[dict[str, str]]:
    result = call(home, *arguments, "--format", "csv")
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def adopt(home: Path, *more: str) -> Any:
    return call(home, "funds", "adopt", "--list", "002", "--valid-from", "2018-08-01", *more)


def test_the_lists_are_shown_by_list_and_level(tmp_path: Path) -> None:
    funds = json_of(tmp_path, "funds", "list", "--list", "004", "--level", "province")["funds"]
    assert len(funds) == 14
    assert funds[1]["finance_offices"] == "农业处、经建处"
    assert len(csv_of(tmp_path, "funds", "list")) == 164
    table = call(tmp_path, "funds", "list", "--list", "002", "--lang", "en").stdout
    assert "only the part in brackets" in table
    assert "仅括号内部分" in call(tmp_path, "funds", "list", "--list", "002").stdout
    assert not (tmp_path / "settings").exists()


def test_a_county_adopts_narrows_and_reads_its_catalogue_as_of_a_day(tmp_path: Path) -> None:
    assert "共 42 项" in adopt(tmp_path, "--level", "central", "--region", "63").stdout
    dropped = ("funds", "drop", "002-central-22", "--region", "630222", "--valid-from", "2019-01-01")
    assert call(tmp_path, *dropped).exit_code == 0
    show = ("funds", "show", "--region", "630222", "--as-of")
    assert len(json_of(tmp_path, *show, "2018-12-31")["funds"]) == 42
    assert len(csv_of(tmp_path, *show, "2019-01-01")) == 41
    every = csv_of(tmp_path, "funds", "show")
    assert [row["decision"] for row in every].count("dropped") == 1
    assert "剔除" in call(tmp_path, "funds", "show").stdout
    gone = json_of(tmp_path, "funds", "forget", "002-central-22", "--region", "630222")["funds"]
    assert [row["valid_from"] for row in gone] == ["2019-01-01"]
    assert len(csv_of(tmp_path, *show, "2019-01-01")) == 42


def test_wrong_use_is_named(tmp_path: Path) -> None:
    for arguments, words in (
        (("adopt", "--region", "63", "--valid-from", "2018-08-01"), "--list"),
        (("adopt", "--list", "002"), "--valid-from"),
        (("adopt", "水利发展资金", "--valid-from", "2018-08-01"), "000-central-23"),
        (("drop", "002-central-22", "--valid-from", "2018-08-01"), "没有采用"),
        (("ledger",), "--as-of"),
    ):
        result = call(tmp_path, "funds", *arguments)
        assert (result.exit_code, words in result.stderr) == (2, True), result.stderr


def test_the_ledger_counts_what_is_in_scope_in_every_form(home: Path) -> None:
    adopt(home)
    ledger = ("funds", "ledger", "--as-of", "2020-12-31")
    first = {row["indicator_id"]: row for row in json_of(home, *ledger)["indicators"]}
    assert (first["QC1"]["in_scope_fen"], first["QC1"]["not_stated_fen"]) == (0, 10000)
    assert first["QC2"]["in_scope_fen"] == 5550
    assert json_of(home, "funds", "state", "QC1=40", "--doc", "县交〔2020〕2号")["amounts"] == [
        {"indicator_id": "QC1", "amount": "40", "doc_no": "县交〔2020〕2号"}
    ]
    rows = {row["indicator_id"]: row for row in csv_of(home, *ledger)}
    assert (rows["QC1"]["in_scope_fen"], rows["QC1"]["out_of_scope_fen"]) == ("4000", "6000")
    assert rows["QC1"]["stated_by"] == "县交〔2020〕2号"
    table = call(home, *ledger, "--all").stdout
    assert all(text in table for text in ("40.00", "60.00", "不在目录内的指标：4 条", "县交〔2020〕2号"))
    english = call(home, *ledger, "--lang", "en").stdout
    assert all(text in english for text in ("Not stated", "outside the catalogue: 4"))
    assert "40.00" in call(home, "funds", "state").stdout
    assert csv_of(home, "funds", "state")[0]["amount"] == "40"


def test_the_api_has_the_ledger_in_pages(home: Path) -> None:
    adopt(home)
    assert call(home, "funds", "state", "QC1=40", "QC2=52").exit_code == 0
    lower = home.parent / "lower.csv"
    lower.write_text(MINE.replace(",55.5,", ",50,"), "utf-8")
    assert call(home, "ingest", str(lower)).exit_code == 0
    client = TestClient(create_app(home), base_url="http://localhost")
    day = {"as_of": "2020-12-31"}
    pages = [client.get("/v1/funds/ledger", params=day | {"limit": 1, "count": True}).json()]
    while cursor := pages[-1]["next"]:
        pages.append(client.get("/v1/funds/ledger", params=day | {"limit": 1, "cursor": cursor}).json())
    told = json_of(home, "funds", "ledger", "--as-of", "2020-12-31")
    items = [item for page in pages for item in page["items"]]
    assert pages[0]["count"] == len(items) == len(told["indicators"]) > 1
    for item, row in zip(items, told["indicators"], strict=True):
        assert {name: item[name] for name in row} == row
    assert next(item for item in items if item["indicator_id"] == "QC1")["in_scope"] == "40.00"
    (refused,) = [item for item in items if item["refused_fen"]]
    assert (refused["indicator_id"], refused["refused_fen"], refused["in_scope_fen"]) == ("QC2", 5200, 5000)
    assert all(page["left_out"] == told["left_out"] for page in pages)
    for sums, row in zip(pages[0]["totals"], told["totals"], strict=True):
        assert {name: sums[name] for name in row} == row
    nowhere = client.get("/v1/funds/ledger", params=day | {"region": "52"}).json()
    assert (nowhere["items"], nowhere["left_out"]["no_region"]["indicators"]) == ([], 6)


def test_adopting_changes_no_finding_and_the_exported_table_does_when_ingested(
    home: Path, tmp_path: Path
) -> None:
    scan = ("scan", "--as-of", "2020-12-31", "--rule", "ZB10", "--rule", "ZB01")
    before = json_of(home, *scan)
    assert {"rule_id": "ZB10", "missing": ["funds"]} in before["not_evaluable"]
    adopt(home)
    call(home, "funds", "state", "QC1=40")
    assert json_of(home, *scan) == before
    file = tmp_path / "funds.csv"
    own = ("own-county-县级配套资金", "--valid-from", "2020-01-01", "--valid-to", "2020-12-31")
    assert "县级配套资金" in call(home, "funds", "adopt", *own).stdout
    told = call(home, "funds", "export", "--as-of", "2020-12-31", "--output", str(file))
    assert "71 项" in told.stdout
    lines = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert {row["限建档立卡"] for row in lines} == {row["直达县级"] for row in lines} == {""}
    special = next(row for row in lines if row["资金名称"] == "中央财政专项扶贫资金")
    special |= {"限建档立卡": "是", "直达县级": "是"}
    with file.open("w", encoding="utf-8-sig", newline="") as written:
        writer = csv.DictWriter(written, list(special))
        writer.writeheader()
        writer.writerows(lines)
    taken = json_of(home, "ingest", str(file))
    assert [batch["accepted"] for batch in taken["batches"]] == [71]
    assert taken["problems"] == []
    rows = {row["fund_id"]: row for row in Ledger(home).read("funds").to_pylist()}
    assert rows["002-central-22"]["register_only"] is True
    assert rows["own-county-县级配套资金"]["level"] == "county"
    assert rows["002-central-14"]["scope_note"] == "仅括号内部分"
    assert rows["002-central-14"]["register_only"] is None
    after = json_of(home, *scan)
    assert after["not_evaluable"] == []
    near = {f["subject"] for f in after["findings"] if f["rule_id"] == "ZB10"}
    assert near == {"ZY01", "SJ01", "SJ02", "XJ01"}, "财政专项扶贫资金 is near, QC2 bears the very name"


def test_a_place_that_cannot_be_written_is_refused(home: Path, tmp_path: Path) -> None:
    result = call(
        home, "funds", "export", "--as-of", "2020-12-31", "--output", str(tmp_path / "no" / "f.csv")
    )
    assert (result.exit_code, "写不了" in result.stderr) == (2, True)


def test_every_note_on_a_fund_stands_in_both_languages() -> None:
    noted = [fund for fund in catalogue().values() if fund.note or fund.note_en]
    assert len(noted) == 58
    assert all(re.search("[一-鿿]", fund.note) and re.search("[a-z]", fund.note_en) for fund in noted)
