"""A trace in words and as a picture."""

TEXTS: dict[str, tuple[str, str]] = {
    # trace
    "backward": ("来源", "Where it came from"),
    "forward": ("去向", "Where it is now"),
    "this_method": ("本方法", "By this method"),
    "equals_payment": ("= 付款金额", "= the amount paid"),
    "equals_moved": ("= 这笔的金额", "= the amount moved"),
    "equals_held": ("= 现在的余额", "= what it holds now"),
    "equals_reached": ("= 曾到过这里的全部资金", "= all money that ever was here"),
    "equals_marked": ("所到之处现有的全部资金", "all money where it has been"),
    "way": ("经过", "Way"),
    "rows": ("依据", "Rows"),
    "row_of": ("{file}{sheet} 第 {row} 行", "{file}{sheet} row {row}"),
    "more_steps": ("…另有 {count:,} 笔（--all 全部列出）", "… and {count:,} more (--all lists them)"),
    "more_links": (
        "…另有 {count:,} 笔（--format json 列出全部）",
        "… and {count:,} more (--format json lists all)",
    ),
    "own_amount": ("指标金额 {amount} 元", "Amount {amount} yuan"),
    "held_now": ("现有余额 {amount} 元", "holds {amount} yuan now"),
    "again": ("重做", "Again"),
    "first_listed": (
        "图下列出最早的 {count:,} 笔，共 {all:,} 笔",
        "Below the picture the first {count:,} movements are listed, of {all:,}",
    ),
    "rest": ("其余 {count:,} 处", "{count:,} others"),
    "cut": ("按要求截断，未列出 {amount} 元", "Cut as asked; {amount} yuan not listed"),
    # routes, advances, ties
    "route": ("路线", "Route"),
    "movements_count": ("笔数", "Movements"),
    "first_on": ("最早", "First"),
    "last_on": ("最晚", "Last"),
    "other_routes": ("其余 {count:,} 条路线", "{count:,} other routes"),
    "no_route": ("没有钱从这里到那里", "No money got from one to the other"),
    "paid_on": ("付款日", "Paid on"),
    "repaid_by": ("由何补上", "Made good by"),
    "repaid_on": ("补上日", "Made good on"),
    "outstanding_days": ("天数", "Days"),
    "outstanding": ("未补上", "outstanding"),
    "advances_sum": (
        "垫付合计 {advanced_fen} 元，其中未补上 {outstanding_fen} 元；追踪结果不因此改变，仍列为无法说明",
        "Advanced {advanced_fen} yuan in all, {outstanding_fen} of it outstanding; no trace changes for it,"
        " where this money stays unexplained",
    ),
    "more_advances": ("…另有 {count:,} 笔，共 {amount} 元", "… and {count:,} more, {amount} yuan"),
    "no_advances": ("没有超出余额的付款", "No payment was larger than the balance"),
    "documented": ("凭证确定", "Documented"),
    "compared": (
        "各方法一致 {agreed} 元；无论怎样取用都确定 {certain} 元。各方法是约定，凭证确定和至少、至多不是",
        "All methods agree on {agreed} yuan; {certain} yuan are certain under any choice. The methods are"
        " conventions; what is documented, the least and the most are not",
    ),
    "compared_unexplained": (
        "另有 {amount} 元无论怎样取用都无法说明来源：不是凭证确定，也不计入一致和确定",
        "Besides, {amount} yuan are unexplained under any choice: neither documented, nor counted as agreed"
        " or certain",
    ),
    "compared_loose": (
        "{count:,} 部分的至少、至多只是可靠的界限，未必达到",
        "Of {count:,} parts the least and most are sound, but perhaps not attained",
    ),
    "compared_inexact": (
        "{method} 份数过多，按比例估算并取整，各部分相差几分",
        "{method} has too many pieces: its parts are rounded shares and may be off by some fen",
    ),
    "this_order": ("按文件次序", "By file order"),
    "least": ("至少", "Least"),
    "most": ("至多", "Most"),
    "ties_title": (
        "同日各笔的先后没有时间或规则可定时，按文件中的次序；另换 {orders} 种次序，以下部分会变：",
        "Where neither a time nor a rule orders the rows of a day, the file does; in {orders} other orders"
        " these parts change:",
    ),
    "no_ties": (
        "另换 {orders} 种同日次序，各部分都不变",
        "In {orders} other orders of the rows of a day no part changes",
    ),
    "not_exact": (
        "按比例展开的份数过多：各部分按混合比例推算并凑整，不精确到分，未分环节",
        "Too many pieces to write out: parts are computed from mixes and rounded, not exact to the fen, and"
        " no links are told apart",
    ),
    # least and most
    "least_and_most": (
        "至少：不论各持有者先动用哪笔钱，都必有这么多，可以确认。至多：再多就不可能。每个数都有一种动用次序能够达到，"
        "但各行不一定同时达到；本表不看凭证标记。",
        "Least: so much is certain, whichever money each holder spent first. Most: more is impossible. Each "
        "figure is reached by some choice, but not all lines at once; what vouchers name plays no part.",
    ),
    "not_tight": (
        "计算量过大，{count:,} 项没有算到底：所列至少、至多仍然可靠，但未必能够达到",
        "The work was cut: of {count:,} lines least and most are sound, but may not be reached",
    ),
    "origins_done": ("上下界：{done:,}/{origins:,} 个来源", "bounds: {done:,} of {origins:,} origins"),
    "more_parts": (
        "…另有 {count:,} 项（--all 全部列出）",
        "… and {count:,} more lines (--all lists them)",
    ),
    "bounds_no_graph": (
        "这由账本计算，图里只有一种方法的资金：请去掉 --graph",
        "this is worked out from the ledger, a graph holds the money of one method: leave out --graph",
    ),
    # a picture
    "drawn_indicator": ("指标", "indicator"),
    "drawn_account": ("账户", "account"),
    "drawn_person": ("个人", "person"),
    "drawn_cash": ("现金", "cash"),
    "drawn_birth": ("来路不在账上", "way before not on the books"),
    "drawn_subject": ("粗橙框、橙箭头：所问的对象", "thick orange box, orange arrow: what was asked for"),
    "drawn_arrows": (
        "箭头上是金额（元）；虚线箭头是退回或回流",
        "amounts on arrows are yuan; dashed arrows are returns",
    ),
    "movements": ("{count:,} 笔", "{count:,} movements"),
    "more_movements": ("…另有 {count:,} 笔", "… and {count:,} more"),
    "merged": ("另外 {count:,} 个（合并）", "{count:,} others (merged)"),
    "merged_note": (
        "第 {column} 列金额最小的 {count:,} 个合并为一个，经过的金额 {amount} 元",
        "The {count:,} smallest of column {column} are merged into one, which {amount} yuan passed",
    ),
    "day": ("日期", "Day"),
    "voucher": ("凭证", "Voucher"),
    "payer": ("付", "From"),
    "payee": ("收", "To"),
    "money_yuan": ("本笔资金（元）", "Of this money (yuan)"),
}
