"""Least and most as a table: what is certain about the money, and what is only possible."""

from api.choices import Choices
from api.render import add_row, table, words, write_line, write_table
from api.story import Story, part_title
from api.telling import PARTS_SHOWN, again, equals, method_facts, subject_line
from tracer.flow.bounds.answer import Bounds
from tracer.flow.codes import BOUNDS
from tracer.messages import say
from tracer.money import format_yuan


def write_bounds(
    chosen: Choices, story: Story, answer: Bounds, as_of: str | None, everything: bool = False
) -> None:
    """The bounds on standard output, masked; `story` tells the trace of the same money by `linked`."""
    lang = story.lang
    write_line(subject_line(story))
    write_line("  ".join(f"{label} {value}" for label, value in method_facts(story, as_of, BOUNDS)))
    write_line()
    made = table(*words(lang, answer.direction, "least", "most"), "", right=[1, 2])
    shown = answer.parts if everything else answer.parts[:PARTS_SHOWN]
    for part in shown:
        add_row(
            made,
            part_title(story, part.id, part.kind, answer.direction),
            format_yuan(part.min_fen),
            format_yuan(part.max_fen),
            "",
        )
    amount = format_yuan(answer.amount_fen)
    add_row(made, say("total", lang), amount, amount, say(equals(story), lang))
    write_table(made)
    if len(shown) < len(answer.parts):
        write_line(say("more_parts", lang, count=len(answer.parts) - len(shown)))
    write_line()
    write_line(say("least_and_most", lang))
    if answer.loose:
        write_line(say("not_tight", lang, count=answer.loose))
    write_line(f"{say('again', lang)}  {again(chosen, story, as_of, BOUNDS)}")
