"""Words of case notes: what a finding stands on and what was left out of it."""

TEXTS: dict[str, tuple[str, str]] = {
    "sum_of_rule": (
        "按规则得出“{amount}”{total}，所用的数见要点",
        "{amount} by the rule: {total}; see the facts",
    ),
    "sum_of_rows": ("{count:,} 行相加 = {total}", "{count:,} rows = {total}"),
    "exceptions": ("例外", "Exceptions"),
    "exceptions_tried": (
        "{group}：先剔除通用例外 {general} 条和本组例外（{own}），再查字词；例外只用于用途",
        "{group}: {general} general ones and its own ({own}) were tried before the words; in purposes only",
    ),
    "way_of_money": ("资金经过", "Way of the money"),
    "way_step": (
        "{day}  {payer} → {payee}  {amount} 元{share}{voucher}",
        "{day}  {payer} → {payee}  {amount} yuan{share}{voucher}",
    ),
    "way_money": ("，其中这笔资金 {fen} 元", ", of this very money {fen}"),
    "way_sources": ("，其中进入本笔的 {fen} 元", ", into this movement {fen}"),
    "way_held": ("，现仍留在原处 {fen} 元", ", still here {fen}"),
    "way_more": (
        "…另有 {count:,} 笔，见 --format json",
        "… and {count:,} more, see --format json",
    ),
    "way_note_money": (
        "按资金片段逐分计算，不按账户计算：只有同一笔钱才算在内",
        "Reckoned by pieces of money, not by accounts: only the very same fen count",
    ),
    "certain": ("确定范围", "What is certain"),
    "certain_between": (
        "无论各账户怎样取用，至少 {least}、至多 {most}；本方法 {amount}",
        "Whichever money each account used: at least {least}, at most {most}; by this method {amount}",
    ),
    "certain_exactly": (
        "无论各账户怎样取用，都是 {amount}",
        "Whichever money each account used, it is {amount}",
    ),
    "certain_loose": ("界限可能还不够紧", "the true limits may be closer"),
    "cut_title": ("界限与未计入", "Limits and what was left out"),
    "cut_limit": (
        "只看到 {limit} 为止，更远的没有查",
        "Followed up to {limit}; beyond that nothing was looked at",
    ),
    "cut_exempted": (
        "例外清单 {count:,} 行，扣除 {amount}",
        "{amount} taken off by exemptions (rows: {count:,})",
    ),
    "cut_suppressed": (
        "本规则另有 {count:,} 条发现因例外清单不报",
        "other findings of this rule that exemptions suppress: {count:,}",
    ),
    "cut_not_evaluated": (
        "本规则有 {count:,} 个对象缺少所需的值，没有评价",
        "subjects not evaluated for lack of a value that this rule needs: {count:,}",
    ),
    "cut_tables": (
        "账本里没有 {tables}，规则中靠它们的部分没有查",
        "not in the ledger, so not looked at: {tables}",
    ),
    "cut_rows": ("另有 {count:,} 行依据数据没有列出", "more rows, not listed: {count:,}"),
    "cut_nothing": ("没有", "nothing"),
    "note_again": ("本说明", "This note"),
    "note_alert": (
        "预警 {alert}：{day} 按账本 v{version} 开出，以下是当时的发现",
        "Alert {alert}, opened as of {day} on ledger v{version}; what follows is the finding then",
    ),
    "note_same": (
        "账本 v{version} 截至 {day} 仍得出同一发现",
        "Ledger v{version} as of {day} still gives the same finding",
    ),
    "note_changed": (
        "账本 v{version} 截至 {day} 得出的已不同：{changes}",
        "Ledger v{version} as of {day} gives another one: {changes}",
    ),
    "note_gone": (
        "账本 v{version} 截至 {day} 不再得出这一发现",
        "Ledger v{version} as of {day} no longer gives this finding",
    ),
    "note_unknown": (
        "账本 v{version} 截至 {day} 不能评价这条规则",
        "Ledger v{version} as of {day} cannot be evaluated for this rule",
    ),
    "note_suppressed": (
        "这一发现因例外清单不报，在此说明缘由",
        "Exemptions suppress this finding; it is told here for its reasons",
    ),
    "note_moved": (
        "账本已由 v{then} 到 v{version}，扫描只读最新版；两者之间的变化看 {fundtrail} alerts history {alert}",
        "The ledger went from v{then} to v{version} and scans read the newest; "
        "{fundtrail} alerts history {alert} tells the steps",
    ),
    "note_do": (
        "办法：{command} 把现在的结果记入预警",
        "What to do: {command} takes the present finding into the alerts",
    ),
    "change_rule_version": ("规则 v{then} → v{now}", "rule v{then} → v{now}"),
    "change_level": ("级别 {then} → {now}", "level {then} → {now}"),
    "change_amount": ("金额 {then} → {now}", "amount {then} → {now}"),
    "change_parameters": ("参数不同", "other parameters"),
    "change_rows": (
        "依据数据 {then:,} 行 → {now:,} 行，或其内容、日期不同",
        "rows {then:,} → {now:,}, or other contents or days",
    ),
    "bad_finding": (
        "看不懂 {text}：请给出 scan 的序号、规则/对象（如 ZC08/LS00002979）或预警编号（如 FT000012）",
        "cannot read {text}: give a number of scan, RULE/SUBJECT such as ZC08/LS00002979,"
        " or an alert such as FT000012",
    ),
    "no_such_finding": (
        "截至 {day}，规则 {rule} 没有对象为 {subject} 的发现；全部对象见 {fundtrail} scan --rule {rule}",
        "as of {day} rule {rule} found nothing on {subject};"
        " {fundtrail} scan --rule {rule} lists its subjects",
    ),
    "masks_alike": (
        "规则 {rule} 有 {count} 条发现的对象掩码后都是 {subject}；请用 scan 的序号，"
        "或 --format json 给出的完整编号",
        "{count} findings of rule {rule} are all masked as {subject}; use the number that scan prints,"
        " or the full ID from --format json",
    ),
    "other_rule": (
        "{finding} 是规则 {rule} 的发现，而 --rule 是 {other}；只能给一个",
        "{finding} is a finding of rule {rule}, but --rule says {other}; drop one of them",
    ),
    "not_evaluable_now": (
        "截至 {day} 不能评价规则 {rule}，缺 {missing}",
        "as of {day} rule {rule} cannot be evaluated; missing: {missing}",
    ),
}
