"""What ingest says of files and sheets that is no problem, in Chinese and English."""

from collections.abc import Mapping
from typing import Any

from ingest.messages import in_english
from tracer.messages import Language

NOTES: dict[str, tuple[str, str]] = {
    "reading": ("读取", "reading"),
    "not-mapped": ("映射文件没有提到，不读取", "not named by the mapping file, not read"),
    "hidden-sheet": ("隐藏的工作表不读取", "hidden sheet, not read"),
    "hidden-table": (
        "隐藏的工作表不读取，其中有一张表（{table}，{rows} 行）；要读入，先取消隐藏",
        "hidden sheet, not read; it holds a table ({table}, {rows} rows): show the sheet to have it read",
    ),
    "hidden-rows": (
        "有隐藏的行，照常处理：第 {rows} 行（共 {count} 行有内容）",
        "hidden rows are treated like all others: {rows} ({count} with content)",
    ),
    "hidden-columns": (
        "有隐藏的列，照常处理：{columns}",
        "hidden columns are treated like all others: {columns}",
    ),
    "no-header": ("没有表头，不是数据表，不读取", "no header row, not a data table, not read"),
    "kept-mapping": ("按已确认的映射读取：{mapping}", "read by a confirmed mapping: {mapping}"),
    "returned": ("有问题的行连同原因写在 {path}", "rows with problems, and why, stand in {path}"),
    "above-header": (
        "第 {rows} 行在表头之上，像是另一张表但没有认出表头，不读取",
        "rows {rows} stand above the header and look like another table without known headers; not read",
    ),
    "aside": (
        "{columns} 列在表的旁边，没有认出是哪张表，不读取",
        "columns {columns} stand beside the table and are no table that is known; not read",
    ),
    "unheaded": (
        "{columns} 列没有表头而有内容，不读取",
        "columns {columns} have content but no header; not read",
    ),
    "lacks-header": ("没有表头“{header}”，不读取", "no header {header}, not read"),
}


def note(
    code: str, *, file: str, sheet: str | None = None, facts: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """One entry of the report's `notes`: `file`, `sheet`, and `note` in Chinese and English."""
    facts = facts or {}
    zh, en = NOTES[code][0].format(**facts), NOTES[code][1].format(**in_english(facts))
    return {"file": file, "sheet": sheet, "note": zh, "note_en": en}


def note_line(entry: Mapping[str, Any], lang: Language) -> str:
    """A note as one line of progress in the chosen language."""
    place = f"{entry['file']} [{entry['sheet']}]" if entry["sheet"] else entry["file"]
    return f"{place}：{entry['note']}" if lang == "zh" else f"{place}: {entry['note_en']}"
