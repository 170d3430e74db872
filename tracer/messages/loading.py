"""Ingest and the input tables."""

TEXTS: dict[str, tuple[str, str]] = {
    # ingest
    "file": ("文件", "File"),
    "table": ("表", "Table"),
    "count_rows": ("行", "Rows"),
    "accepted": ("接受", "Accepted"),
    "rejected": ("退回", "Rejected"),
    "totals": ("合计行", "Totals"),
    "blank": ("空行", "Blank"),
    "duplicates": ("重复", "Duplicate"),
    "corrected": ("更正", "Corrected"),
    "sums": ("金额（元）", "Sums (yuan)"),
    "unknown_table": ("（认不出）", "(not recognised)"),
    "open_columns": (
        "{file}{sheet} 的列“{header}”不能确定：{candidates}。请用映射文件指明",
        "{file}{sheet} column “{header}” is not certain: {candidates}. A mapping file settles it",
    ),
    "problems_title": ("问题", "Problems"),
    "row": ("行", "Row"),
    "column": ("列", "Column"),
    "value": ("值", "Value"),
    "problem": ("问题", "Problem"),
    "hint": ("办法", "What to do"),
    "more_problems": (
        "…另有 {count:,} 个问题（--format json 列出全部）",
        "… and {count:,} more problems (--format json lists all)",
    ),
    "dry_run": ("试读，什么都没有保存", "Dry run: nothing was stored"),
    # tables
    "kind": ("类型", "Kind"),
    "required": ("必需", "Required"),
    "may_hold": ("可填", "Accepted"),
    "synonyms": ("也叫", "Also"),
    "kind_text": ("文字", "text"),
    "kind_money": ("金额", "money"),
    "kind_date": ("日期", "date"),
    "kind_datetime": ("日期时间", "date and time"),
    "kind_enum": ("选项", "choice"),
    "kind_bool": ("是/否", "yes/no"),
    "kind_percent": ("百分比", "percent"),
    "kind_number": ("数", "number"),
}
