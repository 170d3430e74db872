"""The command line as the contract gives it: forms, streams, exit codes, masking."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from small_county import BAD_ROW, CANARIES, LI, POOL, ZHANG, ZHANG_ID, write_files
from typer.testing import CliRunner

from api.cli import app, global_options_first
from tracer.text import inert

HEAVY = (
    "pandas",
    "pyarrow",
    "numpy",
    "duckdb",
    "numba",
    "fastapi",
    "deltalake",
    "ladybug",
    "networkx",
    "rich",
    "yaml",
    "chinese_calendar",
)
FUNDTRAIL = [sys.executable, "-m", "api.cli"]


def json_of(result: Any) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def csv_of(result: Any) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


# ----------------------------------------------------------------------------------- options and streams


def test_global_options_stand_before_and_after_the_command(run: Run, home: Path) -> None:
    before = run("--format", "json", "trace", "ZY01", "--direction", "forward")
    after = run("trace", "ZY01", "--direction", "forward", "--format=json")
    assert before.stdout == after.stdout
    assert json_of(before)["amount_fen"] == 1_000_000


def test_the_last_of_two_homes_counts(run: Run, home: Path, tmp_path: Path) -> None:
    result = run("trace", "ZY01", "--direction", "forward", "--home", str(tmp_path / "none"))
    assert result.exit_code == 2
    assert "ingest" in result.stderr


def test_what_follows_two_dashes_is_no_option() -> None:
    assert global_options_first(["trace", "--", "--home", "x"]) == ["trace", "--", "--home", "x"]
    assert global_options_first(["trace", "x", "--home=a", "--format", "csv"]) == [
        "--home=a",
        "--format",
        "csv",
        "trace",
        "x",
    ]


def test_data_go_to_stdout_and_messages_to_stderr(run: Run) -> None:
    result = run("trace", "NOPE", "--direction", "forward")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "NOPE" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("trace", "PZ00000381"),
        ("trace", "PZ00000381", "--direction", "sideways"),
        ("trace", "PZ00000381", "--direction", "backward", "--method", "best"),
        ("scan", "--as-of", "2022-01-01", "--method", "bounds"),
        ("export", "html", "PZ00000381", "--method", "bounds"),
        ("trace", "PZ00000381", "--direction", "backward", "--as-of", "2020-02-30"),
        ("trace", "PZ00000381", "--direction", "backward", "--format", "xml"),
        ("scan",),
        ("scan", "--as-of", "20200101"),
        ("scan", "--as-of", "2020-01-01", "--rule", "XX99"),
        ("scan", "--as-of", "2020-01-01", "--set", "ZB05.nothing=1"),
        ("scan", "--as-of", "2020-01-01", "--fail-on", "blue"),
        ("ingest", "no-such-file.csv"),
        ("export", "html"),
        ("export", "html", "ZY01", "--finding", "1"),
        ("export", "html", "--finding", "1"),
        ("export", "html", "--finding", "999", "--as-of", "2022-01-01"),
        ("rules", "show", "XX99"),
        ("serve", "--host", "0.0.0.0"),
        ("nothing",),
        ("--nothing",),
    ],
)
def test_wrong_use_is_2_and_says_so(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2, result.stderr
    assert result.stderr.strip()
    assert not result.stdout


@pytest.mark.parametrize(
    "command", [("ingest", "x.csv"), ("scan", "--as-of", "2022-01-01"), ("demo",), ("doctor",)]
)
def test_a_home_that_is_a_file_or_below_one_is_2(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    for home in (file, file / "below"):
        result = CliRunner().invoke(app, ["--home", str(home), *command])
        assert (result.exit_code, result.stdout) == (2, "")
        assert "不是文件夹；" in result.stderr
        assert "is not a folder;" in result.stderr


def test_a_home_that_the_system_refuses_is_2(tmp_path: Path) -> None:
    files = write_files(tmp_path / "files")
    result = CliRunner().invoke(app, ["--home", "/proc/fundtrail", "ingest", str(files)])
    assert result.exit_code == 2
    assert "/proc/fundtrail" in result.stderr


@pytest.mark.parametrize("uri", ["http://127.0.0.1", "bolt:127.0.0.1", "x", ""])
def test_a_graph_is_a_bolt_address(run: Run, uri: str) -> None:
    result = run("--graph", uri, "scan", "--as-of", "2022-01-01")
    assert result.exit_code == 2
    assert "bolt://" in result.stderr


@pytest.mark.parametrize("uri", ["bolt://neo4j:Geheim1@127.0.0.1:7687", "bolt://127.0.0.1/neo4j:Geheim1@x"])
def test_a_password_in_the_address_is_refused_and_not_repeated(run: Run, uri: str) -> None:
    result = run("--graph", uri, "scan", "--as-of", "2022-01-01")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "NEO4J_PASSWORD" in result.stderr
    assert "Geheim1" not in result.stderr


def test_wrong_use_of_options_is_said_in_both_languages(run: Run) -> None:
    result = run("trace", "x", "--direction", "sideways")
    assert "选项的值不对：" in result.stderr
    assert "Value error" not in result.stderr
    assert "缺少必需的参数或选项：" in run("trace").stderr
    assert "没有这个选项：--nothing / " in run("--nothing").stderr


def test_the_version_in_all_forms(run: Run) -> None:
    number = json_of(run("version", "--format", "json"))["version"]
    assert csv_of(run("version", "--format", "csv")) == [{"version": number}]
    assert run("--version").stdout == run("version").stdout == f"fundtrail {number}\n"


def test_a_bug_is_70_and_masked(home: Path) -> None:
    code = (
        "import api.cli, api.commands.follow as follow\n"
        "import duckdb\n"
        "def broken(chosen):\n"
        "    db = duckdb.connect(); relation = db.sql('SELECT 1')\n"
        f"    raise ValueError('{POOL}')\n"
        "follow.require_data = broken\n"
        "api.cli.main()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "trace", POOL, "--direction", "forward", "--home", home],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 70
    assert run.stderr.endswith("ValueError: …0001\n"), "no noise of libraries after it"
    assert POOL not in run.stderr


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize("command", [("rules", "list"), ("--version",), ("--help",)])
def test_a_full_disk_behind_standard_output_is_told_of_it(form: str, command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [*FUNDTRAIL, *command, "--format", form], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert run.returncode == 2
    assert run.stderr == (
        "错误：写不了标准输出：磁盘已满 / standard output cannot be written: no space is left on the disk\n"
    )


def test_the_program_ends_as_python_does(home: Path) -> None:
    """A text that ends the program is an error, and what runs at exit is run."""
    code = (
        "import atexit, sys, api.cli, api.commands.follow as follow\n"
        "atexit.register(print, 'at exit')\n"
        "follow.require_data = lambda chosen: sys.exit('stopped')\n"
        "api.cli.main()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "trace", "ZY01", "--direction", "forward", "--home", home],
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (1, "at exit\n", "stopped\n")


# ---------------------------------------------------------------------------------------------- ingest


def test_ingest_json_is_the_contract(run: Run, tmp_path: Path) -> None:
    answer = json_of(run("ingest", "--dry-run", "--format", "json", str(write_files(tmp_path / "files"))))
    assert answer["problems"] == []
    keys = {
        "file",
        "sheet",
        "table",
        "rows",
        "accepted",
        "rejected",
        "totals",
        "blank",
        "duplicates",
        "corrected",
    }
    for batch in answer["batches"]:
        assert set(batch) == keys | {"sums", "columns"}
        counts = [batch[name] for name in ("accepted", "rejected", "totals", "blank", "duplicates")]
        assert sum(counts) == batch["rows"]
        assert all(set(column) >= {"header", "column", "candidates"} for column in batch["columns"])


def test_ingesting_again_adds_nothing(run: Run, tmp_path: Path) -> None:
    version = json_of(run("doctor", "--format", "json"))
    answer = json_of(run("ingest", "--format", "json", str(write_files(tmp_path / "files"))))
    assert all(batch["duplicates"] == batch["rows"] for batch in answer["batches"])
    again = json_of(run("doctor", "--format", "json"))
    ledger = [check for check in again["checks"] if check["check"].startswith("账本")]
    assert ledger == [check for check in version["checks"] if check["check"].startswith("账本")]


def test_rejected_rows_are_3_named_in_json_and_masked_in_tables(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(BAD_ROW, "utf-8")
    result = run("ingest", "--dry-run", "--format", "json", str(file))
    assert result.exit_code == 3
    answer = json.loads(result.stdout)
    assert [problem["row"] for problem in answer["problems"]] == [2, 3, 3]
    assert {problem["column"] for problem in answer["problems"]} == {"amount", "paid_at", "payee_account"}
    table = run("ingest", "--dry-run", str(file))
    assert table.exit_code == 3
    assert "2020-06-31" in table.stdout
    assert "1.23E+17" not in table.stdout, "a damaged account number is still masked"


def test_problems_of_an_ingest_in_english(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(BAD_ROW, "utf-8")
    text = run("ingest", "--dry-run", "--lang", "en", str(file)).stdout
    assert "there is no such date" in text
    assert "日期不存在" not in text


def test_ingest_csv_has_batches_and_problems(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(BAD_ROW, "utf-8")
    result = run("ingest", "--dry-run", "--format", "csv", str(file))
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["record"] for row in rows] == ["batch", "problem", "problem", "problem"]
    assert rows[0]["rejected"] == "2"
    assert rows[1]["value"] == "0"


# --------------------------------------------------------------------------------------- trace and links


def test_trace_json_is_the_contract(run: Run) -> None:
    answer = json_of(run("trace", "PZ00000381", "--direction", "backward", "--format", "json"))
    assert set(answer) == {"subject", "direction", "method", "amount_fen", "parts", "links", "complete"}
    assert answer["subject"] == "PZ00000381"
    assert answer["complete"] is True
    assert {(part["id"], part["kind"], part["fen"]) for part in answer["parts"]} == {
        ("ZY01", "indicator", 800_000),
        ("SJ02", "indicator", 300_000),
        ("unexplained:SJ02", "unexplained", 50_000),
        (f"unexplained:{POOL}", "unexplained", 50_000),
    }
    assert {"from": "PZ00000102", "to": "PZ00000381", "fen": 1_150_000} in answer["links"]


def test_trace_as_of_sees_nothing_later(run: Run) -> None:
    result = run("trace", "PZ00000381", "--direction", "backward", "--as-of", "2020-06-17")
    assert result.exit_code == 2
    held = json_of(run("trace", POOL, "--direction", "backward", "--as-of", "2020-06-17", "--format", "json"))
    assert held["amount_fen"] == 1_150_000


def test_trace_csv_has_subject_parts_and_links(run: Run) -> None:
    rows = csv_of(run("trace", "PZ00000381", "--direction", "forward", "--format", "csv"))
    assert rows[0] == {
        "record": "subject",
        "id": "PZ00000381",
        "kind": "forward",
        "from": "",
        "to": "",
        "fen": "1200000",
    }
    parts = {row["id"]: int(row["fen"]) for row in rows if row["record"] == "part"}
    assert parts == {ZHANG: 900_000, LI: 275_000, POOL: 15_000, "CASH": 10_000}


def test_links_agree_in_all_forms(run: Run) -> None:
    answer = json_of(run("links", "--method", "fifo", "--format", "json"))
    assert answer["method"] == "fifo"
    rows = csv_of(run("links", "--method", "fifo", "--format", "csv"))
    assert [{**row, "fen": int(row["fen"])} for row in rows] == answer["links"]
    assert set(answer["links"][0]) == {"from", "to", "origin", "line", "fen"}


def test_a_trace_in_words_can_be_defended(run: Run) -> None:
    text = run("trace", "PZ00000381", "--direction", "backward", "--as-of", "2020-10-22").stdout
    first, second, *_ = text.splitlines()
    assert first == (
        "付款 PZ00000381  2020-06-18  12,000.00 元  某县扶贫资金专账（…0001） → 张*（…3312）  "
        "用途 产业补助 990***********1234"
    )
    assert second == "方法 linked（凭证指明的优先，其余先进先出）  账本 v1  截至 2020-10-22"
    figures = [
        int(found.replace(",", "").replace(".", ""))
        for found in re.findall(r" ([\d,]+\.\d\d) *$", text, re.M)
    ]
    assert sum(figures) == 1_200_000
    assert re.search(r"合计 +12,000\.00 +付款金额|合计 +12,000\.00 += 付款金额", text)
    assert "2019-11-29 中央 → 省 8,000.00" in text
    assert "payments.csv 第 3 行" in text
    assert text.rstrip().endswith("trace PZ00000381 --direction backward --method linked --as-of 2020-10-22")


def test_the_command_of_an_account_runs_and_hides_its_number(run: Run) -> None:
    first = run("trace", POOL, "--direction", "forward")
    command = shlex.split(first.stdout.splitlines()[-1].partition("fundtrail ")[2])
    assert POOL not in first.stdout
    again = run(*command)
    assert again.exit_code == 0, again.stderr
    assert again.stdout == first.stdout
    key = command[command.index("trace") + 1]
    assert run("export", "graphml", key, "--output", "-").exit_code == 0
    assert run("trace", "acct_" + 20 * "0", "--direction", "forward").exit_code == 2


def test_all_of_a_trace_is_listed_when_asked_for(run: Run) -> None:
    answer = json_of(run("trace", "PZ00000381", "--direction", "backward", "--format", "json"))
    text = run("trace", "PZ00000381", "--direction", "backward", "--all").stdout
    for link in answer["links"]:
        assert f"  {link['to']}  " in text
    assert "另有" not in text


def test_an_indicator_shows_its_amount_and_what_it_holds(run: Run) -> None:
    for direction in ("backward", "forward"):
        answer = json_of(run("trace", "ZY01", "--direction", "backward", "--format", "json"))
        head = run("trace", "ZY01", "--direction", direction).stdout.splitlines()[0]
        assert head.endswith(f"指标金额 10,000.00 元，现有余额 {answer['amount_fen'] / 100:,.2f} 元")


def test_a_scan_shows_where_the_money_of_an_indicator_is(run: Run) -> None:
    text = run("scan", "--as-of", "2022-01-01", "--rule", "ZB05").stdout
    command = re.search(r"看去向： fundtrail (.*)", text)
    assert command
    assert " --direction forward " in command[1]
    assert run(*shlex.split(command[1])).exit_code == 0


def test_the_case_of_a_finding_is_told(run: Run) -> None:
    answer = json_of(run("scan", "--as-of", "2022-01-01", "--rule", "ZC01", "--format", "json"))
    words = {"not_registered": "指标至今未登记", "no_indicator": "国库账户支出未注明指标"}
    text = run("scan", "--as-of", "2022-01-01", "--rule", "ZC01").stdout
    reasons = {finding["details"]["reason"] for finding in answer["findings"]}
    assert reasons, "the county has a payment of this kind"
    assert all(words[reason] in text for reason in reasons)


def test_a_trace_in_english(run: Run) -> None:
    text = run("trace", "ZY01", "--direction", "forward", "--lang", "en").stdout
    assert "Where it is now" in text
    assert "= all money that ever was here" in text


# -------------------------------------------------------------------------------------------- scan, rules


def test_scan_json_is_the_contract(run: Run) -> None:
    answer = json_of(
        run("scan", "--as-of", "2022-01-01", "--rule", "ZB05", "--rule", "RH01", "--format", "json")
    )
    assert {"as_of", "ledger_version", "findings", "not_evaluable"} <= set(answer)
    assert answer["as_of"] == "2022-01-01"
    found = {finding["subject"]: finding for finding in answer["findings"]}
    assert set(found) == {"SJ01", "SJ02"}
    assert found["SJ02"]["amount_fen"] == 50_000
    keys = {"rule_id", "rule_version", "level", "subject", "amount_fen", "parameters", "evidence"}
    assert keys <= set(found["SJ02"])
    assert [entry["rule_id"] for entry in answer["not_evaluable"]] == ["RH01"]
    assert "register" in answer["not_evaluable"][0]["missing"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_scan_answers_on_the_first_and_the_last_date(run: Run, day: str) -> None:
    assert json_of(run("scan", "--as-of", day, "--format", "json"))["as_of"] == day


@pytest.mark.parametrize(("level", "code"), [("info", 1), ("yellow", 1), ("red", 1)])
def test_fail_on_is_1(run: Run, level: str, code: int) -> None:
    assert run("scan", "--as-of", "2022-01-01", "--rule", "ZB05", "--fail-on", level).exit_code == code
    assert run("scan", "--as-of", "2022-01-01", "--rule", "ZB05").exit_code == 0


def test_fail_on_counts_only_its_level_and_above(run: Run) -> None:
    assert run("scan", "--as-of", "2022-01-01", "--rule", "ZB01", "--fail-on", "yellow").exit_code == 1
    assert run("scan", "--as-of", "2022-01-01", "--rule", "ZB01", "--fail-on", "red").exit_code == 0


def test_scan_table_groups_by_level_and_names_what_is_missing(run: Run) -> None:
    text = run("scan", "--as-of", "2022-01-01").stdout
    assert text.index("红灯") < text.index("黄灯") < text.index("不能评价的规则")
    assert "建档立卡人口" in text
    assert "export html --finding 1 --as-of 2022-01-01" in text


def test_a_finding_number_means_the_same_to_scan_and_export(run: Run, tmp_path: Path) -> None:
    options = ["--as-of", "2022-01-01", "--rule", "ZB01", "--rule", "ZB05", "--method", "fifo"]
    options += ["--set", "ZB05.tolerance=600"]
    listed = json_of(run("scan", *options, "--format", "json"))["findings"]
    assert [finding["rule_id"] for finding in listed] == ["ZB05", "ZB01", "ZB01", "ZB01", "ZB01"]
    text = run("scan", *options).stdout
    hint = next(line for line in text.splitlines() if "--finding 1" in line)
    typed = shlex.split(hint.partition("fundtrail ")[2])
    assert typed[typed.index("--as-of") :] == options
    for number, finding in enumerate(listed, 1):
        page = run(*typed[: typed.index("--finding")], "--finding", str(number), *options, "-o", "-")
        assert page.exit_code == 0, page.stderr
        assert f"{finding['rule_id']}@" in page.stdout
        assert re.search(rf"<dt>对象</dt><dd>{finding['subject']}</dd>", page.stdout)
    assert run("export", "html", "--finding", "6", *options, "-o", "-").exit_code == 2
    assert run("export", "html", "ZY01", *options, "-o", "-").exit_code == 2


EXEMPTIONS = """\
规则编号,例外对象,例外金额,例外原因,依据文号,例外起始日期,例外截止日期
ZB05,SJ02,,已批准,文1,2020-01-01,
ZB01,ZY01,5,已批准,文1,2020-01-01,
"""


@pytest.mark.parametrize(
    ("lang", "count"), [("zh", "不报的发现：1 条"), ("en", "suppressed by exemptions: 1")]
)
def test_exemptions_are_never_silent(tmp_path: Path, lang: str, count: str) -> None:
    files = write_files(tmp_path / "files")
    (files / "exemptions.csv").write_text(EXEMPTIONS, "utf-8")
    front = ("--home", str(tmp_path / "home"), "--lang", lang)
    assert CliRunner().invoke(app, [*front, "ingest", str(files)]).exit_code == 0
    asked = [*front, "scan", "--as-of", "2022-01-01", "--rule", "ZB05", "--rule", "ZB01"]
    table = CliRunner().invoke(app, asked).stdout
    rows = ("exemptions.csv 第 2 行", "exemptions.csv 第 3 行")
    rows = rows if lang == "zh" else ("exemptions.csv row 2", "exemptions.csv row 3")
    for text in (table, CliRunner().invoke(app, [*asked, "--format", "csv"]).stderr):
        assert count in text
        assert all(row in text for row in rows)
        assert "exemptions#" not in text


def test_scan_csv_has_findings_and_open_rules(run: Run) -> None:
    rows = csv_of(run("scan", "--as-of", "2022-01-01", "--rule", "ZB05", "--rule", "RH01", "--format", "csv"))
    assert [row["record"] for row in rows] == ["finding", "finding", "not_evaluable"]
    assert json.loads(rows[0]["evidence"])


# ------------------------------------------------------------------------------------------------ masking


@pytest.mark.parametrize(
    "arguments",
    [
        ("trace", "PZ00000381", "--direction", "backward"),
        ("trace", "PZ00000382", "--direction", "forward"),
        ("trace", POOL, "--direction", "forward"),
        ("trace", ZHANG, "--direction", "backward"),
        ("trace", "9" + POOL, "--direction", "backward"),
        ("trace", ZHANG_ID, "--direction", "backward"),
        ("links",),
        ("scan", "--as-of", "2022-01-01"),
        ("rules", "list"),
        ("doctor",),
        ("export", "html", "PZ00000381", "-o", "-"),
        ("export", "html", POOL, "-o", "-"),
        ("export", "graphml", "PZ00000382", "-o", "-"),
        ("export", "html", "--finding", "12", "--as-of", "2022-01-01", "-o", "-"),
    ],
)
def test_no_canary_is_shown(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code in (0, 2)
    for canary in CANARIES:
        assert canary not in result.stdout
        assert canary not in result.stderr


def test_json_on_ones_own_home_is_unmasked(run: Run) -> None:
    assert ZHANG in run("trace", ZHANG, "--direction", "backward", "--format", "json").stdout


# ------------------------------------------------------------------------------------- processes and pipes


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, api.cli; print([name for name in {HEAVY} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_a_trace_on_a_built_home_imports_no_compiler_and_no_tables(run: Run, home: Path) -> None:
    run("trace", "PZ00000381", "--direction", "backward")
    code = (
        "import sys, api.cli\n"
        f"command = ['--home', {str(home)!r}, 'trace', 'PZ00000381', '--direction', 'backward']\n"
        "try:\n    api.cli.app([*command, '--format', 'json'])\nexcept SystemExit:\n    pass\n"
        "heavy = ('numba', 'pandas', 'duckdb', 'deltalake', 'pyarrow')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_output_is_utf8_whatever_the_locale(home: Path) -> None:
    plain = {
        "LC_ALL": "C",
        "LANG": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run([*FUNDTRAIL, "rules", "list"], capture_output=True, env=plain, check=True)
    assert "超额分解" in done.stdout.decode("utf-8")


def test_a_closed_pipe_is_quiet(home: Path) -> None:
    command = f"{sys.executable} -m api.cli --home {home} export html ZY01 -o - | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("<!DOCTYPE ", "")
    help_ = f"{sys.executable} -m api.cli --help | true"
    done = subprocess.run(help_, shell=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_formulas_in_csv_are_disarmed() -> None:
    from api.render import csv_cell

    assert [csv_cell(cell) for cell in ("=1+1", "+1", "-1", "@x", "a=1", -1, None)] == [
        "'=1+1", "'+1", "'-1", "'@x", "a=1", -1, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)", "+86", "-2", "@SUM(1)", "\t=1", "\tx", "\rx", "\n=1", "  =1",
        "＝1", "＋1", "－1", "＠A", "\u3000=1", "'=1", "''@x",
    ],
)  # fmt: skip
def test_a_disarmed_text_can_be_had_back(text: str) -> None:
    disarmed = inert(text)
    assert disarmed == f"'{text}"
    assert re.sub(r"^'('*(?:[\t\r\n]|\s*[=+\-@＝＋－＠].))", r"\1", disarmed, flags=re.DOTALL) == text


@pytest.mark.parametrize("text", ["", "-", "@", "某县财政局", "a=1", "'", "'a", "'-", "2020-01-02", "—"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


def test_control_characters_never_reach_a_terminal() -> None:
    from api.render import clean

    assert clean("a\x1b[31mb\u202ec\x00") == "a\ufffd[31mb\ufffdc\ufffd"


@pytest.mark.parametrize(
    "command", ["alerts list", "scan --as-of 2022-01-01", "rules list", "rules show ZB05"]
)
def test_a_reader_that_has_gone_is_no_finding(home: Path, command: str) -> None:
    """The reader closes before anything is written, so that every write meets a broken pipe."""
    reading, writing = os.pipe()
    os.close(reading)
    arguments = [*FUNDTRAIL, "--home", str(home), *command.split()]
    done = subprocess.run(arguments, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        ("rules list --pack abc", "'--pack' 应为整数", "valid integer"),
        ("alerts list --limit 0", "'--limit' 不能小于 1", "greater than or equal to 1"),
        ("alerts list --state blue", "'--state' 不能是 'blue'，可选 'open'", "'blue' is not one of 'open'"),
        ("serve --port 99999", "'--port' 不能大于 65535", "less than or equal to 65535"),
        ("rules list x", "用法不对：多出 x", "unexpected extra argument"),
        ("rules list --pack", "'--pack' 后面要有值", "requires an argument"),
        ("rules nothing", "没有这个命令：'nothing'", "No such command 'nothing'"),
        ("rules form", "缺少必需的参数或选项：'--output' / '-o'", "Missing option"),
    ],
)
def test_what_is_wrong_with_an_option_is_said_in_chinese_too(
    run: Run, arguments: str, zh: str, en: str
) -> None:
    result = run(*arguments.split())
    assert result.exit_code == 2
    assert zh in result.stderr.split("错误 / Error: ")[1]
    assert en in result.stderr
    assert "Usage" not in result.stderr.replace("用法 / Usage: ", "")
    assert "Try" not in result.stderr


def test_the_exit_code_of_an_interrupt_is_documented(run: Run) -> None:
    assert "130 Ctrl-C" in run("--help").stdout


def test_identifiers_and_amounts_stay_whole_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from api.render import add_row, table, write_table

    shown = io.StringIO()
    monkeypatch.setattr(shown, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("TERM", raising=False)
    made = table("序号", "规则", "名称", "对象", "金额（元）", "依据", right=[0, 4])
    for number in range(1, 4):
        place = "06支付明细_2020.csv 第 1102 行；07银行流水.csv 第 2113 行；07银行流水.csv 第 2114 行"
        add_row(made, number, "ZC08", "资金回流闭环", f"LS0000211{number}", "1,120,000.00", place)
    write_table(made)
    for number in range(1, 4):
        assert f"LS0000211{number}" in shown.getvalue()
    assert shown.getvalue().count("1,120,000.00") == 3
    assert "金额（元）" in shown.getvalue()
    from rich.cells import cell_len

    assert all(cell_len(line) <= 60 for line in shown.getvalue().splitlines())


def test_long_work_writes_one_line_where_no_terminal_reads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from api import render

    monkeypatch.setattr(render, "_QUIET_SECONDS", -1.0)
    progress = render.Progress()
    for rule in ("ZB01", "ZB02", "ZB03"):
        progress(rule)
    assert capsys.readouterr().err == "ZB01\n"


def test_a_missing_column_names_the_headers_that_were_not_recognised(run: Run, tmp_path: Path) -> None:
    header = "支付凭证号,出账方,付款账户,支付金额,支付时间,用途,结算方式,支付方式,收款人名称,收款人账户"
    row = "PZ1,某县财政局,TK001,1,2020-01-06,补助,转账,财政直接支付,某公司,6228480402564890009"
    (tmp_path / "支付明细.csv").write_text(f"{header}\n{row}\n", "utf-8")
    shown = run("ingest", str(tmp_path), "--dry-run")
    assert shown.exit_code == 3
    assert "缺少必需列：付款人名称；没有认出的表头：出账方" in shown.stdout
    assert "payer_name" not in shown.stdout
    english = run("ingest", str(tmp_path), "--dry-run", "--lang", "en").stdout
    assert "payer_name" in english
    assert "headers not" in english
    report = json.loads(run("ingest", str(tmp_path), "--dry-run", "--format", "json").stdout)
    assert report["problems"][0]["column"] == "payer_name"


# ---------------------------------------------------------------------------- ingest: confirm and correct

PAYMENTS_IN_OTHER_WORDS = (
    "付款凭证编号,付款人名称,付款账户,支付金额,支付时间,用途,结算方式,支付方式,收款人名称,收款人账户,备注\n"
    "PZ1,某县财政局,6222020200001234567,12.50,2019-12-20,补助,转账,财政直接支付,张三,6222020200009876543,李四\n"
)


def test_a_dry_run_shows_which_column_is_read_as_what_and_no_value_that_is_not_read(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(PAYMENTS_IN_OTHER_WORDS, "utf-8")
    shown = run("ingest", "--dry-run", str(tmp_path / "a.csv")).stdout
    assert "a.csv：支付明细，表头第 1 行，其下 1 行" in shown
    assert "不能确定：支付凭证号" in shown
    assert "不读取" in shown
    assert "张*" in shown
    assert not any(text in shown for text in ("张三", "李四", "6222020200009876543"))
    english = run("ingest", "--dry-run", "--lang", "en", str(tmp_path / "a.csv")).stdout
    assert "not sure: payment_id" in english


def test_a_mapping_is_written_confirmed_kept_and_used(tmp_path: Path) -> None:
    source, mapping = tmp_path / "a.csv", tmp_path / "m.yaml"
    source.write_text(PAYMENTS_IN_OTHER_WORDS, "utf-8")
    front = ["--home", str(tmp_path / "home"), "ingest"]
    asked = CliRunner().invoke(app, [*front, "--dry-run", "--write-mapping", str(mapping), str(source)])
    assert asked.exit_code == 3
    assert "映射文件写在" in asked.stderr
    again = CliRunner().invoke(app, [*front, "--dry-run", "--write-mapping", str(mapping), str(source)])
    assert (again.exit_code, "不覆盖" in again.stderr) == (2, True)
    open_question = CliRunner().invoke(app, [*front, "--mapping", str(mapping), str(source)])
    assert (open_question.exit_code, "还没有确认" in open_question.stderr) == (2, True)
    mapping.write_text(mapping.read_text("utf-8").replace('"? ', '"'), "utf-8")
    kept = CliRunner().invoke(app, [*front, "--mapping", str(mapping), "--keep-mapping", str(source)])
    assert kept.exit_code == 0
    source.write_text(PAYMENTS_IN_OTHER_WORDS.replace("PZ1", "PZ2"), "utf-8")
    later = CliRunner().invoke(app, [*front, "--format", "json", str(source)])
    assert later.exit_code == 0
    assert json.loads(later.stdout)["batches"][0]["accepted"] == 1
    assert "按已确认的映射读取" in later.stderr


def test_a_mapping_to_keep_must_be_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(PAYMENTS_IN_OTHER_WORDS, "utf-8")
    refused = run("ingest", "--dry-run", "--keep-mapping", str(tmp_path / "a.csv"))
    assert (refused.exit_code, "--mapping" in refused.stderr) == (2, True)


def test_rejected_rows_come_back_in_a_folder_that_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(PAYMENTS_IN_OTHER_WORDS, "utf-8")
    result = run("ingest", "--dry-run", "--rejected", str(tmp_path / "back"), str(tmp_path / "a.csv"))
    assert result.exit_code == 3
    assert [path.name for path in (tmp_path / "back").iterdir()] == ["a-退回.xlsx"]
    assert "a-退回.xlsx" in result.stderr
