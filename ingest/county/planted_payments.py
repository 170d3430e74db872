"""Planted cases on payments and people; each stands beside near misses that must stay silent."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from ingest.county.books import Books
from ingest.county.budget import WAN
from ingest.county.households import BENEFITS, CHILD, HEAD, SPOUSE, People, project_of
from ingest.county.numbers import STRANGERS, account_number, credit_code, id_numbers, person_names
from ingest.county.places import COMPANY, PRIVATE, County, Party
from ingest.county.works import Clerk

YEAR = 2020
_STRANGERS = 50
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_BENEFIT = "临时生产补助"


@dataclass(frozen=True)
class Person:
    """Someone who is paid: name, ID number and account."""

    name: str
    id_number: str
    account: str

    def as_payee(self) -> Party:
        """The person as payee."""
        return Party(self.name, self.account, self.id_number)


@dataclass
class Desk:
    """Pays people of one county; `strangers` are people of nobody else's story."""

    clerk: Clerk
    people: People
    households: list[int]
    strangers: list[Person]

    @property
    def books(self) -> Books:
        """The books of the province."""
        return self.clerk.books

    def stranger(self, *, listed: bool = True) -> Person:
        """A fresh person with an account of his own."""
        person = self.strangers.pop()
        if listed:
            self.books.add(
                "accounts", account_no=person.account, holder_name=person.name, holder_id=person.id_number,
                holder_kind="person", account_type="personal",
            )  # fmt: skip
        return person

    def register(self, person: Person, since: date, died: date | None = None) -> None:
        """Enter a person into the register, as a household of his own."""
        self.books.add(
            "register", person_id=person.id_number, name=person.name,
            household_id=f"HU-{person.id_number[-8:]}",
            relation="户主", village=self.clerk.county.villages[0].name, card_account=person.account,
            valid_from=since, died_on=died,
        )  # fmt: skip

    def member(self, household: int, member: int = HEAD) -> Person:
        """A member of a registered household, with the household's card."""
        return Person(
            self.people.names[member][household].as_py(),
            self.people.ids[member][household].as_py(),
            self.people.card[household].as_py(),
        )

    def safe(self, households: list[int]) -> list[int]:
        """Households in an order in which those come first whose spouse cannot have died before September."""
        return sorted(households, key=lambda household: bool(self.people.gets[3][household]))

    def grant(self, person: Person, fen: int, day: date, *, line: int = 2, payee: Party | None = None,
              benefit: str = _BENEFIT, purpose: str = _BENEFIT, period: str = f"{YEAR}") -> str:  # fmt: skip
        """Pay a benefit for a person; gives the voucher number."""
        kind = BENEFITS[{0: 0, 2: 3}[line]]
        return self.clerk.pay(
            payee or person.as_payee(), fen, day, purpose, line=line,
            project=project_of(day.year, kind, self.clerk.county.index), beneficiary_id=person.id_number,
            beneficiary_name=person.name, benefit=benefit, period=period,
        )  # fmt: skip

    def bounce(self, payment: str, payee: Party, fen: int, day: date) -> None:
        """Return a payment from the account of `payee` to the pooled account in full."""
        self.clerk.give_back(payment, payee, self.clerk.county.pool, fen, day, "账号有误退回")

    def company(self, number: int, title: str) -> Party:
        """A company that appears in one case only."""
        county = self.clerk.county
        party = Party(
            f"{county.name}{title}", account_number(COMPANY, county.index, number),
            credit_code(9_000_000 + county.index * 100 + number),
        )  # fmt: skip
        self.books.add(
            "accounts", account_no=party.account, holder_name=party.name, holder_id=party.holder_id,
            holder_kind="enterprise", account_type="unit",
        )  # fmt: skip
        return party

    def own_project(self, suffix: str) -> str:
        """A project of the year's ordinary works in this county."""
        return f"XM{YEAR}-{self.clerk.county.index:03d}-{suffix}"


def strangers_of(county: County, people: People, count: int, first: int, account: int) -> list[Person]:
    """Invent `count` people from number `first` on, with accounts from serial number `account` on."""
    ids = id_numbers(count, STRANGERS, first=first)
    names = person_names(count, first=3 * len(people.county) + first)
    return [
        Person(name, number, account_number(PRIVATE, county.index, serial))
        for serial, (name, number) in enumerate(
            zip(names.to_pylist(), ids.to_pylist(), strict=True), start=account
        )
    ]


def plant_payments(clerk: Clerk, people: People) -> Desk:
    """Plant the cases in the county of `clerk`; returns the desk that pays its people."""
    index = clerk.county.index
    strangers = strangers_of(clerk.county, people, _STRANGERS, index * _STRANGERS, 1)
    desk = Desk(clerk, people, people.last(index, 20), strangers)
    for case in (_zc04, _zc19, _zc05, _zc06, _zc08, _zc12, _rh01, _rh03, _rh04, _rh05, _rh08):
        case(desk)
    return desk


def _zc04(desk: Desk) -> None:
    clerk, county = desk.clerk, desk.clerk.county
    unapproved, later = desk.own_project("WP1"), desk.own_project("WP2")
    for project, approval in ((unapproved, None), (later, date(YEAR, 8, 20))):
        desk.books.add(
            "projects", project_id=project, project_name=f"{county.name}示例项目{project[-3:]}",
            project_kind="other",
            region_code=county.region, approved_amount_fen=20 * WAN, approved_on=approval,
            approval_no="示扶领〔2020〕900号" if approval else None,
        )  # fmt: skip
    desk.books.find("JX06", later, "yellow", 20 * WAN)  # its notice has the name and the amount only
    clerk.budget.steps(later, date(YEAR, 8, 20))
    company = county.contractors[4]
    for n, (project, day) in enumerate((
        (unapproved, date(YEAR, 7, 8)), (later, date(YEAR, 8, 19)), (desk.own_project("不存在"), date(YEAR,
        8, 10)),
        (later, date(YEAR, 8, 20)),  # paid on the day of approval
    )):  # fmt: skip
        fen = (31 + n) * WAN // 10
        paid = clerk.pay(company, fen, day, f"大棚工程款{n + 1}", line=3, project=project, arranged=False)
        if n < 3:
            desk.books.find("ZC04", paid, "red", fen)
            desk.books.find("ZC19", paid, "red", fen)  # it leaves the pool account


def _zc19(desk: Desk) -> None:
    """What the bank takes for keeping the pool account is for no project."""
    desk.clerk.pay(
        desk.clerk.county.merchants[0], 120_00, date(YEAR, 8, 21), "账户手续费", line=3, project=None
    )


def _zc05(desk: Desk) -> None:
    company = desk.clerk.county.contractors[3]
    for n, (purpose, hit) in enumerate((
        ("购买办公用品", True), ("公务用车购置款", True), ("工作组接待费", True),
        ("护林员工资", False), ("农村道路建设款（不得用于接待费）", False),
    )):  # fmt: skip
        fen = (9_100 + 700 * n) * 100
        day = date(YEAR, 6, 10 + n)
        paid = desk.clerk.pay(company, fen, day, purpose, line=3, project=desk.own_project("QY1"))
        if hit:
            desk.books.find("ZC05", paid, "yellow", fen)


def _zc06(desk: Desk) -> None:
    for n, (purpose, hit) in enumerate((("砂石材料款", True), ("机械租用款", True), ("青苗补偿款", False))):
        fen = (14_300 + 1_900 * n) * 100
        payee = desk.stranger().as_payee()
        paid = desk.clerk.pay(
            payee, fen, date(YEAR, 7, 14 + n), purpose, line=3, project=desk.own_project("QY1")
        )
        if hit:
            desk.books.find("ZC06", paid, "yellow", fen)


def _zc08(desk: Desk) -> None:
    clerk, county = desk.clerk, desk.clerk.county
    project = desk.own_project("QY2")
    day = date(YEAR, 6, 11)
    straight = desk.company(51, "虚构回流公司")
    clerk.pay(straight, 20 * WAN, day, "分拣线设备款", line=3, project=project)
    back = clerk.move(straight.account, county.unit.account, 12 * WAN, day + timedelta(days=9), "往来款")
    desk.books.find("ZC08", back, "yellow", 12 * WAN)
    detour, middle, related = (
        desk.company(52 + n, f"虚构{name}公司") for n, name in enumerate(("绕道", "中间", "关联"))
    )
    desk.books.add("relations", person_a=related.holder_id, person_b=county.agency_id, relation="下属单位")
    clerk.pay(detour, 10 * WAN, day, "分拣线安装款", line=3, project=project)
    clerk.move(detour.account, middle.account, 9 * WAN, day + timedelta(days=4), "货款")
    clerk.move(middle.account, related.account, 3 * WAN, day + timedelta(days=8), "货款")
    half = clerk.move(middle.account, related.account, 4 * WAN, day + timedelta(days=12), "货款")
    desk.books.find("ZC08", half, "yellow", 7 * WAN)
    honest = desk.company(55, "虚构守信公司")
    clerk.pay(honest, 16 * WAN, day, "分拣线调试款", line=3, project=project)
    clerk.move(honest.account, county.unit.account, 8 * WAN, day + timedelta(days=5), "质保金")
    clerk.move(honest.account, county.unit.account, 8 * WAN - 100, day + timedelta(days=6), "往来款")
    # What came back is still on the unit's account.
    desk.books.find("ZC24", county.unit.account, "yellow", 28 * WAN - 100)


def _zc12(desk: Desk) -> None:
    company = desk.clerk.county.contractors[2]
    first = date(YEAR, 7, 13)
    for n, days in enumerate((7, 1, 8)):  # eight days apart is no duplicate
        fen = (23_400 + 1_100 * n) * 100
        purpose = f"晾晒场材料款{n + 1}"
        for day in (first, first + timedelta(days=days)):
            paid = desk.clerk.pay(company, fen, day, purpose, line=3, project=desk.own_project("PT"))
        if days <= 7:
            desk.books.find("ZC12", paid, "yellow", fen)


def _rh01(desk: Desk) -> None:
    never, later, today = desk.stranger(), desk.stranger(), desk.stranger()
    day = date(YEAR, 7, 15)
    desk.register(later, date(YEAR, 9, 1))
    desk.register(today, day)
    for n, person in enumerate((never, later, today)):
        fen = (1_800 + 100 * n) * 100
        paid = desk.grant(person, fen, day, line=0)
        if person is not today:
            desk.books.find("RH01", paid, "yellow", fen)


def _rh03(desk: Desk) -> None:
    def written(number: str, n: int) -> str:
        return (
            number[:17] + ("1" if number[17] != "1" else "2"),  # wrong check character
            number[:10] + "1331" + number[14:],  # month 13
            number[:17],  # seventeen digits
            number.translate(_FULL_WIDTH),
            number[:6] + number[8:17],  # as it was before 1999
        )[n]

    for n in range(5):
        person = desk.stranger()
        person = replace(person, id_number=written(person.id_number, n))
        fen = (900 + 50 * n) * 100
        # A broken number may be that of another county's case, so the benefit names the county.
        benefit = f"{desk.clerk.county.name}{_BENEFIT}"
        paid = desk.grant(person, fen, date(YEAR, 8, 10 + n), line=0 if n == 2 else 2, benefit=benefit)
        if n < 3:
            desk.books.find("RH03", paid, "yellow", fen)
            desk.books.find("RH10", paid, "yellow", fen)  # the account is held by the right number
    ward, guardian = desk.stranger(), desk.stranger()
    desk.books.add("relations", person_a=guardian.id_number, person_b=ward.id_number, relation="监护人")
    desk.grant(ward, 880_00, date(YEAR, 8, 18), payee=guardian.as_payee())  # RH10 knows who draws for whom


def _rh04(desk: Desk) -> None:
    for n, (died, day) in enumerate((
        (date(YEAR, 5, 31), date(YEAR, 6, 15)), (date(2019, 2, 10), date(YEAR, 8, 14)),
        (date(YEAR, 7, 1), date(YEAR, 7, 30)),  # still the month of death
    )):  # fmt: skip
        person = desk.stranger()
        desk.register(person, date(2017, 1, 1), died)
        fen = (2_100 + 100 * n) * 100
        paid = desk.grant(person, fen, day, line=0)
        if n < 2:
            desk.books.find("RH04", paid, "yellow", fen)


def _rh05(desk: Desk) -> None:
    benefit = BENEFITS[0]
    for n, household in enumerate(desk.households[:3]):
        fen = (2_650 + 10 * n) * 100
        purpose = f"{YEAR}{benefit.name}" + ("补差" if n == 2 else "")
        person = desk.member(household)
        paid = desk.grant(person, fen, date(YEAR, 8, 20 + n), line=0, benefit=benefit.name, purpose=purpose)
        if n < 2:
            desk.books.find("RH05", paid, "yellow", fen)


def _rh08(desk: Desk) -> None:
    for n, size in enumerate((3, 4)):
        keeper = desk.stranger(listed=n == 0).as_payee()
        sum_fen = 0
        for k in range(size):
            person = desk.member(desk.households[4 + 5 * n + k])
            fen = (610 + 10 * k) * 100
            paid = desk.grant(
                person, fen, date(YEAR, 9, 8 + n), payee=keeper, period=f"{YEAR}-09", benefit=f"{_BENEFIT}{n}"
            )
            desk.books.find("RH10", paid, "yellow", fen)
            sum_fen += fen
        desk.books.find("RH08", keeper.account, "yellow", sum_fen)
    people = desk.people
    with_child = np.flatnonzero((people.county == desk.clerk.county.index) & people.gets[2])
    shared = desk.safe(with_child.tolist())[0]
    keeper = desk.stranger().as_payee()
    for member in (HEAD, SPOUSE, CHILD):  # three persons, but one household
        person = desk.member(shared, member)
        paid = desk.grant(person, 500_00, date(YEAR, 9, 10), payee=keeper, period=f"{YEAR}-09")
        desk.books.find("RH10", paid, "yellow", 500_00)
