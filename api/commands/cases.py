"""`alerts` and `slip`: findings as alerts, and the slips by which people handle them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from api.asked import Asked, row_text, run_scan
from api.choices import AsOf, Choices, Method, ParametersOption, SetOption, choices, day_needed
from api.commands.follow import require_data
from api.home import check_home
from api.render import (
    Progress,
    add_row,
    as_dict_rows,
    table,
    words,
    write_csv,
    write_json,
    write_line,
    write_message,
    write_table,
)
from tracer.errors import UsageError
from tracer.mask import mask_person, mask_text
from tracer.messages import Language, say
from tracer.money import format_yuan

if TYPE_CHECKING:
    from tracer.casework.alerts import Alert

ALERT = (
    "alert_id", "version", "rule_id", "subject", "state", "level", "opened_on", "lit_on", "responded_on",
    "result", "amount_fen", "found_level", "is_found", "previous",
)  # fmt: skip
MOVE = (
    "version", "kind", "from_state", "to_state", "as_of", "recorded_at", "actor", "reason", "slip_id",
    "ledger_version", "rule_version", "amount_fen",
)  # fmt: skip
LISTED = 200
ROWS_SHOWN = 10

alerts_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="预警：按扫描更新、列出、查看、历史。 Alerts: update from a scan, list, show, history.",
)
slip_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="预警处理单：打印、提交。 Handling slips: print a form, file one.",
)

AlertId = Annotated[str, typer.Argument(metavar="ALERT", help="预警编号，如 FT000012。 The alert.")]
State = Literal["open", "bell", "yellow", "red", "green", "cleared", "all"]


@alerts_app.command("update")
def update(
    context: typer.Context,
    as_of: AsOf = None,
    method: Method = "linked",
    parameters: ParametersOption = None,
    set_: SetOption = None,
) -> None:
    """扫描，并据此开出、转灯、消除预警。 Scan, and open, turn and clear alerts by what it finds.

    Alerts never go back: a day before that of the last update is refused. `scan` itself changes no alert, as
    anybody may scan any day with any settings, while alerts have one course.
    """
    from tracer.casework.db import open_cases
    from tracer.casework.update import refuse_the_future, take_in
    from tracer.rules.packs import rules_of

    chosen = choices(context)
    day = day_needed(as_of)
    refuse_the_future(day, datetime.now(UTC))
    check_home(chosen.home, is_written=True)
    require_data(chosen)
    progress = Progress()
    asked = Asked(day, (), method, parameters, tuple(set_ or ()))
    left_out: dict[str, list[str]] = {}
    found = run_scan(chosen, asked, lambda rule: progress(chosen.say("scanning", rule=rule)), left_out)
    with open_cases(chosen.home) as cases:
        taken = asdict(take_in(cases, found, rules_of(chosen.home, found), datetime.now(UTC), left_out))
    if chosen.format == "json":
        names = ("summary", "not_evaluable", "not_evaluated")
        write_json(taken | {"info": _infos(found)} | {name: found[name] for name in names})
    elif chosen.format == "csv":
        write_csv(list(taken), [list(taken.values())])
        for line in _judged_lines(chosen, found):
            write_message(line)
    else:
        for line in [chosen.say("alerts_taken", **taken), *_judged_lines(chosen, found)]:
            write_line(line)


def _infos(found: Mapping[str, Any]) -> int:
    """How many findings only inform: they become no alerts."""
    return sum(finding["level"] == "info" for finding in found["findings"])


def _judged_lines(chosen: Choices, found: Mapping[str, Any]) -> list[str]:
    """What a scan could judge for the alerts and what not: silence would read as a clean bill."""
    lines = [chosen.say("scan_summary", **found["summary"])]
    if found["not_evaluable"]:
        rules = " ".join(entry["rule_id"] for entry in found["not_evaluable"])
        lines.append(chosen.say("alerts_not_evaluable", rules=rules))
    for rule_id, count in found["not_evaluated"].items():
        lines.append(chosen.say("not_evaluated", rule=rule_id, count=count))
    if infos := _infos(found):
        lines.append(chosen.say("alerts_info", count=infos))
    return lines


@alerts_app.command("list")
def list_alerts(
    context: typer.Context,
    state: Annotated[State, typer.Option(help="默认：未了结的。 Default: those not closed.")] = "open",
    rule: Annotated[str | None, typer.Option(metavar="ID", help="只列这条规则。 Of this rule.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="表格最多列几条。 Rows of the table at most.")] = LISTED,
) -> None:
    """列出预警。 List alerts; json and csv list all of them."""
    from tracer.casework import look
    from tracer.casework.alerts import OPEN
    from tracer.casework.db import read_cases
    from tracer.rules.packs import load_packs

    chosen = choices(context)
    states = OPEN if state == "open" else () if state == "all" else (state,)
    rule = rule.strip().upper() if rule else rule
    wanted = look.Wanted(states, rule)
    is_table = chosen.format == "table"
    with read_cases(chosen.home) as connection:
        if rule is not None:
            look.check_rule(connection, rule, load_packs(chosen.home).texts)
        day, counts = look.last_update(connection), look.states(connection)
        count = look.count(connection, wanted)
        found = look.alerts(connection, wanted, limit=limit if is_table else None, full=is_table)
    rows = [look.alert_row(alert) for alert in found]
    if chosen.format == "json":
        write_json({"as_of": day, "states": counts, "alerts": rows})
    elif chosen.format == "csv":
        write_csv(ALERT, as_dict_rows(rows, ALERT))
    elif day is None:
        write_line(chosen.say("no_alerts"))
    else:
        write_line(chosen.say("alerts_title", as_of=day, **counts))
        _write_alerts(chosen, found)
        if count > len(found):
            write_line(chosen.say("more_alerts", count=count - len(found)))


def _write_alerts(chosen: Choices, found: list[Any]) -> None:
    from tracer.casework.look import subject_text
    from tracer.rules.packs import load_packs

    rules = load_packs(chosen.home).newest
    names = (
        "alert",
        "rule",
        "name",
        "subject",
        "status",
        "opened_on",
        "responded_on",
        "amount_yuan",
        "version",
    )
    made = table(*words(chosen.lang, *names), right=[7, 8])
    for alert in found:
        rule = rules.get(alert.rule_id)
        name = "" if rule is None else rule.name.zh if chosen.lang == "zh" else rule.name.en
        add_row(
            made,
            alert.alert_id,
            alert.rule_id,
            name,
            subject_text(alert, rules),
            chosen.say(alert.state),
            alert.opened_on,
            alert.responded_on,
            format_yuan(alert.amount_fen),
            alert.version,
        )
    write_table(made)


@alerts_app.command("show")
def show(context: typer.Context, alert: AlertId) -> None:
    """一条预警：状态、依据、处理单。 One alert with its evidence and slips; csv has one line."""
    from tracer.casework import look
    from tracer.casework.alerts import alert_id, number_of, unknown
    from tracer.casework.db import read_cases

    chosen = choices(context)
    number = number_of(alert)
    with read_cases(chosen.home) as connection:
        found = look.one_alert(connection, number)
        if found is None:
            raise unknown(alert)
        after = look.followed_by(connection, number)
        slips = [look.slip_row(row) for row in look.slips(connection, number)]
    row = look.alert_row(found) | {"next": alert_id(after) if after else None}
    if chosen.format == "json":
        write_json(row | {"finding": found.finding, "slips": slips})
    elif chosen.format == "csv":
        write_csv((*ALERT, "next"), as_dict_rows([row], (*ALERT, "next")))
    else:
        _write_alerts(chosen, [found])
        _write_facts(chosen, row, found.finding or {})
        for slip in slips:
            write_line()
            _write_slip(chosen, slip)


def _write_facts(chosen: Choices, row: dict[str, Any], finding: Mapping[str, Any]) -> None:
    made = table("", "")
    if row["previous"]:
        add_row(made, chosen.say("linked_before"), row["previous"])
    if row["next"]:
        add_row(made, chosen.say("linked_after"), row["next"])
    if row["found_level"] != row["state"] and row["state"] in ("bell", "yellow"):
        add_row(made, chosen.say("found_level"), chosen.say(row["found_level"]))
    add_row(made, "", chosen.say("is_found" if row["is_found"] else "not_found"))
    evidence = finding.get("evidence", [])
    for entry in evidence[:ROWS_SHOWN]:
        add_row(made, chosen.say("evidence"), row_text(chosen, entry))
    if len(evidence) > ROWS_SHOWN:
        add_row(made, "", chosen.say("more_rows", count=len(evidence) - ROWS_SHOWN))
    write_table(made)


def _write_slip(chosen: Choices, slip: dict[str, Any]) -> None:
    made = table(chosen.say("slip"), slip["slip_id"])
    add_row(made, chosen.say("slip_facts"), mask_text(slip["facts"]))
    add_row(made, chosen.say("slip_method"), chosen.say(f"slip_{slip['method']}"))
    add_row(made, chosen.say("slip_result"), chosen.say(f"slip_{slip['result']}"))
    add_row(made, chosen.say("slip_basis"), mask_text(slip["basis"]))
    add_row(made, chosen.say("slip_handler"), mask_person(slip["handler"]))
    add_row(made, chosen.say("handled_on"), slip["handled_on"])
    write_table(made)


@alerts_app.command("history")
def history(context: typer.Context, alert: AlertId) -> None:
    """一条预警的全部变动。 Every step of an alert, from the append-only log."""
    from tracer.casework import look
    from tracer.casework.alerts import number_of, unknown
    from tracer.casework.db import read_cases
    from tracer.casework.update import BY_SCAN

    chosen = choices(context)
    number = number_of(alert)
    with read_cases(chosen.home) as connection:
        moves = [look.move_row(row) for row in look.history(connection, number)]
    if not moves:
        raise unknown(alert)
    if chosen.format == "json":
        write_json({"alert_id": alert.strip().upper(), "moves": moves})
    elif chosen.format == "csv":
        write_csv(MOVE, as_dict_rows(moves, MOVE))
    else:
        made = table(*words(chosen.lang, "version", "day", "move", "reason", "who", "when"))
        for move in moves:
            before = chosen.say(move["from_state"]) if move["from_state"] else ""
            after = chosen.say(move["to_state"])
            step = after if before in ("", after) else f"{before} → {after}"
            who = move["actor"] if move["actor"] == BY_SCAN else mask_person(move["actor"])
            reason = chosen.say(f"reason_{move['reason']}")
            add_row(made, move["version"], move["as_of"], step, reason, who, move["recorded_at"])
        write_table(made)


@slip_app.command("print")
def print_slip(
    context: typer.Context,
    alert: AlertId,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="写成可填的 XLSX。 Write a form to fill in."),
    ] = None,
) -> None:
    """一条预警的空白处理单。 The empty slip of an alert; as XLSX it is read back by `slip file --form`."""
    from api.exports.slip_form import choices_for, form_facts, options_for, write_form
    from tracer.casework import look
    from tracer.casework.alerts import number_of, unknown
    from tracer.casework.db import read_cases
    from tracer.casework.slips import LABELS
    from tracer.rules.packs import load_packs

    chosen = choices(context)
    with read_cases(chosen.home) as connection:
        found = look.one_alert(connection, number_of(alert))
    if found is None:
        raise unknown(alert)
    facts = form_facts(found, load_packs(chosen.home).newest, chosen.lang)
    choose = choices_for(found)
    if output is not None:
        write_form(output, facts, choose, chosen.lang)
    if chosen.format == "json":
        write_json({"alert_id": found.alert_id, "version": found.version, "fields": list(LABELS)} | choose)
    elif chosen.format == "csv":
        write_csv([name for name, _ in facts], [[value for _, value in facts]])
    elif output is not None:
        write_line(chosen.say("written", file=output))
        write_line(_how_to_file(chosen, found, choose["result"], ["--form", output]))
    else:
        made = table(chosen.say("slip_title"), found.alert_id)
        for name, value in facts:
            add_row(made, name, value)
        for name in LABELS.values():
            add_row(made, chosen.say(name), "＿" * 20)
        write_table(made)
        write_line(_how_to_file(chosen, found, choose["result"], options_for(found, chosen.lang)))


def _how_to_file(chosen: Choices, alert: "Alert", results: Sequence[str], options: Sequence[object]) -> str:
    """The command that files the slip, or that this alert takes none."""
    if not results:
        return chosen.say("slip_not_needed", state=chosen.say(alert.state))
    return chosen.say("slip_how", command=chosen.command("slip", "file", *options))


@slip_app.command("file")
def file(
    context: typer.Context,
    alert: Annotated[str | None, typer.Argument(metavar="[ALERT]", help="预警编号。 The alert.")] = None,
    form: Annotated[
        Path | None, typer.Option(metavar="FILE", help="填好的 XLSX 处理单。 A filled form.")
    ] = None,
    version: Annotated[
        int | None, typer.Option(min=1, help="您看到的预警版本。 The version that you saw.")
    ] = None,
    facts: Annotated[str | None, typer.Option(help="核实或纠正情况。 What was found or corrected.")] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="phone（电话）, documents（材料）, site（现场）, other（其他）。 How it was verified."
        ),
    ] = None,
    result: Annotated[
        str | None,
        typer.Option(
            help="黄灯：normal（正常）或 violation（违规）；红灯：corrected（已纠正）。 What it shows."
        ),
    ] = None,
    basis: Annotated[str | None, typer.Option(help="处理依据。 What it stands on.")] = None,
    handler: Annotated[str | None, typer.Option(help="处理人。 Who handled it.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="处理日期。 The day of handling.")] = None,
) -> None:
    """提交处理单。 File a slip: normal turns yellow green, violation red; corrected turns red green.

    The alert must still be the version that you saw: of two handlers one is told that the other was first.
    """
    from api.exports.slip_form import as_options, read_form, slip_of_texts
    from tracer.casework.alerts import number_of
    from tracer.casework.db import open_cases
    from tracer.casework.slips import file_slip

    chosen = choices(context)
    given = {
        "alert": alert, "version": version, "facts": facts, "method": method, "result": result,
        "basis": basis, "handler": handler, "handled_on": on,
    }  # fmt: skip
    values = {name: str(value) for name, value in given.items() if value is not None}
    filled = read_form(form) if form else None
    values = (filled.texts if filled else {}) | values
    missing = [name for name in given if name not in values]
    if missing and filled:
        raise filled.refused("slip_form_needs", missing)
    if missing:
        zh, en = (say("slip_needs", lang, names=as_options(missing, lang)) for lang in get_args(Language))
        raise UsageError(f"{zh} / {en}")
    with open_cases(chosen.home) as cases:
        number = number_of(values["alert"])
        seen, slip = slip_of_texts(values)
        filed = file_slip(cases, number, seen, slip, datetime.now(UTC))
    answer = {
        "slip_id": filed.slip_id,
        "alert_id": filed.alert.alert_id,
        "from_state": filed.moved_from,
        "state": filed.alert.state,
        "version": filed.alert.version,
    }
    if chosen.format == "json":
        write_json(answer)
    elif chosen.format == "csv":
        write_csv(list(answer), [list(answer.values())])
    else:
        before, after = chosen.say(filed.moved_from), chosen.say(filed.alert.state)
        told = {"slip": filed.slip_id, "alert": filed.alert.alert_id, "version": filed.alert.version}
        write_line(chosen.say("slip_filed", before=before, after=after, **told))
