"""How alerts open, turn, clear and close, and what nobody can make them do; on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from findings import DAY, NOW, RULES, finding, scanned, slip
from sqlalchemy.exc import DBAPIError

from tracer.casework import look
from tracer.casework.alerts import (
    BY_ITSELF,
    MOVES,
    STATES,
    Alert,
    Conflict,
    IllegalMove,
    Result,
    State,
    UnknownAlert,
    alert_id,
    number_of,
    target_of,
)
from tracer.casework.db import Cases
from tracer.casework.migrations.versions.v0001_alerts import LEGAL
from tracer.casework.slips import Filed, Slip, file_slip
from tracer.casework.update import Taken, take_in
from tracer.errors import DataRefusedError, UsageError
from tracer.messages import say

RESULTS: tuple[Result, ...] = ("normal", "violation", "corrected")
NEXT = DAY + timedelta(days=1)


def take(cases: Cases, found: dict[str, Any], **options: Any) -> Taken:
    return take_in(cases, found, RULES, NOW, **options)


def all_alerts(cases: Cases) -> list[Alert]:
    with cases.read() as connection:
        return look.alerts(connection, look.Wanted(), full=True)


def states(cases: Cases) -> list[State]:
    return [alert.state for alert in all_alerts(cases)]


def file(cases: Cases, number: int, result: Result, day: date = DAY, handler: str = "王经办") -> Filed:
    version = all_alerts(cases)[number - 1].version
    return file_slip(cases, number, version, slip(result, handler, day), NOW)


def reasons(cases: Cases, number: int = 1) -> list[str]:
    with cases.read() as connection:
        return [row["reason"] for row in look.history(connection, number)]


# ------------------------------------------------------------------------------------------------ legal moves


def test_the_table_is_the_one_of_the_city_rules() -> None:
    assert set(MOVES) == {
        ("bell", "cleared"), ("bell", "yellow"), ("bell", "red"),
        ("yellow", "green"), ("yellow", "red"), ("red", "green"),
    }  # fmt: skip
    assert set(LEGAL) == set(MOVES)


@pytest.mark.parametrize(("state", "result"), product(STATES, RESULTS))
def test_a_slip_moves_only_as_the_table_says(state: State, result: Result) -> None:
    to = {("yellow", "normal"): "green", ("yellow", "violation"): "red", ("red", "corrected"): "green"}
    if (state, result) in to:
        assert target_of(state, result) == to[state, result]
        assert MOVES[state, target_of(state, result)] == result != BY_ITSELF
    else:
        with pytest.raises(IllegalMove):
            target_of(state, result)


@pytest.mark.parametrize(("before", "after"), product(STATES, STATES))
def test_the_database_itself_refuses_other_moves(cases: Cases, before: State, after: State) -> None:
    """The log takes no row, and so the alert no state, that is not in the table."""
    number = stand(cases, before)
    alert = all_alerts(cases)[number - 1]
    needs_slip = before in ("yellow", "red")
    own = {"number": number, "version": alert.version + 1, "recorded_at": "2026-01-05T09:30:00.000+00:00"}
    log = own | {"kind": "moved", "from_state": before, "to_state": after, "as_of": DAY, "actor": "x"}

    def move() -> None:
        with cases.write() as connection:
            if needs_slip:
                values = slip("normal")
                connection.execute(
                    sa.insert(look.SLIPS).values(**own, **{n: getattr(values, n) for n in vars(values)})
                )
            slip_version = alert.version + 1 if needs_slip else None
            connection.execute(sa.insert(look.MOVES_LOG).values(**log, reason="x", slip_version=slip_version))
            lit = {"lit_on": alert.lit_on or DAY} if after in ("yellow", "red") else {}
            connection.execute(
                sa.update(look.ALERTS)
                .where(look.ALERTS.c.number == number)
                .values(state=after, version=alert.version + 1, **lit)
            )

    if (before, after) in MOVES:
        move()
        assert all_alerts(cases)[number - 1].state == after
    else:
        with pytest.raises(DBAPIError):
            move()
        assert all_alerts(cases)[number - 1] == alert


def stand(cases: Cases, state: State) -> int:
    """An alert in a state, brought there by scans and slips."""
    level = {"bell": "bell", "cleared": "bell"}.get(state, "yellow")
    take(cases, scanned(finding(level=level)))
    if state == "cleared":
        take(cases, scanned())
    if state in ("red", "green"):
        file(cases, 1, "violation" if state == "red" else "normal")
    assert states(cases) == [state]
    return 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM alerts", "DELETE FROM alert_moves", "DELETE FROM slips", "DELETE FROM updates",
        "UPDATE alert_moves SET actor = 'x'", "UPDATE slips SET facts = 'x'",
        "UPDATE updates SET method = 'x'",
        "UPDATE alerts SET state = 'red', version = version + 1", "UPDATE alerts SET version = version + 1",
        "UPDATE alerts SET amount_fen = 1", "UPDATE alerts SET responded_on = NULL, result = NULL",
    ],
)  # fmt: skip
def test_history_cannot_be_rewritten_behind_our_back(cases: Cases, statement: str) -> None:
    take(cases, scanned(finding()))
    file(cases, 1, "normal")
    before = all_alerts(cases), reasons(cases)
    with pytest.raises(DBAPIError, match=r"forbidden|TRUNCATE"), cases.write() as connection:
        connection.execute(sa.text(statement))
    assert (all_alerts(cases), reasons(cases)) == before


def test_postgresql_refuses_to_empty_a_table(cases: Cases, database: str) -> None:
    take(cases, scanned(finding()))
    if database == "postgresql":  # SQLite has no such statement
        with pytest.raises(DBAPIError, match="forbidden"), cases.write() as connection:
            connection.execute(sa.text("TRUNCATE alerts, alert_moves, slips, updates"))
    assert states(cases) == ["yellow"]


# ---------------------------------------------------------------------------------------------- what scans do


def test_findings_open_alerts_but_information_never_does(cases: Cases) -> None:
    levels = ("info", "bell", "yellow", "red")
    found = [finding(subject=f"S-{level}", level=level) for level in levels]
    assert take(cases, scanned(*found)) == Taken(DAY, 1, opened=3, turned=0, cleared=0, noted=0)
    assert states(cases) == ["bell", "yellow", "red"]
    assert [alert.lit_on for alert in all_alerts(cases)] == [None, DAY, DAY]


def test_the_same_finding_is_the_same_alert(cases: Cases) -> None:
    found = [finding(), finding("ZC01", "P-1", "red"), finding("ZB05", "ZB-1", "bell")]
    take(cases, scanned(*found))
    before = all_alerts(cases)
    for day, version in ((DAY, 1), (NEXT, 1), (NEXT, 2)):
        assert take(cases, scanned(*found, as_of=day, version=version)).opened == 0
    assert all_alerts(cases) == before


@pytest.mark.parametrize("level", ["yellow", "red"])
def test_a_bell_turns_by_itself_when_its_deadline_has_passed(cases: Cases, level: State) -> None:
    take(cases, scanned(finding(level="bell")))
    assert take(cases, scanned(finding(level=level), as_of=NEXT)).turned == 1
    alert = all_alerts(cases)[0]
    assert (alert.state, alert.opened_on, alert.lit_on, alert.lit_level) == (level, DAY, NEXT, level)
    assert reasons(cases) == ["found", "overdue"]


def test_a_bell_clears_by_itself_when_the_business_is_done(cases: Cases) -> None:
    take(cases, scanned(finding(level="bell")))
    assert take(cases, scanned(as_of=NEXT)).cleared == 1
    assert reasons(cases) == ["found", "done"]
    # What comes back is a new alert: nothing leads out of `cleared`.
    take(cases, scanned(finding(level="bell"), as_of=NEXT))
    assert [(a.state, a.previous) for a in all_alerts(cases)] == [("cleared", None), ("bell", 1)]


@pytest.mark.parametrize("level", ["yellow", "red"])
def test_a_light_stays_when_its_finding_goes(cases: Cases, level: State) -> None:
    take(cases, scanned(finding(level=level)))
    for day in (DAY, NEXT):
        take(cases, scanned(as_of=day))
    assert states(cases) == [level]
    assert not all_alerts(cases)[0].is_found
    take(cases, scanned(finding(level=level), as_of=NEXT))
    assert all_alerts(cases)[0].is_found
    assert reasons(cases) == ["found", "gone", "found_again"]


def test_a_bell_of_a_rule_or_subject_that_was_not_looked_at_stays(cases: Cases) -> None:
    take(cases, scanned(finding(level="bell")))
    take(cases, scanned(rules=["ZC01"]))
    take(cases, scanned(not_evaluable=["ZB01"]))
    take(cases, scanned(), not_evaluated={"ZB01": ["ZB-1"]})
    assert states(cases) == ["bell"]
    take(cases, scanned(), not_evaluated={"ZB01": ["ZB-2"]})
    assert states(cases) == ["cleared"]


def test_a_bell_of_a_rule_that_a_pack_ends_clears_and_a_light_still_waits_for_its_slip(cases: Cases) -> None:
    take(cases, scanned(finding(level="bell"), finding("ZB05", level="red"), finding("ZC01", level="bell")))
    ended = scanned(as_of=NEXT, rules=["ZC01", "ZC02"], not_evaluable=["ZC01"], retired=["ZB01", "ZB05"])
    assert take(cases, ended).cleared == 1
    assert states(cases) == ["cleared", "red", "bell"]
    assert reasons(cases) == ["found", "retired"]
    file(cases, 2, "corrected")
    assert states(cases)[1] == "green"


def test_another_version_of_a_rule_finds_the_same_alert(cases: Cases) -> None:
    take(cases, scanned(finding(level="yellow")))
    new = finding(level="yellow") | {"rule_version": "2.0.0", "parameters": {"m": 7}, "pack": 2027}
    assert take(cases, scanned(new, as_of=NEXT)) == Taken(NEXT, 1, 0, 0, 0, 0)
    # What the new text sees otherwise is noted on the same alert, which then cites the new text.
    worse = new | {"level": "red", "amount_fen": 120_00}
    assert take(cases, scanned(worse, as_of=NEXT)).noted == 1
    (alert,) = all_alerts(cases)
    assert alert.finding is not None
    assert (alert.finding["rule_version"], alert.finding["pack"]) == ("2.0.0", 2027)
    with cases.read() as connection:
        assert [row["rule_version"] for row in look.history(connection, 1)] == ["1.0.0", "2.0.0"]


def test_an_exempted_bell_clears_and_says_why(cases: Cases) -> None:
    take(cases, scanned(finding(level="bell"), finding("ZC01", "P-1", "red")))
    take(cases, scanned(suppressed=[finding(level="bell"), finding("ZC01", "P-1", "red")]))
    assert states(cases) == ["cleared", "red"]
    assert reasons(cases, 1)[-1] == reasons(cases, 2)[-1] == "exempted"


def test_changed_evidence_of_what_nobody_decided_is_noted_on_the_same_alert(cases: Cases) -> None:
    take(cases, scanned(finding()))
    take(cases, scanned(finding(amount_fen=200_00)))
    alert = all_alerts(cases)[0]
    assert (alert.version, alert.amount_fen, alert.finding and alert.finding["amount_fen"]) == (
        2,
        20000,
        20000,
    )
    # Only a slip leaves yellow, so a worse finding is noted, too.
    take(cases, scanned(finding(amount_fen=200_00, level="red")))
    assert (states(cases), all_alerts(cases)[0].found_level) == (["yellow"], "red")
    assert reasons(cases) == ["found", "changed", "changed"]


@pytest.mark.parametrize("result", ["normal", "violation"])
def test_no_scan_undoes_a_decision_and_new_evidence_opens_a_linked_alert(
    cases: Cases, result: Result
) -> None:
    take(cases, scanned(finding()))
    decided = file(cases, 1, result).alert
    for again in (finding(), finding(level="yellow", details={"age": 400})):
        take(cases, scanned(again, as_of=NEXT))
        assert all_alerts(cases) == [decided]
    changes = (
        finding(amount_fen=1),
        finding(row=3),
        finding(details={"deadline_on": "2020-09-30"}),
        finding(level="red"),
    )
    for n, changed in enumerate(changes, 2):
        take(cases, scanned(changed, as_of=NEXT))
        opened = all_alerts(cases)
        assert len(opened) == n
        assert opened[0] == decided
        assert opened[-1].previous == n - 1
        number = opened[-1].number
        file(cases, number, "corrected" if opened[-1].state == "red" else "normal", NEXT)


def test_a_new_deadline_of_a_late_subject_rings_a_bell_of_its_own(cases: Cases) -> None:
    take(cases, scanned(finding(level="yellow", details={"deadline_on": "2020-04-10"})))
    take(cases, scanned(finding(level="bell", details={"deadline_on": "2020-07-10"})))
    assert [(a.state, a.previous) for a in all_alerts(cases)] == [("yellow", None), ("bell", 1)]


def test_alerts_never_go_back_in_time(cases: Cases) -> None:
    take(cases, scanned(finding(level="bell"), as_of=NEXT, version=2))
    before = all_alerts(cases)
    with pytest.raises(DataRefusedError, match=str(NEXT)):
        take(cases, scanned(as_of=DAY, version=2))
    with pytest.raises(Conflict, match="v2"):
        take(cases, scanned(as_of=NEXT, version=1))
    assert all_alerts(cases) == before


# ------------------------------------------------------------------------------------------------------ slips


def test_a_slip_moves_the_alert_and_stays_as_it_was_filed(cases: Cases) -> None:
    take(cases, scanned(finding()))
    filed = file(cases, 1, "violation", NEXT)
    assert (filed.slip_id, filed.moved_from, filed.alert.state) == ("FT000001-2", "yellow", "red")
    assert (filed.alert.responded_on, filed.alert.result) == (NEXT, "violation")
    later = NEXT + timedelta(days=9)
    closed = file(cases, 1, "corrected", later).alert
    assert (closed.state, closed.responded_on, closed.result) == ("green", NEXT, "violation")
    with cases.read() as connection:
        kept = [row["result"] for row in look.slips(connection, 1)]
    assert kept == ["violation", "corrected"]
    assert reasons(cases) == ["found", "violation", "corrected"]


@pytest.mark.parametrize(
    "change",
    [
        {"facts": " \n"}, {"basis": ""}, {"handler": "\x00"}, {"facts": "长" * 4_001},
        {"handler": "名" * 101}, {"method": "guess"}, {"result": "done"},
        {"handled_on": date(2026, 1, 6)}, {"handled_on": date(2020, 5, 31)},
    ],
)  # fmt: skip
def test_a_slip_that_is_not_filled_in_moves_nothing(cases: Cases, change: dict[str, Any]) -> None:
    take(cases, scanned(finding()))
    with pytest.raises(UsageError):
        file_slip(cases, 1, 1, replace(slip("normal"), **change), NOW)
    assert states(cases) == ["yellow"]


def test_a_slip_keeps_lines_but_no_control_characters(cases: Cases) -> None:
    take(cases, scanned(finding()))
    text: Slip = replace(slip("normal"), facts="  一\r\n二\x00\ud800\t三 ")
    assert file_slip(cases, 1, 1, text, NOW).slip.facts == "一\n二 三"


def test_an_unknown_alert_is_told(cases: Cases) -> None:
    with pytest.raises(UnknownAlert, match="FT000009"):
        file_slip(cases, 9, 1, slip("normal"), NOW)
    for text in ("9", "FT", "FT12", "", "FT000009x"):
        with pytest.raises(UnknownAlert):
            number_of(text)
    assert number_of(f" {alert_id(12).lower()} ") == 12


def test_of_two_handlers_one_wins_and_the_other_is_told(cases: Cases) -> None:
    """Both saw version 1; whoever comes second learns how the alert stands and that nothing was kept."""
    for number in range(1, 6):
        take(cases, scanned(*[finding(subject=f"S{n}") for n in range(number)]))
        begin = threading.Barrier(2)

        def handle(
            result: Result, number: int = number, begin: threading.Barrier = begin
        ) -> Filed | Conflict:
            begin.wait()
            try:
                return file_slip(cases, number, 1, slip(result, f"经办{result}"), NOW)
            except Conflict as error:
                return error

        with ThreadPoolExecutor(2) as handlers:
            outcomes = list(handlers.map(handle, ("normal", "violation")))
        won = [outcome for outcome in outcomes if isinstance(outcome, Filed)]
        lost = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
        assert (len(won), len(lost)) == (1, 1)
        stands = all_alerts(cases)[number - 1]
        assert won[0].alert == stands
        assert f"version 2 now: {say(stands.state, 'en')};" in str(lost[0])
        with cases.read() as connection:
            assert [row["handler"] for row in look.slips(connection, number)] == [won[0].slip.handler]


def test_a_slip_on_what_a_scan_has_changed_is_a_conflict(cases: Cases) -> None:
    take(cases, scanned(finding()))
    take(cases, scanned(finding(amount_fen=7)))
    with pytest.raises(Conflict, match="version 2"):
        file_slip(cases, 1, 1, slip("normal"), NOW)
    assert states(cases) == ["yellow"]
