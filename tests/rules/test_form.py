"""The official rule form: written from the rules, filled in by hand, read back."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.errors import DataRefusedError, UsageError
from tracer.rules.form import (
    HEADINGS,
    LEVEL_NAMES,
    NOTES,
    TITLE,
    Form,
    FormRow,
    compare,
    form_of,
    read_form,
    write_form,
)
from tracer.rules.load import load_rules
from tracer.rules.spec import CATEGORIES

RULES = load_rules()
# No cell is read with blanks at its ends; control characters but a new line cannot stand in a workbook.
PLAIN = st.characters(exclude_categories=("C", "Z"))
WORD = st.text(PLAIN, min_size=1, max_size=30)
LINES = st.lists(WORD, min_size=1, max_size=4).map("\n ".join)
CELL = st.one_of(
    WORD, LINES, st.sampled_from(["=1+1", "007", "1.50", "_x000D_", "2026-10-15", "{=A1}", "http://a"])
)
LEVEL = st.lists(st.sampled_from(list(LEVEL_NAMES.values())), min_size=1, max_size=3, unique=True).map(
    "、".join
)


def rows() -> st.SearchStrategy[FormRow]:
    plain = CELL.filter(
        lambda text: not text.startswith(("单位", "填报人", "联系电话", "注", "2.")) and "日" not in text
    )
    return st.builds(FormRow, plain, CELL, CELL, LEVEL, CELL, CELL, CELL, CELL)


def test_every_rule_prints_to_the_form_and_reads_back(tmp_path: Path) -> None:
    form = replace(
        form_of(RULES.values()),
        unit="示例县财政局",
        day="2026 年 10 月 15 日",
        filler="张三甲",
        phone="0431-0000",
    )
    write_form(form, tmp_path / "form.xlsx")
    assert read_form(tmp_path / "form.xlsx") == form
    assert len(form.rows) == len(RULES)
    assert all(
        (rule_id, differs) == (row.name.split()[0], ()) for row, rule_id, differs in compare(form, RULES)
    )


@pytest.mark.parametrize("rule_id", RULES)
def test_the_form_of_one_rule_filled_in_by_an_office_program_reads_back_unchanged(
    rule_id: str, tmp_path: Path
) -> None:
    # Arrange: the form of the rule, opened, filled in and saved by another program.
    path, rule = tmp_path / "form.xlsx", RULES[rule_id]
    write_form(form_of([rule]), path)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet["A2"] = "单位：（盖章）示例县财政局"
    sheet["H2"] = datetime(2026, 10, 15)
    (sheet["A5"].value, sheet["A6"].value) = ("填报人：张三甲", "联系电话：0431-0000")
    book.save(path)
    # Act
    form = read_form(path)
    # Assert: nothing of the rule is lost, and what was filled in is there.
    assert form == replace(
        form_of([rule]), unit="示例县财政局", day="2026 年 10 月 15 日", filler="张三甲", phone="0431-0000"
    )
    (row,) = form.rows
    assert row.name == f"{rule.id} {rule.name.zh}"
    assert row.category == CATEGORIES[rule.category]
    assert row.description.startswith(rule.description.zh.strip())
    assert all(f"{parameter.name} = " in row.description for parameter in rule.parameters)
    assert all(basis.text in row.basis and basis.article in row.basis for basis in rule.basis)
    assert [LEVEL_NAMES[level] for level in rule.levels if level in LEVEL_NAMES] == [
        level for level in row.level.split("、") if level in LEVEL_NAMES.values()
    ]
    assert row.handler.split("、") == [name for name in (rule.office, rule.joint) if name]
    assert compare(form, RULES) == [(row, rule_id, ())]


def test_the_form_has_the_words_of_the_document(tmp_path: Path) -> None:
    document = Path(__file__).parents[3] / "shared" / "sources" / "001_0cce089113c317c0.txt"
    write_form(form_of(RULES.values()), tmp_path / "form.xlsx")
    cells = [
        str(cell)
        for row in openpyxl.load_workbook(tmp_path / "form.xlsx").active.values
        for cell in row
        if cell
    ]
    assert {TITLE, *HEADINGS, *NOTES, "单位：（盖章）", "年 月 日", "填报人：", "联系电话："} <= set(cells)
    if not document.exists():
        pytest.skip("../shared/sources is not here: the words were not compared with the document")
    text = document.read_text("utf-8")
    form_text = text[text.index("附 2:") : text.index("附 3:")]
    for words in (TITLE, "\t".join(HEADINGS), *NOTES, "单位：（盖章）", "填报人：", "联系电话："):
        assert words in form_text


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(rows(), max_size=5))
def test_what_an_office_fills_in_reads_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[FormRow]
) -> None:
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    write_form(Form(tuple(rows)), path)
    assert read_form(path) == Form(tuple(rows))


def test_a_form_filled_in_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_form(form_of([RULES["ZC12"]]), path)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet["A2"] = "单位：（盖章） 示例县财政局"
    sheet["D4"] = "红灯预警"
    sheet.insert_rows(5)
    for column, text in enumerate(
        (2, "=新规则", "支出管理", "黄灯预警、红灯预警", "描述\n第二行", "第七条", "县", "国库处"), 1
    ):
        sheet.cell(5, column).value = text
        sheet.cell(5, column).data_type = "n" if column == 1 else "s"
    book.save(path)
    form = read_form(path)
    assert (form.unit, [row.number for row in form.rows]) == ("示例县财政局", ["1", "2"])
    assert form.rows[1] == FormRow(
        "2", "=新规则", "支出管理", "黄灯预警、红灯预警", "描述\n第二行", "第七条", "县", "国库处"
    )
    assert [(rule_id, differs) for _, rule_id, differs in compare(form, RULES)] == [
        ("ZC12", ("预警级别",)),
        (None, ()),
    ]


def test_all_wrong_cells_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    good = form_of([RULES["ZC12"]]).rows[0]
    write_form(Form((replace(good, level="橙灯"), replace(good, basis="", scope=""))), path)
    with pytest.raises(DataRefusedError) as refused:
        read_form(path)
    lines = str(refused.value).splitlines()
    assert [line.split("：")[0] for line in lines] == [
        "form.xlsx 第 4 行 预警级别 “橙灯”", "form.xlsx 第 5 行 规则依据 “”", "form.xlsx 第 5 行 适用范围 “”"
    ]  # fmt: skip


def test_what_is_no_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_text("不是表格")
    with pytest.raises(DataRefusedError, match="不是能读的工作簿"):
        read_form(tmp_path / "x.xlsx")
    book = openpyxl.Workbook()
    book.active.append(["支付编号", "金额"])
    book.save(tmp_path / "y.xlsx")
    with pytest.raises(DataRefusedError, match="没有表头"):
        read_form(tmp_path / "y.xlsx")
    with pytest.raises(UsageError, match="读不了"):
        read_form(tmp_path / "none.xlsx")
    with pytest.raises(UsageError, match="写不了"):
        write_form(form_of([]), tmp_path / "none" / "f.xlsx")
