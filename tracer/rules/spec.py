"""What a rule is: its form, its parameters and its query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import cast

from tracer.calendar import date_of, day_number, latest_with_months_passed
from tracer.errors import DataRefusedError
from tracer.money import FEN_MAX

LEVELS = ("info", "bell", "yellow", "red")
"""Levels of a finding, the mildest first."""

NOT_EVALUATED = "not_evaluated"
"""Level of a row that says of a subject only that a value on which the rule depends is missing."""

NOT_EVALUABLE = "not_evaluable"
"""Level of a row that says that the whole rule cannot be evaluated; its evidence names the tables."""

CATEGORIES = {"ZB": "指标管理", "ZC": "支出管理", "JX": "绩效管理", "RH": "到人到户"}
"""Categories of the official rule form (001_0cce089113c317c0.txt, 附2 注1)."""

BUDGET_YEARS = range(2000, 2201)
"""Budget years for which a rule can be set."""

STATUSES = ("draft", "in_force", "retired")
ORIGINS = ("D", "L", "C", "M", "P")
"""The five documents, law, convention of the field, from memory, our proposal."""

FROM_THE_DOCUMENTS = frozenset({"D", "L"})
UNITS = (
    *("working_days", "days", "months", "years", "yuan", "percent", "count", "persons", "households"),
    *("number", "month_of_year", "codes"),
)
TYPES = ("int", "money", "decimal", "text", "codes")
MILLI = 1000
"""A decimal is held in thousandths."""

DECIMAL = r"[+-]?\d{1,12}(\.\d{1,3})?"
"""How a decimal is written, in quotes where it is a default."""

SUBJECTS_WITH_A_DAY = frozenset({"payment_id", "transfer_id"})
"""Subjects whose exemptions are looked up on the day of the payment or transfer, not the as-of day."""

PASSAGE_COLUMNS = ("begin_refs", "end_refs", "within_days", "within_movements")
"""Columns by which a rule of diversion says which money its amount is (`Passage`)."""

_NEVER = 2**40
"""What an empty number is in a query: more days than there are, and room left to add to it."""

OWN_COLUMNS = frozenset({"subject", "level", "amount_fen", "evidence", "day"})
"""Columns whose meaning is the same in every rule."""

GIVEN = (
    *("as_of_day", "as_of_workday", "as_of_workday_before"),
    *("as_of_year", "as_of_year_first_day", "as_of_year_last_day"),
)
"""Parameters that every query may use; `has_<table>` is given for each table in needs and optional."""

GOVERNMENT = ("central", "province", "city", "county", "township", "village")


class RuleFileError(DataRefusedError):
    """A rule file that cannot be used; the message names file, rule, field, value and the repair."""


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Basis:
    """A place in a document or law that a rule stands on; `file` only for the five documents."""

    text: str
    article: str
    file: str | None


@dataclass(frozen=True)
class Parameter:
    """A number, text or list of codes that the user may change; bounds and default are in its unit."""

    name: str
    type: str
    default: int | str | None
    min: int | None
    max: int | None
    unit: str
    origin: str
    follows: str | None
    """Another rule's parameter (`ZB03.days`) whose setting counts here too, unless this one is set."""

    @property
    def query_names(self) -> tuple[str, ...]:
        """Names under which the query may use it."""
        if self.type == "money":
            return (f"{self.name}_fen",)
        if self.type == "decimal":
            return (f"{self.name}_milli",)
        if self.unit in ("years", "months"):
            return (self.name, f"{self.name}_cutoff_day", f"{self.name}_passed_day")
        return (self.name,)

    @property
    def default_value(self) -> int | str | None:
        """The default, money in fen and a decimal in thousandths."""
        if self.type == "decimal":
            return int(Decimal(str(self.default)) * MILLI)
        is_money = self.type == "money" and isinstance(self.default, int)
        return cast(int, self.default) * 100 if is_money else self.default

    def query_values(self, value: int | str | None, as_of: date) -> dict[str, int | str]:
        """The values under those names: money in fen, codes each between commas.

        An empty value is larger than any amount or day.
        """
        if self.type == "money":
            return {f"{self.name}_fen": FEN_MAX * 2 if value is None else int(cast(int, value))}
        if self.type == "decimal":
            return {f"{self.name}_milli": int(cast(int, value))}
        if self.type == "codes":
            return {self.name: f",{value},"}
        if value is None:
            return {self.name: _NEVER}
        values: dict[str, int | str] = {self.name: value}
        if self.unit in ("years", "months"):
            months = int(cast(int, value)) * (12 if self.unit == "years" else 1)
            values[f"{self.name}_cutoff_day"] = day_number(latest_with_months_passed(as_of, months))
            yesterday = date_of(day_number(as_of) - 1)
            values[f"{self.name}_passed_day"] = day_number(latest_with_months_passed(yesterday, months))
        return values


@dataclass(frozen=True)
class Term:
    """A term of the sum that gives a finding's amount: a returned column, its sign and what it is."""

    column: str
    sign: int
    name: Text


@dataclass(frozen=True)
class Column:
    """A returned column that makes a finding understandable: its name, and in words the codes it may hold."""

    name: Text
    values: Mapping[str, Text]


@dataclass(frozen=True)
class Series:
    """How rows are put in groups that begin one after another (ZC10): the rule's query cannot count so.

    Rows equal in `by` and in the order of `order` form groups: a group begins with the first row left and
    takes all up to `days` days after it. A group is a finding once it has `count` rows and their amounts
    reach `sum`, unless all its rows have one and the same text in `unless_equal`. `days`, `count` and `sum`
    name parameters of the query; `count` may be a number.
    """

    by: tuple[str, ...]
    order: tuple[str, ...]
    days: str
    count: str | int
    sum: str
    unless_equal: str | None

    @property
    def parameters(self) -> tuple[str, ...]:
        """Parameters of the query that it uses."""
        return tuple(name for name in (self.days, self.count, self.sum) if isinstance(name, str))

    @property
    def own_columns(self) -> frozenset[str]:
        """Returned columns that only serve to make groups."""
        return frozenset({*self.order, *((self.unless_equal,) if self.unless_equal else ())}) - OWN_COLUMNS


@dataclass(frozen=True)
class Diversion:
    """That a rule follows money to where it should not have gone; and what of its amount is bounded."""

    is_bounded: bool
    about: Text
    """Which money is bounded, from where to where; or why the amount has no least and most."""


@dataclass(frozen=True)
class Passage:
    """The money of one row of a bounded diversion: fund money of the begins, along the rows, to the ends."""

    begins: tuple[str, ...]
    """Refs of movements."""
    ends: tuple[str, ...]
    refs: tuple[str, ...]
    """All rows of evidence, the movements in between among them."""
    days: int | None
    """A begin's money counts at ends up to so many days later; None: at any time."""
    movements: int | None
    """And after so many movements, the end among them; None: any number."""


@dataclass(frozen=True)
class Rule:
    """One rule: its form, its parameters and its query."""

    id: str
    version: str
    status: str
    budget_year: int
    name: Text
    category: str
    opens: str
    at_expiry: str | None
    also: tuple[str, ...]
    """Further levels that the query may open by itself."""
    subject: str
    amount: Text
    description: Text
    innocent: tuple[Text, ...]
    basis: tuple[Basis, ...]
    scope_levels: tuple[str, ...]
    scope_funds: tuple[str, ...]
    office: str
    joint: str
    needs: tuple[tuple[str, ...], ...]
    """Tables that must have a row; of each entry one table is enough."""
    optional: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    identity: tuple[str, ...]
    sum: tuple[Term, ...]
    """Terms that add up to the amount; empty where the amount is that of the rows in evidence."""
    columns: Mapping[str, Column]
    """The other returned columns, by name; those of `sum` have their names there."""
    exempt_amount: bool
    exempt_by: tuple[str, ...]
    """Returned columns, beside the subject, by which an exemption may name a finding."""
    series: Series | None
    diversion: Diversion | None
    query: str
    file: str
    sha256: str

    @property
    def levels(self) -> tuple[str, ...]:
        """All levels that a finding of this rule may have."""
        return tuple(level for level in (self.opens, self.at_expiry, *self.also) if level)

    @property
    def is_bounded(self) -> bool:
        """Whether its findings carry the least and the most amount."""
        return self.diversion is not None and self.diversion.is_bounded

    @property
    def tables(self) -> tuple[str, ...]:
        """All tables that it looks at, needed ones first."""
        return tuple(dict.fromkeys([*(table for choice in self.needs for table in choice), *self.optional]))

    @cached_property
    def parameter(self) -> dict[str, Parameter]:
        """Its parameters by name."""
        return {parameter.name: parameter for parameter in self.parameters}

    def missing(self, tables: Mapping[str, int]) -> list[str]:
        """Needed tables without an accepted row; empty when the rule can be evaluated."""
        return [t for choice in self.needs if not any(tables.get(t) for t in choice) for t in choice]
