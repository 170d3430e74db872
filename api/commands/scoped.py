"""`funds state` and `funds ledger`: how much of each indicator is in scope."""

from typing import Annotated, Any

import typer

from api.choices import AsOf, Choices, choices, day_needed
from api.commands.funds import RegionOption
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
from tracer.mask import mask_text
from tracer.money import format_yuan

AMOUNTS = ("amount_fen", "in_scope_fen", "out_of_scope_fen", "not_stated_fen")
LISTED = (
    *("indicator_id", "doc_no", "fund_id", "fund_name", "fund_level", "level", "provider_level", "region"),
    *("is_partial", "scope", *AMOUNTS, "stated_by"),
)
STATED = ("indicator_id", "amount", "doc_no")


def state_amounts(
    context: typer.Context,
    amounts: Annotated[
        list[str] | None,
        typer.Argument(metavar="INDICATOR=AMOUNT…", help="元；留空则删除。 In yuan; an empty one forgets."),
    ] = None,
    doc: Annotated[str, typer.Option(metavar="TEXT", help="依据的文号。 The document that says so.")] = "",
) -> None:
    """记下指标中属于范围内的金额，不给则列出。 Keep how much of an indicator is in scope; lists them."""
    from tracer.funds.amounts import read_stated, state

    chosen = choices(context)
    kept = state(chosen.home, amounts, doc) if amounts else read_stated(chosen.home)
    rows = [vars(entry) for _, entry in sorted(kept.items())]
    if chosen.format == "json":
        write_json({"amounts": rows})
    elif chosen.format == "csv":
        write_csv(STATED, as_dict_rows(rows, STATED))
    else:
        made = table(*words(chosen.lang, "indicator", "in_scope", "document"), right=[1])
        for name, entry in sorted(kept.items()):
            add_row(made, mask_text(name), format_yuan(entry.fen), mask_text(entry.doc_no))
        write_table(made)


def show_ledger(
    context: typer.Context,
    as_of: AsOf = None,
    region: RegionOption = "",
    all_: Annotated[
        bool, typer.Option("--all", help="逐条列出指标。 Also list the indicators one by one.")
    ] = False,
) -> None:
    """总台账：目录内的指标，金额中属于范围内的部分。 Indicators of the catalogue, and what is in scope.

    What nobody has stated of a partly scoped fund stands apart. Money on its way down stands on every level
    that it passes: add up within a level only. csv has one line per indicator.
    """
    from tracer.funds.ledger import fund_ledger

    chosen = choices(context)
    found = fund_ledger(chosen.home, day_needed(as_of), region)
    if chosen.format == "json":
        write_json(found)
    elif chosen.format == "csv":
        write_csv(LISTED, as_dict_rows(found["indicators"], LISTED))
        for line in _notes(chosen, found):
            write_message(line)
    else:
        _write_ledger(chosen, found, all_)


def _write_ledger(chosen: Choices, found: dict[str, Any], with_indicators: bool) -> None:
    facts = {"as_of": found["as_of"], "version": found["ledger_version"]}
    write_line(chosen.say("fund_ledger_title", **facts, region=found["region"] or chosen.say("everywhere")))
    amounts = ("amount_yuan", "in_scope", "out_of_scope", "not_stated")
    heads = words(chosen.lang, "provided_by", "fund", "held_on", "indicators", *amounts)
    made = table(*heads, right=range(3, 8))
    for row in found["totals"]:
        sums = (format_yuan(row[name]) for name in AMOUNTS)
        levels = (chosen.say(row[name]) for name in ("fund_level", "level"))
        add_row(made, next(levels), row["fund_name"], next(levels), f"{row['indicators']:,}", *sums)
    write_table(made)
    if with_indicators:
        write_line()
        heads = words(chosen.lang, "indicator", "document", "fund", "held_on", *amounts, "basis")
        made = table(*heads, right=range(4, 8))
        for row in found["indicators"]:
            texts = (mask_text(row["indicator_id"]), mask_text(row["doc_no"] or ""), row["fund_name"])
            sums = (format_yuan(row[name]) for name in AMOUNTS)
            add_row(made, *texts, chosen.say(row["level"]), *sums, mask_text(row["stated_by"] or ""))
        write_table(made)
    for line in _notes(chosen, found):
        write_line(line)


def _notes(chosen: Choices, found: dict[str, Any]) -> list[str]:
    """What is not in the ledger of the catalogue, and what is wrong with stated amounts."""
    left_out = [
        chosen.say(reason, count=entry["indicators"], amount=format_yuan(entry["amount_fen"]))
        for reason, entry in found["left_out"].items()
        if entry["indicators"]
    ]
    problems = [
        chosen.say(
            "stated_above",
            indicator=mask_text(entry["indicator_id"]),
            stated=format_yuan(entry["stated_fen"]),
            amount=format_yuan(entry["amount_fen"]),
        )
        for entry in found["problems"]
    ]
    return left_out + problems
