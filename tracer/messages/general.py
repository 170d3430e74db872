"""Errors, progress, and the words of money, places and movements."""

TEXTS: dict[str, tuple[str, str]] = {
    # errors and progress
    "error": ("错误：{text}", "Error: {text}"),
    "building": (
        "正在为账本 v{version} 计算资金流向（{method}）…",
        "Computing the flow of ledger v{version} ({method}) …",
    ),
    "not_numbered": (
        "没有第 {number} 条发现，共 {count} 条；序号见 {fundtrail} scan",
        "There is no finding number {number}; there are {count}. See {fundtrail} scan",
    ),
    "give_one": ("请给出一个编号，或 --finding N，不要两者都给", "Give either an identifier or --finding N"),
    "needs_as_of": ("--finding 需要 --as-of", "--finding needs --as-of"),
    "only_finding": (
        "--rule、--parameters、--set 只与 --finding 一起用",
        "--rule, --parameters and --set go with --finding",
    ),
    "bad_home": (
        "用不了 --home {home}：{reason}；请换一个可写的文件夹",
        "cannot use --home {home}: {reason}; name a folder that can be written",
    ),
    "bad_graph": (
        "--graph 应写作 bolt://主机:端口 或 neo4j://主机:端口（用户和密码：NEO4J_USER、NEO4J_PASSWORD）：{uri}",
        "--graph is written bolt://HOST:PORT or neo4j://HOST:PORT (also +s, +ssc), with user and password in"
        " NEO4J_USER and NEO4J_PASSWORD: {uri}",
    ),
    "graph_agrees": ("图库 {graph} 的回答相同", "The graph at {graph} gives the same answer"),
    "bad_date": ("日期应写作 YYYY-MM-DD：{text}", "A date is written YYYY-MM-DD: {text}"),
    "empty_ledger": (
        "{home} 里还没有数据；请先运行 {fundtrail} ingest，或 {fundtrail} demo",
        "There is no data in {home} yet; run {fundtrail} ingest first, or {fundtrail} demo",
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
    "bounds": ("任何方法下的至少和至多", "least and most under any method"),
    "pro-rata": ("每一笔存量按同一比例", "of all that the payer has the same share"),
    "own-first": (
        "自有资金先支出，所问的钱留到最后，不超过其后的最低余额",
        "other money is spent first; what was asked for stays to the last, up to the lowest balance since",
    ),
    "poison": (
        "凡接触过的都算，合计可大于所问的钱",
        "all money wherever what was asked for has been; can be more than it",
    ),
    "only_forward": (
        "方法 {method} 只跟踪一笔钱的去向，请用 --direction forward",
        "method {method} follows one claim on its way; use --direction forward",
    ),
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
    "village": ("村", "village"),
    "type_treasury": ("国库账户", "treasury account"),
    "type_special": ("财政专户", "fiscal special account"),
    "type_pool": ("统筹整合专账", "integrated account"),
    "type_unit": ("单位账户", "unit account"),
    "type_personal": ("个人账户", "personal account"),
    "type_clearing": ("清算账户", "clearing account"),
    "type_merchant": ("商户账户", "merchant account"),
    "purpose": ("用途", "For"),
}
