"""The words that users read, once, in Chinese and English; Chinese is the default."""

from typing import Literal

Language = Literal["zh", "en"]

TEXTS: dict[str, tuple[str, str]] = {
    # errors and progress
    "error": ("错误：{text}", "Error: {text}"),
    "building": (
        "正在为账本 v{version} 计算资金流向（{method}）…",
        "Computing the flow of ledger v{version} ({method}) …",
    ),
    "not_numbered": (
        "没有第 {number} 条发现，共 {count} 条；序号见 fundtrail scan",
        "There is no finding number {number}; there are {count}. See fundtrail scan",
    ),
    "give_one": ("请给出一个编号，或 --finding N，不要两者都给", "Give either an identifier or --finding N"),
    "needs_as_of": ("--finding 需要 --as-of", "--finding needs --as-of"),
    "bad_date": ("日期应写作 YYYY-MM-DD：{text}", "A date is written YYYY-MM-DD: {text}"),
    "empty_ledger": (
        "{home} 里还没有数据；请先运行 fundtrail ingest，或 fundtrail demo",
        "There is no data in {home} yet; run fundtrail ingest first, or fundtrail demo",
    ),
    "written": ("已写入 {file}", "Wrote {file}"),
    "loopback_only": (
        "在有登录账号之前，服务只听本机：{host} 不是本机地址",
        "Until there are user accounts the service listens on loopback only, and {host} is not that",
    ),
    "serving": (
        "服务在 http://{host}:{port}/v1 ，说明在 /openapi.json ；按 Ctrl-C 结束",
        "Serving http://{host}:{port}/v1, described at /openapi.json; Ctrl-C ends it",
    ),
    # words
    "yuan": ("元", "yuan"),
    "total": ("合计", "Total"),
    "none": ("无", "none"),
    "all_time": ("全部", "all"),
    "as_of": ("截至", "as of"),
    "ledger": ("账本", "ledger"),
    "method": ("方法", "Method"),
    "linked": ("凭证指明的优先，其余先进先出", "what a voucher names first, the rest first in first out"),
    "fifo": ("先进先出", "first in, first out"),
    "lifo": ("后进先出", "last in, first out"),
    "payment": ("付款", "Payment"),
    "transfer": ("流水", "Bank transfer"),
    "split": ("分解", "Split"),
    "indicator": ("指标", "Indicator"),
    "account": ("账户", "Account"),
    "cash": ("现金", "Cash"),
    "opening": ("期初余额", "Opening balance"),
    "unexplained": ("无法说明（余额不足）", "Unexplained (balance too small)"),
    "cash_in": ("现金存入", "Cash paid in"),
    "cash_out": ("已取现", "Taken out as cash"),
    "unnamed": ("未写明的账户", "Account not named"),
    "central": ("中央", "central"),
    "province": ("省", "province"),
    "city": ("市", "city"),
    "county": ("县", "county"),
    "township": ("乡", "township"),
    "type_treasury": ("国库账户", "treasury account"),
    "type_special": ("财政专户", "fiscal special account"),
    "type_pool": ("统筹整合专账", "integrated account"),
    "type_unit": ("单位账户", "unit account"),
    "type_personal": ("个人账户", "personal account"),
    "type_clearing": ("清算账户", "clearing account"),
    "type_merchant": ("商户账户", "merchant account"),
    "purpose": ("用途", "For"),
    # trace
    "backward": ("来源", "Where it came from"),
    "forward": ("去向", "Where it is now"),
    "this_method": ("本方法", "By this method"),
    "equals_payment": ("= 付款金额", "= the amount paid"),
    "equals_moved": ("= 这笔的金额", "= the amount moved"),
    "equals_held": ("= 现在的余额", "= what it holds now"),
    "equals_reached": ("= 曾到过这里的全部资金", "= all money that ever was here"),
    "way": ("经过", "Way"),
    "rows": ("依据", "Rows"),
    "row_of": ("{file}{sheet} 第 {row:,} 行", "{file}{sheet} row {row:,}"),
    "more_steps": (
        "…另有 {count:,} 笔（--format json 列出全部）",
        "… and {count:,} more (--format json lists all)",
    ),
    "again": ("重做", "Again"),
    "first_listed": (
        "图下列出最早的 {count:,} 笔，共 {all:,} 笔",
        "Below the picture the first {count:,} movements are listed, of {all:,}",
    ),
    "rest": ("其余 {count:,} 处", "{count:,} others"),
    "cut": ("按要求截断，未列出 {amount} 元", "Cut as asked; {amount} yuan not listed"),
    "day": ("日期", "Day"),
    "voucher": ("凭证", "Voucher"),
    "payer": ("付", "From"),
    "payee": ("收", "To"),
    "money_yuan": ("本笔资金（元）", "Of this money (yuan)"),
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
    # scan
    "red": ("红灯", "Red"),
    "yellow": ("黄灯", "Yellow"),
    "bell": ("黄色警铃", "Bell"),
    "info": ("提示", "Info"),
    "number": ("序号", "No."),
    "rule": ("规则", "Rule"),
    "subject": ("对象", "Subject"),
    "amount_yuan": ("金额（元）", "Amount (yuan)"),
    "evidence": ("依据", "Evidence"),
    "findings_title": (
        "发现（截至 {as_of}，账本 v{version}）：{count:,} 条",
        "Findings (as of {as_of}, ledger v{version}): {count:,}",
    ),
    "more_findings": (
        "…另有 {count:,} 条（--format json 列出全部）",
        "… and {count:,} more (--format json lists all)",
    ),
    "not_evaluable": ("不能评价的规则：缺", "Rules that cannot be evaluated: missing"),
    "scanning": ("正在检查 {rule}…", "Checking {rule} …"),
    "as_of_needed": ("请用 --as-of 给出截至日期", "Give the day with --as-of"),
    "not_evaluated": (
        "{rule}：{count:,} 个对象缺少规则所需的值，没有评价",
        "{rule}: {count:,} subjects lack a value that the rule needs and were not evaluated",
    ),
    "look_further": (
        "看依据：fundtrail export html --finding 序号 --as-of {as_of}\n"
        "看来源：fundtrail trace 编号 --direction backward\n看规则：fundtrail rules show {rule}",
        "Evidence: fundtrail export html --finding NUMBER --as-of {as_of}\n"
        "Sources: fundtrail trace ID --direction backward\nThe rule: fundtrail rules show {rule}",
    ),
    "clean": ("没有发现", "Nothing found"),
    "demo_key": (
        "答案：埋设 {planted:,} 处，漏报 {missed:,}，误报 {extra:,}",
        "Answer key: {planted:,} planted, {missed:,} missed, {extra:,} not planted",
    ),
    "demo_next": (
        "接着看：\n"
        "  用浏览器打开 {picture}\n"
        "  fundtrail --home {home} trace {subject} --direction forward --as-of {as_of}\n"
        "  fundtrail --home {home} scan --as-of {as_of} --method fifo\n"
        "  fundtrail --home {home} serve\n"
        "  办公文件和答案在 {files}",
        "Look at next:\n"
        "  open {picture} in a browser\n"
        "  fundtrail --home {home} trace {subject} --direction forward --as-of {as_of}\n"
        "  fundtrail --home {home} scan --as-of {as_of} --method fifo\n"
        "  fundtrail --home {home} serve\n"
        "  the office files and the answer key are in {files}",
    ),
    # links, rules, doctor, neo4j
    "neo4j_starting": ("正在启动 Neo4j…", "Starting Neo4j …"),
    "neo4j_up": (
        "Neo4j 在运行：{uri}（用户 {user}，进程 {pid}）；用法：fundtrail --graph {uri} scan …",
        "Neo4j is running: {uri} (user {user}, process {pid}); use fundtrail --graph {uri} scan …",
    ),
    "neo4j_stopped": ("Neo4j 已停止", "Neo4j has stopped"),
    "neo4j_down": ("Neo4j 没有运行", "Neo4j is not running"),
    "from": ("从", "From"),
    "to": ("到", "To"),
    "origin": ("来源", "Origin"),
    "line": ("线", "Line"),
    "level": ("级别", "Level"),
    "name": ("名称", "Name"),
    "status": ("状态", "Status"),
    "version": ("版本", "Version"),
    "basis": ("依据", "Basis"),
    "innocent": ("正常情形", "Innocent explanations"),
    "needs": ("需要的表", "Tables"),
    "parameter": ("参数", "Parameter"),
    "default": ("默认", "Default"),
    "unit": ("单位", "Unit"),
    "origin_of": ("出处", "From"),
    "origin_D": ("五份文件", "the five documents"),
    "origin_L": ("法律法规", "law"),
    "origin_C": ("行业惯例，不出自文件", "convention; not from the documents"),
    "origin_M": ("凭记忆，须核对，不出自文件", "from memory, to be checked; not from the documents"),
    "origin_P": ("本工具建议，不出自文件", "our proposal; not from the documents"),
    "rules_fine": ("{count} 条规则全部可用", "All {count} rules are in order"),
    "check": ("检查", "Check"),
    "result": ("结果", "Result"),
    "fine": ("正常", "fine"),
    "wrong": ("有问题", "not in order"),
}
"""Each text by key: Chinese, English."""


def say(key: str, lang: Language = "zh", **values: object) -> str:
    """The text of a key in a language, with its values filled in; raises KeyError for an unknown key."""
    return TEXTS[key][lang == "en"].format(**values)
