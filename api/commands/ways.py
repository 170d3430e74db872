"""`routes`, `advances`, `ties`: the ways of money, what was paid in advance, what hangs on a day's order."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.choices import AsOf, Direction, Method, Target, choices, parse_day
from api.commands.follow import open_flow
from api.keys import named
from api.render import add_row, table, words, write_csv, write_json, write_line, write_table
from tracer.money import format_yuan

if TYPE_CHECKING:
    from api.choices import Choices
    from api.story import Teller
    from tracer.flow.advances import Advance
    from tracer.flow.routes import Route
    from tracer.flow.store import Flow
    from tracer.flow.ties import TiedPart

ROUTE = ("holders", "fen", "movements", "first_on", "last_on")
ADVANCE = ("payment", "holder", "paid_on", "fen", "repaid_by", "repaid_on", "outstanding_days")
TIED = ("id", "kind", "fen", "min_fen", "max_fen")
ROUTES_SHOWN, ADVANCES_SHOWN = 5, 200


def routes(
    context: typer.Context,
    source: Target,
    payee: Annotated[
        str, typer.Argument(metavar="TO", help="钱到的地方，同样的写法。 Where it got to, named likewise.")
    ],
    method: Method = "linked",
    as_of: AsOf = None,
    top: Annotated[
        int, typer.Option(min=1, help="列出最大的几条路线。 So many of the largest routes.")
    ] = ROUTES_SHOWN,
) -> None:
    """一处的钱经过谁到了另一处，最大的几条路线。 By which holders money got from one place to another.

    The largest routes, and what took the others as one amount; they add up. json has all holders by number,
    csv one line per route and one for the rest.
    """
    from tracer.calendar import date_of
    from tracer.flow.routes import routes as routes_of

    chosen = choices(context)
    flow = open_flow(chosen, method, parse_day(as_of))
    ends = [named(chosen.home, flow, name) for name in (source, payee)]
    found = routes_of(flow, *ends)
    listed, rest_fen = found.largest(top)
    rows: list[dict[str, Any]] = [
        {
            "holders": flow.holder_names.take(route.holders),
            "fen": route.fen,
            "movements": route.movements,
            "first_on": date_of(route.first_day).isoformat(),
            "last_on": date_of(route.last_day).isoformat(),
        }
        for route in listed
    ]
    others = len(found.routes) - len(listed)
    if chosen.format == "json":
        answer: dict[str, Any] = {"from": ends[0], "to": ends[1], "method": method, "amount_fen": found.fen}
        write_json(answer | {"routes": rows, "other_routes": others, "rest_fen": rest_fen})
    elif chosen.format == "csv":
        lines = [[" > ".join(row["holders"]), *list(row.values())[1:]] for row in rows]
        write_csv(ROUTE, [*lines, *([["", rest_fen, None, None, None]] if others else [])])
    else:
        _write_routes(chosen, flow, listed, rows, others, rest_fen)


def _write_routes(
    chosen: "Choices",
    flow: "Flow",
    listed: tuple["Route", ...],
    rows: list[dict[str, Any]],
    others: int,
    rest_fen: int,
) -> None:
    teller = _teller(chosen, flow)
    if not listed:
        write_line(chosen.say("no_route"))
        return
    made = table(
        *words(chosen.lang, "route", "amount_yuan", "movements_count", "first_on", "last_on"), right=[1, 2]
    )
    for route, row in zip(listed, rows, strict=True):
        way = " → ".join(teller.holder(holder).title for holder in route.holders)
        add_row(made, way, format_yuan(route.fen), route.movements, row["first_on"], row["last_on"])
    if others:
        add_row(made, chosen.say("other_routes", count=others), format_yuan(rest_fen))
    total = sum(route.fen for route in listed) + rest_fen
    add_row(made, chosen.say("total"), format_yuan(total))
    write_table(made)


def _teller(chosen: "Choices", flow: "Flow") -> "Teller":
    from api.story import Teller
    from tracer.ledger import Ledger

    return Teller(flow, Ledger(chosen.home), chosen.lang)


def advances(context: typer.Context, as_of: AsOf = None) -> None:
    """垫付：超出余额的付款，以及后来由哪笔收款补上。 Payments beyond the balance, and what made them good.

    No trace changes for it: what was paid beyond the balance stays unexplained. A payment that several
    receipts made good has a line for each.
    """
    from tracer.flow.advances import advances as advances_of

    chosen = choices(context)
    flow = open_flow(chosen, "linked", parse_day(as_of))
    found = advances_of(flow)
    rows = [_advance_row(flow, advance) for advance in found]
    sums = {
        "advanced_fen": sum(advance.fen for advance in found),
        "outstanding_fen": sum(advance.fen for advance in found if advance.is_outstanding),
    }
    if chosen.format == "json":
        write_json({"as_of": as_of, "ledger_version": flow.version, **sums, "advances": rows})
    elif chosen.format == "csv":
        write_csv(ADVANCE, [list(row.values()) for row in rows])
    else:
        _write_advances(chosen, flow, found, sums)


def _advance_row(flow: "Flow", advance: "Advance") -> dict[str, Any]:
    from tracer.calendar import date_of

    return {
        "payment": flow.names[advance.row],
        "holder": flow.holder_names[int(flow.payer[advance.row])],
        "paid_on": date_of(int(flow.day[advance.row])).isoformat(),
        "fen": advance.fen,
        "repaid_by": advance.repaid_name(flow),
        "repaid_on": None if advance.repaid_day is None else date_of(advance.repaid_day).isoformat(),
        "outstanding_days": advance.outstanding_days,
    }


def _write_advances(chosen: "Choices", flow: "Flow", found: list["Advance"], sums: dict[str, int]) -> None:
    teller = _teller(chosen, flow)
    headings = ("voucher", "payer", "paid_on", "amount_yuan", "repaid_by", "repaid_on", "outstanding_days")
    made = table(*words(chosen.lang, *headings), right=[3, 6])
    largest = sorted(found, key=lambda advance: -advance.fen)
    for advance in largest[:ADVANCES_SHOWN]:
        row = _advance_row(flow, advance)
        holder = teller.holder(int(flow.payer[advance.row])).title
        by = chosen.say("outstanding") if advance.is_outstanding else row["repaid_by"]
        add_row(
            made, row["payment"], holder, row["paid_on"], format_yuan(advance.fen), by, row["repaid_on"],
            advance.outstanding_days,
        )  # fmt: skip
    if found:
        write_table(made)
    if len(found) > ADVANCES_SHOWN:
        rest = sum(advance.fen for advance in largest[ADVANCES_SHOWN:])
        write_line(chosen.say("more_advances", count=len(found) - ADVANCES_SHOWN, amount=format_yuan(rest)))
    amounts = {name: format_yuan(fen) for name, fen in sums.items()}
    write_line(chosen.say("advances_sum", **amounts) if found else chosen.say("no_advances"))


def ties(
    context: typer.Context,
    target: Target,
    direction: Annotated[
        Direction, typer.Option(help="backward 从哪里来，forward 到了哪里。 Where from, or where to.")
    ],
    method: Method = "linked",
    as_of: AsOf = None,
) -> None:
    """哪些部分取决于同日各笔的先后。 Which parts of a trace hang on the order of the rows of one day.

    Where no time and no rule puts the rows of a day in order, their place in the file does. The trace is made
    again with the file turned round, and in other orders; parts that change are listed with the least
    and the most.
    """
    from tracer.flow.ties import ORDERS, tied_parts

    chosen = choices(context)
    flow = open_flow(chosen, method, parse_day(as_of))
    target = named(chosen.home, flow, target)
    found = tied_parts(flow, target, direction)
    rows = [asdict(part) for part in found]
    if chosen.format == "json":
        write_json(
            {"subject": target, "direction": direction, "method": method, "orders": ORDERS, "parts": rows}
        )
    elif chosen.format == "csv":
        write_csv(TIED, [list(row.values()) for row in rows])
    else:
        write_ties(chosen, flow, found, direction)


def write_ties(chosen: "Choices", flow: "Flow", found: list["TiedPart"], direction: str) -> None:
    """The parts that change, as a table; or that none does in the orders tried."""
    from api.story import part_title
    from tracer.flow.ties import ORDERS

    if not found:
        write_line(chosen.say("no_ties", orders=ORDERS))
        return
    write_line(chosen.say("ties_title", orders=ORDERS))
    teller = _teller(chosen, flow)
    made = table(*words(chosen.lang, direction, "this_order", "least", "most"), right=[1, 2, 3])
    for part in found:
        title = part_title(teller, part.id, part.kind, direction)
        add_row(made, title, *map(format_yuan, (part.fen, part.min_fen, part.max_fen)))
    write_table(made)
