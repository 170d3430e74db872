"""Recipients of payments and persons of the register: who matches, who does not, and what persons decided."""

TEXTS: dict[str, tuple[str, str]] = {
    "pair_same": ("是本人", "is this person"),
    "pair_different": ("不是本人", "is not this person"),
    "pair_withdrawn": ("撤回", "taken back"),
    "pair_reason": ("理由", "The reason"),
    "pair_decided_by": ("决定人", "Who decides"),
    "pair_stands": (
        "{who} 于 {when} 已就这个对象作过决定（{id}：{verdict}）；没有保存，"
        "请先用 fundtrail match undo {id} 撤回",
        "{who} has decided on this recipient on {when} ({id}: {verdict}); nothing was kept, take that back"
        " first with fundtrail match undo {id}",
    ),
}
