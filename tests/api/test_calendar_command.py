"""`fundtrail calendar`, and where a scan's answers name the years that lack."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from small_county import write_files
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app
from ingest.holidays import official_days


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert call(tmp_path / "home", "ingest", str(write_files(tmp_path / "files"))).exit_code == 0
    return tmp_path / "home"


def call(home: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["--home", str(home), *arguments])


def test_a_user_loads_two_years_and_sees_what_the_ledger_holds(home: Path) -> None:
    assert "没有工作日历" in call(home, "calendar").stdout
    dry = call(home, "calendar", "2019", "2020", "--dry-run")
    assert (dry.exit_code, "什么都没有保存" in dry.stderr) == (0, True)
    loaded = json.loads(call(home, "calendar", "2019", "2020", "--format", "json").stdout)
    days = [len(official_days(year)) for year in (2019, 2020)]
    assert [batch["accepted"] for batch in loaded["batches"]] == days
    assert [(row["year"], row["lacks"]) for row in loaded["calendar"]] == [(2019, 0), (2020, 0)]
    again = list(csv.DictReader(io.StringIO(call(home, "calendar", "2019", "--format", "csv").stdout)))
    assert [(row["accepted"], row["duplicates"]) for row in again] == [("0", str(days[0]))]
    table = call(home, "calendar", "--lang", "en").stdout
    assert "Made up" in table
    assert "chinesecalendar" in table
    rows = list(csv.DictReader(io.StringIO(call(home, "calendar", "--format", "csv").stdout)))
    assert [row["year"] for row in rows] == ["2019", "2020"]


def test_a_year_that_is_not_known_is_wrong_use_and_one_that_contradicts_is_refused(
    home: Path, tmp_path: Path
) -> None:
    result = call(home, "calendar", "2999")
    assert (result.exit_code, "2004" in result.stderr) == (2, True)
    file = tmp_path / "calendar.csv"
    file.write_text("day,kind\n2020-01-19,holiday\n", "utf-8")
    assert call(home, "ingest", str(file)).exit_code == 0
    result = call(home, "calendar", "2020", "--lang", "en")
    assert result.exit_code == 3
    assert "2020-01-19" in result.stdout


def test_every_form_of_a_scan_names_the_years_until_they_are_loaded(home: Path) -> None:
    scan = ("scan", "--as-of", "2020-12-31", "--rule", "ZB01")
    assert "没有 2019 年的数据，ZB01" in call(home, *scan).stdout
    assert "no data of 2020" in call(home, *scan, "--lang", "en").stdout
    assert "没有 2020 年的数据" in call(home, *scan, "--format", "csv").stderr
    found = json.loads(call(home, *scan, "--format", "json").stdout)
    assert found["calendar_gaps"] == [{"year": year, "rules": ["ZB01"]} for year in (2019, 2020)]
    with TestClient(create_app(home), base_url="http://127.0.0.1") as client:
        page = client.get("/v1/findings", params={"as_of": "2020-12-31", "rule_id": "ZB01"}).json()
        assert {"year": 2019, "rules": ["ZB01", "ZB02", "ZB08"]} in page["calendar_gaps"]
        assert [2019] in [item["calendar_gaps"] for item in page["items"]]
    assert call(home, "calendar", "2019", "2020").exit_code == 0
    found = json.loads(call(home, *scan, "--format", "json").stdout)
    assert found["calendar_gaps"] == []
    assert "没有 2019 年的数据" not in call(home, *scan).stdout
