"""Recipients of payments who match no entry of the register valid on the day of payment.

Every payment for a person is in exactly one of `STATUSES`; their amounts add up to all of that money, in all
and for each county, fund and project, or the answer stops. Rules never read any of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from tracer.errors import ConservationError
from tracer.ledger import Ledger
from tracer.match.forms import FULL, OLD
from tracer.match.link import Matches
from tracer.recipients.matching import matched
from tracer.recipients.places import read_payment_places

STATUSES = ("match", "unsure", "later", "ended", "unmatched", "no_id", "not_evaluable")
"""Of the payments of a recipient: to a person registered on the day; to somebody who may be one; to a person
who came into the register later; who had left it; to nobody of it; to nobody of it, without a usable ID
number to look for; and not to be judged, as there is no register."""

OUTSIDE = ("later", "ended", "unmatched", "no_id")
"""Those that match no entry valid on the day."""

LISTED = tuple(status for status in STATUSES if status != "match")
GROUPINGS = ("county", "fund", "project")


@dataclass(frozen=True)
class Unmatched:
    """Whom money for persons went to, as seen on a day.

    `rows`: one per recipient, status, household, county, fund and project, those with most money first:
    `county`, `fund`, `project`, `status`, `recipient`, `beneficiary_id`, `name`, `account` as written,
    `paid_as`, `id_kind`, `basis`, `person_id`, `person_name`, `household_id`, `village` (of a match),
    `payments`, `amount_fen`, `first_day`, `last_day`.
    `missing` names the tables without which nobody can be judged.
    """

    as_of: date
    ledger_version: int
    missing: tuple[str, ...]
    rows: pa.Table
    matches: Matches

    def totals(self, by: str) -> list[dict[str, Any]]:
        """By county, fund or project: `TOTAL` sums, the group with most money outside the register first."""
        return self._asked(f"SELECT {by}, {_SUMS} FROM lines GROUP BY {by} ORDER BY outside_fen DESC, {by}")

    @cached_property
    def total(self) -> dict[str, Any]:
        """The same sums over everything."""
        return self._asked(f"SELECT {_SUMS} FROM lines")[0]

    def listed(
        self, by: str = "county", of: str | None = None, statuses: Collection[str] = LISTED
    ) -> pa.Table:
        """The rows of some statuses, where `of` is given only of this county, fund or project."""
        rows = self.rows.filter(pc.is_in(self.rows["status"], pa.array(list(statuses), pa.string())))
        return rows if of is None else rows.filter(pc.equal(rows[by], of))

    def candidates(self, recipients: Collection[int]) -> dict[int, list[dict[str, Any]]]:
        """The candidates of some recipients, best first, with their reasons."""
        with duckdb.connect() as base:
            base.register("candidates", self.matches.candidates)
            base.register("asked", pa.table({"recipient": pa.array(sorted(set(recipients)), pa.int64())}))
            rows = base.sql("FROM candidates SEMI JOIN asked USING (recipient) ORDER BY recipient, rank")
            found: dict[int, list[dict[str, Any]]] = {}
            for row in rows.to_arrow_table().to_pylist():
                found.setdefault(row.pop("recipient"), []).append(row)
        return found

    @property
    def cut_recipients(self) -> int:
        """How many recipients share a name or account with more persons than were looked at."""
        rows = self.matches.recipients
        return len(rows.filter(pc.greater(rows["left_out"], 0))["recipient"].unique())

    def _asked(self, query: str) -> list[dict[str, Any]]:
        with duckdb.connect() as base:
            base.register("lines", self.rows)
            rows: list[dict[str, Any]] = base.sql(query).to_arrow_table().to_pylist()
        return [
            row | {"share_basis_points": basis_points(row["outside_fen"], row["total_fen"])} for row in rows
        ]


def basis_points(part_fen: int, whole_fen: int) -> int | None:
    """A share in hundredths of a percent, rounded half up; None of nothing."""
    return (part_fen * 20_000 + whole_fen) // (2 * whole_fen) if whole_fen else None


def unmatched(home: Path, as_of: date) -> Unmatched:
    """Who was paid as of a day and who of them is in the register, from the newest ledger.

    Raises `ConservationError` where the parts do not add up to all money for persons.
    """
    matches = matched(home, as_of)
    ledger = Ledger(home)
    absent = [table for table in ("payments",) if not ledger.tables(matches.version).get(table)]
    with duckdb.connect() as base:
        base.register("recipients", matches.recipients)
        base.register("paid", matches.payments)
        read_payment_places(base, ledger, matches.version, as_of)
        rows = base.sql(_ROWS).to_arrow_table()
        ((wrong, paid_fen),) = base.sql(_CHECKED).fetchall()
    found = Unmatched(as_of, matches.version, (*absent, *matches.missing), rows, matches)
    total = found.total
    told_fen = sum(total[f"{status}_fen"] for status in STATUSES)
    if wrong or not told_fen == total["total_fen"] == paid_fen:
        raise ConservationError(
            f"of {paid_fen} fen for persons {told_fen} are told; recipients wrong: {wrong}"
        )
    return found


_STATUS = f"""
CASE WHEN r.answer IS NULL THEN 'not_evaluable'
    WHEN r.answer = 'match' AND r.standing <> 'registered' THEN r.standing
    WHEN r.answer <> 'no match' THEN r.answer
    WHEN r.id_kind IN ('{FULL}', '{OLD}') THEN 'unmatched' ELSE 'no_id' END
"""

_ROWS = f"""
WITH lines AS (
    SELECT q.county, q.fund, q.project, p.row, count(*) AS payments, sum(p.fen)::BIGINT AS amount_fen,
        min(p.day) AS first_day, max(p.day) AS last_day
    FROM paid p JOIN payment_places q ON q.seq = p._seq GROUP BY ALL
)
SELECT l.county, l.fund, l.project, {_STATUS} AS status, r.recipient, r.beneficiary_id, r.name, r.account,
    r.paid_as, r.id_kind, r.basis, r.person_id, r.person_name, r.household_id, r.village, l.payments,
    l.amount_fen, l.first_day, l.last_day
FROM lines l JOIN recipients r USING (row)
ORDER BY l.amount_fen DESC, l.row, l.county, l.fund, l.project
"""

_CHECKED = """
SELECT count(*) FILTER (WHERE p.fen IS DISTINCT FROM r.amount_fen
    OR p.payments IS DISTINCT FROM r.payments), coalesce(sum(p.fen), 0)::BIGINT
FROM (SELECT row, sum(fen) AS fen, count(*) AS payments FROM paid GROUP BY row) p
    FULL JOIN recipients r USING (row)
"""

_OUT = f"FILTER (WHERE status IN {OUTSIDE})"

_SUMS = ", ".join(
    [
        "count(DISTINCT recipient) AS recipients",
        "coalesce(sum(payments), 0)::BIGINT AS payments",
        "coalesce(sum(amount_fen), 0)::BIGINT AS total_fen",
        *(
            f"coalesce(sum(amount_fen) FILTER (WHERE status = '{status}'), 0)::BIGINT AS {status}_fen"
            for status in STATUSES
        ),
        f"count(DISTINCT recipient) {_OUT} AS outside_recipients",
        f"coalesce(sum(payments) {_OUT}, 0)::BIGINT AS outside_payments",
        f"coalesce(sum(amount_fen) {_OUT}, 0)::BIGINT AS outside_fen",
    ]
)
