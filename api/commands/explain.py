"""`explain`: one finding as a case note, with what it stands on and how to have it again."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.asked import Asked, Subjects, run_scan
from api.choices import (
    AsOf,
    Choices,
    PackOption,
    ParametersOption,
    RuleOption,
    SetOption,
    choices,
    day_needed,
    parse_day,
)
from api.render import write_csv, write_json, write_line
from tracer.errors import UsageError
from tracer.messages import say_both
from tracer.money import format_yuan
from tracer.text import brief

if TYPE_CHECKING:
    from api.explained import Explained
    from tracer.casework.look import Opening

RECORD = ("record", "id", "name", "value", "day", "from", "to", "fen", "amount_fen", "file", "sheet", "row")

FindingName = Annotated[
    str,
    typer.Argument(
        metavar="FINDING",
        help="scan 的序号、规则/对象（ZC08/LS00002979）或预警编号（FT000012）。"
        " A number of scan, RULE/SUBJECT, or an alert.",
    ),
]
MaybeMethod = Annotated[
    str | None,
    typer.Option(
        "--method",
        metavar="METHOD",
        help="linked（默认）、fifo、lifo、pro-rata。 Which of a holder's money a transfer takes.",
    ),
]


def explain(
    context: typer.Context,
    finding: FindingName,
    as_of: AsOf = None,
    rule: RuleOption = None,
    method: MaybeMethod = None,
    parameters: ParametersOption = None,
    set_: SetOption = None,
    pack: PackOption = None,
) -> None:
    """一条发现的说明：查到什么、凭什么、钱怎么走、还可能是什么。 One finding as a case note.

    FINDING is the number that the same scan printed, RULE/SUBJECT (an account also by its acct_ key), or an
    alert, whose day and method are then the defaults and which is compared with what the ledger gives now.
    csv has one line for each term, movement, row, parameter and limit (column `record`).
    """
    chosen = choices(context)
    rules, settings = tuple(rule or ()), tuple(set_ or ())
    if re.fullmatch(r"[Ff][Tt]\d{6,9}", finding.strip()):
        _explain_alert(chosen, finding, parse_day(as_of), method, parameters, settings, pack, rules)
        return
    asked = Asked(day_needed(as_of), rules, method or "linked", parameters, settings, pack)
    if finding.strip().isdigit():
        found = run_scan(chosen, asked)
        chosen_one = _numbered(found, int(finding))
    elif "/" in finding:
        rule_id, _, subject = finding.partition("/")
        rule_id = rule_id.strip().upper()
        _refuse_other_rules(finding, rule_id, asked.rules)
        asked = replace(asked, rules=asked.rules or (rule_id,))
        found = run_scan(chosen, asked)
        chosen_one = _named(chosen, found, asked, rule_id, subject.strip())
    else:
        raise _refused("bad_finding", text=finding)
    told = _explained(chosen, asked, found, chosen_one, found["ledger_version"])
    head = [chosen.say("note_suppressed")] if chosen_one in found["suppressed"] else []
    _write(chosen, told, commands(chosen, asked, told, _place(found, chosen_one)), head, {})


def _refused(key: str, **values: str | int | date) -> UsageError:
    return UsageError(say_both(key, **values))


def _numbered(found: dict[str, Any], number: int) -> dict[str, Any]:
    count = len(found["findings"])
    if not 1 <= number <= count:
        raise _refused("not_numbered", number=number, count=count)
    one: dict[str, Any] = found["findings"][number - 1]
    return one


def _refuse_other_rules(finding: str, rule_id: str, rules: tuple[str, ...]) -> None:
    """Raise `UsageError` where a finding is named with its rule, and `--rule` says another one."""
    others = [name for name in rules if name.partition("@")[0].strip().upper() != rule_id]
    if others:
        raise _refused("other_rule", finding=finding, rule=rule_id, other=" ".join(others))


def _named(
    chosen: Choices, found: dict[str, Any], asked: Asked, rule_id: str, subject: str
) -> dict[str, Any]:
    """The finding on a subject, one that exemptions suppress included; by its mask where one alone has it."""
    from api.keys import account_key, home_secret
    from tracer.rules.evidence import masked_subject
    from tracer.rules.packs import rules_of

    secret = home_secret(chosen.home)
    findings: list[dict[str, Any]] = [*found["findings"], *found["suppressed"]]
    for one in findings:
        if subject in (one["subject"], account_key(secret, one["subject"])):
            return one
    rule, subjects = rules_of(chosen.home, found)[rule_id], Subjects(chosen, found["ledger_version"])
    alike = [
        one
        for one in findings
        if subject in (masked_subject(one, rule), text := subjects.text(one, rule), brief(text))
    ]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise _refused("masks_alike", count=len(alike), rule=rule_id, subject=subject)
    _refuse_not_evaluable(found, asked)
    raise _refused("no_such_finding", day=asked.as_of, rule=rule_id, subject=subject)


def _refuse_not_evaluable(found: dict[str, Any], asked: Asked) -> None:
    for entry in found["not_evaluable"]:
        missing = ", ".join(entry["missing"]) or entry.get("reason", "")
        raise _refused("not_evaluable_now", day=asked.as_of, rule=entry["rule_id"], missing=missing)


def _place(found: dict[str, Any], finding: dict[str, Any]) -> int:
    """The number of a finding in a scan of its rule alone; 0 where exemptions suppress it."""
    same = [one for one in found["findings"] if one["rule_id"] == finding["rule_id"]]
    return same.index(finding) + 1 if finding in same else 0


def _explained(
    chosen: Choices, asked: Asked, found: dict[str, Any], finding: dict[str, Any], version: int
) -> "Explained":
    from api.explained import Explained
    from api.story import Teller
    from tracer.flow.build import build_flow
    from tracer.ledger import Ledger
    from tracer.rules.packs import load_packs

    flow = build_flow(chosen.home, asked.method, asked.as_of, version)
    teller = Teller(flow, Ledger(chosen.home), chosen.lang)
    rule = load_packs(chosen.home).text(finding["rule_id"], finding["rule_version"])
    return Explained(teller, finding, rule, found)


def commands(chosen: Choices, asked: Asked, told: "Explained", place: int) -> dict[str, str]:
    """The commands that give the finding, and this note, again: no account or person stands in them."""
    from api.keys import account_key, home_secret
    from tracer.rules.evidence import masked_subject

    finding, rule = told.finding, told.rule
    cited = tuple(name for name in asked.rules if name.upper() == f"{rule.id}@{rule.version}")
    alone, bare = replace(asked, rules=cited or (rule.id,)), replace(asked, rules=cited)
    subject = finding["subject"]
    if masked_subject(finding, rule) == subject:
        name, options = f"{rule.id}/{subject}", bare.options()
    elif rule.subject in ("account_no", "payer", "holder"):
        key = account_key(home_secret(chosen.home), subject)
        name, options = f"{rule.id}/{key}", bare.options()
    else:
        name, options = str(place), alone.options()
    return {
        "scan": chosen.command("scan", *alone.options()),
        "explain": chosen.command("explain", name, *options),
    }


def _explain_alert(
    chosen: Choices,
    alert: str,
    day: date | None,
    method: str | None,
    parameters: Path | None,
    settings: tuple[str, ...],
    pack: int | None,
    rules: tuple[str, ...],
) -> None:
    """The finding that an alert was opened with, and whether the ledger as of a day still gives it."""
    from tracer.casework.alerts import number_of, unknown
    from tracer.casework.db import read_cases
    from tracer.casework.look import one_alert, opening

    with read_cases(chosen.home) as connection:
        now = one_alert(connection, number_of(alert))
        then = opening(connection, number_of(alert))
    if now is None or then is None:
        raise unknown(alert)
    _refuse_other_rules(now.alert_id, now.rule_id, rules)
    asked = Asked(day or then.as_of, (now.rule_id,), method or then.method, parameters, settings, pack)
    found = run_scan(chosen, asked)
    finding = {"rule_id": now.rule_id} | dict(then.finding)
    as_then = replace(asked, as_of=then.as_of, method=then.method)
    result = found | {
        "as_of": then.as_of.isoformat(),
        "ledger_version": then.ledger_version,
        "method": then.method,
    }
    told = _explained(chosen, as_then, result, finding, then.ledger_version)
    state, lines = _compared(chosen, now.alert_id, then, told, found, asked)
    head = [
        chosen.say("note_alert", alert=now.alert_id, day=then.as_of, version=then.ledger_version),
        *lines,
    ]
    given = commands(chosen, as_then, told, 0) | {
        "explain": chosen.command("explain", now.alert_id, *replace(asked, rules=()).options())
    }
    about = {"alert": {"alert_id": now.alert_id, "state": now.state, "now": state}}
    _write(chosen, told, given, head, about)


def _compared(
    chosen: Choices, alert: str, then: "Opening", told: "Explained", found: dict[str, Any], asked: Asked
) -> tuple[str, list[str]]:
    """Whether a scan now gives the finding of an alert: same, changed, gone or unknown; and in words."""
    from tracer.casework.alerts import identity_of

    rule = told.rule
    key = identity_of(told.finding, rule)
    one = next((f for f in found["findings"] if identity_of(f, rule) == key), None)
    facts = {"version": found["ledger_version"], "day": found["as_of"]}
    if found["not_evaluable"]:
        state, lines = "unknown", [chosen.say("note_unknown", **facts)]
    elif one is None:
        state, lines = "gone", [chosen.say("note_gone", **facts)]
    else:
        changes = chosen.separator.join(_changes(chosen, told.finding, one))
        state = "changed" if changes else "same"
        lines = [
            chosen.say("note_changed", changes=changes, **facts)
            if changes
            else chosen.say("note_same", **facts)
        ]
    if state != "same" and found["ledger_version"] != then.ledger_version:
        moved = {"then": then.ledger_version, "version": found["ledger_version"], "alert": alert}
        lines.append(chosen.say("note_moved", **moved))
    if state in ("changed", "gone"):
        update = chosen.command("alerts", "update", *replace(asked, rules=()).options())
        lines.append(chosen.say("note_do", command=update))
    return state, lines


def _changes(chosen: Choices, then: Any, now: Any) -> list[str]:
    """In what two findings of one matter differ."""
    from tracer.casework.alerts import digest_of

    changes = []
    if then["rule_version"] != now["rule_version"]:
        changes.append(chosen.say("change_rule_version", then=then["rule_version"], now=now["rule_version"]))
    if then["level"] != now["level"]:
        changes.append(
            chosen.say("change_level", then=chosen.say(then["level"]), now=chosen.say(now["level"]))
        )
    if then["amount_fen"] != now["amount_fen"]:
        amounts = {"then": format_yuan(then["amount_fen"]), "now": format_yuan(now["amount_fen"])}
        changes.append(chosen.say("change_amount", **amounts))
    if then["parameters"] != now["parameters"]:
        changes.append(chosen.say("change_parameters"))
    if digest_of(then) != digest_of(now) and then["amount_fen"] == now["amount_fen"]:
        rows = {"then": len(then["evidence"]), "now": len(now["evidence"])}
        changes.append(chosen.say("change_rows", **rows))
    return changes


def _write(
    chosen: Choices,
    told: "Explained",
    given: dict[str, str],
    head: list[str],
    about: dict[str, Any],
) -> None:
    if chosen.format == "json":
        write_json(told.note(given) | about)
    elif chosen.format == "csv":
        write_csv(RECORD, _records(told.note(given)))
    else:
        for line in head:
            write_line(line)
        write_line(told.text(given["scan"]))
        write_line(f"{chosen.say('note_again')}  {given['explain']}")


def _records(note: dict[str, Any]) -> list[list[Any]]:
    """The note as lines under `RECORD`."""
    finding = note["finding"]
    lines: list[dict[str, Any]] = [
        {"record": "finding", "id": finding["subject"], "name": finding["rule_id"]}
        | {"value": finding["level"], "amount_fen": finding["amount_fen"]}
    ]
    lines += [
        {
            "record": name,
            "fen": finding[f"{name}_fen"],
            "value": None if finding.get("tight", True) else "loose",
        }
        for name in ("least", "most")
        if f"{name}_fen" in finding
    ]
    lines += [
        {"record": "term", "id": term["id"], "name": (term["name"] or {}).get("zh"), "fen": term["fen"]}
        for term in note["sums"]
    ]
    lines += [{"record": "movement"} | step for step in note["path"]["steps"]]
    lines += [{"record": "row", "name": row["table"]} | row for row in note["rows"]]
    lines += [
        {"record": "parameter", "name": row["name"], "value": row["value"]} for row in note["parameters"]
    ]
    lines += [
        {"record": "cut", "name": entry["kind"], "value": entry.get("count") or entry.get("value")}
        | {"id": entry.get("name"), "fen": entry.get("fen")}
        for entry in note["cut"]
    ]
    lines += [
        {"record": "candidate", "id": one["person_id"], "name": one["name"], "value": one["total_bits"]}
        for one in note.get("likely", {}).get("candidates", ())
    ]
    lines += [{"record": "command", "name": name, "value": text} for name, text in note["commands"].items()]
    return [[line.get(name) for name in RECORD] for line in lines]
