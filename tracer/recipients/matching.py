"""Matching as a home asks for it: with what persons decided replayed, and every pair named by a key."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tracer.casework.db import read_cases
from tracer.casework.pairs import Decision, Pair, Seen, in_force
from tracer.errors import UsageError
from tracer.ledger import Ledger
from tracer.match import link
from tracer.match.link import Matches, match_payments
from tracer.settings import has_cases


class UnknownPair(UsageError):  # noqa: N818 - reads better where it is raised
    """No recipient has this candidate."""


KEY_DIGITS = 16
_BETWEEN = "\x1f"


def matched(home: Path, as_of: date, version: int | None = None) -> Matches:
    """The answers for a ledger (the newest), seen on a day, under the decisions that are in force."""
    return match_payments(Ledger(home), as_of, version, map(_replayed, standing(home)))


def standing(home: Path) -> list[Decision]:
    """The decisions that nobody has taken back; of a home without a database of cases there are none."""
    if not has_cases(home):
        return []
    with read_cases(home) as connection:
        return in_force(connection)


def _replayed(decision: Decision) -> link.Decision:
    pair = decision.pair
    number, name, account = (text or None for text in pair.recipient)
    return link.Decision(number, name, account, pair.person_key, is_match=decision.verdict == "same")


def pair_key(secret: bytes, pair: Pair) -> str:
    """The name of a pair in commands and addresses: equal in one home, and telling nobody who it is."""
    text = _BETWEEN.join((secret.hex(), *pair.texts))
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]


@dataclass(frozen=True)
class Candidate:
    """A pair that a person may decide: a recipient and one candidate, and all there is to see of both."""

    key: str
    pair: Pair
    row: dict[str, Any]

    def seen(self, matches: Matches) -> Seen:
        """What a decision on it records as its ground."""
        assert matches.as_of is not None, "decisions are made as of a day"
        names = (
            *("answer", "basis", "rank", "total_bits", "reasons"),
            *("person_id", "person_name", "household_id", "payments", "amount_fen"),
        )
        return Seen(matches.version, matches.as_of, {name: self.row[name] for name in names})


def candidates(
    matches: Matches, secret: bytes, answers: Iterable[str] = (), after: int = 0, limit: int | None = None
) -> tuple[list[Candidate], int]:
    """Pairs by the money of the recipient, largest first, then best first; and how many there are in all.

    `answers` are those of the recipients (none: all); pairs after the so-many-th, at most so many.
    """
    given = list(answers)
    wanted = "WHERE answer IN (SELECT unnest($answers))" if given else ""
    values = {"answers": given} if given else {}
    most = "" if limit is None else f"LIMIT {limit}"
    with _opened(matches, secret) as base:
        ((count,),) = base.sql(f"SELECT count(*) FROM pairs {wanted}", params=values).fetchall()
        found = base.sql(f"FROM pairs {wanted} {_ORDER} {most} OFFSET {after}", params=values)
        return _candidates(found.to_arrow_table()), count


def candidate(matches: Matches, secret: bytes, key: str) -> Candidate:
    """The pair of a key; raises `UnknownPair` where no recipient has this candidate."""
    with _opened(matches, secret) as base:
        values = {"key": key.strip().lower()}
        rows = base.sql(f"FROM pairs WHERE key = $key {_ORDER}", params=values).to_arrow_table()
    found = _candidates(rows)
    if len({one.pair for one in found}) != 1:
        raise UnknownPair(
            f"截至这一天没有配对 {key[:40]}；见 fundtrail match list，已决定的见 fundtrail match decisions / "
            f"there is no pair {key[:40]} as of this day; fundtrail match list shows the pairs,"
            " fundtrail match decisions those that were decided"
        )
    return found[0]


def _opened(matches: Matches, secret: bytes) -> duckdb.DuckDBPyConnection:
    base = duckdb.connect()
    base.register("recipients", matches.recipients)
    base.register("candidates", matches.candidates)
    base.register("secrets", pa.table({"secret": [secret.hex()]}))
    base.execute(f"CREATE VIEW pairs AS {_PAIRS}")
    return base


def _candidates(rows: pa.Table) -> list[Candidate]:
    return [Candidate(row["key"], _pair(row), row) for row in rows.to_pylist()]


def _pair(row: dict[str, Any]) -> Pair:
    number, name, account = (row[column] or "" for column in ("beneficiary_id", "name", "account"))
    return Pair(number, name, account, row["person_key"])


_PAIRS = f"""
WITH whole AS (
    SELECT recipient, any_value(beneficiary_id) AS beneficiary_id, any_value(name) AS name,
        any_value(account) AS account, any_value(answer) AS answer, any_value(basis) AS basis,
        sum(payments)::BIGINT AS payments, sum(amount_fen)::BIGINT AS amount_fen,
        min(first_day) AS first_day, max(last_day) AS last_day
    FROM recipients GROUP BY recipient
)
SELECT left(sha256(concat_ws(chr(31), s.secret, coalesce(w.beneficiary_id, ''), coalesce(w.name, ''),
        coalesce(w.account, ''), c.person_key)), {KEY_DIGITS}) AS key,
    w.*, c.rank, c.person_key, c.person_id, c.name AS person_name, c.household_id, c.village, c.total_bits,
    c.reasons
FROM candidates c JOIN whole w USING (recipient), secrets s
"""

_ORDER = "ORDER BY amount_fen DESC, recipient, rank"
