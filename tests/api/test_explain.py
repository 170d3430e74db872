"""`fundtrail explain`: by number, by rule and subject, by alert; the printed commands give the same again."""

import csv
import io
import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from small_county import CANARIES, FILES, POOL
from typer.testing import CliRunner

from api.cli import app
from tracer.rules.evidence import _parameter_text, _Words
from tracer.rules.load import load_rules

RULES = load_rules()
ASKED = ("--as-of", "2022-01-01")


@pytest.fixture(scope="module")
def scanned(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("scan", *ASKED, "--format", "json").stdout)
    return found


def _printed(text: str, label: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"{label}  "))
    words = shlex.split(line.removeprefix(f"{label}  "))
    assert words[0] == "fundtrail"
    return words[1:]


def _again(arguments: list[str], *more: str) -> Any:
    result = CliRunner().invoke(app, [*arguments, *more])
    assert result.exit_code == 0, result.stderr
    return result


def test_every_finding_is_explained_masked_and_its_command_gives_the_same_note(
    run: Run, scanned: dict[str, Any]
) -> None:
    rules = {finding["rule_id"]: n for n, finding in enumerate(scanned["findings"], 1)}
    assert len(rules) > 3
    for rule_id, number in rules.items():
        told = run("explain", str(number), *ASKED)
        assert told.exit_code == 0, told.stderr
        assert rule_id in told.stdout
        assert all(entry.zh in told.stdout for entry in RULES[rule_id].innocent)
        assert not any(canary in told.stdout for canary in CANARIES)
        assert "界限与未计入" in told.stdout
        again = _again(_printed(told.stdout, "本说明"))
        assert again.stdout == told.stdout
    scan = _printed(told.stdout, "重做")
    finding = scanned["findings"][rules[rule_id] - 1]
    assert finding in json.loads(_again(scan, "--format", "json").stdout)["findings"]


def test_a_note_is_in_one_language(run: Run, scanned: dict[str, Any]) -> None:
    number = next(n for n, one in enumerate(scanned["findings"], 1) if one["rule_id"] == "ZC06")
    text = run("--lang", "en", "explain", str(number), *ASKED).stdout
    for heading in (
        "Subject",
        "Sum",
        "Way of the money",
        "Rows",
        "Limits and what was left out",
        "This note",
    ):
        assert re.search(rf"^{heading}", text, re.MULTILINE), heading
    assert "（" not in text.partition("Basis of the rule")[0]


def test_json_carries_the_whole_note_and_csv_its_lines(run: Run, scanned: dict[str, Any]) -> None:
    finding = next(one for one in scanned["findings"] if one["rule_id"] == "ZC06")
    name = f"ZC06/{finding['subject']}"
    note = json.loads(run("explain", name, *ASKED, "--format", "json").stdout)
    assert note["finding"] == finding
    assert (note["as_of"], note["method"]) == ("2022-01-01", "linked")
    assert sum(term["fen"] for term in note["sums"]) == finding["amount_fen"]
    days = [step["day"] for step in note["path"]["steps"]]
    assert note["path"]["kind"] == "sources"
    assert days == sorted(days)
    assert note["path"]["steps"][-1]["id"] == finding["subject"]
    assert note["path"]["steps"][-1]["fen"] == finding["amount_fen"]
    assert note["rows"] == finding["evidence"]
    assert {row["name"] for row in note["parameters"]} == finding["parameters"].keys()
    assert note["basis"][0]["file"] == "001_0cce089113c317c0.txt"
    assert note["basis"][0]["words"][0].startswith("市本级有关部门和资金使用单位扶贫资金支付情况")
    assert note["innocent"]
    assert note["handler"]["office"] == RULES["ZC06"].office
    arguments = shlex.split(note["commands"]["explain"])[1:]
    assert json.loads(_again(arguments, "--format", "json").stdout) == note
    lines = list(csv.DictReader(io.StringIO(run("explain", name, *ASKED, "--format", "csv").stdout)))
    records = [line["record"] for line in lines]
    assert records.count("row") == len(note["rows"])
    assert records.count("movement") == len(note["path"]["steps"])
    assert lines[0]["amount_fen"] == str(finding["amount_fen"])


def test_each_rule_of_a_scan_says_how_to_have_its_findings_again(scanned: dict[str, Any]) -> None:
    entry = next(entry for entry in scanned["rules"] if entry["rule_id"] == "ZC06")
    again = json.loads(_again(shlex.split(entry["again"])[1:], "--format", "json").stdout)
    assert again["findings"] == [one for one in scanned["findings"] if one["rule_id"] == "ZC06"]
    assert again["rules"] == [entry]


def test_settings_and_odd_paths_are_quoted_and_hold(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my home").symlink_to(home)
    options = ["--set", "ZC06.red_at=40", "--method", "fifo", *ASKED]
    scan = ["--home", "my home", "scan", "--rule", "ZC06", *options, "--format", "json"]
    found = json.loads(_again(scan).stdout)["findings"][0]
    told = _again(["--home", "my home", "explain", f"ZC06/{found['subject']}", *options])
    assert "red_at=40 元（使用者设定，不出自文件）" in told.stdout
    assert "--home 'my home'" in told.stdout
    command = _printed(told.stdout, "重做")
    assert found in json.loads(_again(command, "--format", "json").stdout)["findings"]
    assert _again(_printed(told.stdout, "本说明")).stdout == told.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "1"), "--as-of"),
        (("explain", "nonsense", *ASKED), "cannot read nonsense"),
        (("explain", "99999", *ASKED), "There is no finding number 99999"),
        (("explain", "0", *ASKED), "There is no finding number 0"),
        (("explain", "ZC06/NOBODY", *ASKED), "rule ZC06 found nothing on NOBODY"),
        (("explain", "XX99/1", *ASKED), "there is no rule XX99"),
        (("explain", "ZC08/1", *ASKED, "--method", "guess"), "guess"),
        (("explain", "JX01/1", *ASKED), "rule JX01 cannot be evaluated; missing: "),
        (("explain", "FT000099"), "there is no alert FT000099"),
    ],
)
def test_what_cannot_be_explained_is_wrong_use(
    home: Path, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    shutil.copytree(home, tmp_path / "home")
    refused = CliRunner().invoke(app, ["--home", str(tmp_path / "home"), *arguments])
    assert refused.exit_code == 2
    assert words in refused.stderr


def test_an_alert_tells_the_finding_it_was_opened_with_and_whether_it_still_holds(
    home: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)

    def run(*arguments: str) -> str:
        stdout: str = _again(["--home", str(copy), *arguments]).stdout
        return stdout

    run("alerts", "update", *ASKED)
    alerts = json.loads(run("alerts", "list", "--rule", "ZC06", "--format", "json"))["alerts"]
    alert, subject, fen = alerts[0]["alert_id"], alerts[0]["subject"], alerts[0]["amount_fen"]
    told = run("explain", alert)
    assert f"预警 {alert}：2022-01-01 按账本 v1 开出" in told
    # The alerts themselves became rows of the ledger, which does not touch this finding.
    assert "账本 v2 截至 2022-01-01 仍得出同一发现" in told
    assert "账本已由" not in told
    assert run(*_printed(told, "本说明")[2:]) == told
    early = run("explain", alert, "--as-of", "2019-01-01")
    assert "账本 v2 截至 2019-01-01 不再得出这一发现" in early
    assert "alerts update --as-of 2019-01-01" in early

    payments = (home.parent / "files" / "payments.csv").read_text("utf-8").splitlines()
    line = next(line for line in payments if line.startswith(subject))
    (tmp_path / "corrected.csv").write_text(
        "\n".join([payments[0], line.replace(",50,", ",40,")]) + "\n", "utf-8"
    )
    run("ingest", str(tmp_path / "corrected.csv"))
    changed = run("explain", alert)
    assert "账本 v3 截至 2022-01-01 得出的已不同：金额 50.00 → 40.00" in changed
    assert "账本已由 v1 到 v3" in changed
    assert "金额  50.00 元" in changed
    assert fen == 50_00
    note = json.loads(run("explain", alert, "--format", "json"))
    assert note["alert"] == {"alert_id": alert, "state": "yellow", "now": "changed"}
    assert (note["ledger_version"], note["finding"]["amount_fen"]) == (1, fen)
    assert note["path"]["steps"][-1]["fen"] == fen


def test_a_rule_that_contradicts_the_finding_is_wrong_use(run: Run) -> None:
    result = run("explain", "ZB05/SJ01", "--rule", "ZB14", *ASKED)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--rule 是 ZB14" in result.stderr
    version = RULES["ZB05"].version
    same = run("explain", "ZB05/SJ01", "--rule", f"ZB05@{version}", *ASKED)
    assert same.exit_code == 0, same.stderr
    assert f"--rule ZB05@{version}" in same.stdout.splitlines()[-1]


@pytest.mark.parametrize("subject", ["…0001", "某县扶贫资金专账（…0001）"])
def test_a_subject_is_found_as_the_scan_prints_it(run: Run, subject: str) -> None:
    assert subject in run("scan", "--rule", "ZB14", *ASKED).stdout
    told = run("explain", f"ZB14/{subject}", *ASKED)
    assert told.exit_code == 0, told.stderr
    assert "…0001" in told.stdout


def test_a_mask_that_fits_two_findings_names_the_ways_to_one(tmp_path: Path) -> None:
    second = "6228480402564880001"
    texts = dict(FILES)
    texts["accounts.csv"] += f"{second},某县第二专账,,机关单位,统筹整合专账\n"
    texts["payments.csv"] += (
        f"PZ00000103,某县扶贫资金专账,{POOL},100,2020-01-07,拨付,转账,财政直接支付,某县第二专账,{second},XJ01,,\n"
    )
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    home = ["--home", str(tmp_path / "home")]
    assert CliRunner().invoke(app, [*home, "ingest", *map(str, tmp_path.glob("*.csv"))]).exit_code == 0
    result = CliRunner().invoke(app, [*home, "explain", "ZB14/…0001", *ASKED])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "2 条发现" in result.stderr
    assert "--format json" in result.stderr
    alone = CliRunner().invoke(app, [*home, "explain", "ZB14/某县第二专账（…0001）", *ASKED])
    assert alone.exit_code == 0, alone.stderr


def test_counts_stand_without_a_unit(run: Run) -> None:
    """“6 次、个” and “6 number” say nothing that the name of the parameter does not say."""
    counted = next(r for r in RULES.values() if any(p.unit == "count" for p in r.parameters))
    parameter = next(p for p in counted.parameters if p.unit == "count")
    finding = {"parameters": {parameter.name: 6}, "set": []}
    for lang in ("zh", "en"):
        said = _parameter_text(finding, counted, _Words(lang))
        assert re.match(rf"{parameter.name}=6( \(|（)", said)
