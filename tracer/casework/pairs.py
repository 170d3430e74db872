"""What persons decide on pairs: whether a recipient of payments is a person of the register.

A decision is a record and no fact of the register. It is kept by what the payments say (ID number, name and
account as written) and by what makes the register's rows one person's, as a rule the ID number, so that it
holds for the same pair in every later ledger.
It is taken back by another record, never removed.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracer.casework.alerts import Conflict
from tracer.casework.db import Cases
from tracer.casework.slips import HANDLER_MAX, TEXT_MAX, plain_text
from tracer.casework.tables import PAIR_DECISIONS
from tracer.casework.update import timestamp
from tracer.errors import UsageError
from tracer.mask import mask_person
from tracer.messages import Language, say

Judgement = Literal["same", "different"]
Verdict = Literal["same", "different", "withdrawn"]


class UnknownDecision(UsageError):  # noqa: N818 - reads better where it is raised
    """There is no decision with this number."""


@dataclass(frozen=True)
class Pair:
    """A recipient as the payments write it, empty where they do not, and a person's key in the register."""

    beneficiary_id: str
    beneficiary_name: str
    payee_account: str
    person_key: str

    @property
    def recipient(self) -> tuple[str, str, str]:
        """The recipient alone."""
        return self.beneficiary_id, self.beneficiary_name, self.payee_account

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """All that makes it this pair."""
        return *self.recipient, self.person_key


@dataclass(frozen=True)
class Seen:
    """What the maker of a decision was shown: ledger, day, and the candidate with its reasons."""

    ledger_version: int
    as_of: date
    shown: Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """A record of the log; `previous` is the record before it on the same pair."""

    number: int
    pair: Pair
    verdict: Verdict
    previous: int | None
    reason: str
    decided_by: str
    recorded_at: str
    ledger_version: int | None
    as_of: date | None
    shown: Mapping[str, Any] | None

    @classmethod
    def of(cls, row: RowMapping) -> "Decision":
        """The record of a database row."""
        names = ("beneficiary_id", "beneficiary_name", "payee_account", "person_key")
        own = {name: row[name] for name in row if name not in (*names, "pair", "recipient")}
        return cls(pair=Pair(*(row[name] for name in names)), **own)

    @property
    def decision_id(self) -> str:
        """Its identifier, the same wherever it is named."""
        return decision_id(self.number)


def decision_id(number: int) -> str:
    """Identifier of a record by its number: D000003."""
    return f"D{number:06d}"


def record_row(one: Decision) -> dict[str, Any]:
    """A record as JSON tells it."""
    own = ("verdict", "reason", "decided_by", "recorded_at", "ledger_version", "shown")
    parts = one.pair.person_key.split("\x1f")  # what follows tells persons apart whose numbers do not
    person = (one.shown or {}).get("person_id") or (parts[1] if parts[0] == "~" else parts[0])
    return {
        "decision_id": one.decision_id,
        "beneficiary_id": one.pair.beneficiary_id,
        "beneficiary_name": one.pair.beneficiary_name,
        "payee_account": one.pair.payee_account,
        "person_id": person,
        "previous": decision_id(one.previous) if one.previous else None,
        "as_of": one.as_of.isoformat() if one.as_of else None,
    } | {name: getattr(one, name) for name in own}


def number_of(text: str) -> int:
    """Number of a record by its identifier; raises `UnknownDecision` for a text that is none."""
    digits = text.strip().upper().removeprefix("D")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise _unknown(text)
    return int(digits)


def decide(
    cases: Cases, pair: Pair, judgement: Judgement, by: str, reason: str, seen: Seen, now: datetime
) -> Decision:
    """Record that a person holds the recipient of a pair to be its person, or another; kept once it returns.

    Raises `UsageError` where a text is missing or too long, and `Conflict` where a decision on the pair
    stands, or another person is decided to be the recipient.
    """
    if judgement not in get_args(Judgement):
        raise UsageError("决定只能是 same 或 different / a decision is either same or different")
    texts = _checked(by, reason)
    with cases.write() as connection:
        for other in in_force(connection, pair):
            if other.pair == pair or (judgement == other.verdict == "same"):
                raise _stands(other)
        last = _last_of(connection, pair)
        before = last.number if last else None
        more = {"ledger_version": seen.ledger_version, "as_of": seen.as_of, "shown": dict(seen.shown)}
        return _write(connection, pair, now, verdict=judgement, previous=before, **texts, **more)


def take_back(cases: Cases, number: int, by: str, reason: str, now: datetime) -> Decision:
    """Record that a decision no longer holds; kept once it returns.

    Raises `UnknownDecision`, `UsageError` for a record that is no decision or for a missing text, and
    `Conflict` where it was taken back before.
    """
    texts = _checked(by, reason)
    with cases.write() as connection:
        found = one_decision(connection, number)
        if found is None:
            raise _unknown(decision_id(number))
        if found.verdict == "withdrawn":
            raise UsageError(
                f"{found.decision_id} 本身是撤回记录，没有可撤回的决定 / "
                f"{found.decision_id} takes a decision back and is none itself"
            )
        if followed_by(connection, number) is not None:
            raise Conflict(
                f"{found.decision_id} 已经撤回过了；没有保存 / {found.decision_id} was taken back before;"
                " nothing was kept"
            )
        return _write(connection, found.pair, now, verdict="withdrawn", previous=number, **texts)


def in_force(connection: Connection, of: Pair | None = None) -> list[Decision]:
    """The decisions that nobody has taken back, oldest first, or those on the recipient of a pair.

    These are what a matching replays.
    """
    later = PAIR_DECISIONS.alias()
    query = (
        sa.select(PAIR_DECISIONS)
        .where(PAIR_DECISIONS.c.verdict != "withdrawn")
        .where(~sa.exists().where(later.c.previous == PAIR_DECISIONS.c.number))
    )
    if of is not None:
        query = query.where(PAIR_DECISIONS.c.recipient == _digest(of.recipient))
    return _decisions(connection, query)


def decisions(connection: Connection, after: int = 0, limit: int | None = None) -> list[Decision]:
    """The log, oldest first: the records after a number, at most so many."""
    return _decisions(
        connection, sa.select(PAIR_DECISIONS).where(PAIR_DECISIONS.c.number > after).limit(limit)
    )


def one_decision(connection: Connection, number: int) -> Decision | None:
    """A record by its number, or None."""
    found = _decisions(connection, sa.select(PAIR_DECISIONS).where(PAIR_DECISIONS.c.number == number))
    return found[0] if found else None


def history(connection: Connection, pairs: Collection[Pair]) -> list[Decision]:
    """All records on some pairs, oldest first."""
    digests = [_digest(pair.texts) for pair in pairs]
    return _decisions(connection, sa.select(PAIR_DECISIONS).where(PAIR_DECISIONS.c.pair.in_(digests)))


def _decisions(connection: Connection, query: "sa.Select[Any]") -> list[Decision]:
    rows = connection.execute(query.order_by(PAIR_DECISIONS.c.number)).mappings()
    return [Decision.of(row) for row in rows]


def _last_of(connection: Connection, pair: Pair) -> Decision | None:
    found = history(connection, [pair])
    return found[-1] if found else None


def followed_by(connection: Connection, number: int) -> Decision | None:
    """The record that came after one on the same pair: of a decision, that which took it back."""
    found = _decisions(connection, sa.select(PAIR_DECISIONS).where(PAIR_DECISIONS.c.previous == number))
    return found[0] if found else None


def _write(connection: Connection, pair: Pair, now: datetime, **values: Any) -> Decision:
    last = connection.execute(sa.select(sa.func.max(PAIR_DECISIONS.c.number))).scalar() or 0
    row = {
        "number": last + 1,
        "pair": _digest(pair.texts),
        "recipient": _digest(pair.recipient),
        "beneficiary_id": pair.beneficiary_id,
        "beneficiary_name": pair.beneficiary_name,
        "payee_account": pair.payee_account,
        "person_key": pair.person_key,
        "recorded_at": timestamp(now),
    }
    connection.execute(sa.insert(PAIR_DECISIONS).values(**row, **values))
    found = one_decision(connection, last + 1)
    assert found is not None, "records are never removed"
    return found


def _digest(texts: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()


def _checked(by: str, reason: str) -> dict[str, str]:
    """Who and why, without blanks around them; raises `UsageError` naming all that is missing or too long."""
    texts = {"decided_by": plain_text(by), "reason": plain_text(reason)}
    problems = []
    for lang in get_args(Language):
        wrong = []
        for name, most in (("decided_by", HANDLER_MAX), ("reason", TEXT_MAX)):
            if not texts[name]:
                wrong.append(f"{say(f'pair_{name}', lang)} {say('slip_empty', lang)}")
            elif len(texts[name]) > most:
                wrong.append(f"{say(f'pair_{name}', lang)} {say('slip_too_long', lang, most=most)}")
        problems.append(("; " if lang == "en" else "；").join(wrong))
    if any(problems):
        raise UsageError(" / ".join(problems))
    return texts


def _stands(other: Decision) -> Conflict:
    facts = {"id": other.decision_id, "who": mask_person(other.decided_by), "when": other.recorded_at[:10]}
    texts = (
        say("pair_stands", lang, verdict=say(f"pair_{other.verdict}", lang), **facts)
        for lang in get_args(Language)
    )
    return Conflict(" / ".join(texts))


def _unknown(text: str) -> UnknownDecision:
    return UnknownDecision(
        f"没有决定 {text}；全部决定见 fundtrail match decisions / there is no decision {text};"
        " fundtrail match decisions shows all"
    )
