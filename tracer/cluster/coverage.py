"""Which rules a cluster evaluates, from which rows of which tables; and which it refuses, with the reason.

A rule is evaluated by its own text, on a graph of a group of rows. That is exact where all that the rule
looks at for one subject lies in the subject's group, which is how the groups of a family are made.
"""

FAMILIES: dict[str, tuple[str, ...]] = {
    "indicator": (
        *("ZB01", "ZB02", "ZB03", "ZB04", "ZB05", "ZB06", "ZB07", "ZB08", "ZB10", "ZB11", "ZB18", "ZC26"),
    ),
    "project": (*("JX01", "JX02", "JX03", "JX04", "JX05", "JX06", "ZB12", "ZC03", "ZC04", "ZC17", "ZC18"),),
    "payment": ("RH03", "ZC01", "ZC05", "ZC15", "ZC23", "ZC25"),
    "office": ("JX07", "JX08", "JX09", "JX10"),
}
"""The rules of each family.

`indicator`: an indicator with its splits, the indicators at their other ends, arrangements and events.
`project`: a project with its arrangements, targets, assets, events and payments, their refunds and accounts.
`payment`: a payment with its refunds, accounts, project and indicator. `office`: small tables, whole.
"""

SMALL = ("agencies", "calendar", "exemptions", "funds")
"""Tables that go to every group as they are."""

TABLES: dict[str, tuple[str, ...]] = {
    "indicator": ("indicators", "splits", "project_funds", "events", *SMALL),
    "project": (
        *("projects", "project_funds", "targets", "assets", "events", "payments", "accounts", "indicators"),
        *SMALL,
    ),
    "payment": ("payments", "accounts", "projects", "indicators", *SMALL),
    "office": ("alert_log", "filings", *SMALL),
}
"""The tables from which the groups of a family have rows."""

REFUSED: dict[str, tuple[str, ...]] = {
    "money": ("RH17", "ZB14", "ZC07", "ZC08", "ZC09", "ZC14", "ZC16", "ZC24", "ZC28"),
    "holder": (
        *("RH08", "ZB15", "ZB16", "ZB17", "ZC02", "ZC06", "ZC10", "ZC13", "ZC19", "ZC20", "ZC21", "ZC22"),
        "ZC27",
    ),
    "person": (
        *("RH01", "RH02", "RH04", "RH05", "RH06", "RH07", "RH09", "RH10", "RH11", "RH12", "RH13", "RH14"),
        "RH15",
    ),
    "ledger": ("JX11", "RH16", "ZB09", "ZB13", "ZC11", "ZC12"),
}
"""Rules that a group of rows cannot answer.

`money`: follow money from holder to holder. `holder`: add up or compare all movements of an account or all
draws on an indicator. `person`: need to know who is one person over all registers and payments. `ledger`:
compare rows that nothing joins, or ask something of the whole ledger.
"""


def family_of(rule_id: str) -> str | None:
    """The family of a rule; None where the cluster refuses it."""
    return next((family for family, rules in FAMILIES.items() if rule_id in rules), None)


def reason_of(rule_id: str) -> str:
    """Why a rule is refused; `unknown` for one that no list names, such as a locality's own."""
    return next((reason for reason, rules in REFUSED.items() if rule_id in rules), "unknown")
