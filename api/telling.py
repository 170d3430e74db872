"""A trace as a table that can be defended: subject, method, parts and sum, way, rows, how to do it again."""

from typing import Any

from api.choices import Choices
from api.keys import account_key, home_secret
from api.render import add_row, table, words, write_line, write_table
from api.story import Step, Story, Teller
from tracer.messages import bracketed, say
from tracer.money import format_yuan

STEP_HEADINGS = ("day", "voucher", "payer", "payee", "money_yuan", "rows")
PARTS_SHOWN = 40
STEPS_SHOWN = 12
ROWS_SHOWN = 6


def write_trace(chosen: Choices, story: Story, as_of: str | None, everything: bool = False) -> None:
    """The trace on standard output, masked; with `everything` each part and movement."""
    trace = story.trace
    write_line(subject_line(story))
    write_line("  ".join(f"{label} {value}" for label, value in method_facts(story, as_of)))
    write_line()
    made = table(*words(story.lang, trace.direction, "this_method"), "", right=[1])
    for title, fen in story.listed_parts(len(trace.parts) if everything else PARTS_SHOWN):
        add_row(made, title, format_yuan(fen), "")
    add_row(made, say("total", story.lang), format_yuan(trace.amount_fen), say(equals(story), story.lang))
    write_table(made)
    if not trace.exact:
        write_line(say("not_exact", story.lang))
    elif trace.cut_fen is not None:
        write_line(say("cut", story.lang, amount=format_yuan(trace.cut_fen)))
    write_line()
    if everything:
        _write_steps(story)
    else:
        _write_way(story)
    write_line(f"{say('again', story.lang)}  {again(chosen, story, as_of)}")


def subject_line(story: Story) -> str:
    """What the trace is of, in one line."""
    lang = story.lang
    step = story.subject_step
    amount = f"{format_yuan(step.amount_fen if step else story.trace.amount_fen)} {say('yuan', lang)}"
    if step is None:
        holder = story.subject_holder
        if holder.kind == "indicator":
            sums = ("; " if lang == "en" else "，").join(indicator_sums(story))
            return f"{say('indicator', lang)} {holder.name}  {holder.word} {holder.title}  {sums}"
        return f"{say('account', lang)}  {holder.title}  {amount}"
    way = f"{story.holder(step.payer).title} → {story.holder(step.payee).title}"
    purpose = f"{say('purpose', lang)} {step.purpose}" if step.purpose else ""
    facts = (f"{say(step.kind, lang)} {step.name}", step.day.isoformat(), amount, way, purpose)
    return "  ".join(filter(None, facts))


def indicator_sums(story: Story) -> list[str]:
    """The amount that the indicator was issued with, where its row is there, and what it holds now."""
    trace = story.trace
    held = trace.amount_fen
    if trace.direction == "forward":
        held = sum(part.fen for part in trace.parts if (part.id, part.kind) == (trace.subject, "indicator"))
    own = story.indicator_amount(trace.subject)
    texts = [] if own is None else [say("own_amount", story.lang, amount=format_yuan(own))]
    return [*texts, say("held_now", story.lang, amount=format_yuan(held))]


def method_facts(story: Story, as_of: str | None, method: str | None = None) -> list[tuple[str, str]]:
    """Method (by default that of the flow), ledger version and as-of day, with their labels."""
    lang = story.lang
    method = method or story.flow.method
    return [
        (say("method", lang), f"{method}{bracketed(say(method, lang), lang)}"),
        (say("ledger", lang), f"v{story.flow.version}"),
        (say("as_of", lang), as_of or say("all_time", lang)),
    ]


def equals(story: Story) -> str:
    """The words for what the parts add up to."""
    if story.flow.method == "poison":
        return "equals_marked"
    if story.subject_step is None:
        return "equals_held" if story.trace.direction == "backward" else "equals_reached"
    return "equals_payment" if story.subject_step.kind == "payment" else "equals_moved"


def step_text(story: Story, step: Step) -> str:
    """One movement in a few characters, with its voucher."""
    payer, payee = story.holder(step.payer), story.holder(step.payee)
    voucher = bracketed(step.name, story.lang) if step.kind != "split" else ""
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


def _write_steps(story: Story) -> None:
    """Each movement with its row, one per line."""
    steps = [*story.steps, *([story.subject_step] if story.subject_step else [])]
    made = table(*words(story.lang, *STEP_HEADINGS), right=[4])
    for step, source in zip(steps, story.sources(steps), strict=True):
        add_row(made, *step_row(story, step, source))
    write_table(made)
    write_line()


def step_row(teller: Teller, step: Step, source: str) -> tuple[str, ...]:
    """A movement under `STEP_HEADINGS`."""
    payer, payee = teller.holder(step.payer), teller.holder(step.payee)
    return (step.day.isoformat(), step.name, payer.title, payee.title, format_yuan(step.fen), source)


def again(chosen: Choices, story: Story, as_of: str | None, method: str | None = None) -> str:
    """The command that gives this trace again; an account stands there by its key."""
    trace = story.trace
    is_account = story.subject_step is None and story.subject_holder.kind != "indicator"
    subject = account_key(home_secret(chosen.home), trace.subject) if is_account else trace.subject
    parts: list[Any] = ["trace", subject]
    parts += ["--direction", trace.direction, "--method", method or story.flow.method]
    if as_of:
        parts += ["--as-of", as_of]
    return chosen.command(*parts)
