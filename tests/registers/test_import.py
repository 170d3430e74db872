"""Registers through the command line: import, list, scan, explain, remove; and nothing else changes."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter
from typer.testing import CliRunner

from api.cli import app
from api.explained import masked_row
from tracer.registers.classes import own_classes_folder
from tracer.registers.store import Registers
from tracer.rules.load import load_rules

OWN = Path(__file__).parents[1] / "rules" / "classes"
ALICE, BOB = "52272319800101001X", "522723198001010028"
SAID = (
    "--purpose",
    "核对发放对象",
    "--basis",
    "社会救助暂行办法第五十八条",
    "--office",
    "县民政局",
    "--by",
    "王经办",
)
PAYMENTS = """支付凭证号,付款人名称,付款账户,支付金额,支付时间,用途,结算方式,支付方式,收款人名称,\
收款人账户,受益人身份证号,受益人姓名
P1,财政局,B,100,2019-03-01,补贴,转账,财政直接支付,张三,A1,52272319800101001X,张三
P2,财政局,B,200,2019-06-15,补贴,转账,财政直接支付,李四,A2,522723198001010028,李四
"""
REGISTER = """身份证号,姓名,户编号,识别日期
52272319800101001X,张三,H1,2014-01-01
522723198001010028,李四,H2,2014-01-01
"""
DEATHS = """死亡人员名单,,,
序号,姓名,公民身份号码,死亡时间,死因
1,张三,５２２７２３１９８００１０１００１ｘ,2019-01-15,病
2,李四,5227231980****0028,2019-01-15,病
3,王五,522723197505050037,坏日期,病
4,赵六,522723197505050037,2019-02-02,病
5,赵六,522723197505050037,2019-02-02,病
合计,5人,,,
"""
Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: object) -> Any:
        return CliRunner().invoke(app, ["--home", str(tmp_path / "home"), *map(str, arguments)])

    return invoke


@pytest.fixture
def county(tmp_path: Path, run: Run) -> Run:
    for name, text in {"支付": PAYMENTS, "人口": REGISTER}.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        assert run("ingest", tmp_path / f"{name}.csv").exit_code == 0
    return run


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def take(run: Run, name: str, *paths: Path, as_of: str = "2019-05-31", more: tuple[object, ...] = ()) -> Any:
    result = run("registers", "import", name, *paths, *SAID, "--as-of", as_of, "--format", "json", *more)
    return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr


def scan(run: Run, day: str = "2019-06-30", *more: object) -> Any:
    return json.loads(run("scan", "--as-of", day, "--format", "json", *more).stdout)


def test_every_row_is_accounted_for_and_only_declared_columns_are_kept(run: Run, tmp_path: Path) -> None:
    code, report = take(run, "deaths", file(tmp_path, "名单.csv", DEATHS))
    assert code == 3, "rows were rejected"
    (batch,) = report["batches"]
    counts = {name: batch[name] for name in ("rows", "accepted", "rejected", "totals", "blank", "duplicates")}
    assert counts == {"rows": 6, "accepted": 2, "rejected": 2, "totals": 1, "blank": 0, "duplicates": 1}
    assert [(p["row"], p["column"]) for p in report["problems"]] == [(4, "person_id"), (5, "died_on")]
    assert [c["header"] for c in batch["columns"] if c["column"] is None] == ["序号", "姓名", "死因"]
    (one,) = Registers(tmp_path / "home").imports
    rows = Registers(tmp_path / "home").rows(one)
    assert rows.column_names == ["person_id", "died_on", "_file", "_sheet", "_row"]
    assert rows["_row"].to_pylist() == [3, 6]
    assert {**one.counts} == counts


def test_several_files_and_sheets_are_one_version(run: Run, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "两镇.xlsx") as book:
        for name, person in {"甲镇": ALICE, "乙镇": BOB}.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["身份证号*", "死亡日期"])
            sheet.write_row(1, 0, [person, "2019-01-15"])
        book.add_worksheet("说明").write(0, 0, "由民政局提供")
    third = file(tmp_path, "丙镇.csv", f"身份证号,死亡日期\n{BOB},2019-01-15\n")
    code, report = take(run, "死亡人员登记", tmp_path / "两镇.xlsx", third)
    assert (code, len(report["problems"])) == (0, 0)
    assert [(b["sheet"], b["accepted"], b["duplicates"]) for b in report["batches"]] == [
        ("甲镇", 1, 0),
        ("乙镇", 1, 0),
        (None, 0, 1),
    ]
    assert [note["sheet"] for note in report["notes"]] == ["说明"]
    one = report["import"]
    assert [entry["file"] for entry in one["files"]] == ["两镇.xlsx", "丙镇.csv"]
    assert all(len(entry["sha256"]) == 64 for entry in one["files"])


def test_headers_are_named_or_refused_and_never_guessed(run: Run, tmp_path: Path) -> None:
    strange = file(tmp_path, "a.csv", f"号码,死亡日期\n{ALICE},2019-01-15\n")
    code, report = take(run, "deaths", strange)
    assert (code, report["import"]) == (3, None)
    assert any("--column" in one["hint"] for one in report["problems"])
    code, report = take(run, "deaths", strange, more=("--column", "person_id=号码"))
    assert (code, report["import"]["counts"]["accepted"]) == (0, 1)
    twice = file(tmp_path, "b.csv", f"身份证号,证件号码,死亡日期\n{ALICE},{BOB},2019-01-15\n")
    code, report = take(run, "deaths", twice)
    assert (code, report["import"]) == (3, None)
    assert "B 列“证件号码”" in report["problems"][0]["problem"]
    assert take(run, "deaths", twice, more=("--column", "person_id=身份证号"))[0] == 0
    for wrong in (("--column", "person=号码"), ("--column", "person_id")):
        assert take(run, "deaths", strange, more=wrong)[0] == 2
    assert take(run, "ships", strange)[0] == 2


def test_nothing_is_stored_by_a_dry_run_or_without_what_must_be_said(run: Run, tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", f"身份证号,死亡日期\n{ALICE},2019-01-15\n")
    code, report = take(run, "deaths", path, more=("--dry-run",))
    assert (code, report["import"], report["batches"][0]["accepted"]) == (0, None, 1)
    for option in ("--purpose", "--basis", "--office", "--by"):
        given = list(SAID)
        del given[given.index(option) : given.index(option) + 2]
        assert run("registers", "import", "deaths", path, *given, "--as-of", "2019-05-31").exit_code == 2
    assert run("registers", "import", "deaths", path, *SAID).exit_code == 2, "no as-of day"
    assert not (tmp_path / "home").exists()


def test_a_register_adds_its_rule_and_changes_nothing_else(county: Run, tmp_path: Path) -> None:
    before = scan(county)
    assert {entry["rule_id"] for entry in before["rules"]} == set(load_rules())
    take(county, "deaths", file(tmp_path, "名单.csv", DEATHS))
    after = scan(county)
    new = [finding for finding in after["findings"] if finding["rule_id"] == "RHD1"]
    assert [finding for finding in after["findings"] if finding["rule_id"] != "RHD1"] == before["findings"]
    assert after["not_evaluable"] == before["not_evaluable"]
    assert [entry for entry in after["rules"] if entry["rule_id"] != "RHD1"] == before["rules"]
    shown = json.loads(county("rules", "show", "RHD1", "--format", "json").stdout)
    assert shown["needs"] == ["payments", "deaths"]
    (finding,) = new
    assert (finding["subject"], finding["level"], finding["amount_fen"]) == ("P1", "yellow", 10_000)
    (cited,) = [row["register"] for row in finding["evidence"] if row["table"] == "deaths"]
    said = {"purpose": SAID[1], "basis": SAID[3], "office": SAID[5], "imported_by": SAID[7]}
    assert cited.items() >= (said | {"as_of": "2019-05-31", "number": 1}).items()
    told = next(entry for entry in after["rules"] if entry["rule_id"] == "RHD1")
    assert [one["number"] for one in told["registers"]] == [1]
    masked = masked_row(next(row for row in finding["evidence"] if row["table"] == "deaths"))
    assert masked["register"]["imported_by"] == "王*"


def test_people_are_told_the_purpose_and_see_no_whole_name(county: Run, tmp_path: Path) -> None:
    take(county, "deaths", file(tmp_path, "名单.csv", DEATHS))
    note = county("explain", "RHD1/P1", "--as-of", "2019-06-30")
    listed = county("registers", "list")
    for said in (SAID[1], SAID[3], SAID[5]):
        assert said in note.stdout, note.stderr
        assert said in listed.stdout
    for text in (note.stdout, listed.stdout):
        assert "王经办" not in text
        assert ALICE not in text
    assert json.loads(county("registers", "list", "--format", "json").stdout)["imports"][0]["number"] == 1
    assert county("registers", "list", "--format", "csv").stdout.startswith("number,register,as_of")


def test_removed_means_gone_and_not_evaluable(county: Run, tmp_path: Path) -> None:
    take(county, "deaths", file(tmp_path, "名单.csv", DEATHS))
    scan(county, "2019-06-30", "--rule", "RHD1")
    graphs = tmp_path / "home" / "graph"
    assert list(graphs.glob("*-r*.lbug"))
    gone = county("registers", "remove", "1", "--by", "李某", "--reason", "核对已完成")
    assert gone.exit_code == 0
    assert "仍保留" in gone.stdout
    assert not list(graphs.glob("*-r*.lbug"))
    assert not list((tmp_path / "home" / "registers" / "rows").iterdir())
    after = scan(county, "2019-06-30", "--rule", "RHD1")
    assert after["not_evaluable"] == [{"rule_id": "RHD1", "missing": ["deaths"]}]
    assert "核对已完成" in county("registers", "list").stdout
    assert county("registers", "remove", "1", "--by", "李某", "--reason", "再次").exit_code == 2
    assert county("registers", "remove", "--by", "李某", "--reason", "无").exit_code == 2


def test_what_may_not_be_kept_longer_is_not_used_and_goes(county: Run, tmp_path: Path) -> None:
    path = file(tmp_path, "名单.csv", DEATHS)
    take(county, "deaths", path, more=("--keep-until", "2019-06-30"))
    assert scan(county, "2019-06-30", "--rule", "RHD1")["findings"]
    later = scan(county, "2019-07-01", "--rule", "RHD1")
    assert later["not_evaluable"] == [{"rule_id": "RHD1", "missing": ["deaths"]}]
    by = ("--by", "李某", "--reason", "期满")
    assert "没有" in county("registers", "remove", "--expired", "2019-06-30", *by).stdout
    removed = county("registers", "remove", "--expired", "2019-07-01", *by, "--format", "json")
    assert json.loads(removed.stdout)["removed"] == [1]


def test_the_version_of_the_day_answers_or_nobody_does(county: Run, tmp_path: Path) -> None:
    """P1 was paid on 1 March, P2 on 15 June."""
    header = "身份证号,号牌号码,车辆类型,购置价格（万元）,初次登记日期\n"
    bare = file(tmp_path, "a.csv", f"{header}{ALICE},贵A1,小型轿车,12.5,\n{BOB},贵A2,小型轿车,8,2015-01-01\n")
    take(county, "vehicles", bare, as_of="2019-05-31")
    found = scan(county, "2019-06-30", "--rule", "RHV1")
    assert [finding["subject"] for finding in found["findings"]] == [BOB]
    assert found["not_evaluated"] == {"RHV1": 1}, "of 1 March nothing is known"
    # Complete since January: but since when the first car is hers nobody says.
    take(county, "vehicles", bare, as_of="2019-06-01", more=("--since", "2019-01-01"))
    found = scan(county, "2019-06-30", "--rule", "RHV1")
    assert ([f["subject"] for f in found["findings"]], found["not_evaluated"]) == ([BOB], {"RHV1": 1})
    dated = file(tmp_path, "b.csv", f"{header}{ALICE},贵A1,小型轿车,12.5,2018-01-01\n")
    take(county, "vehicles", dated, as_of="2019-06-02", more=("--since", "2019-01-01"))
    found = scan(county, "2019-06-30", "--rule", "RHV1")
    assert ([f["subject"] for f in found["findings"]], found["not_evaluated"]) == ([ALICE], {})


def test_an_own_class_takes_one_file(county: Run, tmp_path: Path) -> None:
    shutil.copytree(OWN, own_classes_folder(tmp_path / "home"))
    assert "服刑人员" in county("registers", "classes").stdout
    assert "收监日期" in county("registers", "show", "prisoners").stdout
    path = file(tmp_path, "a.csv", f"罪犯身份证号,收监日期\n{ALICE},2018-01-01\n")
    assert take(county, "prisoners", path, as_of="2019-02-28")[0] == 0
    found = scan(county, "2019-06-30", "--rule", "RHX1")
    assert [(f["subject"], f["level"]) for f in found["findings"]] == [("P1", "info")]
    assert found["not_evaluated"] == {"RHX1": 1}, "P2 was paid when the version was too old"
    (row,) = [row for row in found["findings"][0]["evidence"] if row["table"] == "prisoners"]
    assert (row["register"]["name_zh"], row["file"], row["row"]) == ("服刑人员", "a.csv", 2)


def test_columns_that_changed_since_are_refused_in_words(county: Run, tmp_path: Path) -> None:
    shutil.copytree(OWN, own_classes_folder(tmp_path / "home"))
    path = file(tmp_path, "a.csv", f"罪犯身份证号,收监日期\n{ALICE},2018-01-01\n")
    take(county, "prisoners", path, as_of="2019-02-28")
    declared = own_classes_folder(tmp_path / "home") / "prisoners.yaml"
    declared.write_text(
        declared.read_text("utf-8")
        .replace("name: left_on", "name: freed_on")
        .replace("to: left_on", "to: freed_on"),
        "utf-8",
    )
    result = county("scan", "--as-of", "2019-06-30", "--rule", "RHX1")
    assert result.exit_code == 3
    assert "prisoners" in result.stderr


def test_a_large_register_keeps_each_row_once(run: Run, tmp_path: Path) -> None:
    people = [f"5227231980{n:08}" for n in range(20_000)]
    lines = [f"{person},2019-01-15" for person in (*people, *people[:5_000])]
    path = file(tmp_path, "a.csv", "\n".join(["身份证号,死亡日期", *lines]))
    code, report = take(run, "deaths", path)
    (batch,) = report["batches"]
    assert (code, batch["accepted"], batch["duplicates"]) == (0, 20_000, 5_000)
    (one,) = Registers(tmp_path / "home").imports
    kept = Registers(tmp_path / "home").rows(one)
    assert kept["person_id"].to_pylist() == people
    assert kept["_row"].type == pa.int64()
