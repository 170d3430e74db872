"""What an alert is, the one table of its legal moves, and what a scan makes of it.

The lights and their moves are those of 001_0cce089113c317c0.txt, articles 19 and 22.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, get_args

from tracer.errors import DataRefusedError, UsageError
from tracer.messages import Language, say
from tracer.rules.spec import LEVELS, Rule

if TYPE_CHECKING:
    from sqlalchemy.engine import RowMapping

State = Literal["bell", "yellow", "red", "green", "cleared"]
Result = Literal["normal", "violation", "corrected"]

BY_ITSELF: Literal[""] = ""
MOVES: dict[tuple[State, State], Result | Literal[""]] = {
    ("bell", "cleared"): BY_ITSELF,
    ("bell", "yellow"): BY_ITSELF,
    ("bell", "red"): BY_ITSELF,
    ("yellow", "green"): "normal",
    ("yellow", "red"): "violation",
    ("red", "green"): "corrected",
}
"""All legal moves: those that scans make by themselves, and those of a slip, with the result it states."""

STATES: tuple[State, ...] = ("bell", "yellow", "red", "green", "cleared")
OPEN: tuple[State, ...] = ("bell", "yellow", "red")
LIGHTS: tuple[State, ...] = ("yellow", "red")
"""What a slip is needed to leave."""

_ALERT_ID = re.compile(r"FT(\d{6,9})")


class IllegalMove(DataRefusedError):  # noqa: N818 - reads better where it is raised
    """A move that is not in the table."""


class Conflict(DataRefusedError):  # noqa: N818
    """Somebody else has changed the alert since it was looked at."""


class UnknownAlert(UsageError):  # noqa: N818
    """There is no alert with this identifier."""


@dataclass(frozen=True)
class Alert:
    """How an alert stands; `finding` is what the scan said of it last, or None where it was not asked for."""

    number: int
    version: int
    rule_id: str
    identity: str
    subject: str
    previous: int | None
    state: State
    opened_on: date
    lit_on: date | None
    lit_level: State | None
    responded_on: date | None
    result: str | None
    found_level: State
    is_found: bool
    amount_fen: int
    digest: str
    finding: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, row: "RowMapping") -> "Alert":
        """The alert of a database row."""
        return cls(**row)

    @property
    def alert_id(self) -> str:
        """Its identifier, the same wherever it is named."""
        return alert_id(self.number)

    @property
    def is_decided(self) -> bool:
        """Whether a person has said something of it that no scan may undo."""
        return self.responded_on is not None

    @property
    def key(self) -> tuple[str, str]:
        """What makes a finding the same one."""
        return self.rule_id, self.identity


def alert_id(number: int) -> str:
    """Identifier of an alert by its number: FT000012."""
    return f"FT{number:06d}"


def number_of(text: str) -> int:
    """Number of an alert by its identifier; raises `UnknownAlert` for a text that is none."""
    found = _ALERT_ID.fullmatch(text.strip().upper())
    if not found:
        raise unknown(text)
    return int(found[1])


def unknown(text: str) -> UnknownAlert:
    """The error for an identifier that no alert has."""
    return UnknownAlert(
        f"没有预警 {text}；全部预警见 fundtrail alerts list / there is no alert {text}; "
        "fundtrail alerts list shows all"
    )


def target_of(state: State, result: Result) -> State:
    """Where a slip with this result takes an alert; raises `IllegalMove` where it takes it nowhere."""
    for (before, after), needed in MOVES.items():
        if before == state and needed == result:
            return after
    texts = [_not_taken(state, result, lang) for lang in get_args(Language)]
    raise IllegalMove(" / ".join(texts))


def results_of(state: State) -> tuple[Result, ...]:
    """The results that a slip may state of an alert in this state; none where it takes no slip."""
    return tuple(needed for (before, _), needed in MOVES.items() if before == state and needed != BY_ITSELF)


def _not_taken(state: State, result: Result, lang: Language) -> str:
    possible = [say(f"slip_{one}", lang) for one in results_of(state)]
    if not possible:
        return say("slip_not_needed", lang, state=say(state, lang))
    named = {"state": say(state, lang), "result": say(f"slip_{result}", lang)}
    return say("slip_not_taken", lang, possible=say("or_table", lang).join(possible), **named)


def identity_of(finding: Mapping[str, Any], rule: Rule) -> str:
    """What makes a finding of a rule the same one in a later scan, as one text."""
    if rule.identity == ("subject",):
        return str(finding["subject"])
    names = [name.removesuffix("_day") + "_on" if name.endswith("_day") else name for name in rule.identity]
    values = [finding["subject"] if name == "subject" else finding["details"][name] for name in names]
    return json.dumps(values, ensure_ascii=False)


def digest_of(finding: Mapping[str, Any]) -> str:
    """Digest of the evidence: amount, dates such as a deadline, and the rows with their place and amount.

    Level and parameters are no evidence, nor are figures that change with the as-of day alone, as an age
    does.
    """
    dates = {name: value for name, value in sorted(finding["details"].items()) if name.endswith("_on")}
    names = ("table", "id", "day", "amount_fen", "file", "sheet", "row")
    rows = sorted(json.dumps([row.get(name) for name in names]) for row in finding["evidence"])
    text = json.dumps([finding["amount_fen"], dates, rows], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Step:
    """What a scan does to an alert: opens one, moves it, or only notes something in its log."""

    kind: Literal["opened", "moved", "noted"]
    to_state: State
    reason: str


def on_found(alert: Alert | None, level: State, digest: str) -> Step | None:
    """What a scan does that found this, with evidence of this digest, for the newest alert of the finding."""
    if alert is None:
        return Step("opened", level, "found")
    is_changed = digest != alert.digest
    is_worse = LEVELS.index(level) > LEVELS.index(alert.found_level)
    if alert.state == "cleared":
        return Step("opened", level, "back")
    if alert.state == "green" or alert.is_decided or (level == "bell" and alert.state in LIGHTS):
        # What a person looked at stays as it was, and a new deadline of one subject is a new matter.
        if is_changed or is_worse:
            return Step("opened", level, "changed")
        return None if alert.is_found or alert.state == "green" else Step("noted", alert.state, "found_again")
    if alert.state == "bell" and level != "bell":
        return Step("moved", level, "overdue")
    if is_changed or is_worse:
        return Step("noted", alert.state, "changed")
    return None if alert.is_found else Step("noted", alert.state, "found_again")


def on_retired(alert: Alert) -> Step | None:
    """What a scan does whose pack has ended the rule: a bell clears, a light still waits for its slip."""
    return Step("moved", "cleared", "retired") if alert.state == "bell" else None


def on_gone(alert: Alert, is_exempt: bool) -> Step | None:
    """What a scan does that evaluated the rule and did not find it, for the newest alert of a finding."""
    reason = "exempted" if is_exempt else "gone"
    if alert.state == "bell":
        return Step("moved", "cleared", reason if is_exempt else "done")
    return Step("noted", alert.state, reason) if alert.state in LIGHTS and alert.is_found else None
