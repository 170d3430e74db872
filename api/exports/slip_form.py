"""The handling slip as a form: what is printed on it, written as XLSX, and read back when it is filled in."""

import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast, get_args

from api.choices import parse_day
from tracer.casework.alerts import Alert, Result
from tracer.casework.look import subject_text
from tracer.casework.slips import Method, Slip
from tracer.errors import UsageError
from tracer.messages import Language, say
from tracer.money import format_yuan
from tracer.rules.spec import Rule

ENTRIES = {
    "facts": "slip_facts",
    "method": "slip_method",
    "result": "slip_result",
    "basis": "slip_basis",
    "handler": "slip_handler",
    "handled_on": "handled_on",
}
"""What a person fills in, by the name of the slip's field: the key of its label."""

_CHOICES: dict[str, tuple[str, ...]] = {"method": get_args(Method), "result": get_args(Result)}
_ROWS_MAX = 60


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


def write_form(path: Path, facts: list[tuple[str, str]], lang: Language) -> None:
    """Write the form as XLSX: one row per item, choices as lists to pick from."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
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
    for row, (name, key) in enumerate(ENTRIES.items(), 1 + len(facts)):
        sheet.write_string(row, 0, say(key, lang), label)
        sheet.write_blank(row, 1, None, text)
        if name in _CHOICES:
            words = [say(f"slip_{code}", lang) for code in _CHOICES[name]]
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": words})
        if name == "facts":
            sheet.set_row(row, 120)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise UsageError(f"不能写 {path}：{error} / cannot write it") from error


def read_form(path: Path) -> dict[str, str]:
    """What a filled form says, as texts by name; raises `UsageError` where it is none."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _bad_form(path, type(error).__name__) from error
    labels = _labels()
    found: dict[str, str] = {}
    for row in book.worksheets[0].iter_rows(max_row=_ROWS_MAX, max_col=2, values_only=True):
        name = labels.get(str(row[0] or "").strip())
        if name and len(row) > 1 and row[1] is not None:
            found[name] = _cell(row[1])
    book.close()
    if "alert" not in found or "version" not in found:
        raise _bad_form(path, "没有预警编号或版本 / no alert or version")
    return found


def _labels() -> dict[str, str]:
    """Name of each item by its label in either language."""
    keys = {"alert": "alert", "version": "version"} | ENTRIES
    return {say(key, lang): name for name, key in keys.items() for lang in ("zh", "en")}


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip()


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
        choices = ", ".join(f"{code}（{say(f'slip_{code}')}）" for code in codes)
        raise UsageError(f"{name} 应为以下之一：{choices} / {name} is one of these: {text!r}")
    return code


def _bad_form(path: Path, reason: str) -> UsageError:
    zh, en = (say("slip_bad_form", lang, file=path, reason=reason) for lang in ("zh", "en"))
    return UsageError(f"{zh} / {en}")
