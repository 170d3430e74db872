"""People of the invented province and what they are paid, as columns: the bulk of the payments."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.county.books import Books
from ingest.county.budget import Budget, indicator_id
from ingest.county.numbers import CHILDREN, account_numbers, id_numbers, person_names, serials
from ingest.county.places import CARD, VILLAGES, YEARS, Province
from tracer.schema import CASH

Ints = npt.NDArray[np.int64]
DAY_MS = 86_400_000
HEAD, SPOUSE, CHILD = range(3)


@dataclass(frozen=True)
class Benefit:
    """A benefit: who of a household gets it, how many households, when, and how much in yuan."""

    code: str
    name: str
    line: int
    member: int
    share: float
    months: tuple[int, ...]
    monthly: bool
    base: int
    step: int
    steps: int


BENEFITS = (
    Benefit("CY", "产业发展补助", 0, HEAD, 1.0, (6,), False, 2000, 100, 30),
    Benefit("GY", "公益性岗位补贴", 1, HEAD, 0.25, (5, 6, 7, 8, 9, 10, 11, 12), True, 600, 0, 1),
    Benefit("YL", "雨露计划补助", 0, CHILD, 0.2, (5, 9), True, 1500, 0, 1),
    Benefit("WG", "外出务工补助", 2, SPOUSE, 0.5, (8,), False, 300, 50, 11),
    Benefit("YS", "饮水入户补助", 3, HEAD, 0.1, (7,), False, 500, 100, 11),
)
LAST_MONTH = {2019: 12, 2020: 9}
"""Payments of the second year end in September, so that nothing waits when the scan looks at October."""

_CASH_MOST = 1000_00
"""What people take out in cash at a time: as much as may be settled in cash (ZC09)."""

_MOVED, _LEFT, _LEFT_ON = 0.03, 0.05, date(2019, 11, 30)
"""Shares of heads who moved here from another village, and of spouses who left the register, and when."""

_UNTAGGED, _RETURNED, _SHOPPED, _WITHDRAWN, _WITH_LEG = 0.05, 0.01, 0.15, 0.05, 0.4


def payments_per_household() -> float:
    """Expected number of household payments of one household over both years."""
    return sum(
        benefit.share * sum(month <= LAST_MONTH[year] for month in benefit.months)
        for benefit in BENEFITS
        for year in YEARS
    )


@dataclass(frozen=True)
class People:
    """Households as columns: county and village of each, the card, and name and ID of each paid member."""

    county: Ints
    village: Ints
    card: pa.Array
    names: tuple[pa.Array, ...]
    ids: tuple[pa.Array, ...]
    gets: tuple[npt.NDArray[np.bool_], ...]
    """Per benefit, whether the household gets it."""

    def last(self, county: int, count: int) -> list[int]:
        """The last households of a county."""
        rows: list[int] = np.flatnonzero(self.county == county)[-count:].tolist()
        return rows


def settle(books: Books, province: Province, households: int, rng: np.random.Generator) -> People:
    """Settle households in the counties: register rows, benefit cards and their accounts."""
    n = households
    county = np.arange(n, dtype=np.int64) * len(province.counties) // max(n, 1)
    village = np.arange(n, dtype=np.int64) % VILLAGES
    card = account_numbers(CARD, county, np.arange(1, n + 1, dtype=np.int64))
    names = (person_names(n), person_names(n, first=n), person_names(n, first=2 * n))
    ids = (id_numbers(n), id_numbers(n, first=n), id_numbers(n, CHILDREN))
    gets = tuple(rng.random(n) < benefit.share for benefit in BENEFITS)
    people = People(county, village, card, names, ids, gets)
    books.add_block(
        "accounts",
        {
            "account_no": card, "holder_name": names[HEAD], "holder_id": ids[HEAD],
            "holder_kind": _same("person", n), "account_type": _same("personal", n),
        },
    )  # fmt: skip
    _register(books, province, people, rng)
    return people


def _register(books: Books, province: Province, people: People, rng: np.random.Generator) -> None:
    n = len(people.county)
    villages = pa.array([party.name for place in province.counties for party in place.villages])
    village = villages.take(pa.array(people.county * VILLAGES + people.village))
    household = serials("HU", range(1, n + 1))
    since = np.datetime64("2016-01-01") + rng.integers(0, 900, n).astype("timedelta64[D]")
    # A spouse who dies in the month of the last benefit is a near miss of RH04: not after the month of death.
    dies = people.gets[3] & (rng.random(n) < 0.02)
    died = pc.if_else(pa.array(dies), pa.scalar(date(2020, 8, 2)), pa.scalar(None, pa.date32()))
    # A spouse without a benefit may have left the register: nothing is paid after that day.
    leaves = ~people.gets[3] & (rng.random(n) < _LEFT)
    left = pc.if_else(pa.array(leaves), pa.scalar(_LEFT_ON), pa.scalar(None, pa.date32()))
    nobody = pa.nulls(n, pa.date32())
    for member, relation in ((HEAD, "户主"), (SPOUSE, "配偶"), (CHILD, "子女")):
        block = {
            "person_id": people.ids[member], "name": people.names[member], "household_id": household,
            "relation": _same(relation, n), "village": village, "card_account": people.card,
            "valid_from": pa.array(since), "died_on": died if member == SPOUSE else nobody,
            "valid_to": left if member == SPOUSE else nobody,
        }  # fmt: skip
        keep = pa.array(people.gets[2]) if member == CHILD else pa.array(np.ones(n, dtype=bool))
        books.add_block("register", {name: pc.filter(values, keep) for name, values in block.items()})
    _register_moved(books, people, villages, household, since, rng)


def _register_moved(
    books: Books, people: People, villages: pa.Array, household: pa.Array,
    since: npt.NDArray[np.datetime64], rng: np.random.Generator,
) -> None:  # fmt: skip
    """Heads who came from another village have an entry that ended the day before: near misses of RH13."""
    moved = np.flatnonzero(rng.random(len(people.county)) < _MOVED)
    of, day = pa.array(moved), np.timedelta64(1, "D")
    village = people.county[moved] * VILLAGES + (people.village[moved] + 1) % VILLAGES
    if len(moved):
        books.add_block("register", {
            "person_id": people.ids[HEAD].take(of), "name": people.names[HEAD].take(of),
            "household_id": pc.binary_join_element_wise(household.take(of), "旧", ""),
            "relation": _same("户主", len(moved)), "village": villages.take(pa.array(village)),
            "card_account": people.card.take(of), "valid_from": pa.array(since[moved] - 400 * day),
            "valid_to": pa.array(since[moved] - day),
        })  # fmt: skip


@dataclass(frozen=True)
class Paid:
    """Household payments of one benefit and month as columns, `fen` in fen, `day` as day numbers."""

    household: Ints
    day: Ints
    fen: Ints


def pay(books: Books, budget: Budget, people: People, rng: np.random.Generator) -> None:
    """Pay every benefit of both years from the pooled accounts, with returns, bank rows and purchases."""
    for year in YEARS:
        for number, benefit in enumerate(BENEFITS):
            for county in budget.province.counties:
                budget.project(
                    project_of(year, benefit, county.index), county, year, "household", benefit.name
                )
            for month in benefit.months:
                if month <= LAST_MONTH[year]:
                    _pay_month(books, budget, people, number, year, month, rng)


def project_of(year: int, benefit: Benefit, county: int) -> str:
    """The project from which a county pays a benefit in a year."""
    return f"XM{year}-{county:03d}-{benefit.code}"


def _pay_month(
    books: Books, budget: Budget, people: People, number: int, year: int, month: int, rng: np.random.Generator
) -> None:
    benefit = BENEFITS[number]
    household = np.flatnonzero(people.gets[number])
    n = len(household)
    first = int(np.datetime64(f"{year}-{month:02d}-08").astype("int64"))
    paid = Paid(
        household,
        first + (people.village[household] * 5 + number * 3) % 15,
        (benefit.base + benefit.step * rng.integers(0, benefit.steps, n)) * 100,
    )
    tagged = rng.random(n) >= _UNTAGGED
    ids = serials("PZ", books.numbers("PZ", n))
    columns = _payment_columns(budget, people, benefit, paid, tagged, ids, year, month, rng)
    books.add_block("payments", columns)
    counties = len(budget.province.counties)
    per_county = np.zeros(counties, dtype=np.int64)
    np.add.at(per_county, people.county[household], paid.fen)
    for county, fen in enumerate(per_county.tolist()):
        if fen:
            project = project_of(year, benefit, county)
            budget.spend(county, year, benefit.line, fen, month=month, project=project)
    returned = tagged & (rng.random(n) < _RETURNED) & (paid.day <= first + 6)
    _return_and_repay(books, columns, np.flatnonzero(returned), paid, ids)
    _bank_rows(books, budget, people, paid, ids, ~returned, rng)


def _payment_columns(
    budget: Budget, people: People, benefit: Benefit, paid: Paid, tagged: npt.NDArray[np.bool_],
    ids: pa.Array,
    year: int, month: int, rng: np.random.Generator,
) -> dict[str, pa.Array]:  # fmt: skip
    n = len(paid.household)
    counties = budget.province.counties
    where = pa.array(people.county[paid.household])
    of = pa.array(paid.household)
    lines = pa.array([indicator_id(year, "county", county.index, benefit.line) for county in counties]).take(
        where
    )
    projects = pa.array([project_of(year, benefit, county.index) for county in counties]).take(where)
    seconds = np.where(rng.random(n) < 0.5, rng.integers(9 * 3600, 17 * 3600, n), 0)
    period = f"{year}-{month:02d}" if benefit.monthly else f"{year}"
    return {
        "payment_id": ids,
        "payer_name": pa.array([county.pool.name for county in counties]).take(where),
        "payer_account": pa.array([county.pool.account for county in counties]).take(where),
        "amount_fen": pa.array(paid.fen),
        "paid_at": pa.array(paid.day * DAY_MS + seconds * 1000).cast(pa.timestamp("ms")),
        "purpose": _same(f"{period}{benefit.name}", n),
        "settlement_method": _same("transfer", n),
        "payment_method": _same("authorised", n),
        "payee_name": people.names[HEAD].take(of),
        "payee_account": people.card.take(of),
        "indicator_id": pc.if_else(pa.array(tagged), lines, pa.scalar(None, pa.string())),
        "project_id": projects,
        "beneficiary_id": people.ids[benefit.member].take(of),
        "beneficiary_name": people.names[benefit.member].take(of),
        "benefit": _same(benefit.name, n),
        "period": _same(period, n),
    }


def _return_and_repay(
    books: Books, columns: dict[str, pa.Array], rows: Ints, paid: Paid, ids: pa.Array
) -> None:
    """Some payments bounce three days later and are paid again after nine: near misses of RH05 and ZC12."""
    n = len(rows)
    if not n:
        return
    of = pa.array(rows)
    chosen = {name: values.take(of) for name, values in columns.items()}
    again = chosen | {
        "payment_id": serials("PZ", books.numbers("PZ", n)),
        "paid_at": pa.array((paid.day[rows] + 9) * DAY_MS).cast(pa.timestamp("ms")),
    }
    back = {
        "payment_id": serials("PZ", books.numbers("PZ", n)),
        "payer_name": chosen["payee_name"], "payer_account": chosen["payee_account"],
        "payee_name": chosen["payer_name"], "payee_account": chosen["payer_account"],
        "amount_fen": chosen["amount_fen"], "settlement_method": chosen["settlement_method"],
        "payment_method": chosen["payment_method"], "purpose": _same("账号有误退回", n),
        "paid_at": pa.array((paid.day[rows] + 3) * DAY_MS).cast(pa.timestamp("ms")),
        "refund_of": ids.take(of),
    }  # fmt: skip
    books.add_block("payments", back)
    books.add_block("payments", again)


def _bank_rows(
    books: Books, budget: Budget, people: People, paid: Paid, ids: pa.Array, kept: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Bank rows: legs of some payments, with and without voucher, and what people did with the money."""
    n = len(paid.household)
    county = people.county[paid.household]
    counties = budget.province.counties
    pools = pa.array([place.pool.account for place in counties])
    shops = pa.array([shop.account for place in counties for shop in place.merchants])
    luck = rng.random(n)
    leg = np.flatnonzero(rng.random(n) < _WITH_LEG)
    named = pa.array(rng.random(len(leg)) < 0.6)
    vouchers = pc.if_else(named, ids.take(pa.array(leg)), pa.scalar(None, pa.string()))
    _transfers(books, paid.day[leg], pools.take(pa.array(county[leg])), _cards(people, paid, leg),
    paid.fen[leg],
               "补贴发放", vouchers)  # fmt: skip
    spent = np.flatnonzero(kept & (luck < _SHOPPED))
    shop = pa.array(
        county[spent] * len(counties[0].merchants) + paid.household[spent] % len(counties[0].merchants)
    )
    _transfers(books, paid.day[spent] + 2 + spent % 9, _cards(people, paid, spent), shops.take(shop),
               paid.fen[spent] // 200 * 100, "购物", None)  # fmt: skip
    drawn = np.flatnonzero(kept & (luck > 1 - _WITHDRAWN))
    _transfers(books, paid.day[drawn] + 1 + drawn % 9, _cards(people, paid, drawn), _same(CASH, len(drawn)),
               np.minimum(paid.fen[drawn] // 200 * 100, _CASH_MOST), "取现", None)  # fmt: skip


def _cards(people: People, paid: Paid, rows: Ints) -> pa.Array:
    return people.card.take(pa.array(paid.household[rows]))


def _transfers(
    books: Books, day: Ints, payer: pa.Array, payee: pa.Array, fen: Ints, memo: str, vouchers: pa.Array | None
) -> None:
    n = len(fen)
    books.add_block(
        "transfers",
        {
            "transfer_id": serials("LS", books.numbers("LS", n)),
            "moved_at": pa.array(day * DAY_MS).cast(pa.timestamp("ms")),
            "from_account": payer,
            "to_account": payee,
            "amount_fen": pa.array(fen),
            "memo": _same(memo, n),
            "voucher_no": vouchers if vouchers is not None else pa.nulls(n, pa.string()),
        },
    )


def _same(text: str, count: int) -> pa.Array:
    return pa.array([text]).take(pa.array(np.zeros(count, dtype=np.int64)))
