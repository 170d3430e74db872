"""Planted cases that follow money through firms, personal accounts and offices, beside near misses."""

from datetime import date, timedelta

from ingest.county.budget import WAN
from ingest.county.households import BENEFITS, People, project_of
from ingest.county.numbers import account_number, credit_code
from ingest.county.places import AS_OF, COMPANY, UNIT, Party
from ingest.county.planted_payments import Desk, strangers_of
from ingest.county.works import Clerk

YEAR = 2020
PETTY = 505
"""Payments of each of the two accounts whose amounts all begin alike."""
_FEW = 60
"""Payments of a third, of which so few say nothing."""

_PEOPLE = 20
_FIRST_PERSON = 100_000
"""These persons' numbers begin where those of other planted cases do not reach."""


def plant_walks(clerk: Clerk, people: People) -> None:
    """Plant the cases in the county of `clerk`."""
    index = clerk.county.index
    first = _FIRST_PERSON + index * _PEOPLE
    strangers = strangers_of(clerk.county, people, _PEOPLE, first, 100)
    desk = Desk(clerk, people, [], strangers)
    for case in (_zc07, _zc14, _zc16, _zc22, _zc23, _zc24, _zc27, _zc28, _rh17):
        case(desk)


def _zc07(desk: Desk) -> None:
    clerk, county, day = desk.clerk, desk.clerk.county, date(YEAR, 6, 15)
    project = desk.own_project("QY2")
    staff, spouse = desk.stranger(), desk.stranger()
    desk.books.add("relations", person_a=staff.id_number, person_b=county.agency_id, relation="职工")
    desk.books.add("relations", person_a=spouse.id_number, person_b=staff.id_number, relation="配偶")
    straight, detour, middle, honest = (
        desk.company(70 + n, f"虚构{name}公司") for n, name in enumerate(("承揽", "转包", "分包", "劳务"))
    )
    clerk.pay(straight, 21 * WAN, day, "冷库设备款", line=3, project=project)
    back = clerk.move(straight.account, staff.account, 17 * WAN, day + timedelta(days=9), "往来款")
    desk.books.find("ZC07", back, "red", 17 * WAN)
    clerk.pay(detour, 10 * WAN, day, "冷库安装款", line=3, project=project)
    clerk.move(detour.account, middle.account, 9 * WAN, day + timedelta(days=3), "货款")
    back = clerk.move(middle.account, spouse.account, 8 * WAN, day + timedelta(days=6), "货款")
    desk.books.find("ZC07", back, "red", 8 * WAN)
    clerk.pay(honest, 12 * WAN, day, "冷库调试款", line=3, project=project)
    clerk.move(honest.account, staff.account, 11 * WAN, day + timedelta(days=7), "六月工资")


def _zc14(desk: Desk) -> None:
    clerk, county, day = desk.clerk, desk.clerk.county, date(YEAR, 6, 18)
    project = desk.own_project("QY2")
    fast, slow, one, two, keeps = (
        desk.company(74 + n, f"虚构{name}公司")
        for n, name in enumerate(("过账", "汇集", "甲方", "乙方", "留存"))
    )
    near, far = county.suppliers[0].account, county.suppliers[1].account
    clerk.pay(fast, 15 * WAN, day, "烘干线设备款", line=3, project=project)
    clerk.move(fast.account, near, 8 * WAN, day, "货款")
    clerk.move(fast.account, far, 7 * WAN, day, "货款")
    desk.books.find("ZC14", fast.account, "yellow", 15 * WAN)
    for n, giver in enumerate((one, two)):
        clerk.pay(giver, 5 * WAN, day - timedelta(days=10), f"烘干线配套款{n + 1}", line=3, project=project)
        clerk.move(giver.account, slow.account, 3 * WAN, day, "合作款")
    clerk.pay(slow, 4 * WAN, day, "烘干线安装款", line=3, project=project)
    clerk.move(slow.account, far, 96_000_00, day + timedelta(days=2), "货款")
    desk.books.find("ZC14", slow.account, "yellow", 96_000_00)
    clerk.pay(keeps, 3 * WAN, day, "烘干线调试款", line=3, project=project)
    clerk.move(keeps.account, near, 28_000_00, day, "货款")


def _zc16(desk: Desk) -> None:
    county = desk.clerk.county
    for n in range(3):
        keeper, day = desk.stranger(), date(YEAR, 7, 21 + n)
        desk.clerk.pay(
            keeper.as_payee(), (21_000 + 700 * n) * 100, day, f"零星用工劳务费{n + 1}", line=3,
            project=desk.own_project("QY1"),
        )  # fmt: skip
        for k in range(2):
            payee = county.suppliers[k if n < 2 else 0]  # the third pays one holder only
            desk.clerk.move(
                keeper.account, payee.account, 7_500_00 + k * 100, day + timedelta(days=4), "材料款"
            )
        if n < 2:
            desk.books.find("ZC16", keeper.account, "red", 15_001_00)


def _zc22(desk: Desk) -> None:
    clerk, county = desk.clerk, desk.clerk.county
    for n in range(2):  # in counties of their own: one firm gets most, then two of one shareholder
        projects = [desk.own_project(f"JZ{n}{k}") for k in range(3)]
        for k, project in enumerate(projects):
            clerk.budget.project(
                project,
                county,
                YEAR,
                "village",
                f"示例集中项目{n}{k}",
                region_code=f"{county.region[:4]}{80 + n}",
            )
        firms = [desk.company(80 + 5 * n + k, f"虚构集中{n}{k}公司") for k in range(5)]
        if n:
            for firm in firms[:2]:
                desk.books.add(
                    "relations",
                    person_a=f"{county.name}示例股东",
                    person_b=firm.holder_id,
                    relation="股东",
                )
        takers = [firms[0], firms[0], firms[n], *firms[n + 1 :]]
        for k, firm in enumerate(takers):
            fen = (3 if k < 3 else 2) * WAN
            clerk.pay(
                firm, fen, date(YEAR, 7, 20), f"集中项目{n}第{k + 1}笔款", line=3, project=projects[k % 3]
            )
        if n == 0:
            desk.books.find("ZC22", firms[0].holder_id, "yellow", 9 * WAN)
        else:
            desk.books.find("ZC22", min(firm.holder_id for firm in firms[:2]), "yellow", 9 * WAN)


def _zc23(desk: Desk) -> None:
    index = desk.clerk.county.index
    for n in range(3):
        code = credit_code(8_000_000 + index * 10 + n)
        if n < 2:
            code = code[:-1] + ("1" if code[-1] != "1" else "2")
        party = Party(
            f"{desk.clerk.county.name}虚构代码{n}公司", account_number(COMPANY, index, 60 + n), code
        )
        desk.books.add(
            "accounts", account_no=party.account, holder_name=party.name, holder_id=code,
            holder_kind="enterprise", account_type="unit",
        )  # fmt: skip
        fen = (12_000 + 300 * n) * 100
        paid = desk.clerk.pay(
            party, fen, date(YEAR, 8, 4 + n), f"看护房材料款{n + 1}", line=3, project=desk.own_project("QY1")
        )
        if n < 2:
            desk.books.find("ZC23", paid, "yellow", fen)


def _zc24(desk: Desk) -> None:
    clerk, county = desk.clerk, desk.clerk.county
    firm = desk.company(79, "虚构往来公司")
    clerk.pay(firm, 6 * WAN, date(YEAR, 6, 22), "围栏材料款", line=3, project=desk.own_project("QY1"))
    for n, moved in enumerate((AS_OF - timedelta(days=31), AS_OF - timedelta(days=30))):
        office = account_number(UNIT, county.index, 60 + n)
        desk.books.add(
            "accounts", account_no=office, holder_name=f"{county.name}示例{n + 1}镇政府",
            holder_id=f"XZ{county.index:03d}{n}", holder_kind="agency", account_type="unit",
        )  # fmt: skip
        clerk.move(firm.account, office, (2 + n) * WAN, moved, "往来款")
        if n == 0:
            desk.books.find("ZC24", office, "yellow", 2 * WAN)


def _zc27(desk: Desk) -> None:
    county = desk.clerk.county
    for n, count in enumerate((PETTY, PETTY, _FEW)):
        account = account_number(UNIT, county.index, 70 + n)
        name = f"{county.name}示例{n + 1}局"
        desk.books.add(
            "accounts", account_no=account, holder_name=name, holder_id=f"XJ{county.index:03d}{n}",
            holder_kind="agency", account_type="unit", opening_balance_fen=30 * WAN,
        )  # fmt: skip
        sum_fen = 0
        for k in range(count):
            fen, payee = 300_00 + 10 * k, county.merchants[k % len(county.merchants)]
            desk.books.add(
                "payments", payment_id=desk.books.payment_id(), payer_name=name, payer_account=account,
                amount_fen=fen, paid_at=date(YEAR, 3, 2) + timedelta(days=k % 200),
                purpose=f"零星采购{k + 1}",
                settlement_method="transfer", payment_method="authorised", payee_name=payee.name,
                payee_account=payee.account,
            )  # fmt: skip
            sum_fen += fen
        if n < 2:
            desk.books.find("ZC27", account, "info", sum_fen)


def _zc28(desk: Desk) -> None:
    day = date(YEAR, 7, 28)
    for n, memo in enumerate(("辛苦费", "往来", "代缴合作医疗")):  # the third collects by custom
        collector = desk.stranger()
        for k in range(3):
            person = desk.stranger()
            benefit = f"示例归集补助{n}{k}"
            desk.grant(person, (1_200 + 10 * k) * 100, day, benefit=benefit, purpose=benefit)
            desk.clerk.move(person.account, collector.account, 400_00, day + timedelta(days=5 + k), memo)
        if n < 2:
            desk.books.find("ZC28", collector.account, "yellow", 1_200_00)


def _rh17(desk: Desk) -> None:
    clerk, county = desk.clerk, desk.clerk.county
    project = project_of(YEAR - 1, BENEFITS[0], county.index)
    for n in range(3):
        firm, day = desk.company(90 + n, f"虚构带动{n + 1}公司"), date(YEAR - 1, 7, 9 + n)
        fen = (2 + n) * WAN
        paid = clerk.pay(firm, fen, day, f"种苗代购款{n + 1}", line=0, project=project)
        clerk.move(firm.account, county.suppliers[0].account, WAN, day + timedelta(days=20), "种苗款")
        if n < 2:
            desk.books.find("RH17", paid, "yellow", fen)
        else:
            farmer = desk.stranger()
            clerk.move(firm.account, farmer.account, 1_000_00, day + timedelta(days=60), "返利")
