"""`calendar`: the official holidays and make-up days, loaded into the ledger, and what it holds of them."""

from typing import Annotated, Any

import typer

from api.choices import Choices, choices
from api.commands.data import write_report
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

YEAR = ("year", "holidays", "workdays", "both_ways", "lacks", "adds", "sources")


def calendar(
    context: typer.Context,
    years: Annotated[
        list[int] | None,
        typer.Argument(metavar="YEAR…", help="要载入的年份；不给则只列出。 Years to load; none: only list."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="照样报告，但什么都不保存。 Report the same, store nothing.")
    ] = False,
) -> None:
    """载入某年的法定放假和调休，并列出已有的。 Load official holidays and make-up days of years.

    They become rows of the table `calendar`, as an ingest from the package `chinesecalendar`; csv gives that
    report, or without years one line per year of the table. Exit code 3 where the ledger lists a day the
    other way, which it keeps.
    """
    from ingest.holidays import calendar_years, known_years, load_calendar, source

    chosen = choices(context)
    report = load_calendar(chosen.home, years, dry_run) if years else None
    rows = calendar_years(chosen.home, years or ())
    package = {"package": source(), "package_years": known_years()}
    if chosen.format == "json":
        write_json({**(report or {}), **package, "calendar": rows})
    elif report and chosen.format == "csv":
        write_report(chosen, report)
    elif chosen.format == "csv":
        write_csv(YEAR, as_dict_rows(rows, YEAR))
    else:
        if report:
            write_report(chosen, report)
            write_line()
        _write_years(chosen, rows, package)
    if report and dry_run:
        write_message(chosen.say("dry_run"))
    if report and report["problems"]:
        raise typer.Exit(3)


def _write_years(chosen: Choices, rows: list[dict[str, Any]], package: dict[str, Any]) -> None:
    if not rows:
        write_line(chosen.say("calendar_empty"))
        return
    known = package["package_years"]
    facts = {"package": package["package"], "first": known[0], "last": known[-1]}
    write_line(chosen.say("calendar_title", **facts))
    keys = ("year", "holidays", "workdays", "both", "lacks", "adds", "source")
    made = table(*words(chosen.lang, *(f"calendar_{key}" for key in keys)), right=range(6))
    for row in rows:
        counts = ("—" if row[name] is None else row[name] for name in YEAR[:-1])
        add_row(made, *counts, mask_text(chosen.separator.join(row["sources"])))
    write_table(made)
