"""What alerts and slips refuse, and in which words; and alerts in a home that nobody can write."""

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from doors import ACCOUNT, AS_OF, SLIP, Run, alert_of, file_by_options
from fastapi.testclient import TestClient
from findings import DAY, NOW, RULES, finding, scanned
from openpyxl import load_workbook

from tracer.casework.db import Cases, open_cases, read_cases
from tracer.casework.look import last_update
from tracer.casework.update import take_in, today_of
from tracer.errors import UsageError
from tracer.rules.load import load_rules
from tracer.settings import cases_file

CODES = ("normal", "violation", "corrected", "yellow", "red", "green", "facts 为", "handled_on")


SQLITE_ONLY = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For the words in which scans and slips are told and refused, whatever the database."""


def zh_of(text: str) -> str:
    """The Chinese half of an error."""
    return text.partition(" / ")[0]


def late(run: Run) -> dict[str, Any]:
    run("alerts", "update", "--as-of", AS_OF)
    return alert_of(run, "ZB01", "ZY01")


# ----------------------------------------------------------------------------------- the clock of the alerts


def test_alerts_are_not_moved_into_the_future(run: Run) -> None:
    tomorrow = today_of(datetime.now(UTC)) + timedelta(days=2)
    text = run("alerts", "update", "--as-of", tomorrow, code=2)
    assert "晚于今天" in zh_of(text)
    assert f"scan --as-of {tomorrow} looks ahead" in text.partition(" / ")[2]
    assert run("alerts", "list", "--format", "json")["as_of"] is None
    assert run("alerts", "update", "--as-of", AS_OF, "--format", "json")["opened"] > 3


def test_today_is_the_day_in_china(cases: Cases) -> None:
    late_evening = datetime(2020, 6, 1, 15, 59, tzinfo=UTC)
    with pytest.raises(UsageError, match="2020-06-02 is after today, 2020-06-01"):
        take_in(cases, scanned(as_of=date(2020, 6, 2)), RULES, late_evening)
    assert take_in(cases, scanned(as_of=date(2020, 6, 2)), RULES, late_evening + timedelta(minutes=1))


def test_a_scan_that_evaluated_nothing_does_not_move_the_clock(cases: Cases) -> None:
    nothing = scanned(rules=["ZB01"], not_evaluable=["ZB01"], retired=["ZC01"])
    with pytest.raises(UsageError, match="no rule could be evaluated"):
        take_in(cases, nothing, RULES, NOW)
    with cases.read() as connection:
        assert last_update(connection) is None
    take_in(cases, scanned(as_of=DAY), RULES, NOW)


def test_an_update_of_an_empty_home_is_refused(run: Run, home: Path) -> None:
    shutil.rmtree(home)
    assert "还没有数据" in run("alerts", "update", "--as-of", AS_OF, code=2)
    assert run("alerts", "list", "--format", "json")["as_of"] is None
    assert not home.exists()


@SQLITE_ONLY
def test_an_update_says_what_it_could_not_judge(run: Run) -> None:
    scan = run("scan", "--as-of", AS_OF, "--format", "json")
    infos = sum(finding["level"] == "info" for finding in scan["findings"])
    answer = run("alerts", "update", "--as-of", AS_OF, "--format", "json")
    assert (answer["summary"], answer["info"]) == (scan["summary"], infos)
    assert answer["not_evaluable"] == scan["not_evaluable"] != []
    assert answer["opened"] == len(scan["findings"]) - infos
    texts = [run("alerts", "update", "--as-of", AS_OF, "--format", form) for form in ("table", "csv")]
    scan = run("scan", "--as-of", AS_OF, "--format", "json")
    for text in texts:
        assert f"能评价 {scan['summary']['evaluated']}（" in text
        for entry in scan["not_evaluable"]:
            assert entry["rule_id"] in text
    text = run("alerts", "update", "--as-of", AS_OF, "--set", "ZB01.n=1", "--lang", "en")
    assert f"{scan['summary']['not_evaluable']} not evaluable" in text


@SQLITE_ONLY
def test_findings_that_only_inform_are_counted_and_open_nothing(run: Run, tmp_path: Path) -> None:
    header = (
        "payment_id,payer_name,payer_account,amount,paid_at,purpose,settlement_method,payment_method,"
        "payee_name,payee_account,indicator_id\n"
    )
    rows = [
        f"PQ{n},某县国库,TK1,10000,2020-06-{n:02},产业补助,transfer,direct,张小三,{ACCOUNT},ZY01\n"
        for n in range(1, 29)
    ]
    (tmp_path / "payments.csv").write_text(header + "".join(rows), "utf-8")
    run("ingest", tmp_path / "payments.csv")
    update = ("alerts", "update", "--as-of", AS_OF, "--set", "ZC27.n=10")
    answer = run(*update, "--format", "json")
    listed = run("alerts", "list", "--state", "all", "--format", "json")["alerts"]
    informing = {rule.id for rule in load_rules().values() if rule.opens == "info"}
    assert answer["info"] > 0
    assert not informing & {alert["rule_id"] for alert in listed}
    assert f"提示 {answer['info']} 条，不开预警" in run(*update)


# -------------------------------------------------------------------------------------------- unknown rules


def test_an_unknown_rule_is_wrong_use_and_one_with_alerts_is_known(
    run: Run, client: TestClient, home: Path
) -> None:
    # A rule of a locality that is no longer there still has its alerts.
    own = {"BD01": replace(RULES["ZB01"], id="BD01")}
    with open_cases(home) as cases:
        take_in(cases, scanned(finding("BD01"), rules=own), own, NOW)
    assert "没有规则 NOPE" in run("alerts", "list", "--rule", "NOPE", code=2)
    answer = client.get("/v1/alerts", params={"rule_id": "NOPE"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert run("alerts", "list", "--rule", "zb05", "--format", "json")["alerts"] == []
    assert len(run("alerts", "list", "--rule", "BD01", "--format", "json")["alerts"]) == 1
    assert len(client.get("/v1/alerts", params={"rule_id": "BD01"}).json()["items"]) == 1


# ----------------------------------------------------------------------------------------------- slip print


@SQLITE_ONLY
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_printed_command_runs_once_its_gaps_are_filled(run: Run, home: Path, lang: str) -> None:
    alert = late(run)["alert_id"]
    text = run("slip", "print", alert, "--lang", lang)
    command = shlex.split(text.strip().splitlines()[-1].partition("fundtrail")[2])
    command = command[command.index("slip") :]
    results = command[command.index("--result") + 1].split("|")
    assert results == (["正常", "违规"] if lang == "zh" else ["normal", "violation"])
    filled = [part.split("|")[0].replace("…", "查实").replace("YYYY-MM-DD", "2020-07-01") for part in command]
    assert run(*filled, "--format", "json")["state"] == "green"
    assert "不需要处理单" in run("slip", "print", alert)
    assert "slip file" not in run("slip", "print", alert)


@SQLITE_ONLY
def test_a_form_is_printed_as_a_workbook_only_and_where_it_can_be(run: Run, tmp_path: Path) -> None:
    alert = late(run)["alert_id"]
    assert ".xlsx" in run("slip", "print", alert, "-o", tmp_path / "slip.csv", code=2)
    assert not (tmp_path / "slip.csv").exists()
    text = run("slip", "print", alert, "-o", tmp_path / "none" / "slip.xlsx", code=2)
    assert f"没有文件夹 {tmp_path / 'none'}" in text
    assert "Errno" not in text
    run("slip", "print", alert, "-o", tmp_path / "slip.xlsx")
    (choices,) = [
        check.formula1
        for check in load_workbook(tmp_path / "slip.xlsx").active.data_validations.dataValidation
        if "违规" in check.formula1
    ]
    assert choices == '"正常,违规"'


# ------------------------------------------------------------------------------------------------ slip file


@SQLITE_ONLY
def test_a_form_names_what_it_lacks_by_label_and_cell(run: Run, tmp_path: Path) -> None:
    form = tmp_path / "slip.xlsx"
    run("slip", "print", late(run)["alert_id"], "-o", form)
    zh, _, en = run("slip", "file", "--form", form, code=2).partition(" / ")
    labels = {row[0].value: f"B{row[0].row}" for row in load_workbook(form).active.iter_rows(max_col=2)}
    for label in ("核实（纠正）情况", "核实方式", "核实结果", "处理依据", "处理人", "处理日期"):
        assert f"{label}（{labels[label]}）" in zh
    assert f"Facts ({labels['核实（纠正）情况']})" in en
    assert f"Handled on ({labels['处理日期']})" in en
    book = load_workbook(form)
    book.active[labels["处理依据"]] = "=1+1"
    book.save(form)
    text = run("slip", "file", "--form", form, code=2)
    assert f"公式：处理依据（{labels['处理依据']}）" in text
    assert f"formulas: Basis ({labels['处理依据']})" in text


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.xlsx", None, "没有文件"),
        ("text.xlsx", b"no workbook", "不是 XLSX 工作簿"),
        ("cut.xlsx", b"PK\x03\x04rest", "不是 XLSX 工作簿"),
        ("table.csv", b"a,b\n1,2\n", "不是 XLSX 工作簿"),
    ],
)
def test_a_file_that_is_no_form(
    run: Run, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    text = run("slip", "file", "--form", tmp_path / name, code=2)
    assert said in zh_of(text)
    assert not any(word in text for word in ("BadZip", "Exception", "Error:", "KeyError", "Errno"))


@SQLITE_ONLY
def test_every_item_that_is_wrong_is_named_as_people_know_it(run: Run) -> None:
    alert = late(run)
    text = file_by_options(run, alert, code=2, facts="  ", handled_on="2999-01-01")
    assert "核实（纠正）情况（--facts） 为空" in zh_of(text)
    assert "处理日期（--on） 2999-01-01 晚于今天" in zh_of(text)
    assert "Facts (--facts) is empty" in text.partition(" / ")[2]
    text = file_by_options(run, alert, code=2, method="guess")
    assert "核实方式（--method）应为以下之一：电话核实（phone）" in zh_of(text)
    text = run("slip", "file", alert["alert_id"], code=2)
    assert "版本（--version）、核实（纠正）情况（--facts）" in zh_of(text)


def test_a_version_that_never_was_is_not_told_as_another_handler(run: Run, client: TestClient) -> None:
    alert = late(run)
    text = file_by_options(run, alert | {"version": 99}, code=2)
    assert "没有第 99 版，现在是第 1 版" in zh_of(text)
    assert "他人" not in text
    path = f"/v1/alerts/{alert['alert_id']}/slips"
    assert client.post(path, json=SLIP | {"version": 99}).status_code == 422
    file_by_options(run, alert)
    assert "已被他人" in file_by_options(run, alert, code=3, result="normal")


@SQLITE_ONLY
def test_chinese_messages_have_chinese_words(run: Run) -> None:
    alert = late(run)
    texts = [file_by_options(run, alert, code=3, result="corrected")]
    assert "黄灯的预警只接受核实结果正常或违规，不接受已纠正" in texts[0]
    file_by_options(run, alert)
    texts.append(file_by_options(run, alert, code=3, result="normal"))
    red = alert_of(run, "ZB01", "ZY01")
    texts.append(file_by_options(run, red, code=3, result="normal"))
    assert "红灯的预警只接受核实结果已纠正，不接受正常" in texts[2]
    assert "light Red takes the result corrected, not normal" in texts[2]
    texts.append(file_by_options(run, alert_of(run, "ZB01", "ZY02"), code=3))
    assert "状态为黄色警铃" in texts[3]
    for text in texts:
        assert not any(code in zh_of(text) for code in CODES), text


# ------------------------------------------------------------------------------------------- other web sites


def test_a_page_of_another_site_files_no_slip(run: Run, client: TestClient) -> None:
    path = f"/v1/alerts/{late(run)['alert_id']}/slips"
    for origin in ("https://evil.example", "http://localhost:3000", "http://localhost.evil.example", "null"):
        answer = client.post(path, json=SLIP | {"version": 1}, headers={"origin": origin})
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
        assert answer.json()["type"] == "/problems/other-site"
        assert client.get(path, headers={"origin": origin}).json() == []
    assert (
        client.post(path, json=SLIP | {"version": 1}, headers={"origin": "http://localhost"}).status_code
        == 201
    )


# ------------------------------------------------------------------------- a home that nobody can write


def heed_modes() -> None:
    """Let the modes of files count for the process that starts now, even where it belongs to root."""
    if os.geteuid() == 0:
        library = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):
            assert library.prctl(24, capability, 0, 0, 0) == 0, os.strerror(ctypes.get_errno())


READER = """
import sys
from pathlib import Path
from tracer.casework import look
from tracer.casework.db import read_cases
with read_cases(Path(sys.argv[1])) as connection:
    print(look.count(connection, look.Wanted()), len(look.history(connection, 1)))
"""


@pytest.mark.parametrize("is_open", [False, True])
def test_alerts_are_read_where_nothing_can_be_written(
    is_open: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a copy that was made while somebody still wrote: the log beside the database is read."""
    monkeypatch.delenv("FUNDTRAIL_DATABASE", raising=False)
    home, copy = tmp_path / "家 100%?#", tmp_path / "copy 家%?#"
    home.mkdir()
    with open_cases(home) as cases:
        take_in(cases, scanned(finding()), RULES, NOW)
        if is_open:
            shutil.copytree(home, copy)
    if not is_open:
        shutil.copytree(home, copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir() if path.suffix == ".db"}
    for path in (*copy.iterdir(), copy):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        done = subprocess.run(
            [sys.executable, "-c", READER, str(copy)], capture_output=True, text=True, preexec_fn=heed_modes
        )
    finally:
        copy.chmod(0o755)
    assert (done.returncode, done.stdout) == (0, "1 1\n"), done.stderr
    assert {path.name: path.read_bytes() for path in copy.iterdir() if path.suffix == ".db"} == before


def test_reading_changes_no_home(run: Run, home: Path, database: str) -> None:
    if database == "sqlite":
        run("alerts", "list")
        run("alerts", "show", "FT000009", code=2)
        assert not cases_file(home).exists()
    alert = late(run)
    with read_cases(home) as connection:
        assert last_update(connection) == date.fromisoformat(AS_OF)
    assert alert["alert_id"] in run("alerts", "show", alert["alert_id"])
