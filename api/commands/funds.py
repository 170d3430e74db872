"""`funds`: the fund lists of the documents, and what a locality adopts of them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.choices import AsOf, Choices, choices, day_needed, parse_day
from api.render import add_row, as_dict_rows, table, words, write_csv, write_json, write_line, write_table
from tracer.errors import UsageError

FUND = (
    *("fund_id", "list", "level", "seq", "fund_name", "printed_name", "scope"),
    *("departments", "finance_offices", "source_file", "note", "note_en"),
)
DECISION = ("region", "fund_id", "fund_name", "level", "decision", "valid_from", "valid_to", "scope")

funds_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="资金目录：采用、收窄、总台账。 The fund catalogue: adopt, narrow, amounts in scope.",
)

Funds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FUND…", help="编号、名称或 own-county-名称；不给则整张名单。 By id or name; none: all."
    ),
]
ListOption = Annotated[str, typer.Option("--list", metavar="ID", help="名单：000、002、003、004。 A list.")]
LevelOption = Annotated[
    str, typer.Option("--level", metavar="LEVEL", help="central 或 province。 The level that provides it.")
]
RegionOption = Annotated[
    str, typer.Option(metavar="CODE", help="区划代码，含其下级；不给则到处。 A division and those below.")
]
FromOption = Annotated[str, typer.Option("--valid-from", metavar="DATE", help="起始日期。 First day.")]
ToOption = Annotated[
    str | None, typer.Option("--valid-to", metavar="DATE", help="截止日期，含当日；不给则一直。 Last day.")
]


def fund_row(fund: Any) -> dict[str, Any]:
    """A fund of a list as json and csv give it."""
    names = [name for name in FUND if name not in ("fund_id", "scope")]
    return {"fund_id": fund.id} | {name: getattr(fund, name) for name in names} | {"scope": list(fund.scope)}


def scope_text(chosen: Choices, fund: Any, scope: str = "") -> str:
    """Why a fund is only partly in scope, in words; as a locality put it, where it did."""
    return scope or chosen.separator.join(chosen.say(f"scope_{kind}") for kind in fund.scope)


@funds_app.command("list")
def list_funds(context: typer.Context, list_: ListOption = "", level: LevelOption = "") -> None:
    """各文件所列的资金。 The funds that the documents list; csv has one line per fund."""
    from tracer.funds.catalogue import choose_funds

    chosen, funds = choices(context), choose_funds(list_=list_, level=level)
    rows = [fund_row(fund) for fund in funds]
    if chosen.format == "json":
        write_json({"funds": rows})
    elif chosen.format == "csv":
        write_csv(FUND, as_dict_rows(rows, FUND))
    else:
        heads = ("number", "level", "name", "scope", "departments", "finance_offices", "document")
        made = table(*words(chosen.lang, *heads))
        for fund in funds:
            level_word, scope = chosen.say(fund.level), scope_text(chosen, fund)
            offices = (fund.departments, fund.finance_offices, fund.source_file)
            add_row(made, fund.id, level_word, fund.fund_name, scope, *offices)
        write_table(made)


@funds_app.command("show")
def show_funds(context: typer.Context, as_of: AsOf = None, region: RegionOption = "") -> None:
    """某地某日的资金目录；不给日期则列出全部决定。 The catalogue of a region on a day; else all decisions."""
    from tracer.funds.adopted import in_force, read_decisions

    chosen, day = choices(context), parse_day(as_of)
    if day:
        decisions = [standing.decision for standing in in_force(chosen.home, region, day)]
    else:
        decisions = [d for d in read_decisions(chosen.home) if d.region.startswith(region)]
    write_decisions(chosen, decisions)


def write_decisions(chosen: Choices, decisions: list[Any]) -> None:
    """Decisions on funds in the chosen format."""
    from tracer.funds.catalogue import fund_of

    known = {d.fund: fund_of(d.fund) for d in decisions}
    rows = [
        vars(d) | {"fund_id": d.fund, "fund_name": known[d.fund].fund_name, "level": known[d.fund].level}
        for d in decisions
    ]
    rows = [{name: row[name] for name in DECISION} for row in rows]
    if chosen.format == "json":
        write_json({"funds": rows})
    elif chosen.format == "csv":
        write_csv(DECISION, as_dict_rows(rows, DECISION))
    else:
        heads = ("region", "number", "level", "name", "decision", "valid_from", "valid_to", "scope")
        made = table(*words(chosen.lang, *heads))
        for row in rows:
            fund = known[row["fund_id"]]
            facts = (fund.id, chosen.say(fund.level), fund.fund_name, chosen.say(row["decision"]))
            scope = scope_text(chosen, fund, row["scope"])
            place = row["region"] or chosen.say("everywhere")
            add_row(made, place, *facts, row["valid_from"], row["valid_to"], scope)
        write_table(made)
        write_line(chosen.say("funds_counted", count=len(rows)))


@funds_app.command("adopt")
def adopt_funds(
    context: typer.Context,
    funds: Funds = None,
    list_: ListOption = "",
    level: LevelOption = "",
    region: RegionOption = "",
    valid_from: FromOption = "",
    valid_to: ToOption = None,
    scope: Annotated[
        str, typer.Option(metavar="TEXT", help="只部分纳入：说明范围。 Only partly in scope: which part.")
    ] = "",
) -> None:
    """一地采用一张名单，或其中几项。 A region adopts a list, or some funds of it, from a day on.

    It holds for the divisions below too, until they decide otherwise. A fund that no document lists is
    own-LEVEL-NAME (province, city, county); one with --scope is only partly in scope. Rules do not look at
    it: `funds export` makes a table `funds` of it to complete and ingest.
    """
    from tracer.funds.adopted import ADOPTED, decide
    from tracer.funds.catalogue import choose_funds

    chosen = choices(context)
    if not funds and not list_:
        raise UsageError("请给出资金，或用 --list 给出名单 / name funds, or a list with --list")
    first, last = day_needed(valid_from or None, "valid_from_needed"), parse_day(valid_to)
    picked = choose_funds(funds or (), list_, level)
    write_decisions(chosen, decide(chosen.home, picked, ADOPTED, region, first, last, scope))


@funds_app.command("drop")
def drop_funds(
    context: typer.Context,
    funds: Annotated[
        list[str], typer.Argument(metavar="FUND…", help="资金编号或名称。 Funds by id or name.")
    ],
    list_: ListOption = "",
    level: LevelOption = "",
    region: RegionOption = "",
    valid_from: FromOption = "",
    valid_to: ToOption = None,
) -> None:
    """一地从目录中剔除几项资金。 A region drops funds from its catalogue, from a day on."""
    from tracer.funds.adopted import DROPPED, decide
    from tracer.funds.catalogue import choose_funds

    chosen = choices(context)
    first, last = day_needed(valid_from or None, "valid_from_needed"), parse_day(valid_to)
    picked = choose_funds(funds, list_, level)
    write_decisions(chosen, decide(chosen.home, picked, DROPPED, region, first, last))


@funds_app.command("forget")
def forget_funds(
    context: typer.Context,
    funds: Funds = None,
    list_: ListOption = "",
    level: LevelOption = "",
    region: RegionOption = "",
    valid_from: FromOption = "",
) -> None:
    """删除记错的决定，列出所删。 Remove decisions made by mistake, and list them."""
    from tracer.funds.adopted import forget
    from tracer.funds.catalogue import choose_funds

    chosen = choices(context)
    picked = choose_funds(funds or (), list_, level)
    write_decisions(chosen, forget(chosen.home, picked, region, parse_day(valid_from or None)))


@funds_app.command("export")
def export_funds(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="CSV 文件。 CSV file.")],
    as_of: AsOf = None,
    region: RegionOption = "",
) -> None:
    """把某地某日的目录写成“资金目录”表，补全后导入。 Write the catalogue as a table `funds` to complete.

    Fill in 限建档立卡 and 直达县级, then `fundtrail ingest FILE`: only that changes what rules find.
    """
    from tracer.funds.adopted import in_force
    from tracer.funds.export import write_funds_table

    chosen = choices(context)
    standing = in_force(chosen.home, region, day_needed(as_of))
    write_funds_table(output, standing, {kind: chosen.say(f"scope_{kind}") for kind in SCOPES})
    if chosen.format == "json":
        write_json({"file": str(output), "funds": len(standing)})
    elif chosen.format == "csv":
        write_csv(("file", "funds"), [[str(output), len(standing)]])
    else:
        write_line(chosen.say("funds_exported", file=output, count=len(standing)))


SCOPES = ("part", "exclusion", "use")
