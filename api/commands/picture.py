"""`export`: a trace or a finding as a picture, or as a graph file for other programs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.asked import Asked, run_scan
from api.choices import (
    AsOf,
    Choices,
    Method,
    PackOption,
    ParametersOption,
    RuleOption,
    SetOption,
    choices,
    parse_day,
)
from api.commands.follow import open_flow
from api.keys import named
from api.render import write_csv, write_json, write_line
from tracer.errors import UsageError
from tracer.messages import say_both
from tracer.output import write_output

if TYPE_CHECKING:
    from api.exports.picture import Picture
    from api.story import Story

export_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="导出一页图，或图文件。 A picture in one page, or a graph file.",
)

Ways = Literal["backward", "forward", "both"]

MaybeTarget = Annotated[
    str | None,
    typer.Argument(metavar="[ID]", help="付款、流水、分解、指标或账户。 What to trace.", show_default=False),
]
Finding = Annotated[
    int | None,
    typer.Option("--finding", metavar="N", min=1, help="scan 所列的第 N 条发现。 The N-th finding of scan."),
]
WaysOption = Annotated[
    Ways | None,
    typer.Option(
        "--direction", help="默认：付款看两头，其余看去向。 Default: both of a movement, else forward."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="写到哪里；- 是标准输出。 Where to; - is standard output."
    ),
]


def _as_html(picture: "Picture") -> str:
    from api.exports.html import render_html

    return render_html(picture)


def _as_graphml(picture: "Picture") -> str:
    from api.exports.graphml import render_graphml

    return render_graphml(picture)


def _add_command(form: str, render: Callable[["Picture"], str], text: str) -> None:
    """Add the command that writes a picture in this form; all of them take the same arguments."""

    @export_app.command(form, help=text)
    def export(
        context: typer.Context,
        target: MaybeTarget = None,
        finding: Finding = None,
        direction: WaysOption = None,
        method: Method = "linked",
        as_of: AsOf = None,
        rule: RuleOption = None,
        parameters: ParametersOption = None,
        set_: SetOption = None,
        pack: PackOption = None,
        output: Output = None,
    ) -> None:
        chosen = choices(context)
        asked = _asked(target, as_of, rule, method, parameters, set_, pack)
        picture = _picture(chosen, target, finding, direction, method, asked)
        _write(chosen, render(picture), output or Path(f"{_file_name(picture.name)}.{form}"), picture)


_add_command(
    "html",
    _as_html,
    "一页图，不联网也能看，内容掩码。 A masked picture in one file that makes no request to anywhere.",
)
_add_command(
    "graphml",
    _as_graphml,
    """GraphML，供 networkx、Gephi、Cytoscape、yEd 使用，内容掩码。 Masked GraphML for other programs.

    每笔流动一条边，不合并。networkx.read_graphml(FILE) 全部读入：同两个持有者之间有多笔时是 MultiDiGraph，
    否则是 DiGraph；加 force_multigraph=True 则总是前者。Gephi 导入时选“不合并边”（Don't merge），
    否则多笔只剩合计（weight，单位分）。yEd 用 Edit > Properties Mapper 显示 label，再用 Layout 排列。

    One edge per movement, unmerged. networkx.read_graphml(FILE) reads them all: as a MultiDiGraph where two
    movements join the same holders, else as a DiGraph; force_multigraph=True always gives the former. In
    Gephi's import choose "Don't merge", else such movements become their sum (weight, in fen). In yEd show
    the label by Edit > Properties Mapper, then use Layout.
    """,
)


def _asked(
    target: str | None,
    as_of: str | None,
    rules: list[str] | None,
    method: str,
    parameters: Path | None,
    settings: list[str] | None,
    pack: int | None,
) -> Asked | None:
    """The scan that a finding is counted in; None without a day."""
    if target is not None and (rules or parameters or settings or pack):
        raise UsageError(say_both("only_finding"))
    day = parse_day(as_of)
    if day is None:
        return None
    return Asked(day, tuple(rules or ()), method, parameters, tuple(settings or ()), pack)


def _picture(
    chosen: Choices,
    target: str | None,
    finding: int | None,
    direction: Ways | None,
    method: str,
    asked: Asked | None,
) -> "Picture":
    from api.exports.draw import draw_trace

    if (target is None) == (finding is None):
        raise UsageError(say_both("give_one"))
    if finding is not None:
        if asked is None:
            raise UsageError(say_both("needs_as_of"))
        return _finding_picture(chosen, finding, asked)
    assert target is not None
    day = asked.as_of if asked else None
    stories = _stories(chosen, target, direction, method, day)
    return draw_trace(stories, day.isoformat() if day else None)


def _stories(
    chosen: Choices, target: str, direction: Ways | None, method: str, day: date | None
) -> list["Story"]:
    from api.story import Story
    from tracer.flow.trace import find, trace
    from tracer.ledger import Ledger

    flow = open_flow(chosen, method, day)
    target = named(chosen.home, flow, target)
    row, _ = find(flow, target)
    ways = direction or ("both" if row is not None else "forward")
    names = ("backward", "forward") if ways == "both" else (ways,)
    ledger = Ledger(chosen.home)
    return [Story(trace(flow, target, name), ledger, chosen.lang) for name in names]


def _finding_picture(chosen: Choices, number: int, asked: Asked) -> "Picture":
    from api.exports.findings import draw_finding
    from api.story import Teller
    from tracer.ledger import Ledger
    from tracer.rules.packs import rules_of

    found = run_scan(chosen, asked)
    count = len(found["findings"])
    if number > count:
        raise UsageError(say_both("not_numbered", number=number, count=count))
    teller = Teller(open_flow(chosen, asked.method, asked.as_of), Ledger(chosen.home), chosen.lang)
    finding = found["findings"][number - 1]
    cited = f"{finding['rule_id']}@{finding['rule_version']}"
    again = chosen.command("scan", *replace(asked, rules=(cited,), pack=found["pack"]).options())
    rule = rules_of(chosen.home, found)[finding["rule_id"]]
    return draw_finding(teller, finding, rule, found, number, again)


def _file_name(name: str) -> str:
    """A file name out of a masked name: letters, digits, - and _ only."""
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in name).strip("_") or "trace"


def _write(chosen: Choices, text: str, output: Path, picture: "Picture") -> None:
    if str(output) == "-":
        write_line(text)
        return
    write_output(output, text.encode())
    facts = {"file": str(output), "boxes": len(picture.boxes), "arrows": len(picture.arrows)}
    if chosen.format == "json":
        write_json(facts)
    elif chosen.format == "csv":
        write_csv(list(facts), [list(facts.values())])
    else:
        write_line(chosen.say("written", file=output))
