"""Registers of other offices."""

TEXTS: dict[str, tuple[str, str]] = {
    "register_row": (
        "{name}（截至 {as_of}，{office} 提供，目的 {purpose}，依据 {basis}，{by} 导入）",
        "{name} (as of {as_of}, from {office}, for {purpose}, by {basis}, imported by {by})",
    ),
    "registers_class": ("登记", "Register"),
    "registers_held_by": ("持有单位", "Held by"),
    "registers_rule": ("使用规则", "Used by rule"),
    "registers_answers": ("可答复的日子", "Answers for"),
    "registers_history": (
        "截至日以前的各日，及其后 {days} 天",
        "all days up to its as-of day, and {days} days after",
    ),
    "registers_day": (
        "截至日（或 --since）起，至截至日后 {days} 天",
        "its as-of day (or --since) to {days} days after its as-of day",
    ),
    "registers_lasting": ("；其中的事实此后一直成立", "; what its rows say holds ever after"),
    "registers_role": ("含义", "Role"),
    "role_person": ("身份证号", "ID number"),
    "role_from": ("起", "from"),
    "role_to": ("止", "to"),
    "role_kind": ("类别", "kind"),
    "role_detail": ("说明", "detail"),
    "role_amount": ("价值", "value"),
    "registers_number": ("编号", "No."),
    "registers_as_of": ("截至", "As of"),
    "registers_rows": ("行", "Rows"),
    "registers_office": ("提供单位", "From"),
    "registers_purpose": ("目的", "Purpose"),
    "registers_basis": ("法律依据", "Legal basis"),
    "registers_by": ("导入人", "Imported by"),
    "registers_at": ("导入时间", "Imported at"),
    "registers_keep": ("保存至", "Keep until"),
    "registers_state": ("状态", "State"),
    "registers_kept": ("在用", "kept"),
    "registers_removed": ("已移除：{reason}（{by}，{at}）", "removed: {reason} ({by}, {at})"),
    "registers_none": (
        "没有导入过其他部门的登记；类别见 {fundtrail} registers classes",
        "No register of another office was imported; {fundtrail} registers classes lists the classes",
    ),
    "registers_imported": (
        "已导入 {name}，编号 {number}，截至 {as_of}，{rows:,} 行；规则 {rule} 自此参与扫描",
        "Imported the {name} as number {number}, as of {as_of}, {rows:,} rows; rule {rule} takes part in"
        " scans now",
    ),
    "registers_replaces": (
        "同一截至日的编号 {number} 不再采用；确认后可移除",
        "Number {number} of the same as-of day is no longer used; remove it once that is right",
    ),
    "registers_same": (
        "同一截至日已有相同的内容，没有再存",
        "The same stands there for this as-of day already; nothing was stored",
    ),
    "registers_nothing": ("没有可接受的行，什么都没有存", "No row could be taken; nothing was stored"),
    "registers_unkept": ("未保留的列：{columns}", "Columns not kept: {columns}"),
    "registers_gone": (
        "已移除编号 {number}（{name}，截至 {as_of}，{rows:,} 行）：行已删除，内置图 {graphs} 个随之删除",
        "Removed number {number} ({name}, as of {as_of}, {rows:,} rows): its rows are deleted, and so are"
        " {graphs} embedded graphs",
    ),
    "registers_remains": (
        "仍保留：导入与移除的记录（不含各行），此前写出的疑点、预警、处理单和导出文件，备份，"
        "以及 Neo4j 中最近装入的图（下一次扫描时替换）。所涉疑点不能再重做",
        "What remains: the record of import and removal (no rows), findings, alerts, slips and exports"
        " written before, backups, and the graph last loaded into a Neo4j (replaced by its next scan)."
        " Findings on these rows cannot be reproduced any more",
    ),
    "registers_none_expired": ("没有过了保存期限的登记", "No register is past its last day of keeping"),
}
