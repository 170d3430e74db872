"""`ingest` and `demo`: how data come in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.choices import Choices, choices
from api.commands.looking import write_looks
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
from tracer.errors import UsageError
from tracer.mask import mask_cell, mask_text
from tracer.money import format_yuan
from tracer.output import write_output
from tracer.text import brief

if TYPE_CHECKING:
    from tracer.schema import Table

COUNTS = ("rows", "accepted", "rejected", "totals", "blank", "duplicates", "corrected")
PLACE = ("file", "sheet", "table")
PROBLEM = ("row", "column", "value", "problem", "hint")
PROBLEMS_SHOWN = 30


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH…", help="CSV、XLSX、XLS 文件或文件夹。 Files or folders.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="映射文件，用于认不出的表。 For tables with unknown headers."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="照样报告，但什么都不保存。 Report the same, store nothing.")
    ] = False,
    write_mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="把认出的列写成映射文件，没有把握的带 ?，供核对。"
            " Write what was recognised as a mapping file, with a ? where it is not sure.",
        ),
    ] = None,
    keep_mapping: Annotated[
        bool,
        typer.Option(
            "--keep-mapping",
            help="保留 --mapping 的映射，以后照它读表头相同的表。"
            " Keep the mapping for all later tables with these headers.",
        ),
    ] = False,
    rejected: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="把有问题的文件连同退回原因写到这个文件夹，改好后可再读入。"
            " Folder for copies of files with problems and the reasons; corrected, they are ingested again.",
        ),
    ] = None,
) -> None:
    """读入文件，逐行说明去处。 Read files and account for every row.

    The copies of `--rejected` hold all that the files hold, names and numbers of persons included.
    json gives batches and problems; csv one line per batch and per problem (column `record`).
    Exit code 3 where a row was rejected or a table could not be taken.
    """
    from ingest.look import Look, mapping_text
    from ingest.run import ingest as run

    chosen = choices(context)
    if keep_mapping and mapping is None:
        raise UsageError("--keep-mapping 要与 --mapping 同用 / --keep-mapping goes with --mapping")
    if write_mapping is not None and write_mapping.exists():
        raise UsageError(f"{write_mapping} 已存在，不覆盖 / {write_mapping} is there and is not replaced")
    looks: list[Look] = []
    report = run(
        chosen.home,
        paths,
        mapping=mapping,
        dry_run=dry_run,
        progress=lambda text: write_message(mask_text(text)),
        lang=chosen.lang,
        rejected=rejected,
        keep_mapping=keep_mapping,
        looks=looks if dry_run or write_mapping is not None else None,
    )
    if dry_run and chosen.format == "table":
        write_looks(chosen, looks)
    write_report(chosen, report, columns_shown=dry_run)
    if write_mapping is not None:
        write_output(write_mapping, mapping_text(looks).encode())
        write_message(chosen.say("mapping_written", file=write_mapping))
    if dry_run:
        write_message(chosen.say("dry_run"))
    if report["problems"] or any(batch["rejected"] for batch in report["batches"]):
        raise typer.Exit(3)


def write_report(chosen: Choices, report: dict[str, Any], columns_shown: bool = False) -> None:
    """The report of an ingest in the chosen format; without unsure columns where these were shown before."""
    if chosen.format == "json":
        write_json(report)
    elif chosen.format == "csv":
        batches = as_dict_rows(report["batches"], (*PLACE, *COUNTS))
        problems = as_dict_rows(report["problems"], ("file", "sheet", *PROBLEM))
        blank: list[Any] = [None]
        write_csv(
            ("record", *PLACE, *COUNTS, *PROBLEM),
            [["batch", *row, *blank * len(PROBLEM)] for row in batches]
            + [["problem", *row[:2], *blank * (1 + len(COUNTS)), *row[2:]] for row in problems],
        )
    else:
        _write_batches(chosen, report)
        if not columns_shown:
            _write_open_columns(chosen, report)
        _write_problems(chosen, report)


def _write_batches(chosen: Choices, report: dict[str, Any]) -> None:
    headings = words(chosen.lang, "file", "table", "count_rows", *COUNTS[1:], "sums")
    made = table(*headings, right=range(2, 9))
    for batch in report["batches"]:
        known = _known_table(chosen, batch["table"])
        name = chosen.say("unknown_table") if known is None else known.name
        if known is not None and chosen.lang == "zh":
            name = known.name_zh
        add_row(
            made,
            mask_text(f"{batch['file']}{_sheet(batch['sheet'])}"),
            name,
            *(f"{batch[count]:,}" for count in COUNTS),
            "  ".join(_sum(chosen, known, column, fen) for column, fen in (batch["sums"] or {}).items()),
        )
    write_table(made)


def _write_open_columns(chosen: Choices, report: dict[str, Any]) -> None:
    for batch in report["batches"]:
        for column in batch["columns"]:
            if column["column"] is None and column["candidates"]:
                write_line(
                    chosen.say(
                        "open_columns",
                        file=mask_text(batch["file"]),
                        sheet=_sheet(batch["sheet"]),
                        header=column["header"],
                        candidates=", ".join(column["candidates"]),
                    )
                )


def _known_table(chosen: Choices, name: str | None) -> "Table | None":
    """The input table, or the class of registers of other offices, of this name."""
    from tracer.registers.store import Registers
    from tracer.schema import TABLES

    if name is None or name in TABLES:
        return TABLES.get(name or "")
    return Registers(chosen.home).classes[name].table


def _sum(chosen: Choices, known: Any, column: str, fen: int) -> str:
    is_known = known is not None and column in known.by_name and chosen.lang == "zh"
    return f"{known.by_name[column].header_zh if is_known else column} {format_yuan(fen)}"


def _sheet(sheet: str | None) -> str:
    return f" [{sheet}]" if sheet else ""


def _in(chosen: Choices, problem: dict[str, Any], key: str) -> str:
    """A text of a problem in the chosen language, where it has it."""
    text: str = problem.get(f"{key}_en", problem[key]) if chosen.lang == "en" else problem[key]
    return text


def _in_runs(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table that one and the same thing is wrong with, as one line: `2–15`."""
    runs: list[dict[str, Any]] = []
    for problem in problems:
        last = runs[-1] if runs else None
        alike = last is not None and all(
            last[key] == problem[key] for key in ("file", "sheet", "problem", "hint")
        )
        if last is not None and alike and problem["column"] is None and last["to"] + 1 == problem["row"]:
            last["to"] = problem["row"]
            last["row"] = f"{last['from']}–{last['to']}"
        else:
            runs.append(problem | {"from": problem["row"], "to": problem["row"] or 0})
    return runs


def _column(chosen: Choices, table_name: str | None, column: str | None) -> str:
    """The column of a problem as the chosen language calls it."""
    table = _known_table(chosen, table_name)
    known = table.by_name if table else {}
    return known[column].header_zh if chosen.lang == "zh" and column in known else column or ""


def _write_problems(chosen: Choices, report: dict[str, Any]) -> None:
    problems = report["problems"]
    if not problems:
        return
    tables = {(batch["file"], batch["sheet"]): batch["table"] for batch in report["batches"]}
    write_line()
    made = table(
        *words(chosen.lang, "problems_title", "row", "column", "value", "problem", "hint"), right=[1]
    )
    problems = _in_runs(problems)
    for problem in problems[:PROBLEMS_SHOWN]:
        add_row(
            made,
            mask_text(f"{problem['file']}{_sheet(problem['sheet'])}"),
            problem["row"],
            brief(_column(chosen, tables.get((problem["file"], problem["sheet"])), problem["column"])),
            brief(mask_cell(problem["column"], problem["value"])),
            mask_text(_in(chosen, problem, "problem")),
            mask_text(_in(chosen, problem, "hint")),
        )
    write_table(made)
    if len(problems) > PROBLEMS_SHOWN:
        write_line(chosen.say("more_problems", count=len(problems) - PROBLEMS_SHOWN))


def demo(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="随机数种子。 Seed of the invented county.")] = 2020,
) -> None:
    """虚构一个县并走完全程：读入、扫描、追踪、作图。 An invented county, end to end.

    csv has one line of counts. Exit code 3 where something planted was missed.
    """
    from api.showcase import run_showcase

    if not run_showcase(choices(context), seed):
        raise typer.Exit(3)
