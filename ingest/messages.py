"""Problems as ingest tells them, in Chinese and English; Chinese texts go into reports. Notes: `notes.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracer.messages import Language


@dataclass(frozen=True)
class Message:
    """A problem and what to do about it, in both languages; `{…}` are filled in."""

    zh: str
    hint_zh: str
    en: str
    hint_en: str


MESSAGES: dict[str, Message] = {
    # cells
    "empty-required": Message(
        "必填项为空：{header}",
        "补上此格后重新导入该行",
        "required cell is empty: {header}",
        "fill the cell and ingest again",
    ),
    "not-a-number": Message(
        "不是数字：{header}",
        "写成 1234.50 或 1,234.50；单位写在表头或表旁",
        "not a number: {header}",
        "write 1234.50 or 1,234.50; the unit belongs into the header or beside the table",
    ),
    "too-many-decimals": Message(
        "金额折合成元后小数超过两位：{header}",
        "改正金额，或在映射文件中写 decimals: round",
        "more than two decimals in yuan: {header}",
        "correct the amount, or say decimals: round in a mapping file",
    ),
    "too-large": Message(
        "数字过大：{header}", "核对金额和单位", "number too large: {header}", "check amount and unit"
    ),
    "too-precise": Message(
        "小数超过十位：{header}", "减少小数位数", "more than ten decimals: {header}", "use fewer decimals"
    ),
    "unit-conflict": Message(
        "格内单位与表头单位不一致：{header}",
        "只保留一处单位",
        "the unit in the cell contradicts the one of the column: {header}",
        "keep one of them",
    ),
    "not-positive": Message(
        "金额必须大于零：{header}",
        "退回的资金另记一行正数，并在“原凭证号”（refund_of）填写被退回的支付凭证号",
        "amount must be above zero: {header}",
        "money given back is a refund: a row of its own with refund_of naming the voucher that it returns",
    ),
    "not-a-date": Message(
        "不是日期：{header}",
        "写成 2019-12-20；时间写在空格之后，如 2019-12-20 09:30:00，秒的小数最多三位",
        "not a date: {header}",
        "write 2019-12-20; a time follows after a blank as 09:30:00, with at most three decimals",
    ),
    "impossible-date": Message(
        "日期不存在：{header}", "核对年月日", "there is no such date: {header}", "check year, month and day"
    ),
    "impossible-time": Message(
        "时间不存在：{header}", "核对时分秒", "there is no such time: {header}", "check the time"
    ),
    "not-a-word": Message(
        "不在可选值之内：{header}",
        "可选值：{words}",
        "not one of the accepted words: {header}",
        "accepted: {words}",
    ),
    "zero-balance-account": Message(
        "不在可选值之内：{header}",
        "零余额账户属于国库账户，请填“国库账户”；可选值：{words}",
        "not one of the accepted words: {header}",
        "a zero-balance account is of type treasury: write treasury; accepted: {words}",
    ),
    "not-yes-no": Message(
        "不是“是/否”：{header}", "填写 是 或 否", "neither yes nor no: {header}", "write 是 or 否"
    ),
    "float-identifier": Message(
        "编号已被表格软件变成数字，原值已失：{header}",
        "从原系统重新导出，或把该列设为文本后重填，不要由此推断原值",
        "a spreadsheet has turned this identifier into a number: {header}",
        "export again from the source system with this column as text; the lost digits are not guessed",
    ),
    "ambiguous-percent": Message(
        "分不清是百分数还是小数：{header}",
        "写成 80% 或 80",
        "percent or fraction: {header}",
        "write 80% or 80",
    ),
    "formula-without-value": Message(
        "公式没有保存计算结果：{header}",
        "用表格软件打开并保存一次，或改为数值后重新导入",
        "a formula without a stored result: {header}",
        "open and save the workbook in a spreadsheet program, or replace the formula by its value",
    ),
    "formula-error": Message(
        "单元格是错误值：{header}",
        "改正公式后重新导入",
        "the cell holds an error value: {header}",
        "correct the formula",
    ),
    "merged-cell": Message(
        "几行合并成一格，一个数值或编号不能分给几行：{header}",
        "取消合并，在每一行填写各自的数值或编号",
        "one merged cell for several rows, which is not to be divided among them: {header}",
        "unmerge it and write in each row what belongs to it",
    ),
    # rows
    "extra-cells": Message(
        "此行的格数多于表头，各列可能错位",
        "含有分隔符的内容（如 1,234.50）要加引号；改正后重新导入该行",
        "more cells than headers: the columns may be shifted",
        "quote contents that hold the separator, such as 1,234.50",
    ),
    "table-not-settled": Message(
        "所在表缺少必需列或表头不明，此行未导入",
        "先解决该表表头的问题（见表头行）",
        "the table of this row lacks required columns or has unclear headers",
        "settle the problem of the header row first",
    ),
    "more-rows-not-settled": Message(
        "同上，直到第 {last} 行另有 {count} 行未导入",
        "先解决该表表头的问题（见表头行）",
        "likewise {count} more rows up to row {last}",
        "settle the problem of the header row first",
    ),
    "total-differs": Message(
        "合计与明细不符：{header}，合计行 {stated} {unit}，明细之和 {found} {unit}{accepted}",
        "核对明细是否缺行或金额有误；合计行本身不导入",
        "the totals row differs from its details: {header}, {stated} against {found} {unit}{accepted}",
        "look for missing rows or wrong amounts; the totals row itself is not loaded",
    ),
    # tables
    "missing-column": Message(
        "缺少必需列：{header}{unknown}",
        "补上该列，或用映射文件（--mapping）指明它在哪一列",
        "required column is missing: {header}{unknown}",
        "add the column, or name it in a mapping file (--mapping)",
    ),
    "ambiguous-column": Message(
        "表头不明：{header} 都可能是 {candidates}",
        "用映射文件（--mapping）指明",
        "ambiguous header: each of {header} may be {candidates}",
        "settle it with a mapping file (--mapping)",
    ),
    "ambiguous-table": Message(
        "认不准是哪张表：可能是 {tables}",
        "用映射文件（--mapping）指明 table",
        "ambiguous table: may be {tables}",
        "settle it with a mapping file (--mapping)",
    ),
    "unknown-unit": Message(
        "金额单位不明：{header}",
        "只认 元、千元、万元、亿元；在表头写明，或用映射文件（--mapping）指明 unit",
        "unknown or contradictory unit of money: {header}",
        "known are 元, 千元, 万元, 亿元; say it in the header or in a mapping file (--mapping)",
    ),
    "no-table": Message(
        "没有认出任何表的表头",
        "表头用约定的中文列名或英文列名，或用映射文件（--mapping）指明",
        "no header row of any known table",
        "use the contract's Chinese or English headers, or a mapping file (--mapping)",
    ),
    "sheet-without-headers": Message(
        "此表没有映射文件所指的表头：{header}",
        "在映射文件中用 sheet 指明工作表，或更正表头",
        "this sheet lacks a header that the mapping file names: {header}",
        "name the sheet in the mapping file, or correct the header",
    ),
    "calendar-conflict": Message(
        "账本把 {day} 列为{kind}（{file} 第 {row} 行），正相反；以账本为准，未改动",
        "核对国务院办公厅的通知；账本有误的，用 工作日历 表导入这一天（后导入的行算数）",
        "the ledger lists {day} the other way, as {kind} ({file} row {row}); it stays so",
        "check the official notice; where the ledger is wrong, ingest that day in a table `calendar`"
        " (the later row counts)",
    ),
    # registers of other offices
    "register-missing-column": Message(
        "缺少必需列：{header}{unknown}",
        "补上该列，或用 --column 列名=表头 指明它是哪一列",
        "required column is missing: {header}{unknown}",
        "add the column, or name its header with --column NAME=HEADER",
    ),
    "register-ambiguous-column": Message(
        "表头不明：{header} 都可能是 {candidates}",
        "用 --column 列名=表头 指明，或删去不用的一列",
        "ambiguous header: each of {header} may be {candidates}",
        "settle it with --column NAME=HEADER, or delete the column that is not meant",
    ),
    "no-register": Message(
        "没有认出“{name}”的表头",
        "表头用 fundtrail registers show 所列的列名，或用 --column 列名=表头 指明",
        "no header row of the {name}",
        "use the headers that `fundtrail registers show` lists, or name them with --column NAME=HEADER",
    ),
    "masked-identifier": Message(
        "号码被遮盖，不能确定是谁：{header}",
        "向提供单位索取完整的号码；不能由尾号推断",
        "a masked number names nobody for certain: {header}",
        "ask the office for whole numbers; nobody is inferred from a tail",
    ),
    # files
    "unreadable": Message(
        "文件读不出：{reason}",
        "确认文件完整，可以打开，且是 CSV、XLSX 或 XLS",
        "the file cannot be read: {reason}",
        "make sure that it is whole, may be opened, and is a CSV, XLSX or XLS file",
    ),
    "password": Message(
        "工作簿有打开密码，没有读取",
        "在 Excel 或 WPS 中用密码打开，去掉密码后另存，再读入另存的文件",
        "the workbook is protected by a password and was not read",
        "open it with its password in a spreadsheet program, remove the password, save it, and ingest that",
    ),
    "other-package": Message(
        "不是 XLSX 工作簿，而是 {kind}，没有读取",
        "XLSB、ODS 用表格软件另存为 XLSX；ZIP 先解压，再读入其中的文件",
        "no XLSX workbook but {kind}; not read",
        "save XLSB and ODS as XLSX in a spreadsheet program; unpack a ZIP file and ingest what is in it",
    ),
    "damaged": Message(
        "工作簿已损坏，没有读取：{reason}",
        "重新拷贝或下载此文件；若 Excel 或 WPS 还能打开或修复，另存为 XLSX 后再读入",
        "the workbook is damaged and was not read: {reason}",
        "copy or download it again; if a spreadsheet program can open or repair it, save it anew as XLSX",
    ),
    "not-a-workbook": Message(
        "不是工作簿：内容既不是 XLSX、XLS，也不是文本表格",
        "确认文件没有损坏，用表格软件重新导出",
        "not a workbook: the content is neither XLSX or XLS nor a table as text",
        "make sure that the file is not damaged, and export it again from a spreadsheet program",
    ),
    "not-text": Message(
        "不是文本表格：内含二进制（NUL）字节，第 {line} 行附近",
        "确认文件类型；若是没有 BOM 的 UTF-16 文本，另存为 UTF-8",
        "not a table as text: it holds binary (NUL) bytes, near line {line}",
        "check what kind of file it is; UTF-16 text without a byte order mark is to be saved as UTF-8",
    ),
    "no-files": Message(
        "{folder} 里没有 CSV、XLSX 或 XLS 文件",
        "确认文件夹；隐藏文件和已打开工作簿的锁文件（~$…）不读取",
        "no CSV, XLSX or XLS file in {folder}",
        "check the folder; hidden files and lock files of open workbooks (~$…) are not read",
    ),
    "empty-file": Message("文件是空的", "确认文件已正确导出", "the file is empty", "export it again"),
    "only-hidden": Message(
        "可见的工作表都是空的，内容在隐藏的工作表里",
        "在 Excel 或 WPS 中取消隐藏后另存，再读入",
        "all visible sheets are empty; what there is stands on hidden sheets",
        "show the sheets in a spreadsheet program, save, and ingest again",
    ),
    "encoding": Message(
        "文字编码既不是 UTF-8 也不是 GB18030（第 {line} 行附近）",
        "另存为 UTF-8 后重试",
        "neither UTF-8 nor GB18030 (near line {line})",
        "save it as UTF-8",
    ),
    "quotes": Message(
        "引号不成对，无法可靠地分列：{reason}",
        "改正此行的引号（引号内的引号要写两个），整个文件未导入",
        "quotation marks do not pair: {reason}",
        "correct the quotes of this row (a quote inside quotes is doubled); nothing of this file is loaded",
    ),
    "too-big": Message(
        "文件展开后过大，拒绝打开：{reason}",
        "检查文件来源；删除多余的空行空列，或拆成几个文件",
        "the file is too large when unpacked: {reason}",
        "check where it comes from; remove empty rows and columns, or split it",
    ),
    "too-many-columns": Message(
        "第 {line} 行有 {columns} 列，拒绝读取（最多 {most:,} 列）",
        "确认分隔符；删除多余的列，或拆成几个文件",
        "line {line} has {columns} columns (at most {most:,} are read)",
        "check the separator; remove columns that are not needed, or split the file",
    ),
    "line-too-long": Message(
        "第 {line} 行长过 {megabytes} MB，不是文本表格，拒绝读取",
        "确认文件类型和换行；从原系统重新导出",
        "line {line} is longer than {megabytes} MB: this is no table as text",
        "check what kind of file it is and how its lines end, and export it again",
    ),
    "cell-too-long": Message(
        "第 {line} 行起有一格超过 {characters:,} 个字，拒绝读取",
        "多半是引号没有成对：检查此行的引号；或删去过长的内容",
        "from line {line} on there is a cell of more than {characters:,} characters",
        "most likely a quotation mark has no partner: check this row, or shorten the cell",
    ),
    "too-much-memory": Message(
        "读取此文件要用超过 {gigabytes} GB 内存，拒绝读取",
        "检查文件来源；用表格软件另存一次，删除多余的行、列和格式，或拆成几个文件",
        "reading this file takes more than {gigabytes} GB of memory",
        "check where it comes from; save it anew without surplus rows, columns and formats, or split it",
    ),
    "too-slow": Message(
        "读取此文件用了 {seconds} 秒还没有完，放弃读取",
        "检查文件来源；用表格软件另存一次，或拆成几个文件",
        "reading this file was given up after {seconds} seconds",
        "check where it comes from; save it anew in a spreadsheet program, or split it",
    ),
    "not-a-file": Message(
        "不是普通文件（管道、设备或套接字），没有读取",
        "移走它，或把内容另存为文件",
        "this is no ordinary file but a pipe, a device or a socket",
        "move it away, or save what it gives as a file",
    ),
    "changed": Message(
        "读取时文件正在被改写，没有导入",
        "等写入完成（下载、拷贝、导出结束）后重新导入",
        "the file was being written while it was read",
        "ingest it again when download, copy or export is complete",
    ),
    "declares-entities": Message(
        "文件内含 DTD 声明，拒绝打开",
        "正常的 XLSX 和 XML 表格没有这种声明；用表格软件另存一次，并检查文件来源",
        "the file declares a DTD",
        "no proper XLSX or XML spreadsheet does; save it anew, and check where it comes from",
    ),
}


def in_english(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as English texts take them: `x_en` stands for `x`."""
    return {**facts, **{k.removesuffix("_en"): v for k, v in facts.items() if k.endswith("_en")}}


def problem(
    code: str,
    *,
    file: str,
    sheet: str | None = None,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """One entry of the report's `problems`, with the keys of contract section 3 and both texts in English.

    A fact `x_en` stands for `x` in the English texts.
    """
    message = MESSAGES[code]
    facts = facts or {}
    facts_en = in_english(facts)
    return {
        "file": file,
        "sheet": sheet,
        "row": row,
        "column": column,
        "value": value,
        "problem": message.zh.format(**facts),
        "hint": message.hint_zh.format(**facts),
        "problem_en": message.en.format(**facts_en),
        "hint_en": message.hint_en.format(**facts_en),
    }


def as_reason(entry: Mapping[str, Any], lang: Language) -> str:
    """A problem as one line of the copy in which rejected rows go back."""
    if lang == "en":
        place = f"row {entry['row']}: " if entry["row"] else ""
        return f"{place}{entry['problem_en']}; {entry['hint_en']}"
    place = f"第 {entry['row']} 行：" if entry["row"] else ""
    return f"{place}{entry['problem']}；{entry['hint']}"


def as_more(count: int, lang: Language) -> str:
    """What stands below the last row that a sheet of the copy can hold."""
    if lang == "en":
        return f"{count} more rows do not fit on this sheet; they stand in the file that was read"
    return f"另有 {count} 行放不下，见原文件"
