"""A trace by every method as one table: what is documented, what each method says, what is certain."""

from api.choices import Choices
from api.render import add_row, table, words, write_line, write_table
from api.story import Story, part_title
from api.telling import PARTS_SHOWN, again, method_facts, subject_line
from tracer.flow.codes import METHODS
from tracer.flow.compare import Comparison
from tracer.ledger import Ledger
from tracer.money import format_yuan


def write_comparison(
    chosen: Choices, ledger: Ledger, found: Comparison, as_of: str | None, everything: bool
) -> None:
    """The comparison on standard output, masked; with `everything` each part."""
    story = Story(found.linked, ledger, chosen.lang)
    write_line(subject_line(story))
    write_line("  ".join(f"{label} {value}" for label, value in method_facts(story, as_of)[1:]))
    write_line()
    is_backward = found.linked.direction == "backward"
    first = words(chosen.lang, found.linked.direction, *(["documented"] if is_backward else []))
    made = table(*first, *METHODS, *words(chosen.lang, "least", "most"), right=range(1, len(first) + 6))
    listed = found.parts if everything else found.parts[:PARTS_SHOWN]
    for part in listed:
        documented = [] if part.documented_fen is None else [part.documented_fen]
        amounts = [*documented, *part.fen.values(), part.min_fen, part.max_fen]
        add_row(
            made, part_title(story, part.id, part.kind, found.linked.direction), *map(format_yuan, amounts)
        )
    if len(listed) < len(found.parts):
        add_row(made, *_rest(chosen, found, len(listed)))
    known = [] if found.documented_fen is None else [found.documented_fen]
    least = found.certain_fen + found.certainly_unexplained_fen
    sums = (*known, *found.amount_fen.values(), least)
    add_row(made, chosen.say("total"), *map(format_yuan, sums), "")
    write_table(made)
    write_line()
    write_line(
        chosen.say("compared", agreed=format_yuan(found.agreed_fen), certain=format_yuan(found.certain_fen))
    )
    if found.certainly_unexplained_fen:
        amount = format_yuan(found.certainly_unexplained_fen)
        write_line(chosen.say("compared_unexplained", amount=amount))
    if found.loose:
        write_line(chosen.say("compared_loose", count=found.loose))
    for method in found.inexact:
        write_line(chosen.say("compared_inexact", method=method))
    write_line(f"{chosen.say('again')}  {again(chosen, story, as_of)} --compare")


def _rest(chosen: Choices, found: Comparison, listed: int) -> list[str]:
    rest = found.parts[listed:]
    documented = [] if found.documented_fen is None else [sum(part.documented_fen or 0 for part in rest)]
    sums = [*documented, *(sum(part.fen[method] for part in rest) for method in METHODS)]
    least = sum(part.min_fen for part in rest)
    return [chosen.say("rest", count=len(rest)), *map(format_yuan, (*sums, least)), ""]
