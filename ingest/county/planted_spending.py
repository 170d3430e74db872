"""Planted cases on how money is spent: cash, contracts, progress and vouchers, beside near misses."""

from datetime import date, timedelta
from typing import Any

from ingest.county.budget import WAN
from ingest.county.households import People
from ingest.county.numbers import account_number
from ingest.county.places import SPECIAL, UNIT, Party
from ingest.county.planted import Office, open_office
from ingest.county.planted_payments import Desk
from ingest.county.works import Clerk
from tracer.schema import CASH

YEAR = 2020
_LINE = 3
"""Number of the county's own fund, which pays for these projects."""

_FIRST_COMPANY = 20
"""These companies' numbers begin where those of other planted cases do not reach."""


def plant_spending(clerk: Clerk, people: People) -> None:
    """Plant the cases in the county of `clerk`."""
    desk = Desk(clerk, people, [], [])
    for case in (_zc03, _zc09, _zc10, _zc11, _zc13, _zc15, _zc17, _zc18, _zc25):
        case(desk)
    office = open_office(clerk)
    _zc21(office, _company(desk, 25, "旧年"))
    _zc26(office)


def _company(desk: Desk, number: int, title: str) -> Party:
    return desk.company(_FIRST_COMPANY + number, f"虚构{title}公司")


def _project(desk: Desk, label: str, name: str, approved: date | None = None, **more: Any) -> str:
    """Plan an approved village project of this year; gives its identifier."""
    project, county = desk.own_project(label), desk.clerk.county
    desk.clerk.budget.project(project, county, YEAR, "village", name, approved=approved, **more)
    return project


def _pay(desk: Desk, payee: Party, fen: int, day: date, purpose: str, project: str, **more: object) -> str:
    return desk.clerk.pay(payee, fen, day, purpose, line=_LINE, project=project, **more)  # type: ignore[arg-type]


def _agency(desk: Desk, number: int, title: str, account_type: str = "unit") -> Party:
    """An agency with an account that appears in one case only."""
    county = desk.clerk.county
    kind = SPECIAL if account_type == "special" else UNIT
    party = Party(
        f"{county.name}示例{title}", account_number(kind, county.index, number),
        f"XS{county.index:03d}{number}",
    )  # fmt: skip
    desk.books.add(
        "accounts", account_no=party.account, holder_name=party.name, holder_id=party.holder_id,
        holder_kind="agency", account_type=account_type, opening_balance_fen=0,
    )  # fmt: skip
    return party


def _zc03(desk: Desk) -> None:
    for n, (first, second) in enumerate(
        ((60_000_00, 55_000_00), (80_000_00, 20_001_00), (70_000_00, 30_000_00))
    ):
        project = _project(desk, f"CG{n}", f"示例超概项目{n + 1}", approved_amount_fen=10 * WAN)
        firm = _company(desk, n, f"超概{n + 1}")
        for part, (fen, month) in enumerate(((first, 6), (second, 8)), start=1):
            _pay(desk, firm, fen, date(YEAR, month, 22), f"蓄水池工程款{n + 1}之{part}", project)
        if n < 2:  # the third is paid to exactly what was approved
            desk.books.find("ZC03", project, "yellow", first + second - 10 * WAN)


def _zc09(desk: Desk) -> None:
    project = _project(desk, "XJ", "示例现金项目")
    for n, (purpose, parts) in enumerate((
        ("零星运费", (620_00, 500_00)), ("场地清理费", (1_200_00,)), ("小件工具款", (1_000_00,)),
        ("农产品收购款", (1_500_00,)),
    )):  # fmt: skip
        payee = Party(f"示例现金收款户{n + 1}", CASH, "")
        for part, fen in enumerate(parts, start=1):
            paid = _pay(
                desk, payee, fen, date(YEAR, 7, 6 + n), f"{purpose}{part}", project,
                settlement_method="cash",
            )  # fmt: skip
        if n < 2:
            desk.books.find("ZC09", paid, "yellow", fen)
    firm = _company(desk, 3, "取现")
    _pay(desk, firm, 2 * WAN, date(YEAR, 7, 15), "围墙工程款", project)
    for n, fen in enumerate((1_300_00, 1_000_00, 2_700_00)):
        drawn = desk.clerk.move(firm.account, CASH, fen, date(YEAR, 7, 20 + n), "取现")
        if fen > 1_000_00:
            desk.books.find("ZC09", drawn, "yellow", fen)


def _zc10(desk: Desk) -> None:
    """Two split contracts; then payments a day too far apart, too small, or under one contract."""
    contract = f"HT{YEAR}-{desk.clerk.county.index:03d}-CX"
    for n, (fens, days, number) in enumerate((
        ((17 * WAN, 18 * WAN), (0, 30), None),
        ((16 * WAN, 19 * WAN, 16 * WAN), (0, 0, 12), None),
        ((17 * WAN, 17 * WAN), (0, 31), None),
        ((16 * WAN - 100, 17 * WAN), (0, 5), None),
        ((18 * WAN, 18 * WAN), (0, 5), contract),
    )):  # fmt: skip
        project = _project(desk, f"CX{n}", f"示例拆分项目{n + 1}")
        firm = _company(desk, 4 + n, f"拆分{n + 1}")
        paid = [
            _pay(
                desk, firm, fen, date(YEAR, 6, 24) + timedelta(days=after), f"育苗棚工程款{n + 1}之{part}",
                project, contract_no=number,
            )
            for part, (fen, after) in enumerate(zip(fens, days, strict=True), start=1)
        ]  # fmt: skip
        if n < 2:
            desk.books.find("ZC10", paid[1], "yellow", sum(fens))


def _zc11(desk: Desk) -> None:
    """Two pairs of projects; then a pair a day too far apart, one of two sites, one below the limit."""
    first = date(YEAR, 3, 5)
    for n, (wans, days, sites) in enumerate((
        ((120, 110), 0, 1), ((199, 1), 30, 1), ((120, 110), 31, 1), ((120, 110), 0, 2), ((120, 79), 0, 1),
    )):  # fmt: skip
        firm = _company(desk, 9 + n, f"分标{n + 1}")
        for k, wan in enumerate(wans):
            project = _project(
                desk, f"FB{n}{k}", f"示例分标项目{n + 1}之{k + 1}", first + timedelta(days=days * k),
                contractor=firm.name, approved_amount_fen=wan * WAN,
                place=desk.clerk.county.villages[k % sites].name,
            )  # fmt: skip
            _pay(desk, firm, 3_000_00 + 100 * k, date(YEAR, 7, 23), f"分标预付款{n + 1}之{k + 1}", project)
        if n < 2:
            desk.books.find("ZC11", project, "yellow", sum(wans) * WAN)


def _zc13(desk: Desk) -> None:
    """Payments to offices; they come within thirty days of the scan, so that nothing lies idle (ZC24)."""
    county, day = desk.clerk.county, date(YEAR, 9, 23)
    bureau = _agency(desk, 81, "行政局")
    desk.books.add(
        "agencies", agency_id=bureau.holder_id, agency_name=bureau.name, level="county",
        kind="administrative",
    )  # fmt: skip
    project = _project(desk, "GZ1", "示例归口项目")
    own = _project(desk, "GZ2", "示例机关实施项目", unit=bureau.name)
    for n, (payee, of) in enumerate(((bureau, project), (county.unit, project), (bureau, own))):
        fen = (7_000 + 400 * n) * 100
        paid = _pay(desk, payee, fen, day + timedelta(days=n), f"项目管护款{n + 1}", of)
        if n < 2:
            desk.books.find("ZC13", paid, "yellow", fen)


def _zc15(desk: Desk) -> None:
    clerk, county = desk.clerk, desk.clerk.county
    special, unit = _agency(desk, 82, "专户管理局", "special"), _agency(desk, 83, "拨付局")
    village = county.villages[-1]
    for n, payee in enumerate((special, unit, village)):
        project = _project(desk, f"BF{n}", f"示例拨付项目{n + 1}")
        fen, day = (16_000 + 900 * n) * 100, date(YEAR, 9, 23) + timedelta(days=n)
        paid = _pay(desk, payee, fen, day, f"拨付项目款{n + 1}", project, direct=True)
        clerk.move(county.treasury.account, payee.account, fen, day, "拨款", paid)
        if n < 2:
            desk.books.find("ZC15", paid, "yellow", fen)


def _zc17(desk: Desk) -> None:
    for n, (progress, fen) in enumerate(((40, 70_000_00), (15, 35_001_00), (40, 60_000_00))):
        project = _project(
            desk, f"JD{n}", f"示例进度项目{n + 1}", approved_amount_fen=10 * WAN, physical_progress=progress
        )
        _pay(
            desk, _company(desk, 14 + n, f"进度{n + 1}"), fen, date(YEAR, 8, 6), f"水窖工程款{n + 1}", project
        )
        if n < 2:  # the third is exactly as far ahead as it may be
            desk.books.find("ZC17", project, "yellow", fen - progress * WAN // 10)
    accepted = _project(
        desk, "JD3", "示例进度项目4", approved_amount_fen=10 * WAN, accepted_on=date(YEAR, 9, 1),
        physical_progress=50,
    )  # fmt: skip
    _pay(desk, _company(desk, 17, "进度4"), 120_500_00, date(YEAR, 8, 6), "水窖工程款4", accepted)
    for rule in ("ZC03", "ZC17"):  # accepted works count as wholly done, but more was paid than approved
        desk.books.find(rule, accepted, "yellow", 20_500_00)


def _zc18(desk: Desk) -> None:
    """Surpluses of accepted projects: two overdue, one to be handed in, one too young, one already spent."""
    for n, (accepted, left, level) in enumerate((
        (date(YEAR, 7, 10), 9_000_00, "yellow"), (date(YEAR, 7, 23), 7_000_00, "yellow"),
        (date(YEAR, 7, 24), 6_000_00, "bell"), (date(YEAR, 9, 23), 5_000_00, None),
        (date(YEAR, 7, 10), 0, None),
    )):  # fmt: skip
        project = _project(desk, f"JY{n}", f"示例结余项目{n + 1}", accepted_on=accepted)
        _pay(
            desk,
            _company(desk, 18 + n, f"结余{n + 1}"),
            3 * WAN,
            date(YEAR, 6, 23),
            f"蓄粪池工程款{n + 1}",
            project,
        )
        if left:
            # Placed on the project and never drawn.
            county = desk.clerk.county.index
            desk.clerk.budget.spend(county, YEAR, _LINE, left, month=None, project=project)
        if level:
            desk.books.find("ZC18", project, level, left)


def _zc21(office: Office, firm: Party) -> None:
    """Lines spent in full: two mostly in December, one just not, one come late, one drawn only twice."""
    spring, winter = date(2019, 3, 12), date(2019, 12, 2)
    for n, (issued, draws) in enumerate((
        (spring, ((6, 3), (9, 3), (12, 4))),
        (spring, ((5, 1), (7, 2), (12, 3), (12, 2))),
        (spring, ((6, 3), (9, 4), (12, 3))),
        (winter, ((12, 3), (12, 2), (12, 4))),
        (spring, ((9, 2), (12, 6))),
    )):  # fmt: skip
        line = office.line(f"NM{n}", sum(wan for _, wan in draws) * WAN, issued)
        for part, (month, wan) in enumerate(draws, start=1):
            day = date(2019, month, 8 + 5 * part)
            office.draw(line, wan * WAN, day, f"护坡工程款{n + 1}之{part}", firm)
        if n < 2:
            fen = sum(wan for month, wan in draws if month == 12) * WAN
            office.books.find("ZC21", line, "yellow", fen)


def _zc25(desk: Desk) -> None:
    """Vouchers with an empty element, and one to a name that is not the account's; two that are in order."""
    project = _project(desk, "YS1", "示例要素项目")
    firm = _company(desk, 23, "要素")
    alias = Party(f"{desk.clerk.county.name}虚构冒名公司", firm.account, firm.holder_id)
    spaced = Party(f" {firm.name[:4]} {firm.name[4:]}", firm.account, firm.holder_id)
    cases: tuple[tuple[Party, dict[str, object]], ...] = (
        (firm, {"payment_method": None}), (firm, {"settlement_method": None}), (alias, {}), (spaced, {}),
        (Party("示例现金收款户9", CASH, ""), {"settlement_method": "cash", "payee_account": None}),
    )  # fmt: skip
    for n, (payee, empty) in enumerate(cases):
        fen = (400 + 50 * n) * 100
        paid = _pay(desk, payee, fen, date(YEAR, 8, 17 + n), f"标识牌款{n + 1}", project, **empty)
        if n < 3:
            desk.books.find("ZC25", paid, "yellow", fen)


def _zc26(office: Office) -> None:
    """Lines passed down in the days before the scan, so that no other deadline of theirs has run out."""
    county, day = office.clerk.county, date(YEAR, 10, 9)
    treasurer = f"{county.name}示例金库处"
    office.books.add(
        "agencies", agency_id=f"JK{county.index:03d}", agency_name=treasurer, level="county", kind="finance"
    )
    for n, (issuer, parts) in enumerate((
        ("示例农业农村局", (5,)), ("示例扶贫办、示例发改委", (3, 4)), ("示例扶贫办，示例市财政局", (6,)),
        (f"示例扶贫办/{treasurer}", (2,)),
    )):  # fmt: skip
        above = office.line(f"FW{n}A", sum(parts) * WAN, day, "city")
        below = office.line(f"FW{n}B", sum(parts) * WAN, day, issuer=issuer)
        for wan in parts:
            office.split(above, below, wan * WAN, day)
        if n < 2:
            office.books.find("ZC26", below, "yellow", sum(parts) * WAN)
