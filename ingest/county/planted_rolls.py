"""Planted cases on who stands on the lists of payments and who approved them, beside near misses."""

from datetime import date, datetime

from ingest.county.books import Books
from ingest.county.budget import WAN
from ingest.county.households import BENEFITS, HEAD, People, project_of
from ingest.county.numbers import STRANGERS, account_number, credit_code, id_numbers
from ingest.county.places import COMPANY, PRIVATE, YEARS, County, Party
from ingest.county.planted_payments import Desk, Person, strangers_of
from ingest.county.works import Clerk

YEAR = 2020
_PEOPLE = 220
_FIRST_PERSON, _FIRST_OFFICIAL = 200_000, 1_000_000
"""These persons' numbers begin where those of other planted cases do not reach."""

_FIRST_ACCOUNT, _FIRST_CARD = 200, 500
_RELATIVES = 3
"""So many people of a county's lists are related to who approved them: as many as RH12 looks at."""


def plant_rolls(clerk: Clerk, people: People) -> None:
    """Plant the cases in the county of `clerk`."""
    first = _FIRST_PERSON + clerk.county.index * _PEOPLE
    desk = Desk(clerk, people, people.last(clerk.county.index, 20), strangers_of(
        clerk.county, people, _PEOPLE, first, _FIRST_ACCOUNT
    ))  # fmt: skip
    for case in (_rh09, _rh11, _rh12, _rh16):
        case(desk)


def approve_lists(books: Books, county: County, people: People) -> None:
    """Enter who approved the lists of the benefit that all get, and which of the people are his relatives.

    A few relatives among all of a county are no sign of favour: a near miss of RH12 in every county.
    """
    official = id_numbers(1, STRANGERS, first=_FIRST_OFFICIAL + county.index)[0].as_py()
    for year in YEARS:
        books.add(
            "events", subject_kind="project", subject_id=project_of(year, BENEFITS[0], county.index),
            step="审批", actor=official, happened_at=date(year, 3, 6),
        )  # fmt: skip
    for household in people.last(county.index, 20)[-_RELATIVES:]:
        relative = people.ids[HEAD][household].as_py()
        books.add("relations", person_a=official, person_b=relative, relation="亲戚")


def _card(desk: Desk, person: Person) -> Party:
    """One more account of a person."""
    index = desk.clerk.county.index
    serial = _FIRST_CARD + desk.books.numbers(f"card of county {index}", 1)[0]
    card = Party(person.name, account_number(PRIVATE, index, serial), person.id_number)
    desk.books.add(
        "accounts", account_no=card.account, holder_name=card.name, holder_id=card.holder_id,
        holder_kind="person", account_type="personal",
    )  # fmt: skip
    return card


def _rh09(desk: Desk) -> None:
    """Paid into three and four accounts; then into a third that bounced, and into a third of another year."""
    for n, cards in enumerate((3, 4)):
        person = desk.stranger()
        accounts = [person.as_payee(), *(_card(desk, person) for _ in range(cards - 1)), person.as_payee()]
        sum_fen = 0
        for k, account in enumerate(accounts):
            fen = (260 + 10 * n + k) * 100
            desk.grant(person, fen, date(YEAR, 3 + k, 19), payee=account, benefit=f"示例分户补助{k}")
            sum_fen += fen
        desk.books.find("RH09", person.id_number, "info", sum_fen)
    mover, saver = desk.stranger(), desk.stranger()
    for k, account in enumerate((mover.as_payee(), _card(desk, mover), _card(desk, mover))):
        paid = desk.grant(
            mover, (280 + k) * 100, date(YEAR, 3 + k, 20), payee=account, benefit=f"示例分户补助{k}"
        )
    desk.bounce(paid, account, 282_00, date(YEAR, 5, 23))
    desk.grant(mover, 282_00, date(YEAR, 5, 28), benefit="示例分户补助2")
    for k, day in enumerate((date(YEAR - 1, 9, 17), date(YEAR, 4, 17), date(YEAR, 5, 17))):
        fen = 1_000_00 if day.year == YEAR else WAN  # the first year is spent in whole 万元
        desk.grant(
            saver, fen, day, payee=_card(desk, saver), benefit=f"示例分户补助{k}", period=str(day.year)
        )


def _rh11(desk: Desk) -> None:
    """People with a post or a firm; then staff of villages and firms, a welfare post, a cooperative."""
    county, books = desk.clerk.county, desk.books
    firm, village = desk.company(95, "虚构任职公司"), county.villages[0]
    index = county.index
    cooperative = credit_code(9_000_000 + index * 100 + 96)
    books.add(
        "accounts", account_no=account_number(COMPANY, index, 96), holder_name=f"{county.name}虚构合作社",
        holder_id=cooperative, holder_kind="cooperative", account_type="unit",
    )  # fmt: skip
    books.add(
        "agencies", agency_id=village.holder_id, agency_name=f"{village.name}村民委员会", level="village",
        kind="village",
    )  # fmt: skip
    for n, (organisation, relations, hit) in enumerate((
        (county.agency_id, ("公职人员",), True), (firm.holder_id, ("股东",), True),
        (firm.holder_id, ("法定代表人",), True), (county.agency_id, ("职工", "公益性岗位"), False),
        (village.holder_id, ("职工",), False), (cooperative, ("股东",), False),
        (firm.holder_id, ("职工",), False),
    )):  # fmt: skip
        person, fen = desk.stranger(), (330 + 10 * n) * 100
        for relation in relations:
            ends = (person.id_number, organisation)
            person_a, person_b = ends if n != 2 else ends[::-1]  # a relation holds from either end
            books.add("relations", person_a=person_a, person_b=person_b, relation=relation)
        paid = desk.grant(person, fen, date(YEAR, 7, 20 + n))
        if hit:
            books.find("RH11", paid, "yellow", fen)


def _rh12(desk: Desk) -> None:
    """Approvers of whose few people three and four are relatives; then one with two relatives only."""
    for n, (related, others) in enumerate(((3, 1), (4, 0), (2, 0))):
        official, sum_fen = desk.stranger(listed=False).id_number, 0
        for k in range(related + others):
            person, fen = desk.stranger(), (440 + 10 * n + k) * 100
            paid = desk.grant(person, fen, date(YEAR, 7, 9 + n))
            desk.books.add(
                "events", subject_kind="payment", subject_id=paid, step="审批", actor=official,
                happened_at=date(YEAR, 7, 8),
            )  # fmt: skip
            if k < related:
                ends = (official, person.id_number) if n else (person.id_number, official)
                desk.books.add("relations", person_a=ends[0], person_b=ends[1], relation="侄子")
                sum_fen += fen
        if n < 2:
            desk.books.find("RH12", official, "info", sum_fen)


def _rh16(desk: Desk) -> None:
    """Batches to new accounts: all new, and just enough; then one account too few, and one too few new."""
    pool = desk.clerk.county.pool.account
    for n, (new, known, hit) in enumerate(((51, 0, True), (44, 11, True), (50, 0, False), (40, 11, False))):
        at, fen, benefit = datetime(YEAR, 8, 27 + n % 2, 10 + n, 41), (150 + n) * 100, f"示例秋种补助{n}"
        people = [desk.stranger() for _ in range(new)]
        people += [desk.member(household) for household in desk.households[:known]]
        for k, person in enumerate(people):
            desk.grant(person, fen, at.replace(second=k), benefit=benefit, purpose=benefit)
        if hit:
            desk.books.find("RH16", f"{pool}@{at:%Y-%m-%dT%H:%M}@{fen}", "info", fen * len(people))
