"""Planted cases on how money is received, passed on, placed and paid, beside near misses."""

from collections import defaultdict
from datetime import date, timedelta

import pyarrow as pa

from ingest.county.books import Books
from ingest.county.budget import STEPS, WAN
from ingest.county.places import AS_OF, LINES
from ingest.county.planted import Office, open_office
from ingest.county.works import Clerk
from tracer.calendar import date_of, day_number
from tracer.schema import TABLES

YEAR = 2020
_BOUND = {"fund_name": LINES[4].fund_name, "budget_item": LINES[4].budget_item}
"""A fund that is bound for the counties."""


def plant_budget(clerk: Clerk) -> None:
    """Plant the cases in the county of `clerk`."""
    office = open_office(clerk)
    for case in (_zb02, _zb03, _zb06, _zb07, _zb08, _zb10, _zb12, _zb13, _zb15, _zb16, _zb17, _zb18):
        case(office)


def note_low_rates(books: Books) -> None:
    """Note for ZB16 every planted county or township line paid too slowly, whatever it was planted for.

    To be called before the ordinary budget is entered, which pays in time.
    """
    drawn = _drawn(books)
    silent = set(books.table("splits")["parent_indicator_id"].to_pylist())
    silent |= {case.subject for case in books.expected if case.rule_id == "ZB16"}
    first = date(AS_OF.year, 1, 1)
    days, gone = (date(AS_OF.year + 1, 1, 1) - first).days, (AS_OF - first).days + 1
    for row in books.table("indicators").to_pylist():
        name, fen = row["indicator_id"], row["amount_fen"]
        if row["level"] not in ("county", "township") or name in silent:
            continue
        receipt = row["received_on"] or row["registered_on"] or row["issued_on"]
        year = receipt.year + (receipt.month >= 10)
        share, whole = (90, 100) if year < AS_OF.year else (100 * gone - 20 * days, 100 * days)
        if year <= AS_OF.year and drawn[name] * whole < fen * share:
            books.find("ZB16", name, "yellow", fen - drawn[name])


def _drawn(books: Books) -> defaultdict[str, int]:
    """What the treasuries paid under each line, less refunds, in fen."""
    treasuries = {row["account_no"] for row in books.rows["accounts"] if row["account_type"] == "treasury"}
    rows = books.rows["payments"]  # the blocks are household payments, which are no draws
    payments = pa.Table.from_pylist(rows, schema=TABLES["payments"].arrow).to_pylist()
    draws = {
        row["payment_id"]: row["indicator_id"]
        for row in payments
        if row["payer_account"] in treasuries and row["indicator_id"]
    }
    drawn: defaultdict[str, int] = defaultdict(int)
    for row in payments:
        if row["payment_id"] in draws:
            drawn[draws[row["payment_id"]]] += row["amount_fen"]
        elif row["refund_of"] in draws:
            drawn[draws[row["refund_of"]]] -= row["amount_fen"]
    return drawn


def _pass_on(office: Office, label: str, fen: int, day: date, **more: object) -> str:
    """Give a county line from a city line and place it on a project within the day; gives the county line."""
    above = office.line(f"{label}A", fen, day, "city")
    below = office.line(f"{label}B", fen, day, "county", **more)
    office.split(above, below, fen, day)
    office.arrange(below, f"{label}B", fen, day)
    return below


def _zb02(office: Office) -> None:
    find = office.books.find
    issued = date(YEAR, 5, 11)
    late, in_time = (date_of(office.working.after(day_number(issued), days)) for days in (6, 5))
    for label, wan, day, received, level in (
        ("SW1", 12, issued, late, "yellow"), ("SW2", 9, date(YEAR, 6, 22), None, "yellow"),
        ("SW3", 7, office.before(4), None, "bell"),
        ("SW4", 8, office.before(1), None, ""),  # the bell rings later
        ("SW5", 6, issued, in_time, ""),  # the last day in time
    ):  # fmt: skip
        below = _pass_on(office, label, wan * WAN, day, received_on=received)
        if level:
            find("ZB02", below, level, wan * WAN)
    office.line("SW6", 5 * WAN, issued, "city", received_on=None)  # nobody passed it down


def _zb03(office: Office) -> None:
    for n, (received, days, level) in enumerate((
        (date(YEAR, 4, 1), 31, "yellow"), (date(YEAR, 4, 2), 30, ""),  # passed on in full on the last day
        (AS_OF - timedelta(days=27), None, "bell"),
        (AS_OF - timedelta(days=24), None, ""),  # the bell rings later
    )):  # fmt: skip
        above = office.line(f"CQ{n}A", 90 * WAN, received, "province")
        held = office.line(f"CQ{n}B", 90 * WAN, received, "city")
        office.split(above, held, 90 * WAN, received)
        for part, (wan, after) in enumerate(((60, 10), (30, days))):
            if after is not None:
                day = received + timedelta(days=after)
                below = office.line(f"CQ{n}{part}", wan * WAN, day)
                office.split(held, below, wan * WAN, day)
                office.arrange(below, f"CQ{n}{part}", wan * WAN, day)
        if level:
            office.books.find("ZB03", held, level, 30 * WAN)
    for n, (nature, days) in enumerate((("一般性转移支付", 31), ("专项转移支付", 31))):
        day = date(YEAR, 4, 3)
        own = office.line(f"CQ{4 + n}", 40 * WAN, day, fund_nature=nature)
        office.approve(own, day)
        office.arrange(own, f"CQ{4 + n}0", 15 * WAN, day + timedelta(days=20))
        office.arrange(own, f"CQ{4 + n}1", 25 * WAN, day + timedelta(days=days))
        if n == 0:  # the other has sixty days
            office.books.find("ZB03", own, "yellow", 25 * WAN)


def _zb06(office: Office) -> None:
    day = date(YEAR, 4, 7)
    for n, (above, level) in enumerate((("province", "city"), ("central", "province"), ("province", "city"))):
        parent = office.line(f"JL{n}A", 40 * WAN, day, above, **_BOUND)
        held = office.line(f"JL{n}B", 40 * WAN, day, level, **_BOUND)
        office.split(parent, held, 40 * WAN, day)
        passed = 40 if n == 2 else 25
        below = office.line(f"JL{n}C", passed * WAN, day, **_BOUND)
        office.split(held, below, passed * WAN, day + timedelta(days=6))
        office.arrange(below, f"JL{n}C", passed * WAN, day + timedelta(days=9))
        if n == 0:
            office.split(held, office.line("JL0D", 15 * WAN, day, level, **_BOUND), 15 * WAN, day)
        elif n == 1:
            office.arrange(held, "JL1B", 15 * WAN, day + timedelta(days=8))
        if n < 2:
            office.books.find("ZB06", held, "yellow", 15 * WAN)


def _zb07(office: Office) -> None:
    cases: tuple[tuple[dict[str, str | None], bool], ...] = (
        ({"economic_code": None}, True),
        ({"function_code": "213059"}, True),
        ({"budget_item": "待定"}, True),
        ({"function_code": "２１３０５", "economic_code": "30201"}, False),  # full width, five digits
    )
    for n, (more, hit) in enumerate(cases):
        line = office.line(f"YS{n}", (31 + n) * WAN, date(YEAR, 6, 3), "city", **more)
        if hit:
            office.books.find("ZB07", line, "yellow", (31 + n) * WAN)


def _zb08(office: Office) -> None:
    for n, (day, scan, level) in enumerate((
        (date(YEAR, 6, 4), None, "yellow"), (date(YEAR, 8, 5), None, "yellow"),
        (office.before(4), None, "bell"), (office.before(1), None, ""),
        (date(YEAR, 6, 4), "涉密：按规定不上传", ""),
    )):  # fmt: skip
        line = office.line(f"SM{n}", (41 + n) * WAN, day, "city", scan_file=scan)
        if level:
            office.books.find("ZB08", line, level, (41 + n) * WAN)


def _zb10(office: Office) -> None:
    name = LINES[3].fund_name
    for n, (fund, hit) in enumerate((
        (f"{name}（本级）", True), (name[:-1] + "费", True),
        (name.replace("县级", " 县级 "), False),  # blanks do not count
        ("虚构移民后期扶持", False),
    )):  # fmt: skip
        line = office.line(f"BS{n}", (51 + n) * WAN, date(YEAR, 6, 5), "city", fund_name=fund)
        if hit:
            office.books.find("ZB10", line, "yellow", (51 + n) * WAN)


def _project(office: Office, label: str, fen: int, *, steps: tuple[str, ...] = STEPS, **more: object) -> str:
    """Place money of a city's own line on a project; `more` overrides what its row says."""
    line = office.line(label, fen, date(YEAR, 4, 9), "city")
    return office.arrange(line, label, fen, date(YEAR, 5, 20), target=True, steps=steps, **more)


def _zb12(office: Office) -> None:
    approved = date(YEAR, 4, 20)
    for n, (start, approval, hit) in enumerate((
        (approved - timedelta(days=1), approved, True), (approved, approved, False),
        (approved + timedelta(days=9), None, True),
    )):  # fmt: skip
        steps, none = (STEPS, {}) if approval else ((), dict.fromkeys(("approval_no", "approved_on")))
        project = _project(office, f"KG{n}", (61 + n) * WAN, steps=steps, started_on=start, **none)
        if hit:
            office.books.find("ZB12", project, "red", (61 + n) * WAN)


def _zb13(office: Office) -> None:
    once = STEPS[:4] + STEPS[6:]
    swapped = (STEPS[0], STEPS[2], STEPS[1], *STEPS[3:])
    for n, steps in enumerate((once, swapped, (STEPS[0], *STEPS))):
        project = _project(office, f"LC{n}", (71 + n) * WAN, steps=steps)
        if n < 2:
            office.books.find("ZB13", project, "yellow", (71 + n) * WAN)


def _zb15(office: Office) -> None:
    find = office.books.find
    old = office.line("JS1", 12 * WAN, date(2018, 4, 11))
    office.draw(old, 4 * WAN, date(2018, 9, 12), "水塘清淤款一")
    office.draw(old, 5 * WAN, date(YEAR, 3, 18), "水塘清淤款二")
    find("ZB15", old, "red", 8 * WAN)
    find("ZB14", old, "red", 3 * WAN)
    late = office.line("JS2", 6 * WAN, date(2018, 5, 16))
    office.draw(late, 6 * WAN, date(YEAR, 1, 8), "水塘护栏款")
    find("ZB15", late, "red", 6 * WAN)
    in_time = office.line("JS3", 7 * WAN, date(2018, 5, 17))
    office.draw(in_time, 7 * WAN, date(2019, 12, 30), "水塘便道款")


def _zb16(office: Office) -> None:
    for n, (issued, level, paid, hit) in enumerate((
        (date(YEAR, 4, 13), "county", 60, True), (date(YEAR, 4, 13), "township", 61, False),
        (date(2019, 12, 3), "county", 45, True),  # it came so late that the next year counts
        (date(YEAR, 10, 9), "county", 0, False),  # and this one is not due before the next
    )):  # fmt: skip
        line = office.line(f"ZX{n}", 10 * WAN, issued, level)
        if paid:
            office.draw(line, paid * WAN // 10, date(YEAR, 9, 14), f"晒谷场款{n + 1}")
        if hit:
            office.books.find("ZB16", line, "yellow", (100 - paid) * WAN // 10)


def _zb17(office: Office) -> None:
    county = office.clerk.county
    last = office.before(1)
    for n, (day, gap) in enumerate((
        (date(YEAR, 6, 24), 3 * WAN), (date(YEAR, 8, 12), 400_00), (office.before(3), 0), (last, 0),
    )):  # fmt: skip
        fen = (3 + n) * WAN
        line = office.line(f"DZ{n}", fen, date(YEAR, 5, 20))
        payee = county.contractors[4]
        voucher = office.clerk.pay(
            payee, fen, day, f"泵房款{n + 1}", line=None, project=None, direct=True, indicator_id=line
        )
        if day == last or n == 1:  # the third is under way, and the statement goes on to the fourth
            office.clerk.move(county.treasury.account, payee.account, fen - gap, day, "拨款", voucher)
        if gap:
            office.books.find("ZB17", line, "yellow", gap)


def _zb18(office: Office) -> None:
    day = date(YEAR, 5, 13)
    for n, approved in enumerate((None, day + timedelta(days=1), day)):
        above = office.line(f"TC{n}A", (24 + n) * WAN, day, "city", **_BOUND)
        below = office.line(f"TC{n}B", (24 + n) * WAN, day)
        office.split(above, below, (24 + n) * WAN, day)
        office.arrange(below, f"TC{n}B", (24 + n) * WAN, day + timedelta(days=9))
        if approved:
            office.books.add(
                "events", subject_kind="indicator", subject_id=below, step="批复", happened_at=approved,
                actor="示例经办",
            )  # fmt: skip
        if approved != day:
            office.books.find("ZB18", below, "yellow", (24 + n) * WAN)
