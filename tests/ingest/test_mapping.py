"""Mapping files: everything of contract section 4, and wrong use for everything it does not know."""

import re
from pathlib import Path

import openpyxl
import pytest

from tests.ingest.samples import counts, csv_text, ingested, write_csv, write_xlsx
from tracer.errors import UsageError
from tracer.ledger import Ledger

ROWS = [
    ("CICLO", "CLAVE", "TIPO", "PAGADO", "FECHA", "NOTA"),
    ("2019", "A1", "D", "1,000.125", "2019-01-01", "x"),
    ("2019", "A2", "D", "2", "2019-01-02", ""),
    ("2019", "", "PROGRAMA X", "1,002.13", "", ""),
    ("2020", "A1", "", "9", "2019-01-03", ""),
]
ENTRY = """
- file: "avance*.csv"
  table: splits
  header_row: 1
  columns: {parent_indicator_id: CICLO, child_indicator_id: [CICLO, CLAVE],
            amount: "PAGADO", split_on: "col:E"}
  decimals: round
  skip: {TIPO: "^$"}
  totals: {TIPO: "^PROGRAMA"}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "avance1.csv", ROWS, separator=";")


def test_columns_by_name_letter_and_list_with_skips_totals_and_rounding(tmp_path: Path, source: Path) -> None:
    report = ingested(tmp_path, source, mapping=ENTRY)
    batch = report["batches"][0]
    assert (batch["table"], counts(batch)) == ("splits", (4, 2, 0, 1, 1, 0))
    assert batch["sums"] == {"amount": 100_213}
    assert report["problems"] == []
    assert [entry["column"] for entry in batch["columns"]] == [
        *("parent_indicator_id", "child_indicator_id", None, "amount", "split_on", None)
    ]
    assert Ledger(tmp_path / "home").read("splits")["child_indicator_id"].to_pylist() == [
        "2019/A1",
        "2019/A2",
    ]


def test_more_decimals_than_fen_are_an_error_by_default(tmp_path: Path, source: Path) -> None:
    report = ingested(tmp_path, source, mapping=ENTRY.replace("decimals: round", "decimals: error"))
    assert counts(report["batches"][0]) == (4, 1, 1, 1, 1, 0)
    assert [(p["row"], p["column"]) for p in report["problems"]] == [(2, "amount"), (4, "amount")]


@pytest.mark.parametrize(("stated", "problems"), [("3", 0), ("4", 1)])
def test_totals_of_groups(tmp_path: Path, stated: str, problems: int) -> None:
    rows = [
        ("G", "ID", "V", "D"),
        ("total", "", "1", ""),
        ("a", "1", "1", "2019-01-01"),
        ("a", "2", "2", "2019-01-01"),
        ("b", "3", "5", "2019-01-01"),
        ("a", "all", stated, ""),
        ("b", "all", "2", ""),
        ("b", "all", "3", ""),
        ("c", "all", "无", ""),
    ]
    mapping = """
- {file: "*", table: splits,
   columns: {parent_indicator_id: G, child_indicator_id: ID, amount: V, split_on: D},
   skip: {G: "^total$"}, totals: {ID: "^all$", of: [G]}}
"""
    report = ingested(tmp_path, write_csv(tmp_path / "x.csv", rows), mapping=mapping)
    assert counts(report["batches"][0]) == (8, 3, 0, 4, 1, 0)
    assert [p["row"] for p in report["problems"]] == [6] * problems


def test_totals_of_a_mapping_count_what_is_loaded(tmp_path: Path) -> None:
    rows = [("G", "ID", "V", "D"), *[("a", "1", "1", "2019-01-01")] * 2, ("a", "all", "2", "")]
    mapping = """
- {file: "*", table: splits,
   columns: {parent_indicator_id: G, child_indicator_id: ID, amount: V, split_on: D},
   totals: {ID: all}}
"""
    path = write_csv(tmp_path / "x.csv", rows)
    assert "明细之和 1 元" in ingested(tmp_path, path, mapping=mapping)["problems"][0]["problem"]
    entry = """
- file: "*"
  table: splits
  columns: {parent_indicator_id: G, amount: V, split_on: D}
  constants: {row_id: child_indicator_id}
  totals: {ID: all}
"""
    report = ingested(tmp_path, path, mapping=entry)
    assert report["problems"] == []
    ids = Ledger(tmp_path / "home").read("splits")["child_indicator_id"].to_pylist()
    assert ids[-2:] == ["x.csv::2", "x.csv::3"]
    again = ingested(tmp_path, path, mapping=entry)
    assert (counts(again["batches"][0]), again["problems"]) == ((3, 0, 0, 1, 0, 2), [])


def test_constants_units_and_one_sheet_into_two_tables(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "b.xlsx",
        [["通知"], ["县", "文号", "万"], ["甲县", "财农〔2019〕1号", 1.5], ["乙县", "财农〔2019〕1号", 2]],
        sheet="分配",
    )
    mapping = """
- file: "b.xlsx"
  sheet: "分*"
  table: indicators
  header_row: 2
  columns: {receiver: 县, doc_no: 文号, amount: 万}
  constants: {level: 县, issued_on: 2019-05-01, fund_name: "", fund_nature: "", function_code: "213",
              economic_code: "", budget_item: "", row_id: indicator_id}
  unit: {amount: 万元}
- file: "b.xlsx"
  table: splits
  header_row: 2
  columns: {child_indicator_id: 县, parent_indicator_id: 文号, amount: "col:C"}
  constants: {split_on: 20190501}
  unit: 千元
"""
    report = ingested(tmp_path, path, mapping=mapping)
    assert [(b["table"], b["accepted"], b["sums"]) for b in report["batches"]] == [
        ("indicators", 2, {"amount": 3_500_000}),
        ("splits", 2, {"amount": 350_000}),
    ]
    row = Ledger(tmp_path / "home").read("indicators").to_pylist()[0]
    assert (row["indicator_id"], row["level"], row["function_code"]) == ("b.xlsx:分配:3", "county", "213")


def test_nested_headers_are_joined_with_a_blank(tmp_path: Path) -> None:
    rows = [
        ["合计", "明细", "", "日期"],
        ["合计", "上级", "下级", "日期"],
        [5, "Z1", "Z2", "2019-01-01"],
    ]
    path = write_xlsx(tmp_path / "n.xlsx", rows, merge=["B1:C1"])
    mapping = """
- file: n.xlsx
  table: splits
  header_row: [1, 2]
  columns: {amount: 合计, parent_indicator_id: 明细 上级, child_indicator_id: 明细 下级, split_on: 日期}
"""
    assert ingested(tmp_path, path, mapping=mapping)["batches"][0]["accepted"] == 1


def test_each_part_of_a_joined_identifier_must_be_text(tmp_path: Path) -> None:
    rows = [("F", "T", "V", "D"), ("A", "1.23E+17", "1", "2019-01-02"), ("无", "-", "1", "2019-01-02")]
    path = write_csv(tmp_path / "j.csv", [*rows, ("A", "17", "1", "2019-01-02")])
    mapping = """
- file: j.csv
  table: splits
  columns: {parent_indicator_id: F, child_indicator_id: [F, T], amount: V, split_on: D}
"""
    report = ingested(tmp_path, path, mapping=mapping)
    assert [(p["row"], p["column"]) for p in report["problems"]] == [
        (2, "child_indicator_id"),
        (3, "parent_indicator_id"),
        (3, "child_indicator_id"),
    ]
    assert Ledger(tmp_path / "home").read("splits")["child_indicator_id"].to_pylist() == ["A/17"]


def test_a_table_without_headers(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", [("1", "AAA", "BBB", "2017-03-01 00:02:00", "4000")] * 3)
    mapping = """
- file: t.csv
  table: transfers
  header_row: 0
  columns: {from_account: "col:B", to_account: "col:C", moved_at: "col:D", amount: "col:E"}
  row_id: transfer_id
"""
    batch = ingested(tmp_path, path, mapping=mapping)["batches"][0]
    assert (counts(batch), batch["sums"]) == ((3, 3, 0, 0, 0, 0), {"amount": 1_200_000})


def test_html_rows_count_within_the_table(tmp_path: Path) -> None:
    rows = "<tr><td>Z1<td>Z2<td>1<td>2019-01-01<tr><td>Z1<td>Z3<td>x<td>2019-01-01"
    table = f"<table><tr><th>父<th>子<th>额<th>日{rows}</table>"
    (tmp_path / "p.html").write_text(f"<html><table><tr><td>菜单</table>{table}</html>", "utf-8")
    mapping = """
- file: "*.html"
  table: splits
  header_row: 1
  columns: {parent_indicator_id: 父, child_indicator_id: 子, amount: 额, split_on: 日}
"""
    report = ingested(tmp_path, tmp_path / "p.html", mapping=mapping)
    assert [(b["sheet"], counts(b)) for b in report["batches"]] == [("2", (2, 1, 1, 0, 0, 0))]
    assert report["problems"][0]["row"] == 3


def test_a_mapping_file_settles_an_ambiguous_header(tmp_path: Path) -> None:
    rows = [("凭证号", "付款账号", "收款账号", "金额（万元）", "日期"), ("1", "2", "3", "4", "2019-01-01")]
    path = write_csv(tmp_path / "a.csv", rows)
    mapping = """
- file: a.csv
  table: transfers
  columns: {transfer_id: 凭证号, from_account: 付款账号, to_account: 收款账号,
            amount: "金额（万元）", moved_at: 日期}
"""
    assert ingested(tmp_path, path)["batches"][0]["accepted"] == 0
    assert ingested(tmp_path, path, mapping=mapping)["batches"][0]["sums"] == {"amount": 4_000_000}


def test_what_the_mapping_file_does_not_name_is_not_loaded(tmp_path: Path, source: Path) -> None:
    other = write_csv(tmp_path / "other.csv", ROWS)
    workbook = openpyxl.Workbook()
    workbook.save(tmp_path / "avance2.xlsx")
    report = ingested(tmp_path, source, other, tmp_path / "avance2.xlsx", mapping=ENTRY)
    assert [batch["file"] for batch in report["batches"]] == ["avance1.csv"]


def test_a_required_column_that_is_not_mapped_is_a_problem(tmp_path: Path, source: Path) -> None:
    report = ingested(tmp_path, source, mapping=ENTRY.replace(', split_on: "col:E"', ""))
    assert counts(report["batches"][0])[1] == 0
    assert report["problems"][0]["column"] == "split_on"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("table: splits", "table: spilts", "spilts"),
        ("decimals: round", "rounding: yes", "rounding"),
        ("decimals: round", "decimals: up", "decimals"),
        ('amount: "PAGADO"', 'amuont: "PAGADO"', "amuont"),
        ('amount: "PAGADO"', 'amount: "PAGADA"', "PAGADA"),
        ('amount: "PAGADO"', 'amount: "col:Z"', "col:Z"),
        ('skip: {TIPO: "^$"}', 'skip: {TIPE: "^$"}', "TIPE"),
        ('skip: {TIPO: "^$"}', 'skip: {TIPO: "("}', "正则"),
        ('skip: {TIPO: "^$"}', "unit: 万", "万"),
        ('skip: {TIPO: "^$"}', "unit: {split_on: 万元}", "split_on"),
        ('skip: {TIPO: "^$"}', "constants: {amount: 5}", "amount"),
        ('skip: {TIPO: "^$"}', "constants: {row_id: nothing}", "nothing"),
        (', split_on: "col:E"}', "}\n  constants: {split_on: gestern}", "gestern"),
        (', split_on: "col:E"}', '}\n  constants: {split_on: ""}', "split_on"),
        ("header_row: 1", "header_row: top", "header_row"),
        ("header_row: 1", "header_row: 40", "header_row 40"),
        ("header_row: 1", "header_row: [0, 1]", "header_row"),
        ('"^PROGRAMA"}', '"^PROGRAMA", of: [CICLE]}', "CICLE"),
        ("avance*.csv", "other*.csv", "没有一项"),
        ("table: splits", "table: splits\n  sheet: Hoja9", "Hoja9"),
        ("- file", "entry:\n  file", "列表"),
        ("header_row: 1", "header_row: 1\n  header_row: 2", "两次"),
        ("{parent_indicator_id", "[{parent_indicator_id", "YAML"),
    ],
)
def test_wrong_use(tmp_path: Path, source: Path, old: str, new: str, says: str) -> None:
    assert old in ENTRY
    with pytest.raises(UsageError, match=says):
        ingested(tmp_path, source, mapping=ENTRY.replace(old, new))
    assert Ledger(tmp_path / "home").version == 0


def test_a_header_that_occurs_twice_is_named_by_its_letter(tmp_path: Path) -> None:
    path = tmp_path / "avance1.csv"
    path.write_text(csv_text([(*ROWS[0][:5], "PAGADO"), *ROWS[1:]], ";"), "utf-8")
    with pytest.raises(UsageError, match="出现 2 次"):
        ingested(tmp_path, path, mapping=ENTRY)
    batch = ingested(tmp_path, path, mapping=ENTRY.replace('"PAGADO"', '"col:D"'))["batches"][0]
    assert batch["accepted"] == 2


def test_broken_yaml_is_told_by_file_line_and_column(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [("G", "V")])
    with pytest.raises(UsageError) as raised:
        ingested(tmp_path, path, mapping='- file: "*"\n  table: [splits\n  columns: {amount: V}\n')
    zh, en = str(raised.value).split(" / ")
    assert re.match(r"\S+\.yaml：第 3 行第 \d+ 列：", zh)
    assert re.match(r"\S+\.yaml: line 3, column \d+: the mapping file is no proper YAML", en)
    assert "括号" in zh
    assert "bracket" in en


def test_a_key_that_is_given_twice_is_told_with_its_line(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [("G", "V")])
    with pytest.raises(UsageError, match=r"第 2 行.*table 写了两次.*line 2.*table is given twice"):
        ingested(tmp_path, path, mapping='#\n- {file: "*", table: splits, table: payments}\n')


def test_a_header_row_beyond_the_sheet_is_told(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [("G", "V"), ("1", "2")])
    with pytest.raises(UsageError, match=r"没有第 99 行表头（header_row），只有 2 行 .* it has 2 rows"):
        ingested(tmp_path, path, mapping='- {file: "*", table: splits, header_row: 99, columns: {amount: V}}')


@pytest.mark.parametrize("form", ["x.csv", "x.xlsx", "x.html"])
@pytest.mark.parametrize("below", [101, 259])
def test_a_header_row_far_down_is_read_with_the_unit_above_it(tmp_path: Path, form: str, below: int) -> None:
    # Arrange: as many rows of text as stand before the table, the unit in the last of them.
    rows = [("说明",)] * (below - 1) + [("单位：万元",), ("上级", "下级", "金额", "日期")]
    rows += [("A", "B", "1.5", "2019-01-01"), ("A", "C", "2", "2019-01-02")]
    path = tmp_path / form
    if form.endswith("html"):
        cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
        path.write_text(f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>", "utf-8")
    elif form.endswith("xlsx"):
        write_xlsx(path, rows)
    else:
        write_csv(path, rows, separator=";")
    mapping = f"""
- file: "x.*"
  table: splits
  header_row: {below + 1}
  columns: {{parent_indicator_id: 上级, child_indicator_id: 下级, amount: 金额, split_on: 日期}}
"""
    # Act
    (batch,) = ingested(tmp_path, path, mapping=mapping)["batches"]
    # Assert
    assert (counts(batch), batch["sums"]) == ((2, 2, 0, 0, 0, 0), {"amount": 3_500_000})
    sources = Ledger(tmp_path / "home").sources("splits", [0, 1])
    assert [source.row for source in sources] == [below + 2, below + 3]


def test_nested_header_rows_far_down_are_joined(tmp_path: Path) -> None:
    rows = [*[("说明", "", "", "")] * 120, ("指标", "指标", "数", "日"), ("上级", "下级", "金额", "日期")]
    path = write_csv(tmp_path / "x.csv", [*rows, ("A", "B", "1", "2019-01-01")])
    mapping = """
- file: "x.csv"
  table: splits
  header_row: [121, 122]
  columns: {parent_indicator_id: 指标 上级, child_indicator_id: 指标 下级, amount: 数 金额, split_on: 日 日期}
"""
    (batch,) = ingested(tmp_path, path, mapping=mapping)["batches"]
    assert (counts(batch), batch["sums"]) == ((1, 1, 0, 0, 0, 0), {"amount": 100})


def test_a_header_row_beyond_a_long_sheet_is_told_with_its_length(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [("G", "V")] * 150)
    with pytest.raises(UsageError, match=r"没有第 151 行表头（header_row），只有 150 行 .* it has 150 rows"):
        ingested(
            tmp_path, path, mapping='- {file: "*", table: splits, header_row: 151, columns: {amount: V}}'
        )


BOMB = ", ".join(f"&{'abcdefgh'[n]} [{', '.join([f'*{chr(96 + n)}'] * 20) if n else 'x'}]" for n in range(8))
"""Of aliases: spelled out, the last list has 20⁷ texts."""


@pytest.mark.parametrize(
    "entry",
    [
        "table: *h",
        "table: payments, unit: *h",
        "table: payments, unit: {amount: *h}",
        "table: payments, row_id: *h",
        "table: payments, columns: {amount: *h}",
        "table: payments, constants: {purpose: *h}",
        "table: payments, totals: {of: *h}",
        "table: payments",
        f"table: {'[' * 5000}",
    ],
)
def test_a_mapping_file_made_to_explode_is_wrong_use_in_few_words(tmp_path: Path, entry: str) -> None:
    path = write_csv(tmp_path / "x.csv", [("A", "B"), ("1", "2")])
    with pytest.raises(UsageError) as raised:
        ingested(tmp_path, path, mapping=f"- {{file: [{BOMB}], {entry}}}")
    assert len(str(raised.value)) < 1000


@pytest.mark.parametrize("digits", [10, 5000])
def test_a_header_row_of_many_digits_is_wrong_use(tmp_path: Path, digits: int) -> None:
    path = write_csv(tmp_path / "x.csv", [("A", "B"), ("1", "2")])
    mapping = f"- {{file: x.csv, table: payments, header_row: {'9' * digits}, columns: {{amount: A}}}}"
    with pytest.raises(UsageError, match="header_row"):
        ingested(tmp_path, path, mapping=mapping)
