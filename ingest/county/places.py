"""The invented province: funds, agencies, accounts, companies, and the calendar of its two budget years."""

from dataclasses import dataclass
from datetime import date, timedelta

from ingest.county.books import Books
from ingest.county.numbers import account_number, credit_code

YEARS = (2019, 2020)
AS_OF = date(2020, 10, 22)
VILLAGES = 12
CONTRACTORS = 6
SUPPLIERS = 3
MERCHANTS = 8
COUNTIES_PER_CITY = 10

TREASURY, POOL, UNIT, SPECIAL, VILLAGE, COMPANY, SUPPLIER, MERCHANT, CARD, PRIVATE = range(1, 11)
"""Kinds of account, as they stand in the invented account numbers."""


@dataclass(frozen=True)
class Line:
    """A fund as it reaches a county: where it starts, and in how many batches."""

    fund_name: str
    top: str
    register_only: bool
    batches: int
    function_code: str
    economic_code: str
    budget_item: str


LINES = (
    Line("示例中央财政专项扶贫资金", "central", True, 2, "2130505", "50901", "产业扶贫"),
    Line("示例省级财政专项扶贫资金", "province", True, 1, "2130505", "50901", "就业扶贫"),
    Line("示例市级产业扶贫资金", "city", False, 1, "2130505", "50799", "村集体产业"),
    Line("示例县级财政配套扶贫资金", "county", False, 1, "2130599", "50799", "县级配套"),
    Line("示例农村基础设施补助资金", "central", False, 1, "2130504", "50302", "农村基础设施"),
)
LEVELS = ("central", "province", "city", "county")


@dataclass(frozen=True)
class Party:
    """Whoever holds one account: an agency, village, company or person."""

    name: str
    account: str
    holder_id: str


@dataclass(frozen=True)
class County:
    """One county with the accounts through which its money goes."""

    index: int
    name: str
    city: int
    region: str
    agency_id: str
    treasury: Party
    pool: Party
    unit: Party
    villages: tuple[Party, ...]
    contractors: tuple[Party, ...]
    suppliers: tuple[Party, ...]
    merchants: tuple[Party, ...]


@dataclass(frozen=True)
class Province:
    """All places."""

    cities: tuple[str, ...]
    counties: tuple[County, ...]


HOLIDAYS = (
    ("2019-01-01", 1, "元旦"), ("2019-02-04", 7, "春节"), ("2019-04-05", 1, "清明节"),
    ("2019-05-01", 4, "劳动节"), ("2019-06-07", 1, "端午节"), ("2019-09-13", 1, "中秋节"),
    ("2019-10-01", 7, "国庆节"), ("2020-01-01", 1, "元旦"), ("2020-01-24", 10, "春节"),
    ("2020-04-04", 3, "清明节"), ("2020-05-01", 5, "劳动节"), ("2020-06-25", 3, "端午节"),
    ("2020-10-01", 8, "国庆节"),
)  # fmt: skip
WORKDAYS = (
    "2019-02-02", "2019-02-03", "2019-04-28", "2019-05-05", "2019-09-29", "2019-10-12", "2020-01-19",
    "2020-04-26", "2020-05-09", "2020-06-28", "2020-09-27", "2020-10-10",
)  # fmt: skip
"""Holidays and exchanged workdays of 2019 and 2020 as the State Council's office published them."""


def calendar_rows() -> list[tuple[date, str, str | None]]:
    """The days that differ from the Monday-to-Friday week, with kind and name, in order."""
    rows: list[tuple[date, str, str | None]] = [
        (date.fromisoformat(day), "workday", None) for day in WORKDAYS
    ]
    for first, days, name in HOLIDAYS:
        start = date.fromisoformat(first)
        rows += [(start + timedelta(days=n), "holiday", name) for n in range(days)]
    return sorted(rows)


def _region(city: int, place: int | None = None) -> str:
    """Code of a city or of the so-many-th county of it: the last ones of the province, which no place has."""
    return f"{2299 - city}{'00' if place is None else 99 - place}"


def build_places(books: Books, counties: int) -> Province:
    """Found a province of so many counties, ten to a city, and enter its agencies, accounts and funds."""
    _funds(books)
    for day, kind, name in calendar_rows():
        books.add("calendar", day=day, kind=kind, name=name)
    books.add("agencies", agency_id="JG-ZY", agency_name="虚构财政部", level="central", kind="finance")
    books.add(
        "agencies", agency_id="JG-SJ", agency_name="虚构省财政厅", level="province", kind="finance",
        region_code="220000",
    )  # fmt: skip
    cities = tuple(f"示例{n + 1:02d}市" for n in range(-(-counties // COUNTIES_PER_CITY)))
    for n, city in enumerate(cities):
        books.add(
            "agencies", agency_id=f"JG-S{n:02d}", agency_name=f"{city}财政局", level="city", kind="finance",
            region_code=_region(n),
        )  # fmt: skip
    return Province(cities, tuple(_county(books, index, counties) for index in range(counties)))


def _funds(books: Books) -> None:
    for number, line in enumerate(LINES, start=1):
        books.add(
            "funds", fund_id=f"ZJ{number:02d}", fund_name=line.fund_name, level=line.top,
            register_only=line.register_only, county_bound=line.top == "central", departments="虚构扶贫办",
            finance_offices="虚构农业处",
        )  # fmt: skip


def _county(books: Books, index: int, counties: int) -> County:
    name = "示例县" if counties == 1 else f"示例{index + 1:03d}县"
    agency_id = f"JG-X{index:03d}"
    city, place = divmod(index, COUNTIES_PER_CITY)
    books.add(
        "agencies", agency_id=agency_id, agency_name=f"{name}财政局", level="county", kind="finance",
        region_code=_region(city, place),
    )  # fmt: skip

    def open_account(kind: int, serial: int, title: str, holder: str, holder_kind: str, account_type: str,
                     opening: int | None = None) -> Party:  # fmt: skip
        account = account_number(kind, index, serial)
        books.add(
            "accounts", account_no=account, holder_name=title, holder_id=holder, holder_kind=holder_kind,
            account_type=account_type, opening_balance_fen=opening,
        )  # fmt: skip
        return Party(title, account, holder)

    def company(kind: int, serial: int, title: str) -> Party:
        code = credit_code(index * 100 + kind * 10 + serial)
        person = f"{title}法人"
        books.add("relations", person_a=person, person_b=code, relation="法定代表人")
        return open_account(kind, serial, title, code, "enterprise", "unit")

    return County(
        index=index,
        name=name,
        city=city,
        region=_region(city, place),
        agency_id=agency_id,
        treasury=open_account(TREASURY, 1, f"{name}财政局国库", agency_id, "agency", "treasury"),
        pool=open_account(POOL, 1, f"{name}财政局统筹整合专账", agency_id, "agency", "pool", 0),
        unit=open_account(UNIT, 1, f"{name}财政局", agency_id, "agency", "unit"),
        villages=tuple(
            open_account(VILLAGE, n, f"{name}示例{n:02d}村", f"CU{index:03d}{n:02d}", "village", "unit")
            for n in range(1, VILLAGES + 1)
        ),
        contractors=tuple(company(COMPANY, n, f"{name}虚构建设{n}公司") for n in range(1, CONTRACTORS + 1)),
        suppliers=tuple(company(SUPPLIER, n, f"{name}虚构材料{n}公司") for n in range(1, SUPPLIERS + 1)),
        merchants=tuple(
            open_account(MERCHANT, n, f"{name}虚构商店{n}号", f"SH{index:03d}{n:02d}", "merchant", "merchant")
            for n in range(1, MERCHANTS + 1)
        ),
    )
