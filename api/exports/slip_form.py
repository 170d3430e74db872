"""The handling slip as a form: what is printed on it, written as XLSX, and read back when it is filled in."""

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, cast, get_args

from api.choices import parse_day
from api.home import reason_of
from tracer.casework.alerts import Alert, Result, results_of
from tracer.casework.look import subject_text
from tracer.casework.slips import LABELS, Method, Slip, named, option_of
from tracer.errors import UsageError
from tracer.messages import Language, bracketed, say
from tracer.money import format_yuan
from tracer.output import check_workbook_name, write_output
from tracer.rules.spec import Rule

_CHOICES: dict[str, tuple[str, ...]] = {"method": get_args(Method), "result": get_args(Result)}
_KEYS = {"alert": "alert", "version": "version"} | LABELS
_ROWS_MAX = 60
_NO_WORKBOOK = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, IndexError, SyntaxError)
"""What openpyxl raises for a file that is no workbook, or one that was damaged (XML errors are of syntax)."""


def form_facts(alert: Alert, rules: Mapping[str, Rule], lang: Language) -> list[tuple[str, str]]:
    """What stands on the form: label and text, masked; the version makes sure that nothing changed since."""
    rule = rules.get(alert.rule_id)
    name = "" if rule is None else rule.name.zh if lang == "zh" else rule.name.en
    return [
        (say("alert", lang), alert.alert_id),
        (say("version", lang), str(alert.version)),
        (say("rule", lang), f"{alert.rule_id} {name}".strip()),
        (say("subject", lang), subject_text(alert, rules)),
        (say("status", lang), say(alert.state, lang)),
        (say("opened_on", lang), alert.opened_on.isoformat()),
        (say("amount_yuan", lang), format_yuan(alert.amount_fen)),
    ]


def choices_for(alert: Alert) -> dict[str, tuple[str, ...]]:
    """What a slip of an alert chooses from, by item: the ways to verify, the results that its light takes."""
    return _CHOICES | {"result": results_of(alert.state)}


def options_for(alert: Alert, lang: Language) -> list[str]:
    """All that `slip file` wants for an alert, with a gap or the choices for each item."""
    choices = choices_for(alert)
    options = [alert.alert_id, "--version", str(alert.version)]
    for name in LABELS:
        words = "|".join(say(f"slip_{code}", lang) for code in choices.get(name, ())) or "…"
        options += [option_of(name), "YYYY-MM-DD" if name == "handled_on" else words]
    return options


def as_options(names: Iterable[str], lang: Language) -> str:
    """Items of a slip, each with what gives it on the command line."""
    first = {"alert": "ALERT", "version": "--version"}
    shown = (
        named(name, lang) if name in LABELS else f"{say(name, lang)}{bracketed(first[name], lang)}"
        for name in names
    )
    return (", " if lang == "en" else "、").join(shown)


def write_form(
    path: Path, facts: list[tuple[str, str]], choices: Mapping[str, tuple[str, ...]], lang: Language
) -> None:
    """Write the form as XLSX: one row per item, choices as lists to pick from; raises `UsageError`."""
    import xlsxwriter

    check_workbook_name(path)
    written = BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(say("slip_title", lang))
    head = book.add_format({"bold": True, "font_size": 14})
    label = book.add_format({"border": 1, "valign": "top", "bold": True})
    text = book.add_format({"border": 1, "valign": "top", "text_wrap": True, "num_format": "@"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 70)
    sheet.write_string(0, 0, say("slip_title", lang), head)
    for row, (name, value) in enumerate(facts, 1):
        sheet.write_string(row, 0, name, label)
        sheet.write_string(row, 1, value, text)
    for row, (name, key) in enumerate(LABELS.items(), 1 + len(facts)):
        sheet.write_string(row, 0, say(key, lang), label)
        sheet.write_blank(row, 1, None, text)
        if choices.get(name):
            words = [say(f"slip_{code}", lang) for code in choices[name]]
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": words})
        if name == "facts":
            sheet.set_row(row, 120)
    book.close()
    write_output(path, written.getvalue())


@dataclass(frozen=True)
class Filled:
    """What a filled form says, as texts by name, and the cell of each item."""

    file: Path
    texts: dict[str, str]
    cells: dict[str, str]

    def named(self, names: Iterable[str], lang: Language) -> str:
        """Items by the form's own labels, each with its cell."""
        shown = (
            say(_KEYS[name], lang) + (bracketed(cell, lang) if (cell := self.cells.get(name)) else "")
            for name in names
        )
        return (", " if lang == "en" else "、").join(shown)

    def refused(self, key: str, names: list[str]) -> UsageError:
        """The error that says this of these items."""
        languages = get_args(Language)
        return UsageError(
            " / ".join(say(key, lang, file=self.file, names=self.named(names, lang)) for lang in languages)
        )


def read_form(path: Path) -> Filled:
    """What a filled form says; raises `UsageError` where there is none, or a formula stands in it."""
    rows = _rows(path)
    labels = _labels()
    form, formulas = Filled(path, {}, {}), []
    for number, (label, value, is_formula) in enumerate(rows, 1):
        name = labels.get(label)
        if name is None:
            continue
        form.cells[name] = f"B{number}"
        if is_formula:
            formulas.append(name)
        elif value:
            form.texts[name] = value
    if formulas:
        raise form.refused("slip_form_formula", formulas)
    if "alert" not in form.texts or "version" not in form.texts:
        raise _bad_form(path, "没有预警编号或版本", "no alert or version")
    return form


def _rows(path: Path) -> list[tuple[str, str, bool]]:
    """Label, text and whether it is a formula, of each row of a workbook's first sheet."""
    from openpyxl import load_workbook

    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"没有文件 {path} / there is no file {path}") from error
    except OSError as error:
        zh, en = reason_of(error)
        raise UsageError(f"读不了处理单：{zh} / the slip cannot be read: {en}") from error
    try:
        sheet = load_workbook(BytesIO(content), read_only=True).worksheets[0]
        rows = list(sheet.iter_rows(max_row=_ROWS_MAX, max_col=2))
    except _NO_WORKBOOK as error:
        raise _bad_form(path, "不是 XLSX 工作簿", "not a workbook (XLSX)") from error
    return [
        (_cell(row[0].value), _cell(row[1].value), row[1].data_type == "f")
        if len(row) > 1
        else ("", "", False)
        for row in rows
    ]


def _labels() -> dict[str, str]:
    """Name of each item by its label in either language."""
    return {say(key, lang): name for name, key in _KEYS.items() for lang in get_args(Language)}


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value).strip()


def slip_of_texts(values: Mapping[str, str]) -> tuple[int, Slip]:
    """The version that its handler saw, and the slip; codes may be words of either language."""
    day = parse_day(values["handled_on"])
    assert day is not None, "the day was given, so it is one"
    slip = Slip(
        facts=values["facts"],
        method=cast(Method, _code("method", values["method"])),
        result=cast(Result, _code("result", values["result"])),
        basis=values["basis"],
        handler=values["handler"],
        handled_on=day,
    )
    if not values["version"].isdecimal():
        raise UsageError(f"版本应为整数：{values['version']} / the version is a whole number")
    return int(values["version"]), slip


def _code(name: str, text: str) -> str:
    codes = _CHOICES[name]
    known = {say(f"slip_{code}", lang): code for code in codes for lang in ("zh", "en")}
    code = known.get(text, text)
    if code not in codes:
        zh = "、".join(f"{say(f'slip_{code}')}（{code}）" for code in codes)
        en = ", ".join(say(f"slip_{code}", "en") for code in codes)
        raise UsageError(
            f"{named(name, 'zh')}应为以下之一：{zh}，不能是“{text}”"
            f" / {named(name, 'en')} is one of these: {en}, not “{text}”"
        )
    return code


def _bad_form(path: Path, zh: str, en: str) -> UsageError:
    texts = say("slip_bad_form", file=path, reason=zh), say("slip_bad_form", "en", file=path, reason=en)
    return UsageError(" / ".join(texts))
