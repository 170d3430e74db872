"""Planted cases on what people are entitled to; each stands beside near misses that must stay silent."""

from dataclasses import replace
from datetime import date

from ingest.county.books import Books
from ingest.county.households import HEAD, SPOUSE
from ingest.county.planted_payments import YEAR, Desk, Person

_PER_HOUSEHOLD = "示例慰问补助"
_FIXED = "示例定额补助"
_FOR_ALL = "示例普惠补助"
_EXCLUSIVE = ("示例甲类救助", "示例乙类救助")
_MONTH = f"{YEAR}-08"
_FEN = {_PER_HOUSEHOLD: 200_00, _FIXED: 100_00, _FOR_ALL: 120_00}


def set_standards(books: Books) -> None:
    """Enter what the province pays for these benefits, and which two nobody may draw together."""
    for benefit, per, entitled in (
        (_PER_HOUSEHOLD, "household", "some"), (_FIXED, "person", "some"), (_FOR_ALL, "person", "all"),
    ):  # fmt: skip
        books.add(
            "standards", benefit=benefit, per=per, entitled=entitled, amount_fen=_FEN[benefit],
            valid_from=date(2018, 1, 1),
        )  # fmt: skip
    books.add("exclusions", benefit_a=_EXCLUSIVE[0], benefit_b=_EXCLUSIVE[1])


def plant_people(desk: Desk) -> None:
    """Plant the cases in the county of `desk`."""
    for case in (_rh02, _rh06, _rh07, _rh13, _rh14, _rh15):
        case(desk)


def _enter(desk: Desk, person: Person, since: date, **cells: object) -> None:
    """Enter a person into the register as a household of his own."""
    desk.books.add(
        "register", person_id=person.id_number, name=person.name, household_id=f"HU-{person.id_number[-8:]}",
        relation="户主", card_account=person.account, valid_from=since,
        **{"village": desk.clerk.county.villages[0].name, **cells},
    )  # fmt: skip


def _rh02(desk: Desk) -> None:
    for n in range(3):
        person = desk.stranger()
        _enter(desk, person, date(2018, 1, 1))
        named = replace(person, name=f"{person.name}甲" if n < 2 else f"{person.name[:1]} {person.name[1:]}")
        fen = (74 + n) * 100
        paid = desk.grant(named, fen, date(YEAR, 9, 23 + n), payee=person.as_payee())
        if n < 2:
            desk.books.find("RH02", paid, "yellow", fen)


def _rh06(desk: Desk) -> None:
    fen = _FEN[_PER_HOUSEHOLD]
    for n, household in enumerate(desk.safe(desk.households)[:3]):
        desk.grant(
            desk.member(household), fen, date(YEAR, 9, 14), benefit=_PER_HOUSEHOLD, purpose=_PER_HOUSEHOLD
        )
        second, head = desk.member(household, SPOUSE if n < 2 else HEAD), desk.member(household)
        period = f"{YEAR}" if n < 2 else f"{YEAR - 1}"  # the same person, another year
        paid = desk.grant(
            second,
            fen,
            date(YEAR, 9, 21),
            payee=head.as_payee(),
            benefit=_PER_HOUSEHOLD,
            purpose=_PER_HOUSEHOLD,
            period=period,
        )
        if n < 2:
            desk.books.find("RH06", paid, "yellow", fen)


def _rh07(desk: Desk) -> None:
    for n, (first, second) in enumerate(((_MONTH, _MONTH), (f"{YEAR}", _MONTH), (f"{YEAR}-07", _MONTH))):
        person = desk.stranger()
        desk.grant(
            person, 41_00, date(YEAR, 9, 24), benefit=_EXCLUSIVE[0], purpose=_EXCLUSIVE[0], period=first
        )
        fen = (42 + n) * 100
        paid = desk.grant(
            person, fen, date(YEAR, 9, 28), benefit=_EXCLUSIVE[1], purpose=_EXCLUSIVE[1], period=second
        )
        if n < 2:
            desk.books.find("RH07", paid, "yellow", fen)


def _rh13(desk: Desk) -> None:
    day = date(YEAR, 7, 20)
    for n, last in enumerate((date(2019, 12, 31), date(YEAR, 7, 19), day)):
        person = desk.stranger()
        _enter(desk, person, date(2018, 1, 1), valid_to=last)
        fen = (131 + n) * 100
        paid = desk.grant(person, fen, day, line=0)
        if n < 2:
            desk.books.find("RH13", paid, "yellow", fen)


def _rh14(desk: Desk) -> None:
    village = f"{desk.clerk.county.name}示例新村"
    people = [desk.stranger() for _ in range(6)]
    for n, person in enumerate(people):
        since = date(2018, 1, 1) if n != 4 else date(YEAR, 8, 2)  # came after the first day of the month
        _enter(desk, person, since, village=village, died_on=date(YEAR, 8, 30) if n == 3 else None)
    desk.grant(
        people[0], _FEN[_FOR_ALL], date(YEAR, 9, 25), benefit=_FOR_ALL, purpose=_FOR_ALL, period=_MONTH
    )
    for person in people[1:3]:
        desk.books.find("RH14", person.id_number, "yellow", _FEN[_FOR_ALL])
    desk.books.exempt("RH14", people[5].id_number, "yellow", _FEN[_FOR_ALL], "本人放弃")


def _rh15(desk: Desk) -> None:
    for n, more in enumerate((1_000, -5_000, 0)):
        person = desk.stranger()
        paid = desk.grant(
            person, _FEN[_FIXED] + more, date(YEAR, 9, 7 + n), benefit=_FIXED, purpose=_FIXED, period=_MONTH
        )
        if more:
            desk.books.find("RH15", paid, "yellow", abs(more))
