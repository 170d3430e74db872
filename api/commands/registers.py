"""`registers`: registers of other offices: what they are for, who brought them, how they go again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.choices import Choices, choices, day_needed, parse_day
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
from tracer.errors import UsageError
from tracer.mask import mask_person, mask_text

if TYPE_CHECKING:
    from tracer.registers.classes import RegisterClass
    from tracer.registers.store import Import

IMPORT = (
    *("number", "register", "as_of", "since", "keep_until", "purpose", "basis", "office", "imported_by"),
    *("imported_at", "files", "counts", "digest", "removed"),
)
CLASS = ("register", "name_zh", "name_en", "held_by", "rule_id", "answers", "fresh_days", "lasting")
COLUMN = ("register", "column", "header_zh", "synonyms_zh", "kind", "required", "role", "words", "meaning")
_HEADINGS = (
    *("registers_number", "registers_class", "registers_as_of", "registers_rows", "registers_office"),
    *("registers_purpose", "registers_basis", "registers_by", "registers_at", "registers_keep"),
    "registers_state",
)

registers_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="其他部门的登记：死亡、市场主体、财政供养、机动车、不动产。 Registers of other offices.",
)

By = Annotated[str, typer.Option("--by", metavar="NAME", help="经办人。 Who does this.")]


@registers_app.command("import")
def import_register(
    context: typer.Context,
    register: Annotated[str, typer.Argument(metavar="CLASS", help="登记类别。 The class of register.")],
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH…", help="同一版的全部文件。 All files of this one version."),
    ],
    purpose: Annotated[str, typer.Option(metavar="TEXT", help="使用目的。 What it is used for.")],
    basis: Annotated[str, typer.Option(metavar="TEXT", help="法律依据。 Legal basis of the sharing.")],
    office: Annotated[str, typer.Option(metavar="TEXT", help="提供单位。 The office that provided it.")],
    by: By,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="数据截至日。 The day whose state it shows.")
    ],
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="自此日起的变动也齐全。 It is complete from this day on."),
    ] = None,
    keep_until: Annotated[
        str | None, typer.Option("--keep-until", metavar="DATE", help="最后可用之日。 Last day of use.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="NAME=HEADER",
            help="某列用另一个表头，可多次。 A column's header; repeatable.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="照样报告，但什么都不保存。 Report the same, store nothing.")
    ] = False,
) -> None:
    """导入一版登记，只保留声明的列。 Import a version of a register; only declared columns are kept.

    Its rule takes part in scans from then on. json gives the report of `ingest` and `import`; csv one line
    per batch and per problem. Exit code 3 where a row was rejected or nothing could be taken.
    """
    from ingest.registers import import_register as run
    from tracer.registers.store import Provenance

    chosen = choices(context)
    said = Provenance(purpose, basis, office, by, day_needed(as_of), parse_day(since), parse_day(keep_until))
    headers = dict(map(_header, column or ()))
    report = run(
        chosen.home,
        register,
        paths,
        said,
        headers,
        dry_run,
        lambda text: write_message(mask_text(text)),
        chosen.lang,
    )
    write_report(chosen, report)
    if chosen.format == "table":
        _write_outcome(chosen, register, report, is_dry=dry_run)
    if report["problems"] or not any(batch["accepted"] for batch in report["batches"]):
        raise typer.Exit(3)


def _header(text: str) -> tuple[str, str]:
    name, equals, header = text.partition("=")
    if not (name.strip() and equals and header.strip()):
        raise UsageError(f"--column 应为 列名=表头：{text} / --column is NAME=HEADER: {text}")
    return name.strip(), header.strip()


def _write_outcome(chosen: Choices, register: str, report: dict[str, Any], *, is_dry: bool) -> None:
    from tracer.registers.store import Registers

    registers = Registers(chosen.home)
    known = registers.named(register)
    write_line()
    unkept = {
        entry["header"]
        for batch in report["batches"]
        for entry in batch["columns"]
        if entry["column"] is None and not entry["candidates"]
    }
    if unkept:
        write_line(chosen.say("registers_unkept", columns=chosen.separator.join(sorted(unkept))))
    added = report["import"]
    if added is None:
        is_same = any(batch["accepted"] for batch in report["batches"])
        write_line(chosen.say("dry_run" if is_dry else "registers_same" if is_same else "registers_nothing"))
        return
    facts = {"number": added["number"], "as_of": added["as_of"], "rows": added["counts"]["accepted"]}
    write_line(chosen.say("registers_imported", name=_name(chosen, known), rule=known.rule, **facts))
    for one in registers.seen(None):
        is_replaced = one.register == known.name and one.provenance.as_of.isoformat() == added["as_of"]
        if is_replaced and one.number != added["number"]:
            write_line(chosen.say("registers_replaces", number=one.number))


def _name(chosen: Choices, known: "RegisterClass") -> str:
    return known.zh if chosen.lang == "zh" else known.en


@registers_app.command("list")
def list_registers(context: typer.Context) -> None:
    """导入过的登记：目的、依据、提供单位、截至日、导入人。 Every import; csv has one line per import."""
    from tracer.registers.store import Registers

    chosen = choices(context)
    imports = Registers(chosen.home).imports
    rows = [one.as_row() for one in imports]
    if chosen.format == "json":
        write_json({"imports": rows})
    elif chosen.format == "csv":
        write_csv(IMPORT, as_dict_rows(rows, IMPORT))
    elif not imports:
        write_line(chosen.say("registers_none"))
    else:
        _write_imports(chosen, imports)


def _write_imports(chosen: Choices, imports: "tuple[Import, ...]") -> None:
    from tracer.registers.store import Registers

    classes = Registers(chosen.home).classes
    made = table(*words(chosen.lang, *_HEADINGS), right=[0, 3])
    for one in imports:
        said = one.provenance
        known = classes.get(one.register)
        days = f"{said.since}–{said.as_of}" if said.since else said.as_of
        add_row(
            made,
            one.number,
            _name(chosen, known) if known else one.register,
            days,
            f"{one.rows:,}",
            *(mask_text(text) for text in (said.office, said.purpose, said.basis)),
            mask_person(said.imported_by),
            one.imported_at[:10],
            said.keep_until or "",
            _state(chosen, one),
        )
    write_table(made)


def _state(chosen: Choices, one: "Import") -> str:
    gone = one.removed
    if gone is None:
        return chosen.say("registers_kept")
    facts = {"reason": mask_text(gone["reason"]), "by": mask_person(gone["by"]), "at": gone["at"][:10]}
    return chosen.say("registers_removed", **facts)


@registers_app.command("classes")
def list_classes(context: typer.Context) -> None:
    """可导入的登记类别，含本地自设的。 The classes of registers, this home's own too; csv: one per line."""
    from tracer.registers.store import Registers

    chosen = choices(context)
    classes = Registers(chosen.home).classes
    rows = [_class_row(one) for one in classes.values()]
    if chosen.format == "json":
        write_json({"classes": rows})
    elif chosen.format == "csv":
        write_csv(CLASS, as_dict_rows(rows, CLASS))
    else:
        keys = ("registers_class", "registers_held_by", "registers_rule", "registers_answers")
        made = table(*words(chosen.lang, *keys))
        for one in classes.values():
            held_by = one.held_by[chosen.lang == "en"]
            add_row(made, f"{_name(chosen, one)}  {one.name}", held_by, one.rule, _answers(chosen, one))
        write_table(made)


@registers_app.command("show")
def show_class(
    context: typer.Context,
    register: Annotated[str, typer.Argument(metavar="CLASS", help="登记类别。 The class of register.")],
) -> None:
    """一类登记的列；没有列出的一概不保留。 The columns of a class: nothing else is kept of a file."""
    from tracer.registers.store import Registers

    chosen = choices(context)
    one = Registers(chosen.home).named(register)
    rows = _column_rows(one)
    if chosen.format == "json":
        write_json(_class_row(one) | {"columns": rows})
        return
    if chosen.format == "csv":
        write_csv(COLUMN, as_dict_rows(rows, COLUMN))
        return
    write_line(f"{_name(chosen, one)}  {one.name}  {one.rule}  {_answers(chosen, one)}")
    write_line()
    keys = ("column", "name", "kind", "required", "registers_role", "may_hold", "synonyms")
    made = table(*words(chosen.lang, *keys))
    for row in rows:
        add_row(
            made,
            row["header_zh"],
            row["column"],
            chosen.say(f"kind_{row['kind']}"),
            "*" if row["required"] else "",
            chosen.say(f"role_{row['role']}") if row["role"] else "",
            "/".join(row["words"]),
            chosen.separator.join(row["synonyms_zh"]),
        )
    write_table(made)


def _answers(chosen: Choices, one: "RegisterClass") -> str:
    text = chosen.say("registers_history" if one.has_history else "registers_day", days=one.fresh_days)
    return text + (chosen.say("registers_lasting") if one.is_lasting else "")


def _class_row(one: "RegisterClass") -> dict[str, Any]:
    return {
        "register": one.name,
        "name_zh": one.zh,
        "name_en": one.en,
        "held_by": list(one.held_by),
        "rule_id": one.rule,
        "answers": "history" if one.has_history else "day",
        "fresh_days": one.fresh_days,
        "lasting": one.is_lasting,
    }


def _column_rows(one: "RegisterClass") -> list[dict[str, Any]]:
    from tracer.registers.classes import PERSON

    roles = {name: role for role, names in one.roles.items() for name in names} | {PERSON: "person"}
    return [
        {
            "register": one.name,
            "column": column.name,
            "header_zh": column.header_zh,
            "synonyms_zh": list(column.synonyms_zh),
            "kind": column.kind,
            "required": column.required,
            "role": roles.get(column.name),
            "words": [word for word, english in column.words if word != english],
            "meaning": column.meaning,
        }
        for column in one.table.columns
    ]


@registers_app.command("remove")
def remove_registers(
    context: typer.Context,
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="移除原因。 Why it is removed.")],
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="NUMBER…", help="导入编号。 Numbers of imports.")
    ] = None,
    expired: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="移除到这一天已过保存期限的。 Those whose last day of use is before this day.",
        ),
    ] = None,
) -> None:
    """删除一版登记的全部行，并说明还剩什么。 Delete the rows of imports for good, and say what remains."""
    from datetime import UTC, datetime

    from tracer.graph.build import drop_graphs_of_registers
    from tracer.registers.store import Registers

    chosen = choices(context)
    if (expired is None) == (not numbers):
        raise UsageError("给出编号，或 --expired DATE / give numbers, or --expired DATE")
    registers = Registers(chosen.home)
    wanted = list(numbers or ()) or registers.expired(day_needed(expired))
    gone = registers.remove(wanted, by, reason, datetime.now(UTC).isoformat(timespec="seconds"))
    graphs = drop_graphs_of_registers(chosen.home) if gone else 0
    if chosen.format == "json":
        write_json({"removed": [one.number for one in gone], "graphs": graphs})
    elif chosen.format == "csv":
        write_csv(("number", "register"), [[one.number, one.register] for one in gone])
    elif not gone:
        write_line(chosen.say("registers_none_expired"))
    else:
        for one in gone:
            known = registers.classes.get(one.register)
            facts = {"number": one.number, "as_of": one.provenance.as_of, "rows": one.rows, "graphs": graphs}
            name = _name(chosen, known) if known else one.register
            write_line(chosen.say("registers_gone", name=name, **facts))
        write_line(chosen.say("registers_remains"))
