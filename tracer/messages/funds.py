"""The catalogue of funds and its ledger."""

TEXTS: dict[str, tuple[str, str]] = {
    "category": ("类别", "kind of money"),
    "scope": ("范围", "Scope"),
    "scope_part": ("仅括号内部分", "only the part in brackets"),
    "scope_exclusion": ("括号内除外", "without what is in brackets"),
    "scope_use": ("仅所列用途", "only the use that it names"),
    "departments": ("主管部门", "Departments"),
    "finance_offices": ("财政对口处室", "Finance offices"),
    "document": ("文件", "Document"),
    "decision": ("决定", "Decision"),
    "adopted": ("采用", "adopted"),
    "dropped": ("剔除", "dropped"),
    "valid_from": ("起", "From"),
    "valid_to": ("止", "To"),
    "valid_from_needed": ("请用 --valid-from 给出起始日期", "Give the first day with --valid-from"),
    "everywhere": ("各地", "everywhere"),
    "funds_counted": ("共 {count:,} 项", "{count:,} in all"),
    "funds_exported": (
        "已写入 {file}（{count:,} 项）；请填写“限建档立卡”和“直达县级”，"
        "再用 {fundtrail} ingest 导入，规则才会用到",
        "Wrote {file} (funds: {count:,}); fill in its two yes/no columns, then take it in by"
        " {fundtrail} ingest: until then no rule uses it",
    ),
    "fund_ledger_title": (
        "扶贫资金总台账（{region}，截至 {as_of}，账本 v{version}）；"
        "同一笔资金逐级下达，各级分别列示，不要跨级相加",
        "Ledger of the catalogue ({region}, as of {as_of}, ledger v{version}); money stands on every level"
        " that it passes, so add up within a level only",
    ),
    "provided_by": ("资金级次", "Provided by"),
    "held_on": ("指标级次", "Held on"),
    "indicators": ("指标数", "Indicators"),
    "in_scope": ("范围内（元）", "In scope (yuan)"),
    "out_of_scope": ("范围外（元）", "Out of scope (yuan)"),
    "not_stated": ("未说明（元）", "Not stated (yuan)"),
    "not_in_catalogue": (
        "不在目录内的指标：{count:,} 条，{amount} 元",
        "Indicators of funds outside the catalogue: {count:,}, {amount} yuan",
    ),
    "no_region": (
        "接收单位没有区划代码、未计入的指标：{count:,} 条，{amount} 元（在 机构 表补上）",
        "Indicators left out because their receiver has no region code: {count:,}, {amount} yuan"
        " (add it to the table `agencies`)",
    ),
    "stated_above": (
        "{indicator} 所记的范围内金额 {stated} 元大于指标金额 {amount} 元，按未说明计",
        "The amount in scope of {indicator}, {stated} yuan, is above its {amount} yuan: taken as not stated",
    ),
}
