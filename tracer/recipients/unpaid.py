"""Who is entitled and was not paid: what RH14 found, by county, fund, benefit and period.

The rule decides who is unpaid (its scan, with exemptions and with values as the home keeps them); the facts
in the graph that it reads say of which benefits and periods. Both must add up to the same fen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from tracer.calendar import day_number
from tracer.errors import ConservationError
from tracer.graph.base import Store
from tracer.graph.build import open_graph
from tracer.ledger import Ledger
from tracer.recipients.places import read_payment_places
from tracer.rules.scan import scan
from tracer.seen import seen
from tracer.settings import queries_folder

RULE = "RH14"
GROUPINGS = ("county", "fund", "benefit", "period")

_TEXT, _FEN = pa.string(), pa.int64()
_LACKING = pa.schema(
    [
        *((name, _TEXT) for name in ("person_id", "register_ref", "paid_ref", "benefit", "period")),
        ("amount_fen", _FEN),
    ]
)
_ENDS = pa.schema([("person_id", _TEXT), ("status", _TEXT), ("amount_fen", _FEN)])
ROWS = pa.schema(
    [
        *((name, _TEXT) for name in ("county", "fund", "village", "benefit", "period")),
        *((name, _TEXT) for name in ("person_id", "name", "household_id")),
        ("amount_fen", _FEN),
        *((name, _TEXT) for name in ("status", "paid_payment_id")),
    ]
)
"""One row for each person (of a household one member), benefit and period that was not paid.

`status` is unpaid, or exempt where an exemption suppresses the finding; `paid_payment_id` a payment of the
benefit and period in the same village, whose county and fund these are.
"""


@dataclass(frozen=True)
class Unpaid:
    """The entitled and unpaid on a day; `rows` as `ROWS`, in order of place, benefit, period and person.

    `missing` names the tables without which RH14 is not evaluable: then nothing is known, and there are no
    rows. `not_evaluated` counts persons whose village the register does not name.
    """

    as_of: date
    ledger_version: int
    rule: Mapping[str, Any]
    missing: tuple[str, ...]
    not_evaluated: int
    rows: pa.Table

    def totals(self, by: str) -> list[dict[str, Any]]:
        """By county, fund, benefit or period: persons, periods, fen, and the exempt; the largest first."""
        with duckdb.connect() as base:
            base.register("unpaid_rows", self.rows)
            found: list[dict[str, Any]] = base.sql(_TOTALS.format(by=by)).to_arrow_table().to_pylist()
        return found

    def listed(self, by: str = "county", of: str | None = None) -> pa.Table:
        """The rows, where `of` is given only of this county, fund, benefit or period."""
        return self.rows if of is None else self.rows.filter(pc.equal(self.rows[by], of))

    @property
    def total(self) -> dict[str, int]:
        """Persons, periods and fen in all."""
        with duckdb.connect() as base:
            base.register("unpaid_rows", self.rows)
            found: dict[str, int] = (
                base.sql(f"SELECT {_SUMS} FROM unpaid_rows").to_arrow_table().to_pylist()[0]
            )
        return found


def unpaid(home: Path, as_of: date, settings: Sequence[str] = (), graph: str | None = None) -> Unpaid:
    """The entitled and unpaid on a day, from the newest ledger.

    `settings` are values of the rule as a scan takes them; `graph` is a Bolt URI in place of the embedded
    graph. Raises as `tracer.rules.scan.scan` does, and `ConservationError` where facts and findings differ.
    """
    found = scan(home, as_of, rules=[RULE], settings=settings, graph=graph)
    version, (rule,) = int(found["ledger_version"]), found["rules"]
    left_out = found["not_evaluated"].get(RULE, 0)
    if found["not_evaluable"]:
        (entry,) = found["not_evaluable"]
        missing = tuple(entry["missing"]) or (entry["reason"],)
        return Unpaid(as_of, version, rule, missing, left_out, ROWS.empty_table())
    ledger = Ledger(home)
    with duckdb.connect() as base:
        with open_graph(home, version, "linked", as_of, graph) as store:
            lacking = [_LACKING.empty_table(), *_lacking(store, as_of, int(rule["parameters"]["grace"]))]
        base.register("lacking", pa.concat_tables(lacking))
        base.register("ends", _ends(found))
        base.register("register", seen(ledger, version, as_of, "register"))
        read_payment_places(base, ledger, version, as_of)
        rows = base.sql(_ROWS).to_arrow_table().cast(ROWS)
        base.register("unpaid_rows", rows)
        ((wrong,),) = base.sql(_WRONG).fetchall()
    if wrong:
        raise ConservationError(f"{wrong} persons lack other amounts than {RULE} found")
    return Unpaid(as_of, version, rule, (), left_out, rows)


def _lacking(store: Store, as_of: date, grace: int) -> Iterator[pa.Table]:
    """Who lacks what, one benefit and period at a time, as that is what a store holds at once."""
    periods, persons = (
        (queries_folder() / "views" / f"{name}.cypher").read_text("utf-8")
        for name in ("unpaid_periods", "unpaid_persons")
    )
    for one in store.run(periods, {"as_of_day": day_number(as_of), "grace": grace}):
        of = {name: one[name] for name in ("benefit", "period")}
        rows = store.run(persons, {name: str(value) for name, value in of.items()})
        more = of | {"amount_fen": one["amount_fen"]}
        yield pa.Table.from_pylist([row | more for row in rows], _LACKING)


def _ends(found: Mapping[str, Any]) -> pa.Table:
    """What the rule says of each person."""
    kinds = {"unpaid": found["findings"], "exempt": found["suppressed"]}
    rows = [
        {"person_id": one["subject"], "status": status, "amount_fen": one["amount_fen"]}
        for status, findings in kinds.items()
        for one in findings
    ]
    return pa.Table.from_pylist(rows, _ENDS)


_ROWS = """
SELECT p.county, p.fund, coalesce(r.village, '') AS village, l.benefit, l.period, l.person_id, r.name,
    r.household_id, l.amount_fen, e.status, p.payment_id AS paid_payment_id
FROM lacking l LEFT JOIN ends e USING (person_id)
    LEFT JOIN register r ON r._seq = split_part(l.register_ref, '#', 2)::BIGINT
    LEFT JOIN payment_places p ON p.seq = split_part(l.paid_ref, '#', 2)::BIGINT
ORDER BY p.county, p.fund, village, l.benefit, l.period, l.person_id
"""

_WRONG = """
WITH told AS (SELECT person_id, sum(amount_fen) AS fen FROM unpaid_rows GROUP BY ALL)
SELECT count(*) FROM told t FULL JOIN ends e USING (person_id) WHERE t.fen IS DISTINCT FROM e.amount_fen
"""

_SUMS = """
count(DISTINCT person_id) FILTER (WHERE status = 'unpaid') AS persons,
count(*) FILTER (WHERE status = 'unpaid') AS periods,
coalesce(sum(amount_fen) FILTER (WHERE status = 'unpaid'), 0)::BIGINT AS amount_fen,
count(DISTINCT person_id) FILTER (WHERE status = 'exempt') AS exempt_persons,
coalesce(sum(amount_fen) FILTER (WHERE status = 'exempt'), 0)::BIGINT AS exempt_fen
"""

_TOTALS = f"SELECT {{by}}, {_SUMS} FROM unpaid_rows GROUP BY ALL ORDER BY amount_fen DESC, {{by}}"
