"""Planted cases on budget lines, projects and accounts, beside near misses that must stay silent."""

from dataclasses import dataclass
from datetime import date, timedelta

from ingest.county.books import Books
from ingest.county.budget import STEPS, WAN
from ingest.county.households import People
from ingest.county.numbers import account_number
from ingest.county.places import AS_OF, LINES, SPECIAL, VILLAGE, Party, calendar_rows
from ingest.county.planted_payments import plant_payments
from ingest.county.planted_people import plant_people
from ingest.county.planted_performance import plant_performance
from ingest.county.planted_walks import plant_walks
from ingest.county.works import Clerk
from tracer.calendar import WorkingDays, date_of, day_number

FUND = LINES[3].fund_name
YEAR = 2020


def plant(clerk: Clerk, people: People) -> None:
    """Plant at least two cases of every rule in a county, and note what a scan must find."""
    office = open_office(clerk)
    for case in (_zb01, _zb04, _zb05, _zb09, _zb11, _zb14, _zc01, _zc02, _zc20, _jx01):
        case(office)
    plant_performance(clerk, office.before)
    plant_people(plant_payments(clerk, people))
    plant_walks(clerk, people)


def open_office(clerk: Clerk) -> "Office":
    """The office that plants the cases of a county, with the calendar of its years."""
    return Office(clerk, WorkingDays((day_number(day), kind) for day, kind, _ in calendar_rows()))


@dataclass
class Office:
    """Enters budget lines that belong to one case only."""

    clerk: Clerk
    working: WorkingDays

    @property
    def books(self) -> Books:
        """The books of the province."""
        return self.clerk.books

    def line(self, label: str, fen: int, issued: date, level: str = "county", **more: object) -> str:
        """Enter a budget line, registered in time unless `more` says otherwise; gives its identifier."""
        county = self.clerk.county
        name = f"{issued.year}{county.index:03d}-{label}"
        row: dict[str, object] = {
            "indicator_id": name, "doc_no": self.clerk.budget.document(issued.year), "fund_name": FUND,
            "fund_nature": "一般公共预算", "function_code": "2130599", "economic_code": "50799",
            "budget_item": "县级配套", "amount_fen": fen, "level": level, "issuer": "虚构上级财政部门",
            "receiver": f"{county.name}财政局", "issued_on": issued, "received_on": issued,
            "registered_on": issued, "scan_file": f"{name}.pdf",
        }  # fmt: skip
        self.books.add("indicators", **row | more)
        return name

    def split(self, parent: str, child: str, fen: int, day: date) -> None:
        """Enter a split."""
        self.books.add(
            "splits", parent_indicator_id=parent, child_indicator_id=child, amount_fen=fen, split_on=day
        )

    def approve(self, indicator: str, day: date) -> None:
        """Enter the approval of a budget line by the people's congress, from which ZB03 and ZB04 count."""
        self.books.add(
            "events", subject_kind="indicator", subject_id=indicator, step="人大批准", happened_at=day,
            actor="示例经办",
        )  # fmt: skip

    def arrange(
        self, indicator: str, label: str, fen: int, day: date, *, target: bool = True,
        steps: tuple[str, ...] = STEPS, **more: object,
    ) -> str:  # fmt: skip
        """Place money of a line on a project of its own, approved a month before; gives the project."""
        project = f"XM{YEAR}-{self.clerk.county.index:03d}-{label}"
        row: dict[str, object] = {
            "project_id": project, "project_name": f"{self.clerk.county.name}示例项目{label}",
            "project_kind": "other",
            "region_code": self.clerk.county.region, "place": self.clerk.county.villages[0].name,
            "content": "示例建设",
            "period": f"{YEAR}年", "approved_amount_fen": fen, "approval_no": f"示扶领〔{YEAR}〕{label}号",
            "approved_on": day - timedelta(days=30), "unit": "示例局", "person": "示例负责人",
            "hotline": "000-00000000",
        }  # fmt: skip
        self.books.add("projects", **row | more)
        self.clerk.budget.steps(project, day - timedelta(days=30), steps)
        self.books.add(
            "project_funds", indicator_id=indicator, project_id=project, amount_fen=fen, arranged_on=day
        )
        if target:
            self.books.add(
                "targets", project_id=project, measure="完成数量", direction="at_least", target_value=1,
                actual_value=1, reported_on=date(YEAR, 10, 5),
            )  # fmt: skip
        return project

    def draw(
        self, indicator: str | None, fen: int, day: date, purpose: str, payee: Party | None = None
    ) -> str:
        """Pay a company, or `payee`, from the treasury under a line, with its bank leg; gives the voucher."""
        payee = payee or self.clerk.county.contractors[4]
        voucher = self.clerk.pay(
            payee, fen, day, purpose, line=None, project=None, direct=True, indicator_id=indicator
        )
        self.clerk.move(self.clerk.county.treasury.account, payee.account, fen, day, "拨款", voucher)
        return voucher

    def before(self, days: int) -> date:
        """The so-many-th working day before the day of the scan."""
        return date_of(self.working.before(day_number(AS_OF), days))


def _zb01(office: Office) -> None:
    find = office.books.find
    issued = date(YEAR, 5, 11)
    late = date_of(office.working.after(day_number(issued), 6))
    find("ZB01", office.line("DJ1", 12 * WAN, issued, registered_on=late), "yellow", 12 * WAN)
    find("ZB01", office.line("DJ2", 9 * WAN, date(YEAR, 6, 22), registered_on=None), "yellow", 9 * WAN)
    find("ZB01", office.line("DJ3", 7 * WAN, office.before(4), registered_on=None), "bell", 7 * WAN)
    office.line("DJ4", 8 * WAN, office.before(1), registered_on=None)  # the bell rings later
    in_time = date_of(office.working.after(day_number(issued), 5))
    office.line("DJ5", 6 * WAN, issued, registered_on=in_time)  # the last day in time


def _zb04(office: Office) -> None:
    day = date(YEAR, 4, 1)
    above = office.line("XD0", 500 * WAN, day, "province")
    held = office.line("XD1", 500 * WAN, day, "city")
    below = office.line("XD2", 300 * WAN, day)
    office.split(above, held, 500 * WAN, day)
    office.split(held, below, 300 * WAN, day + timedelta(days=20))
    office.arrange(below, "XD2", 300 * WAN, day + timedelta(days=30))
    own = office.line("XD3", 80 * WAN, day)
    office.approve(own, day)
    office.arrange(own, "XD3", 50 * WAN, day + timedelta(days=10))
    for rule in ("ZB03", "ZB04"):  # what was never passed on was not passed on in time either
        office.books.find(rule, held, "yellow", 200 * WAN)
        office.books.find(rule, own, "yellow", 30 * WAN)
    guarded = office.line("XD4", 40 * WAN, day, budget_item="县级配套（据实结算）")
    office.approve(guarded, day)


def _zb05(office: Office) -> None:
    day = date(YEAR, 4, 8)
    over = office.line("FJ0", 100 * WAN, day, "city")
    for n in (1, 2):
        child = office.line(f"FJ{n}", 60 * WAN, day)
        office.split(over, child, 60 * WAN, day)
        office.arrange(child, f"FJ{n}", 60 * WAN, day + timedelta(days=20))
    office.books.find("ZB05", over, "red", 20 * WAN)
    county = office.line("FJ3", 50 * WAN, day)
    for n, wan in ((4, 30), (5, 25)):
        office.split(county, office.line(f"FJ{n}", wan * WAN, day, "township"), wan * WAN, day)
    office.books.find("ZB05", county, "red", 5 * WAN)
    exact = office.line("FJ6", 30 * WAN, day)
    child = office.line("FJ7", 30 * WAN, day, "township")
    for n, wan in enumerate((30, -10, 10)):  # taken back and given again: exactly the amount
        office.split(exact, child, wan * WAN, day + timedelta(days=10 * n))


def _zb09(office: Office) -> None:
    day = date(YEAR, 5, 18)
    for n, (first, second) in enumerate(
        (("示财农〔2020〕9001号", "示财农(2020)9001号"), ("示财农[2020]9002号",) * 2)
    ):
        office.line(f"CF{n}A", (21 + n) * WAN, day, doc_no=first)
        twice = office.line(f"CF{n}B", (21 + n) * WAN, day + timedelta(days=9), doc_no=second)
        office.books.find("ZB09", twice, "yellow", (21 + n) * WAN)
    office.line("CF2A", 23 * WAN, day, doc_no="示财农〔2020〕9003号")
    office.line("CF2B", 23 * WAN, day, doc_no="示财农〔2020〕9003号", budget_item="县级配套（追加）")


def _zb11(office: Office) -> None:
    for n, (wan, placed, received) in enumerate(
        ((90, 0, date(YEAR, 5, 6)), (70, 40, date(YEAR, 5, 7)), (60, 0, AS_OF - timedelta(days=60)))
    ):
        above = office.line(f"LS{n}A", wan * WAN, received, "city")
        below = office.line(f"LS{n}B", wan * WAN, received)
        office.split(above, below, wan * WAN, received)
        if placed:
            office.arrange(below, f"LS{n}B", placed * WAN, received + timedelta(days=30))
        if received < AS_OF - timedelta(days=60):
            office.books.find("ZB11", below, "yellow", (wan - placed) * WAN)


def _zb14(office: Office) -> None:
    county = office.clerk.county
    year_old = office.line("XZ1", 30 * WAN, date(2019, 3, 11))
    office.draw(year_old, 10 * WAN, date(2019, 6, 12), "示范园工程款")
    office.books.find("ZB14", year_old, "yellow", 20 * WAN)
    older = office.line("XZ2", 20 * WAN, date(2018, 5, 10))
    office.draw(older, 5 * WAN, date(2018, 8, 15), "示范园前期款")
    office.books.find("ZB14", older, "red", 15 * WAN)
    office.books.find("ZB15", older, "red", 15 * WAN)
    village = Party(
        f"{county.name}示例90村", account_number(VILLAGE, county.index, 90), f"CU{county.index:03d}90"
    )
    office.books.add(
        "accounts", account_no=village.account, holder_name=village.name, holder_id=village.holder_id,
        holder_kind="village", account_type="unit",
    )  # fmt: skip
    spent = office.line("XZ3", 8 * WAN, date(2019, 4, 15))
    office.draw(spent, 8 * WAN, date(2019, 5, 16), "村集体产业资金", village)
    office.clerk.move(village.account, county.suppliers[0].account, 3 * WAN, date(2019, 6, 17), "种苗款")
    office.books.find("ZB14", village.account, "yellow", 5 * WAN)
    exempt = office.line("XZ4", 6 * WAN, date(2019, 4, 22))
    office.books.exempt("ZB14", exempt, "yellow", 6 * WAN, "质保金", amount_fen=6 * WAN)
    office.line("XZ5", 4 * WAN, date(2019, 10, 23))  # a year old tomorrow


def _zc01(office: Office) -> None:
    books = office.books
    books.find("ZC01", office.draw(None, 36_000_00, date(YEAR, 6, 9), "规划前期费"), "red", 36_000_00)
    early = office.line("ZF1", 48_000_00, date(YEAR, 6, 10), registered_on=date(YEAR, 6, 12))
    books.find("ZC01", office.draw(early, 48_000_00, date(YEAR, 6, 5), "规划编制费"), "red", 48_000_00)
    soon = office.line("ZF2", 52_000_00, date(YEAR, 7, 6), registered_on=date(YEAR, 7, 9))
    books.find("ZC01", office.draw(soon, 52_000_00, date(YEAR, 7, 7), "勘察费"), "yellow", 52_000_00)
    unknown = office.draw(
        f"{YEAR}-不存在-{office.clerk.county.index:03d}", 27_000_00, date(YEAR, 7, 14), "测绘费"
    )
    books.find("ZC01", unknown, "red", 27_000_00)
    same_day = office.line("ZF3", 33_000_00, date(YEAR, 7, 6), registered_on=date(YEAR, 7, 8))
    office.draw(same_day, 33_000_00, date(YEAR, 7, 8), "监理费")


def _zc02(office: Office) -> None:
    first = office.line("CZ1", 10 * WAN, date(YEAR, 5, 6))
    office.draw(first, 6 * WAN, date(YEAR, 6, 16), "冷库工程款一")
    crossing = office.draw(first, 5 * WAN, date(YEAR, 7, 16), "冷库工程款二")
    office.books.find("ZC02", crossing, "red", WAN)
    second = office.line("CZ2", 8 * WAN, date(YEAR, 5, 6))
    office.draw(second, 8 * WAN, date(YEAR, 6, 17), "烘干房工程款一")  # exactly the amount
    crossing = office.draw(second, 500_00, date(YEAR, 7, 17), "烘干房工程款二")
    office.books.find("ZC02", crossing, "red", 500_00)
    office.draw(second, 700_00, date(YEAR, 8, 17), "烘干房工程款三")


def _zc20(office: Office) -> None:
    county = office.clerk.county
    for n, (opening, out) in enumerate(
        ((1 * WAN, 3 * WAN), (5 * WAN, 5 * WAN + 100), (4 * WAN, 4 * WAN)), start=1
    ):
        account = account_number(SPECIAL, county.index, n)
        office.books.add(
            "accounts", account_no=account, holder_name=f"{county.name}财政局示例专户{n}",
            holder_id=county.agency_id,
            holder_kind="agency", account_type="special", opening_balance_fen=opening,
        )  # fmt: skip
        office.clerk.move(account, county.contractors[5].account, out, date(YEAR, 6, 18 + n), "往年工程尾款")
        if out > opening:
            office.books.find("ZC20", account, "red", opening - out)


def _jx01(office: Office) -> None:
    find = office.books.find
    line = office.line("JX1", 100 * WAN, date(YEAR, 4, 20))
    for n, (wan, day, level) in enumerate((
        (30, date(YEAR, 6, 1), "yellow"), (25, date(YEAR, 7, 1), "yellow"), (20, office.before(4), "bell")
    ), start=1):  # fmt: skip
        project = office.arrange(line, f"JX{n}", wan * WAN, day, target=False)
        find("JX01", project, level, wan * WAN)
        find("JX06", project, "yellow", wan * WAN)  # the notice has no target to tell of
    office.arrange(line, "JX4", 15 * WAN, office.before(1), target=False)  # the bell rings later
