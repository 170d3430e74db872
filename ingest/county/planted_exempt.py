"""Planted exemptions: findings that they suppress or lower, and an expired one that does nothing."""

from datetime import date

from ingest.county.budget import WAN
from ingest.county.households import People
from ingest.county.numbers import account_number
from ingest.county.places import LINES, UNIT, Party
from ingest.county.planted import Office, open_office
from ingest.county.planted_payments import Desk, strangers_of
from ingest.county.works import Clerk

YEAR = 2020
_LINE = 3
"""Number of the county's own fund, which pays for these projects."""

_PEOPLE, _FIRST_PERSON, _FIRST_ACCOUNT = 4, 900_000, 450
"""These persons' numbers and accounts begin where those of other planted cases do not reach."""

_EXPIRED = date(YEAR, 6, 30)


def plant_exempt(clerk: Clerk, people: People) -> None:
    """Plant the cases in the county of `clerk`."""
    first = _FIRST_PERSON + clerk.county.index * _PEOPLE
    desk = Desk(clerk, people, [], strangers_of(clerk.county, people, _PEOPLE, first, _FIRST_ACCOUNT))
    for case in (_change_orders, _retention, _approved_accounts, _proxies):
        case(desk)
    _integration(open_office(clerk))


def _project(desk: Desk, label: str, **more: object) -> str:
    project, county = desk.own_project(label), desk.clerk.county
    desk.clerk.budget.project(project, county, YEAR, "village", f"示例例外项目{label}", **more)  # type: ignore[arg-type]
    return project


def _change_orders(desk: Desk) -> None:
    """Paid above approval: the change order covers all of it, then a part."""
    for n, (over, covered) in enumerate(((5_000_00, 5_000_00), (9_000_00, 4_000_00))):
        project = _project(desk, f"BG{n}", approved_amount_fen=10 * WAN)
        firm = desk.company(46 + n, f"虚构变更{n + 1}公司")
        desk.clerk.pay(
            firm, 10 * WAN + over, date(YEAR, 8, 11), f"堡坎工程款{n + 1}", line=_LINE, project=project
        )
        if over == covered:
            desk.books.exempt("ZC03", project, "yellow", over, "变更批复", amount_fen=covered)
        else:
            desk.books.add(
                "exemptions", rule_id="ZC03", subject=project, amount_fen=covered, reason="变更批复",
                valid_from=date(YEAR, 8, 1),
            )  # fmt: skip
            desk.books.find("ZC03", project, "yellow", over - covered)


def _retention(desk: Desk) -> None:
    """A surplus that is retention money."""
    project, fen = _project(desk, "ZB0", accepted_on=date(YEAR, 7, 10)), 9_000_00
    firm = desk.company(48, "虚构质保公司")
    desk.clerk.pay(firm, 3 * WAN, date(YEAR, 6, 23), "沟渠工程款", line=_LINE, project=project)
    desk.clerk.budget.spend(desk.clerk.county.index, YEAR, _LINE, fen, month=None, project=project)
    desk.books.exempt("ZC18", project, "yellow", fen, "质保金", amount_fen=fen)


def _approved_accounts(desk: Desk) -> None:
    """Treasury money to two approved accounts, of which the approval of the second has expired."""
    clerk, county = desk.clerk, desk.clerk.county
    for n, last in enumerate((None, _EXPIRED)):
        office = Party(
            f"{county.name}示例核准{n + 1}局", account_number(UNIT, county.index, 90 + n),
            f"XH{county.index:03d}{n}",
        )  # fmt: skip
        desk.books.add(
            "accounts", account_no=office.account, holder_name=office.name, holder_id=office.holder_id,
            holder_kind="agency", account_type="unit", opening_balance_fen=0,
        )  # fmt: skip
        fen, day = (17_000 + 800 * n) * 100, date(YEAR, 9, 24)
        paid = clerk.pay(
            office,
            fen,
            day,
            f"核准账户拨款{n + 1}",
            line=_LINE,
            project=_project(desk, f"HZ{n}"),
            direct=True,
        )
        clerk.move(county.treasury.account, office.account, fen, day, "拨款", paid)
        _excuse(desk, "ZC15", paid, fen, office.account, "经批准账户", last)


def _proxies(desk: Desk) -> None:
    """Benefits into the accounts of two who draw for others, of which the second's authority has expired."""
    for n, last in enumerate((None, _EXPIRED)):
        person, proxy, fen = desk.stranger(), desk.stranger().as_payee(), (540 + 10 * n) * 100
        paid = desk.grant(person, fen, date(YEAR, 8, 12), payee=proxy)
        _excuse(desk, "RH10", paid, fen, proxy.account, "代领委托", last)


def _excuse(
    desk: Desk, rule: str, payment: str, fen: int, account: str, reason: str, last: date | None
) -> None:
    """Exempt payments into an account up to `last`; the payment came after `last`, where there is one."""
    if last is None:
        desk.books.exempt(rule, payment, "yellow", fen, reason, key=account)
        return
    desk.books.add(
        "exemptions", rule_id=rule, subject=account, reason=reason, valid_from=date(2019, 5, 1), valid_to=last
    )
    desk.books.find(rule, payment, "yellow", fen)


def _integration(office: Office) -> None:
    """A split into another fund under an approved integration plan."""
    day, fen, fund = date(YEAR, 5, 14), 27 * WAN, LINES[2].fund_name
    above = office.line("TZA", fen, day, "city", fund_name=fund)
    below = office.line("TZB", fen, day)
    office.split(above, below, fen, day)
    office.arrange(below, "TZB", fen, day)
    pair, index = f"{fund}>{LINES[_LINE].fund_name}", office.clerk.county.index
    office.books.exempt(
        "ZB18", below, "yellow", fen, "经批准的整合方案", key=pair, doc_no=f"示整合〔{YEAR}〕{index}号"
    )
