"""What a dry run shows of each table: which column is read as what, as a clerk would check it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.choices import Choices
from api.render import add_row, table, words, write_line, write_table
from tracer.mask import mask_cell, mask_text
from tracer.text import brief

if TYPE_CHECKING:
    from ingest.look import Heading, Look


def write_looks(chosen: Choices, looks: Sequence["Look"]) -> None:
    """One small table per table that was seen; of columns that are not read no value is shown."""
    for look in looks:
        first = look.header_row - look.depth + 1
        title = chosen.say(
            "look_title",
            file=mask_text(look.file),
            sheet=f" [{look.sheet}]" if look.sheet else "",
            table=_name(chosen, look),
            rows=look.header_row if look.depth < 2 else f"{first}–{look.header_row}",
            count=look.rows,
        )
        write_line(title)
        made = table(*words(chosen.lang, *(f"look_{key}" for key in _COLUMNS)))
        for one in look.headings:
            sample = brief(mask_cell(one.column, one.sample)) if one.column else ""
            add_row(made, one.letter, brief(one.header), _read_as(chosen, look, one), one.unit, sample)
        write_table(made)
        write_line()


_COLUMNS = ("letter", "header", "read_as", "unit", "sample")


def _name(chosen: Choices, look: "Look") -> str:
    if look.table is None:
        return chosen.say("unknown_table")
    return look.table.name_zh if chosen.lang == "zh" else look.table.name


def _read_as(chosen: Choices, look: "Look", one: "Heading") -> str:
    if one.column and look.table:
        known = look.table.by_name[one.column]
        return known.header_zh if chosen.lang == "zh" else known.name
    if not one.candidates:
        return chosen.say("look_unread")
    named = [_column(chosen, look, candidate) for candidate in one.candidates]
    return chosen.say("look_unsure", candidates=chosen.separator.join(named))


def _column(chosen: Choices, look: "Look", candidate: str) -> str:
    """`payments.amount` in the chosen language: 支付明细.支付金额; without the table where that is known."""
    from tracer.schema import TABLES

    table_name, name = candidate.split(".")
    known = TABLES[table_name]
    column = known.by_name[name].header_zh if chosen.lang == "zh" else name
    if look.table is known:
        return column
    return f"{known.name_zh if chosen.lang == 'zh' else table_name}.{column}"
