"""`match`: recipients and the persons of the register who they may be, and what persons decide on them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.choices import AsOf, Choices, choices, day_needed
from api.commands.follow import require_data
from api.home import check_home
from api.keys import home_secret
from api.persons import bits_text, masked_row, plain_candidate, plain_row, reason_text, reasons_text, word
from api.render import add_row, as_dict_rows, table, words, write_csv, write_json, write_line, write_table
from tracer.money import format_yuan

if TYPE_CHECKING:
    from tracer.casework.pairs import Decision
    from tracer.match.link import Matches
    from tracer.recipients.matching import Candidate

PAIR = (
    *("pair", "answer", "basis", "beneficiary_id", "name", "account", "payments", "amount_fen", "first_on"),
    *("last_on", "rank", "person_id", "person_name", "household_id", "village", "total_bits", "reasons"),
)
DECISION = (
    *("decision_id", "verdict", "pair", "beneficiary_id", "beneficiary_name", "payee_account", "person_id"),
    *("previous", "reason", "decided_by", "recorded_at", "ledger_version", "as_of", "in_force"),
)
PAIRS_SHOWN = 50

match_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="收款人与库中人员的配对：列出、决定、撤回。 Pairs of recipients and persons: list, decide, undo.",
)

PairKey = Annotated[str, typer.Argument(metavar="PAIR", help="配对的代号，见 match list。 The pair.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="决定人。 Who decides.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="理由。 On what ground.")]


def matches_of(chosen: Choices, as_of: str | None) -> "Matches":
    """The matching of the home as of a day that has to be given."""
    from tracer.recipients.matching import matched

    day = day_needed(as_of)
    require_data(chosen)
    return matched(chosen.home, day)


@match_app.command("list")
def list_pairs(
    context: typer.Context,
    as_of: AsOf = None,
    answer: Annotated[
        Literal["unsure", "match", "no match", "all"], typer.Option(help="默认：存疑的。 Default: unsure.")
    ] = "unsure",
    limit: Annotated[
        int, typer.Option(min=1, help="表格最多列几条。 Rows of the table at most.")
    ] = PAIRS_SHOWN,
) -> None:
    """列出配对，金额大的在前。 List pairs, those with most money first; json and csv list all of them."""
    from tracer.recipients.matching import candidates

    chosen = choices(context)
    matches = matches_of(chosen, as_of)
    wanted = () if answer == "all" else (answer,)
    most = limit if chosen.format == "table" else None
    found, count = candidates(matches, home_secret(chosen.home), wanted, limit=most)
    rows = [_pair_row(one) for one in found]
    if chosen.format == "json":
        facts = {"as_of": matches.as_of, "ledger_version": matches.version, "not_evaluable": matches.missing}
        write_json(facts | {"count": count, "pairs": rows})
    elif chosen.format == "csv":
        write_csv(PAIR, as_dict_rows(rows, PAIR))
    else:
        write_line(chosen.say("pairs_title", as_of=matches.as_of, version=matches.version, count=count))
        _write_missing(chosen, matches)
        _write_pairs(chosen, rows)
        if count > len(rows):
            write_line(chosen.say("more_pairs", count=count - len(rows)))


def _write_missing(chosen: Choices, matches: "Matches") -> None:
    if matches.missing:
        write_line(chosen.say("match_not_evaluable", missing=" ".join(matches.missing)))


def _pair_row(one: "Candidate") -> dict[str, Any]:
    row = plain_row(plain_candidate(one.row))
    return {"pair": one.key} | {
        name: value for name, value in row.items() if name not in ("key", "recipient")
    }


def _write_pairs(chosen: Choices, rows: list[dict[str, Any]]) -> None:
    made = table(
        *words(chosen.lang, "pair", "name", "person_number", "account", "payments_count", "amount_yuan"),
        *words(chosen.lang, "answer", "candidate", "person_number", "household", "bits", "reasons"),
        right=[4, 5, 10],
    )
    for row in rows:
        shown = masked_row(row)
        answer = f"{word('answer', row['answer'], chosen.lang)}: {word('basis', row['basis'], chosen.lang)}"
        add_row(
            made, row["pair"], shown["name"], shown["beneficiary_id"], shown["account"], row["payments"],
            format_yuan(row["amount_fen"]), answer, shown["person_name"], shown["person_id"],
            shown["household_id"], bits_text(row["total_bits"]), reasons_text(row["reasons"], chosen.lang),
        )  # fmt: skip
    write_table(made)


@match_app.command("show")
def show_pair(context: typer.Context, pair: PairKey, as_of: AsOf = None) -> None:
    """一个配对：理由的权重怎样加到总数。 One pair: how its reasons add up, and its records."""
    from tracer.casework.pairs import history
    from tracer.recipients.matching import candidate

    chosen = choices(context)
    one = candidate(matches_of(chosen, as_of), home_secret(chosen.home), pair)
    row = _pair_row(one)
    with _records(chosen) as connection:
        records = [_record_row(chosen, record) for record in history(connection, [one.pair])]
    if chosen.format == "json":
        write_json(row | {"records": records})
    elif chosen.format == "csv":
        write_csv(PAIR, as_dict_rows([row], PAIR))
    else:
        _write_pairs(chosen, [row])
        write_line()
        made = table(*words(chosen.lang, "reasons", "bits", "bits_so_far"), right=[1, 2])
        total = 0.0
        for reason in row["reasons"]:
            total += reason["bits"]
            add_row(made, reason_text(reason, chosen.lang), bits_text(reason["bits"]), bits_text(total))
        write_table(made)
        write_line(chosen.say("bits_note"))
        if records:
            _write_records(chosen, records)
        write_line(_how_on(chosen, one.key, records, as_of))


def _how_on(chosen: Choices, pair: str, records: list[dict[str, Any]], as_of: str | None) -> str:
    """The command that decides on a pair, or takes back what stands."""
    ends = ["--by", chosen.say("pair_decided_by"), "--why", "…"]
    if records and records[-1]["verdict"] != "withdrawn":
        command = chosen.command("match", "undo", records[-1]["decision_id"], *ends)
        return chosen.say("undo_how", command=command)
    return chosen.say(
        "decide_how", command=chosen.command("match", "decide", pair, "same", "--as-of", as_of, *ends)
    )


@match_app.command("decide")
def decide_pair(
    context: typer.Context,
    pair: PairKey,
    verdict: Annotated[
        Literal["same", "different"],
        typer.Argument(metavar="same|different", help="是本人，或不是本人。 It is this person, or is not."),
    ],
    by: By,
    why: Why,
    as_of: AsOf = None,
) -> None:
    """记录一个决定；以后每次配对都照此办理，可以撤回。 Record a decision, which later matchings replay.

    It holds for this recipient (number, name and account as the payments write them) and this person. It is
    no fact of the register and changes no finding of a rule.
    """
    from tracer.casework.db import open_cases
    from tracer.casework.pairs import decide
    from tracer.recipients.matching import candidate

    chosen = choices(context)
    check_home(chosen.home, is_written=True)
    matches = matches_of(chosen, as_of)
    one = candidate(matches, home_secret(chosen.home), pair)
    with open_cases(chosen.home) as cases:
        made = decide(cases, one.pair, verdict, by, why, one.seen(matches), datetime.now(UTC))
    _write_made(chosen, made)


@match_app.command("undo")
def undo_decision(
    context: typer.Context,
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="如 D000003。 The decision.")],
    by: By,
    why: Why,
) -> None:
    """撤回一个决定；撤回也是一条记录。 Take a decision back, by another record."""
    from tracer.casework.db import open_cases
    from tracer.casework.pairs import number_of, take_back

    chosen = choices(context)
    check_home(chosen.home, is_written=True)
    with open_cases(chosen.home) as cases:
        made = take_back(cases, number_of(decision), by, why, datetime.now(UTC))
    _write_made(chosen, made)


def _write_made(chosen: Choices, made: "Decision") -> None:
    row = _record_row(chosen, made)
    if chosen.format == "json":
        write_json(row)
    elif chosen.format == "csv":
        write_csv(DECISION, as_dict_rows([row], DECISION))
    else:
        verdict = chosen.say(f"pair_{made.verdict}")
        write_line(chosen.say("pair_recorded", id=made.decision_id, verdict=verdict, pair=row["pair"]))


@match_app.command("decisions")
def list_decisions(context: typer.Context) -> None:
    """全部决定和撤回，只增不改。 The append-only log of decisions."""
    from tracer.casework.pairs import decisions

    chosen = choices(context)
    with _records(chosen) as connection:
        rows = [_record_row(chosen, one) for one in decisions(connection)]
    followed = {row["previous"] for row in rows}
    rows = [
        row | {"in_force": row["verdict"] != "withdrawn" and row["decision_id"] not in followed}
        for row in rows
    ]
    if chosen.format == "json":
        write_json({"decisions": rows})
    elif chosen.format == "csv":
        write_csv(DECISION, as_dict_rows(rows, DECISION))
    else:
        _write_records(chosen, rows)


def _records(chosen: Choices) -> Any:
    from tracer.casework.db import read_cases

    return read_cases(chosen.home)


def _record_row(chosen: Choices, one: "Decision") -> dict[str, Any]:
    from tracer.casework.pairs import record_row
    from tracer.recipients.matching import pair_key

    return {"pair": pair_key(home_secret(chosen.home), one.pair)} | record_row(one)


def _write_records(chosen: Choices, rows: list[dict[str, Any]]) -> None:
    heads = (
        "decision",
        "verdict",
        "pair",
        "name",
        "person_number",
        "account",
        "candidate",
        "why",
        "who",
        "when",
    )
    made = table(*words(chosen.lang, *heads))
    for row in rows:
        verdict = chosen.say(f"pair_{row['verdict']}")
        if row["previous"]:
            verdict = f"{verdict} ({row['previous']})"
        shown = masked_row(row)
        recipient = (shown["beneficiary_name"], shown["beneficiary_id"], shown["payee_account"])
        told = (shown["person_id"], shown["reason"], shown["decided_by"], shown["recorded_at"])
        add_row(made, row["decision_id"], verdict, row["pair"], *recipient, *told)
    write_table(made)
