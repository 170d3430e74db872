"""A trace as a table that can be defended: subject, method, parts and sum, way, rows, how to do it again."""

from typing import Any

from api.choices import Choices
from api.render import add_row, table, words, write_line, write_table
from api.story import Step, Story
from tracer.mask import mask_account
from tracer.messages import say
from tracer.money import format_yuan

PARTS_SHOWN = 40
STEPS_SHOWN = 12
ROWS_SHOWN = 6


def write_trace(chosen: Choices, story: Story, as_of: str | None) -> None:
    """The trace on standard output, masked."""
    trace = story.trace
    write_line(subject_line(story))
    write_line("  ".join(f"{label} {value}" for label, value in method_facts(story, as_of)))
    write_line()
    made = table(*words(story.lang, trace.direction, "this_method"), "", right=[1])
    for title, fen in story.listed_parts(PARTS_SHOWN):
        add_row(made, title, format_yuan(fen), "")
    add_row(made, say("total", story.lang), format_yuan(trace.amount_fen), say(equals(story), story.lang))
    write_table(made)
    if trace.cut_fen is not None:
        write_line(say("cut", story.lang, amount=format_yuan(trace.cut_fen)))
    write_line()
    _write_way(story)
    write_line(f"{say('again', story.lang)}  {again(chosen, story, as_of)}")


def subject_line(story: Story) -> str:
    """What the trace is of, in one line."""
    lang = story.lang
    amount = f"{format_yuan(story.trace.amount_fen)} {say('yuan', lang)}"
    step = story.subject_step
    if step is None:
        holder = story.subject_holder
        if holder.kind == "indicator":
            return f"{say('indicator', lang)} {holder.name}  {holder.word} {holder.title}  {amount}"
        return f"{say('account', lang)}  {holder.title}  {amount}"
    way = f"{story.holder(step.payer).title} → {story.holder(step.payee).title}"
    purpose = f"{say('purpose', lang)} {step.purpose}" if step.purpose else ""
    facts = (f"{say(step.kind, lang)} {step.name}", step.day.isoformat(), amount, way, purpose)
    return "  ".join(filter(None, facts))


def method_facts(story: Story, as_of: str | None) -> list[tuple[str, str]]:
    """Method, ledger version and as-of day, with their labels."""
    lang = story.lang
    method = story.flow.method
    return [
        (say("method", lang), f"{method}（{say(method, lang)}）"),
        (say("ledger", lang), f"v{story.flow.version}"),
        (say("as_of", lang), as_of or say("all_time", lang)),
    ]


def equals(story: Story) -> str:
    """The words for what the parts add up to."""
    if story.subject_step is None:
        return "equals_held" if story.trace.direction == "backward" else "equals_reached"
    return "equals_payment" if story.subject_step.kind == "payment" else "equals_moved"


def step_text(story: Story, step: Step) -> str:
    """One movement in a few characters, with its voucher."""
    payer, payee = story.holder(step.payer), story.holder(step.payee)
    voucher = f"（{step.name}）" if step.kind != "split" else ""
    return f"{step.day} {payer.short} → {payee.short} {format_yuan(step.fen)}{voucher}"


def _write_way(story: Story) -> None:
    steps = story.steps
    shown = [step_text(story, step) for step in steps[:STEPS_SHOWN]]
    if len(steps) > STEPS_SHOWN:
        shown.append(say("more_steps", story.lang, count=len(steps) - STEPS_SHOWN))
    if shown:
        write_line(f"{say('way', story.lang)}  {' · '.join(shown)}")
    behind = [*([story.subject_step] if story.subject_step else []), *steps]
    rows = story.sources(behind[:ROWS_SHOWN])
    if len(behind) > ROWS_SHOWN:
        rows.append(say("more_steps", story.lang, count=len(behind) - ROWS_SHOWN))
    if rows:
        write_line(f"{say('rows', story.lang)}  {('; ' if story.lang == 'en' else '；').join(rows)}")


def again(chosen: Choices, story: Story, as_of: str | None) -> str:
    """The command that gives this trace again; an account stands there masked."""
    trace = story.trace
    is_account = story.subject_step is None and story.subject_holder.kind != "indicator"
    parts: list[Any] = ["trace", mask_account(trace.subject) if is_account else trace.subject]
    parts += ["--direction", trace.direction, "--method", story.flow.method]
    if as_of:
        parts += ["--as-of", as_of]
    return chosen.command(*parts)
