"""Alerts and slips."""

TEXTS: dict[str, tuple[str, str]] = {
    "green": ("绿灯", "Green"),
    "cleared": ("已消除", "Cleared"),
    "alert": ("预警", "Alert"),
    "opened_on": ("预警日期", "Opened on"),
    "responded_on": ("首次处理", "First handled"),
    "handled_on": ("处理日期", "Handled on"),
    "alerts_title": (
        "预警（更新到 {as_of}）：黄色警铃 {bell:,}，黄灯 {yellow:,}，红灯 {red:,}，"
        "绿灯 {green:,}，已消除 {cleared:,}",
        "Alerts (as of {as_of}): bell {bell:,}, yellow {yellow:,}, red {red:,}, green {green:,},"
        " cleared {cleared:,}",
    ),
    "alerts_taken": (
        "按截至 {as_of} 的扫描更新了预警：新开 {opened:,}，转灯 {turned:,}，消除 {cleared:,}，补记 {noted:,}",
        "Alerts brought to the scan as of {as_of}: {opened:,} opened, {turned:,} turned, {cleared:,} cleared,"
        " {noted:,} noted",
    ),
    "alerts_not_evaluable": (
        "这些规则不能评价，它们的预警没有变动（缺哪些表见 {fundtrail} scan）：{rules}",
        "Rules not evaluable, whose alerts stay as they are ({fundtrail} scan names what lacks): {rules}",
    ),
    "alerts_info": (
        "提示 {count:,} 条，不开预警（见 {fundtrail} scan）",
        "Findings of the level Info, which become no alerts (see {fundtrail} scan): {count:,}",
    ),
    "no_alerts": (
        "没有预警；{fundtrail} alerts update --as-of DATE 按扫描结果开出",
        "No alerts; {fundtrail} alerts update --as-of DATE opens them",
    ),
    "more_alerts": (
        "…另有 {count:,} 条（--limit 加大，或 --format json）",
        "… and {count:,} more (raise --limit, or --format json)",
    ),
    "linked_before": ("此前的预警", "Alert before it"),
    "linked_after": ("后续的预警", "Alert after it"),
    "is_found": ("最近扫描仍能发现", "still found by the last scan"),
    "not_found": ("最近扫描已不再发现", "no longer found by the last scan"),
    "found_level": ("规则现判", "The rule now says"),
    "move": ("变动", "Step"),
    "when": ("记录时间", "Recorded"),
    "who": ("经手", "By"),
    "reason": ("原因", "Reason"),
    "reason_found": ("扫描发现", "found by a scan"),
    "reason_back": ("消除后再次发现", "found again after it cleared"),
    "reason_changed": ("依据有变化", "evidence changed"),
    "reason_found_again": ("再次发现", "found again"),
    "reason_gone": ("扫描不再发现", "no longer found"),
    "reason_exempted": ("列入例外清单", "exempted"),
    "reason_done": ("按期办理，自动消除", "done in time, cleared by itself"),
    "reason_retired": ("规则已停用，自动消除", "the rule was retired, cleared by itself"),
    "reason_overdue": ("到期未办理，自动转灯", "deadline passed, turned by itself"),
    "reason_normal": ("处理单：正常", "slip: normal"),
    "reason_violation": ("处理单：违规", "slip: violation"),
    "reason_corrected": ("处理单：已纠正", "slip: corrected"),
    "slip": ("处理单", "Slip"),
    "slip_title": ("预警处理单", "Handling slip"),
    "slip_facts": ("核实（纠正）情况", "Facts"),
    "slip_method": ("核实方式", "Method"),
    "slip_result": ("核实结果", "Result"),
    "slip_basis": ("处理依据", "Basis"),
    "slip_handler": ("处理人", "Handler"),
    "slip_phone": ("电话核实", "phone"),
    "slip_documents": ("调阅材料", "documents"),
    "slip_site": ("现场核查", "site visit"),
    "slip_other": ("其他", "other"),
    "slip_normal": ("正常", "normal"),
    "slip_violation": ("违规", "violation"),
    "slip_corrected": ("已纠正", "corrected"),
    "slip_filed": (
        "处理单 {slip} 已保存：{alert} 由{before}转为{after}（第 {version} 版）",
        "Slip {slip} is kept: {alert} went from {before} to {after} (version {version})",
    ),
    "slip_not_taken": (
        "{state}的预警只接受核实结果{possible}，不接受{result}",
        "An alert with the light {state} takes the result {possible}, not {result}",
    ),
    "slip_not_needed": (
        "状态为{state}的预警不需要处理单：警铃办理业务后自动消除，绿灯和已消除的不再变动",
        "An alert in the state {state} takes no slip: bells clear by themselves when the business is done,"
        " green and cleared alerts are closed",
    ),
    "slip_empty": ("为空", "is empty"),
    "slip_too_long": ("超过 {most} 字", "is longer than {most} characters"),
    "slip_no_choice": ("不是可选的值", "is none of its choices"),
    "slip_too_early": ("{day} 晚于今天 {today}", "{day} is after today, {today}"),
    "slip_how": ("填好后提交：{command}", "When filled in: {command}"),
    "slip_needs": (
        "请用 --form FILE 给出填好的处理单，或给出预警编号和全部选项；缺：{names}",
        "Give a filled form with --form FILE, or the alert and all options; missing: {names}",
    ),
    "slip_form_needs": (
        "处理单 {file} 没有填写：{names}；填好后再提交",
        "The slip {file} is not filled in: {names}; fill it in and file it again",
    ),
    "slip_form_formula": (
        "处理单 {file} 里是公式：{names}；请直接写内容",
        "The slip {file} has formulas: {names}; write the contents themselves",
    ),
    "slip_bad_form": (
        "{file} 不是填好的处理单（{reason}）；用 {fundtrail} slip print 重新生成",
        "{file} is not a filled slip ({reason}); {fundtrail} slip print makes a new one",
    ),
}
