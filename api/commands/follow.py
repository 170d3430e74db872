"""`trace` and `links`: whose money went where."""

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.choices import AnyMethod, AsOf, Choices, Direction, MethodOrBounds, Target, choices, parse_day
from api.keys import named
from api.render import (
    Progress,
    add_row,
    table,
    words,
    write_csv,
    write_json,
    write_line,
    write_message,
    write_table,
)
from tracer.errors import UsageError
from tracer.mask import mask_holder
from tracer.messages import say_both
from tracer.money import format_yuan

if TYPE_CHECKING:
    from tracer.flow.bounds.answer import Bounds
    from tracer.flow.store import Flow
    from tracer.flow.trace import Links, Trace

LINKS_SHOWN = 200
LINK = ("from", "to", "origin", "line", "fen")
BOUNDS_LINK = ("to", "origin", "min_fen", "max_fen")


def trace(
    context: typer.Context,
    target: Target,
    direction: Annotated[
        Direction, typer.Option(help="backward 从哪里来，forward 到了哪里。 Where from, or where to.")
    ],
    method: AnyMethod = "linked",
    as_of: AsOf = None,
    everything: Annotated[
        bool, typer.Option("--all", help="表中列出全部，不省略。 List all of it in the table.")
    ] = False,
    side_by_side: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="各方法并列，附凭证确定、至少、至多。 Every method, what is documented, least and most.",
        ),
    ] = False,
) -> None:
    """一笔钱从哪里来、到了哪里。 Where money came from, or where it is now.

    csv has one line for the subject, each part and each link (column `record`). Where a ledger has too many
    pieces by pro-rata, those that the trace needs are computed alone; where these are too many too, the
    answer says that it is not exact, and has rows in place of links. With --graph the Neo4j is
    asked too, and nothing is shown unless it gives the same answer. --method bounds gives
    least and most instead of one figure, and no links; own-first and poison follow the one claim forward;
    --compare gives every method in one table, one line a part.
    """
    from tracer.flow.codes import BOUNDS, POLICIES
    from tracer.flow.store import check_method
    from tracer.flow.trace import trace as trace_of

    chosen = choices(context)
    if side_by_side:
        _compare(chosen, target, direction, as_of, everything)
        return
    if method == BOUNDS:
        _trace_bounds(chosen, target, direction, as_of, everything)
        return
    check_method(method, (BOUNDS, *POLICIES))
    is_policy = method in POLICIES
    if is_policy:
        _refuse_graph(chosen)
    flow = open_flow(chosen, "linked" if is_policy else method, parse_day(as_of))
    target = named(chosen.home, flow, target)
    if is_policy:
        from tracer.flow.claims import follow_claim

        answer = follow_claim(flow, target, direction, method)
    else:
        answer = trace_of(flow, target, direction)
    if chosen.graph:
        _ask_graph(chosen, target, answer, parse_day(as_of))
    if chosen.format == "json":
        write_json(answer.to_dict())
    elif chosen.format == "csv":
        write_csv(("record", "id", "kind", "from", "to", "fen"), _trace_rows(answer.to_dict()))
    else:
        from api.story import Story
        from api.telling import write_trace
        from tracer.ledger import Ledger

        write_trace(chosen, Story(answer, Ledger(chosen.home), chosen.lang), as_of, everything)


def _refuse_graph(chosen: Choices) -> None:
    """A graph holds the money of one method: it cannot say what is so under any, or by a policy."""
    if chosen.graph:
        raise UsageError(say_both("bounds_no_graph"))


def _trace_bounds(
    chosen: Choices, target: str, direction: Direction, as_of: str | None, everything: bool
) -> None:
    """Least and most under any choice."""
    from tracer.flow.bounds.answer import bounds
    from tracer.flow.bounds.network import build_network

    _refuse_graph(chosen)
    flow = open_flow(chosen, "linked", parse_day(as_of))
    target = named(chosen.home, flow, target)
    answer = bounds(flow, build_network(chosen.home, flow), target, direction)
    if chosen.format == "json":
        write_json(answer.to_dict())
    elif chosen.format == "csv":
        write_csv(("record", "id", "kind", "min_fen", "max_fen"), _bounds_rows(answer))
    else:
        from api.story import Story
        from api.telling_bounds import write_bounds
        from tracer.flow.trace import trace as trace_of
        from tracer.ledger import Ledger

        story = Story(trace_of(flow, target, direction), Ledger(chosen.home), chosen.lang)
        write_bounds(chosen, story, answer, as_of, everything)


def _compare(chosen: Choices, target: str, direction: Direction, as_of: str | None, everything: bool) -> None:
    """Every method side by side."""
    from functools import partial

    from tracer.flow.bounds.network import build_network
    from tracer.flow.codes import METHODS
    from tracer.flow.compare import COLUMNS, compare

    _refuse_graph(chosen)
    flows = {method: open_flow(chosen, method, parse_day(as_of)) for method in METHODS}
    target = named(chosen.home, flows["linked"], target)
    answer = compare(flows.__getitem__, partial(build_network, chosen.home), target, direction)
    if chosen.format == "json":
        write_json(answer.to_dict())
    elif chosen.format == "csv":
        write_csv(COLUMNS, [list(part.to_dict().values()) for part in answer.parts])
    else:
        from api.telling_compare import write_comparison
        from tracer.ledger import Ledger

        write_comparison(chosen, Ledger(chosen.home), answer, as_of, everything)


def _bounds_rows(answer: "Bounds") -> list[list[Any]]:
    subject = ["subject", answer.subject, answer.direction, answer.amount_fen, answer.amount_fen]
    parts = [["part", part.id, part.kind, part.min_fen, part.max_fen] for part in answer.parts]
    return [subject, *parts, *([["loose", None, None, answer.loose, None]] if answer.loose else [])]


def _ask_graph(chosen: Choices, target: str, answer: "Trace", as_of: date | None) -> None:
    """Ask the Neo4j for the same trace; it is loaded where it holds something else."""
    from tracer.graph.build import open_graph
    from tracer.graph.trace import confirm

    flow = answer.flow
    with open_graph(chosen.home, flow.version, flow.method, as_of, chosen.graph) as store:
        confirm(store, target, answer.to_dict())
    write_message(chosen.say("graph_agrees", graph=chosen.graph))


def open_flow(chosen: Choices, method: str, as_of: date | None) -> "Flow":
    """The flow of the newest ledger version, built where it is not there; `UsageError` without data."""
    from tracer.flow.store import open_flow as opened

    version = require_data(chosen)
    flow = opened(chosen.home, method, as_of, version)
    if flow is None:
        from tracer.flow.build import build_flow

        Progress()(chosen.say("building", version=version, method=method))
        flow = build_flow(chosen.home, method, as_of, version)
    return flow


def require_data(chosen: Choices) -> int:
    """The newest version of the ledger; raises `UsageError` where there is none."""
    from tracer.settings import ledger_version

    version = ledger_version(chosen.home)
    if version == 0:
        raise UsageError(say_both("empty_ledger", home=chosen.home))
    return version


def _trace_rows(answer: dict[str, Any]) -> list[list[Any]]:
    subject = ["subject", answer["subject"], answer["direction"], None, None, answer["amount_fen"]]
    parts = [["part", part["id"], part["kind"], None, None, part["fen"]] for part in answer["parts"]]
    links = [["link", None, None, link["from"], link["to"], link["fen"]] for link in answer["links"]]
    rows = [["row", row["id"], None, None, None, row["fen"]] for row in answer.get("rows", [])]
    note = [["note", answer["note"], None, None, None, None]] if "note" in answer else []
    return [subject, *note, *parts, *links, *rows]


def links(context: typer.Context, method: MethodOrBounds = "linked", as_of: AsOf = None) -> None:
    """全部资金环节：哪一笔带着哪一笔的钱。 Every link: how many fen of one transfer another carried.

    csv has the columns from, to, origin, line, fen. --method bounds gives for each movement and origin the
    least and the most (to, origin, min_fen, max_fen), of up to 100,000 movements.
    """
    from tracer.flow.codes import BOUNDS
    from tracer.flow.trace import links as links_of

    chosen = choices(context)
    if method == BOUNDS:
        _bounds_links(chosen, parse_day(as_of))
        return
    flow = open_flow(chosen, method, parse_day(as_of))
    answer = links_of(flow)
    if chosen.format == "json":
        write_json(answer.to_dict())
    elif chosen.format == "csv":
        write_csv(LINK, ([link[name] for name in LINK] for link in answer))
    else:
        _write_links(chosen, flow, answer)


def _bounds_links(chosen: Choices, as_of: date | None) -> None:
    from tracer.flow.bounds.links import bounds_links
    from tracer.flow.bounds.network import build_network

    flow = open_flow(chosen, "linked", as_of)
    progress = Progress()

    def tell(done: int, origins: int) -> None:
        progress(chosen.say("origins_done", done=done, origins=origins))

    answer = bounds_links(flow, build_network(chosen.home, flow), tell)
    if chosen.format == "json":
        write_json(answer.to_dict())
        return
    if answer.loose:
        write_message(chosen.say("not_tight", count=answer.loose))
    if chosen.format == "csv":
        write_csv(BOUNDS_LINK, ([link[name] for name in BOUNDS_LINK] for link in answer))
        return
    indicators = _indicators(flow)
    made = table(*words(chosen.lang, "to", "origin", "least", "most"), right=[2, 3])
    for link in islice(answer, LINKS_SHOWN):
        fen = (format_yuan(link[name]) for name in BOUNDS_LINK[2:])
        add_row(made, link["to"], mask_holder(link["origin"], indicators), *fen)
    write_table(made)
    if len(answer.row) > LINKS_SHOWN:
        write_line(chosen.say("more_links", count=len(answer.row) - LINKS_SHOWN))


def _indicators(flow: "Flow") -> set[str]:
    from tracer.flow.codes import INDICATOR

    return set(flow.holder_names.take((flow.holder_kind == INDICATOR).nonzero()[0]))


def _write_links(chosen: Choices, flow: "Flow", answer: "Links") -> None:
    indicators = _indicators(flow)
    made = table(*words(chosen.lang, "from", "to", "origin", "line", "amount_yuan"), right=[4])
    for link in islice(answer, LINKS_SHOWN):
        origin = mask_holder(link["origin"], indicators)
        source = origin if link["from"] == link["origin"] else link["from"]
        add_row(made, source, link["to"], origin, link["line"], format_yuan(link["fen"]))
    write_table(made)
    if len(answer.fen) > LINKS_SHOWN:
        write_line(chosen.say("more_links", count=len(answer.fen) - LINKS_SHOWN))
