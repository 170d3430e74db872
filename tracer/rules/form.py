"""The official form by which offices ask for rules, as a workbook: written from rules, and read back.

Source: 001_0cce089113c317c0.txt, 附2 财政扶贫资金动态监控平台预警规则申请表; article 15: filed by 15 October
for the next budget year.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

from tracer.errors import DataRefusedError, UsageError
from tracer.messages import say
from tracer.output import write_output
from tracer.rules.spec import CATEGORIES, FROM_THE_DOCUMENTS, Parameter, Rule

TITLE = "财政扶贫资金动态监控平台预警规则申请表"
HEADINGS = ("序号", "规则名称", "规则分类", "预警级别", "规则描述", "规则依据", "适用范围", "预警处理人")
LEVEL_NAMES = {"bell": "黄色警铃", "yellow": "黄灯预警", "red": "红灯预警"}
NOTES = (
    "注：1. 规则分类包括：指标管理、支出管理、绩效管理、到人到户等。",
    "2. 预警级别包括：黄色警铃、黄灯预警、红灯预警。",
)
NO_ALERT = "提示（不预警）"
"""Level of rules that only inform; the form itself knows the three levels of alerts."""

_UNIT, _FILLER, _PHONE = "单位：（盖章）", "填报人：", "联系电话："
_NO_DAY = "年 月 日"
_WIDTHS = (5, 18, 10, 11, 58, 40, 18, 20)
_SHEET = "预警规则申请表"
_FONT = "宋体"


@dataclass(frozen=True)
class FormRow:
    """One rule on the form, its cells as text in the order of the headings."""

    number: str
    name: str
    category: str
    level: str
    description: str
    basis: str
    scope: str
    handler: str


@dataclass(frozen=True)
class Form:
    """A form: who filed it and when (empty: not filled in), and its rules."""

    rows: tuple[FormRow, ...]
    unit: str = ""
    day: str = ""
    filler: str = ""
    phone: str = ""


def form_of(rules: Iterable[Rule]) -> Form:
    """The form as these rules fill it; a rule is named by its number and name, so that it is found again."""
    return Form(tuple(_row(number, rule) for number, rule in enumerate(rules, 1)))


def _row(number: int, rule: Rule) -> FormRow:
    parameters = [f"参数 {_parameter(parameter)}" for parameter in rule.parameters]
    basis = [f"{b.text}{b.article}" for b in rule.basis]
    levels = [LEVEL_NAMES[level] for level in rule.levels if level in LEVEL_NAMES]
    funds = "全部资金" if rule.scope_funds == ("all",) else "、".join(rule.scope_funds)
    government = "、".join(say(level) for level in rule.scope_levels)
    return FormRow(
        number=str(number),
        name=f"{rule.id} {rule.name.zh}",
        category=CATEGORIES[rule.category],
        level="、".join(levels) or NO_ALERT,
        description="\n".join([rule.description.zh.strip(), *parameters]),
        basis="\n".join(basis),
        scope=f"{government}；{funds}",
        handler="、".join(name for name in (rule.office, rule.joint) if name),
    )


def _parameter(parameter: Parameter) -> str:
    default = "空（不启用）" if parameter.default is None else parameter.default
    origin = "" if parameter.origin in FROM_THE_DOCUMENTS else f"，{say(f'origin_{parameter.origin}')}"
    return f"{parameter.name} = {default}（{say(f'unit_{parameter.unit}')}{origin}）"


def write_form(form: Form, path: Path) -> None:
    """Write a form as a workbook that prints on A4; nothing in it is a formula.

    Raises UsageError where the file cannot be written.
    """
    import xlsxwriter

    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_SHEET)
        plain = {"font_name": _FONT, "font_size": 10, "text_wrap": True, "valign": "top"}
        cell = book.add_format(plain | {"border": 1})
        head = book.add_format(plain | {"border": 1, "bold": True, "align": "center", "valign": "vcenter"})
        loose = book.add_format(plain | {"text_wrap": False})
        title = book.add_format({"font_name": _FONT, "font_size": 16, "bold": True, "align": "center"})
        last = len(HEADINGS) - 1
        sheet.merge_range(0, 0, 0, last, TITLE, title)
        sheet.write_string(1, 0, _UNIT + form.unit, loose)
        sheet.write_string(1, last, form.day or _NO_DAY, loose)
        for column, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, heading, head)
        for place, row in enumerate(form.rows, 3):
            for column, text in enumerate(astuple(row)):
                sheet.write_string(place, column, text, cell)
        foot = 3 + len(form.rows)
        for place, text in enumerate((_FILLER + form.filler, _PHONE + form.phone, *NOTES), foot):
            sheet.write_string(place, 0, text, loose)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
    write_output(path, written.getvalue())


def read_form(path: Path) -> Form:
    """Read a form that was filled in, whoever made the workbook.

    Raises UsageError where there is no such file, DataRefusedError where it is no such form, naming every
    cell that does not fit it.
    """
    cells = _cells(path)
    head = next((n for n, row in enumerate(cells) if _squeezed(row)[: len(HEADINGS)] == HEADINGS), None)
    if head is None:
        raise DataRefusedError(
            f"{path.name}：没有表头 {'、'.join(HEADINGS)}，不是附2 的申请表"
            f" / {path.name}: no header row of the form; start from `fundtrail rules form`"
        )
    facts = {"day": "", "unit": "", "filler": "", "phone": ""}
    for row in cells[:head]:
        for text in row:
            _note(facts, text)
    rows: list[tuple[int, FormRow]] = []
    for place, row in enumerate(cells[head + 1 :], head + 2):
        texts = [text.strip() for text in row[: len(HEADINGS)]]
        if _note(facts, texts[0]) or texts[0].startswith("注") or texts[0] == NOTES[1]:
            continue
        if any(texts):
            rows.append((place, FormRow(*texts)))
    problems = [problem for place, row in rows for problem in _problems(path.name, place, row)]
    if problems:
        raise DataRefusedError("\n".join(problems))
    return Form(tuple(row for _, row in rows), **facts)


def _cells(path: Path) -> list[list[str]]:
    """All cells of the form's sheet, or of the first sheet, as text, each row as wide as the form."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        name = _SHEET if _SHEET in book.sheet_names else book.sheet_names[0]
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, BadZipFile, IndexError) as error:
        raise DataRefusedError(
            f"{path.name}：不是能读的工作簿 / {path.name}: not a workbook that can be read"
        ) from error
    except OSError as error:
        raise UsageError(f"读不了 {path} / cannot read: {error.strerror}") from error
    return [[_text(cell) for cell in [*row, *[""] * len(HEADINGS)]] for row in rows]


def _text(cell: object) -> str:
    if isinstance(cell, date):
        return f"{cell.year} 年 {cell.month} 月 {cell.day} 日"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _squeezed(row: Sequence[str]) -> tuple[str, ...]:
    return tuple("".join(text.split()) for text in row)


def _note(facts: dict[str, str], text: str) -> bool:
    """Take a line of the form's head or foot; return whether it was one."""
    text = text.strip()
    for name, label in (("unit", _UNIT), ("filler", _FILLER), ("phone", _PHONE)):
        for mark in (label, label.replace("：", ":").replace("（", "(").replace("）", ")")):
            if text.startswith(mark):
                facts[name] = text.removeprefix(mark).strip()
                return True
    squeezed = "".join(text.split())
    if squeezed.endswith("日") and "年" in squeezed and "月" in squeezed:
        facts["day"] = "" if squeezed == "年月日" else text
        return True
    return False


def _problems(file: str, place: int, row: FormRow) -> list[str]:
    """What the form's own notes do not allow, cell by cell."""
    found = []
    known = (*LEVEL_NAMES.values(), NO_ALERT)
    wrong_levels = [level for level in row.level.split("、") if level not in known]
    if wrong_levels:
        found.append((3, row.level, f"应为 {'、'.join(LEVEL_NAMES.values())} / not a level of the form"))
    for column, field in enumerate(fields(FormRow)):
        if field.name != "number" and not getattr(row, field.name):
            found.append((column, "", "没有填写 / is empty"))
    return [
        f"{file} 第 {place} 行 {HEADINGS[column]} “{value}”：{problem} (row {place})"
        for column, value, problem in sorted(found)
    ]


def compare(form: Form, rules: Mapping[str, Rule]) -> list[tuple[FormRow, str | None, tuple[str, ...]]]:
    """Each row with the rule that it names, None for a new one, and the headings whose cells differ."""
    compared: list[tuple[FormRow, str | None, tuple[str, ...]]] = []
    for row in form.rows:
        rule = rules.get(row.name.split(maxsplit=1)[0].upper())
        if rule is None:
            compared.append((row, None, ()))
            continue
        ours = astuple(_row(0, rule))[1:]
        pairs = zip(HEADINGS[1:], ours, astuple(row)[1:], strict=True)
        compared.append((row, rule.id, tuple(name for name, a, b in pairs if a != b)))
    return compared
