"""`unmatched` and `unpaid`: who was paid and is in no register, and who is entitled and was not paid."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.choices import AsOf, Choices, SetOption, choices, day_needed
from api.commands.follow import require_data
from api.persons import (
    candidate_text,
    masked_row,
    plain_candidate,
    plain_row,
    share_text,
    word,
)
from api.render import (
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
from tracer.money import format_yuan

if TYPE_CHECKING:
    from tracer.recipients.unmatched import Unmatched
    from tracer.recipients.unpaid import Unpaid

RECIPIENT = (
    *("county", "fund", "project", "status", "beneficiary_id", "name", "account", "paid_as"),
    *("id_kind", "basis", "person_id", "person_name", "household_id", "village", "payments", "amount_fen"),
    *("first_on", "last_on", "candidates"),
)
LACK = (
    *("county", "fund", "village", "benefit", "period", "person_id", "name", "household_id", "amount_fen"),
    *("status", "paid_payment_id"),
)
ROWS_SHOWN = 50

Of = Annotated[
    str | None,
    typer.Option("--of", metavar="VALUE", help="只列 --by 的这一项。 List only this value of --by."),
]
Limit = Annotated[int, typer.Option(min=1, help="表格最多列几行。 Rows of the table at most.")]


def unmatched(
    context: typer.Context,
    as_of: AsOf = None,
    by: Annotated[
        Literal["county", "fund", "project"], typer.Option(help="按什么汇总。 Sums by what.")
    ] = "county",
    of: Of = None,
    limit: Limit = ROWS_SHOWN,
) -> None:
    """领钱的人里谁不在建档立卡库。 Recipients of payments who match no entry of the register valid that day.

    Every payment for a person is in one column: matched, unsure, entered later, had left, in no entry, in no
    entry and without a usable ID number; they add up to all. Likely candidates are listed with their reasons;
    `match` decides the unsure. json and csv list everybody who does not match.
    """
    from tracer.recipients.unmatched import unmatched as unmatched_of

    chosen, day = choices(context), day_needed(as_of)
    require_data(chosen)
    found = unmatched_of(chosen.home, day)
    groups = found.totals(by)
    if chosen.format == "table":
        _write_unmatched(chosen, found, groups, by, of, limit)
        return
    rows = _recipients(found, found.listed(by, of).to_pylist())
    if chosen.format == "csv":
        write_csv(RECIPIENT, as_dict_rows(rows, RECIPIENT))
        for line in _unmatched_notes(chosen, found):
            write_message(line)
        return
    write_json(
        {
            "as_of": found.as_of,
            "ledger_version": found.ledger_version,
            "not_evaluable": found.missing,
            "by": by,
            "total": found.total,
            "groups": groups,
            "unused_decisions": len(found.matches.unused_decisions),
            "cut_recipients": found.cut_recipients,
            "recipients": rows,
        }
    )


def _recipients(found: "Unmatched", rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Recipients with their candidates, days as dates."""
    candidates = found.candidates([row["recipient"] for row in rows])
    return [
        plain_row({name: value for name, value in row.items() if name != "recipient"})
        | {"candidates": [plain_candidate(one) for one in candidates.get(row["recipient"], [])]}
        for row in rows
    ]


def _write_unmatched(
    chosen: Choices, found: "Unmatched", groups: list[dict[str, Any]], by: str, of: str | None, limit: int
) -> None:
    from tracer.recipients.unmatched import STATUSES

    facts = {"as_of": found.as_of, "version": found.ledger_version}
    write_line(chosen.say("unmatched_title", **facts))
    for line in _unmatched_notes(chosen, found):
        write_line(line)
    columns = [status for status in STATUSES if found.total[f"{status}_fen"]]
    heads = [chosen.say(f"recipient_{status}") for status in columns]
    ends = words(chosen.lang, "outside_share", "outside_counts")
    made = table(*words(chosen.lang, by, "paid_to_persons"), *heads, *ends, right=range(1, len(columns) + 3))
    for row in [*groups, found.total]:
        name = masked_row(row)[by] or chosen.say("not_known") if by in row else chosen.say("total")
        sums = (format_yuan(row[f"{status}_fen"]) for status in ("total", *columns))
        counts = {name: row[f"outside_{name}"] for name in ("recipients", "payments")}
        outside = (share_text(row["share_basis_points"]), chosen.say("outside_count", **counts))
        add_row(made, name, *sums, *(("", "") if found.missing else outside))
    write_table(made)
    if found.missing:
        return
    rows = found.listed(by, of)
    write_line()
    heads = words(
        chosen.lang, by, "status", "paid_as", "name", "person_number", "account", "payments_count",
        "amount_yuan", "basis", "likely",
    )  # fmt: skip
    made = table(*heads, right=[6, 7])
    for row in _recipients(found, rows.slice(0, limit).to_pylist()):
        shown = masked_row(row)
        paid = (f"{row['payments']:,}", format_yuan(row["amount_fen"]))
        number = shown["beneficiary_id"] or (chosen.say("number_of_holder") if row["id_kind"] else "")
        who = (chosen.say(f"paid_as_{row['paid_as']}"), shown["name"], number, shown["account"])
        status, basis = chosen.say(f"recipient_{row['status']}"), word("basis", row["basis"], chosen.lang)
        add_row(made, shown[by], status, *who, *paid, basis, candidate_text(row["candidates"], chosen.lang))
    write_table(made)
    if len(rows) > limit:
        write_line(chosen.say("more_recipients", count=len(rows) - limit))
    if found.total["unsure_fen"]:
        write_line(chosen.say("unsure_how", command=chosen.command("match", "list", "--as-of", found.as_of)))


def _unmatched_notes(chosen: Choices, found: "Unmatched") -> list[str]:
    """What cannot be judged, and the decisions that concern nobody any more."""
    notes = []
    if found.missing:
        amount = format_yuan(found.total["total_fen"])
        notes.append(
            chosen.say("unmatched_not_evaluable", missing=_tables(chosen, found.missing), amount=amount)
        )
    if cut := found.cut_recipients:
        notes.append(chosen.say("recipients_cut", count=cut))
    if lost := len(found.matches.unused_decisions):
        notes.append(chosen.say("decisions_unused", count=lost))
    return notes


def _tables(chosen: Choices, names: Sequence[str]) -> str:
    """Names of tables as both their owners and the command `tables` know them."""
    from tracer.schema import TABLES

    titles = (f"{name} {TABLES[name].name_zh}" if name in TABLES else name for name in names)
    return chosen.separator.join(titles)


def unpaid(
    context: typer.Context,
    as_of: AsOf = None,
    by: Annotated[
        Literal["county", "fund", "benefit", "period"], typer.Option(help="按什么汇总。 Sums by what.")
    ] = "county",
    of: Of = None,
    limit: Limit = ROWS_SHOWN,
    set_: SetOption = None,
) -> None:
    """在库应享而没有领到的人。 Persons of the register who are entitled and were not paid.

    It is what RH14 finds, person by person, benefit by benefit and period by period; county and fund are
    those of what others of the village were paid. Exempt persons stand apart.
    """
    from tracer.recipients.unpaid import unpaid as unpaid_of

    chosen, day = choices(context), day_needed(as_of)
    require_data(chosen)
    found = unpaid_of(chosen.home, day, tuple(set_ or ()), chosen.graph)
    if chosen.format == "table":
        _write_unpaid(chosen, found, by, of, limit)
        return
    rows = found.listed(by, of).to_pylist()
    if chosen.format == "csv":
        write_csv(LACK, as_dict_rows(rows, LACK))
        for line in _unpaid_notes(chosen, found):
            write_message(line)
        return
    write_json(
        {
            "as_of": found.as_of,
            "ledger_version": found.ledger_version,
            "not_evaluable": found.missing,
            "not_evaluated": found.not_evaluated,
            "rule": {name: found.rule[name] for name in ("rule_id", "rule_version", "parameters")},
            "by": by,
            "total": found.total,
            "groups": found.totals(by),
            "unpaid": rows,
        }
    )


def _write_unpaid(chosen: Choices, found: "Unpaid", by: str, of: str | None, limit: int) -> None:
    write_line(chosen.say("unpaid_title", as_of=found.as_of, version=found.ledger_version))
    for line in _unpaid_notes(chosen, found):
        write_line(line)
    if found.missing:
        return
    heads = words(chosen.lang, by, "persons", "periods_count", "amount_yuan", "exempt_persons", "exempt_yuan")
    made = table(*heads, right=range(1, 6))
    for row in [*found.totals(by), found.total]:
        name = masked_row(row)[by] or chosen.say("not_known") if by in row else chosen.say("total")
        counts = (f"{row['persons']:,}", f"{row['periods']:,}", format_yuan(row["amount_fen"]))
        add_row(made, name, *counts, f"{row['exempt_persons']:,}", format_yuan(row["exempt_fen"]))
    write_table(made)
    rows = found.listed(by, of)
    if not len(rows):
        return
    write_line()
    columns = ("county", "village", "fund", "benefit", "period", "name", "person_id", "household_id")
    heads = words(chosen.lang, *columns[:5], "name", "person_number", "household", "amount_yuan", "status")
    made = table(*heads, right=[8])
    for row in rows.slice(0, limit).to_pylist():
        shown = masked_row(row)
        status = chosen.say(f"lack_{row['status']}")
        add_row(made, *(shown[name] for name in columns), format_yuan(row["amount_fen"]), status)
    write_table(made)
    if len(rows) > limit:
        write_line(chosen.say("more_recipients", count=len(rows) - limit))


def _unpaid_notes(chosen: Choices, found: "Unpaid") -> list[str]:
    if found.missing:
        return [chosen.say("unpaid_not_evaluable", missing=_tables(chosen, found.missing))]
    notes = [chosen.say("unpaid_rule", version=found.rule["rule_version"], **found.rule["parameters"])]
    if found.not_evaluated:
        notes.append(chosen.say("unpaid_not_evaluated", count=found.not_evaluated))
    return notes
