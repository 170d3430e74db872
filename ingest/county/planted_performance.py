"""Planted cases on targets, assets, notices, alerts, reports and duties, beside near misses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ingest.county.books import Books
from ingest.county.budget import WAN
from ingest.county.paperwork import file_reports, propose_rules
from ingest.county.places import AS_OF
from ingest.county.works import Clerk

YEAR = 2020
IN_TIME = date(YEAR, 10, 5)
"""A day on which a report for the third quarter of the year counts."""


@dataclass
class Bureau:
    """Enters projects and papers of one county that belong to one case only."""

    clerk: Clerk
    workday_before: Callable[[int], date]
    """The so-many-th working day before the day of the scan."""
    _firms: int = 0

    @property
    def books(self) -> Books:
        """The books of the province."""
        return self.clerk.books

    def project(self, label: str, fen: int, year: int = YEAR, kind: str = "enterprise", **more: Any) -> str:
        """Enter an approved project without targets that has been paid in full; gives its identifier."""
        clerk, county = self.clerk, self.clerk.county
        project = f"XM{year}-{county.index:03d}-{label}"
        clerk.budget.project(project, county, year, kind, f"示例绩效项目{label}", targets=False, **more)
        firm = county.contractors[self._firms % len(county.contractors)]
        self._firms += 1
        day = date(year, 6 + self._firms % 4, 7 + self._firms % 17)
        clerk.pay(firm, fen, day, f"绩效项目{label}工程款", line=3, project=project)
        return project

    def target(
        self, project: str, actual: int | None, reported: date | None = IN_TIME, *,
        wanted: int = 100, measure: str = "完成数量", direction: str | None = "at_least",
    ) -> None:  # fmt: skip
        """Enter a report on a measure of a project."""
        self.books.add(
            "targets", project_id=project, measure=measure, direction=direction, target_value=wanted,
            actual_value=actual, reported_on=reported,
        )  # fmt: skip

    def alert(
        self, label: str, level: str, opened: date, responded: date | None, *, rule: str, subject: str,
        fen: int, result: str | None = None,
    ) -> str:  # fmt: skip
        """Enter an alert that the office has on its list; gives its identifier."""
        alert_id = f"YJ{YEAR}-{self.clerk.county.index:03d}-{label}"
        self.books.add(
            "alert_log", alert_id=alert_id, rule_id=rule, subject=subject, level=level, opened_on=opened,
            responded_on=responded, result=result, amount_fen=fen,
        )  # fmt: skip
        return alert_id

    def office(self, number: int) -> str:
        """Found a township office; gives its code."""
        index = self.clerk.county.index
        code = f"JG-T{index:03d}{number}"
        self.books.add(
            "agencies", agency_id=code, agency_name=f"{self.clerk.county.name}示例{number}镇财政所",
            level="township", kind="finance",
        )  # fmt: skip
        return code


def plant_performance(clerk: Clerk, workday_before: Callable[[int], date]) -> None:
    """Plant the cases in the county of `clerk`."""
    bureau = Bureau(clerk, workday_before)
    for case in (_jx02, _jx03, _jx04, _jx05, _jx06, _jx07, _jx08, _jx09, _jx10, _jx11):
        case(bureau)


def _jx02(bureau: Bureau) -> None:
    for n, (actual, reported) in enumerate((
        (None, IN_TIME), (60, date(YEAR, 6, 30)), (60, date(YEAR, 10, 11)),
        (60, date(YEAR, 7, 1)), (60, date(YEAR, 10, 10)), (60, None),
    )):  # fmt: skip
        fen = (11 + n) * WAN // 10
        project = bureau.project(f"ZX{n}", fen)
        bureau.target(project, actual, reported)
        if n < 3:
            bureau.books.find("JX02", project, "yellow", fen)
    bureau.target(bureau.project("ZX6", WAN, started_on=date(YEAR, 10, 1)), None)
    bureau.target(bureau.project("ZX7", WAN, accepted_on=date(YEAR, 6, 30)), None)


def _jx03(bureau: Bureau) -> None:
    for n, (wanted, actual, direction, hit) in enumerate((
        (100, 69, "at_least", True), (100, 201, None, True), (20, 27, "at_most", True),
        (20, 13, "exactly", True),
        (100, 70, "at_least", False), (100, 200, None, False), (20, 26, "at_most", False),
        (20, 14, "exactly", False),
    )):  # fmt: skip
        fen = (12 + n) * WAN // 10
        project = bureau.project(f"PC{n}", fen, accepted_on=date(YEAR, 9, 25))
        bureau.target(project, wanted, date(YEAR, 7, 6), wanted=wanted, direction=direction)
        bureau.target(project, actual, wanted=wanted, direction=direction)  # the later report counts
        if hit:
            bureau.books.find("JX03", project, "yellow", fen)
    old = bureau.project("PC8", 2 * WAN, YEAR - 1)  # the year of its money is over
    bureau.target(old, 60)
    bureau.books.find("JX03", old, "yellow", 2 * WAN)
    bureau.target(bureau.project("PC9", WAN), 60)  # neither accepted nor of a year that is over


def _jx04(bureau: Bureau) -> None:
    clerk = bureau.clerk
    for n, (paid, arranged, hit) in enumerate(
        ((16_000, 20_000, True), (9_000, 9_000, True), (15_900, 20_000, False))
    ):
        project = bureau.project(f"WX{n}", paid * 100)
        more = (arranged - paid) * 100
        if more:
            clerk.budget.spend(clerk.county.index, YEAR, 3, more, month=None, project=project)
        bureau.target(project, 0)
        if hit:
            bureau.books.find("JX04", project, "yellow", paid * 100)
    two = bureau.project("WX3", WAN)
    bureau.target(two, 0)
    bureau.target(two, 12, measure="带动户数")
    unknown = bureau.project("WX4", WAN)
    bureau.target(unknown, 0, direction="at_most")
    bureau.target(unknown, 80, measure="带动户数")


def _jx05(bureau: Bureau) -> None:
    accepted = date(YEAR, 4, 21)
    for n, (kind, day, operators) in enumerate((
        ("infrastructure", accepted, ()), ("enterprise", accepted, ("虚构合作社", None)),
        ("enterprise", accepted + timedelta(days=1), ()),  # six months are over tomorrow
        ("village", accepted, ()), ("infrastructure", accepted, ("示例村集体",)),
    )):  # fmt: skip
        project = bureau.project(f"ZC{n}", (2 + n) * WAN, YEAR - 1, kind, accepted_on=day)
        bureau.target(project, 100)
        for k, operator in enumerate(operators):
            bureau.books.add(
                "assets", asset_id=f"ZCH-{project}-{k + 1}", asset_name=f"示例资产{n}{k}", project_id=project,
                operator=operator,
            )  # fmt: skip
        if n < 2:
            bureau.books.find("JX05", project, "yellow", (2 + n) * WAN)


def _jx06(bureau: Bureau) -> None:
    lacks: tuple[dict[str, Any], ...] = (
        {"hotline": None}, {"content": "待定", "period": None}, {"person": None}, {"scale": None},
        {"leader": None},
    )  # fmt: skip
    for n, missing in enumerate(lacks):  # without a scale there is still the approved amount
        fen = (13 + n) * WAN // 10
        project = bureau.project(f"GS{n}", fen, **missing)
        bureau.target(project, 100)
        if n < 3:
            bureau.books.find("JX06", project, "yellow", fen)


def _jx07(bureau: Bureau) -> None:
    before, long_ago = bureau.workday_before, date(YEAR, 6, 1)
    for n, (level, opened, responded, hit) in enumerate((
        ("yellow", before(6), None, True), ("red", before(11), None, True),
        ("yellow", long_ago, date(YEAR, 6, 9), True), ("yellow", before(5), None, False),
        ("red", before(10), None, False), ("bell", before(11), None, False),
        ("yellow", long_ago, date(YEAR, 6, 8), False), ("red", long_ago, date(YEAR, 6, 15), False),
    )):  # fmt: skip
        fen, subject = (3 + n) * WAN, f"{YEAR}X{bureau.clerk.county.index:03d}-F{n % 5 + 1}"
        alert = bureau.alert(f"C{n + 1}", level, opened, responded, rule="ZB16", subject=subject, fen=fen)
        if hit:
            bureau.books.find("JX07", alert, "yellow", fen)


def _jx08(bureau: Bureau) -> None:
    index = bureau.clerk.county.index
    for n, (rules, days, results) in enumerate((
        (("JX03", "JX03"), (date(2019, 6, 10), date(2020, 6, 10)), ("violation", "violation")),
        (("ZC05",) * 3, (date(2018, 5, 3), date(2020, 3, 2), date(2020, 8, 3)), ("violation",) * 3),
        (("JX03", "JX03"), (date(2019, 6, 10), date(2020, 6, 11)), ("violation", "violation")),
        (("JX03", "ZC05"), (date(2019, 6, 10), date(2020, 6, 10)), ("violation", "violation")),
        (("JX03", "JX03"), (date(2019, 6, 10), date(2020, 6, 10)), ("violation", "normal")),
    )):  # fmt: skip
        subject = f"XM{YEAR - 1}-{index:03d}-JC{n + 1}"
        for k, (rule, day, result) in enumerate(zip(rules, days, results, strict=True)):
            bureau.alert(
                f"F{n + 1}{k + 1}",
                "yellow",
                day,
                day,
                rule=rule,
                subject=subject,
                fen=(n + k + 1) * WAN,
                result=result,
            )
        if n < 2:  # of the second, the first alert came too long before
            bureau.books.find("JX08", subject, "yellow", (1 + 2 if n == 0 else 3 + 4) * WAN)


def _jx09(bureau: Bureau) -> None:
    one, two = bureau.office(1), bureau.office(2)
    month = f"{YEAR}-06"
    file_reports(bureau.books, one, date(YEAR, 5, 1), {month: date(YEAR, 7, 6), f"{YEAR}-08": None})
    file_reports(bureau.books, two, date(YEAR, 6, 1), {month: date(YEAR, 7, 5)})
    bureau.books.find("JX09", f"{one}/{month}", "yellow", 0)
    bureau.books.find("JX09", f"{one}/{YEAR}-08", "yellow", 0)
    for office in (one, two):
        propose_rules(bureau.books, office, YEAR + 1, date(YEAR, 10, 14))


def _jx10(bureau: Bureau) -> None:
    never, unsent, today = (bureau.office(number) for number in (3, 4, 5))
    propose_rules(bureau.books, never, YEAR, date(YEAR - 1, 10, 14))
    propose_rules(bureau.books, unsent, YEAR + 1, None)
    propose_rules(bureau.books, today, YEAR + 1, AS_OF)
    for office in (never, unsent):
        bureau.books.find("JX10", f"{office}/{YEAR + 1}", "bell", 0)


def _jx11(bureau: Bureau) -> None:
    clerk = bureau.clerk
    project = bureau.project("GW0", WAN)
    bureau.target(project, 100)
    fen = 6_400_00
    first, second = (
        clerk.pay(
            clerk.county.contractors[n], fen + n, date(YEAR, 8, 5 + n), f"岗位示例工程款{n + 1}", line=3,
            project=project,
        )
        for n in range(2)
    )  # fmt: skip
    approved = WAN + 2 * fen + 1
    for kind, subject, steps in (
        ("project", project, (("审核", "示例甲"), ("审批", "示例甲"))),
        ("payment", first, (("受理", "示例乙"), ("审核", "示例丙"), ("监督", "示例 乙"))),
        ("payment", second, (("受理", "示例丁"), ("受理", "示例丁"), ("复核", "示例丁"), ("审批", "示例戊"))),
    ):
        for k, (step, actor) in enumerate(steps):
            bureau.books.add(
                "events", subject_kind=kind, subject_id=subject, step=step, actor=actor,
                happened_at=datetime(YEAR, 8, 3, 9 + k),
            )  # fmt: skip
    bureau.books.find("JX11", project, "red", approved)
    bureau.books.find("JX11", first, "red", fen)
