"""From traces and findings to a picture: holders are boxes, movements of the money are arrows."""

from collections.abc import Sequence

from api.exports.picture import ACCOUNT, BIRTH, CASH, INDICATOR, PERSON, Arrow, Box, Picture, Sum
from api.story import BIRTHS, Holder, Step, Story, Teller, birth_holder
from api.telling import STEP_HEADINGS, equals, method_facts, step_row, subject_line
from tracer.messages import say
from tracer.money import format_yuan

PARTS_LISTED = 12
STEPS_LISTED = 100

_KINDS = {"indicator": INDICATOR, "account": ACCOUNT, "person": PERSON, "cash": CASH}


def draw_trace(stories: Sequence[Story], as_of: str | None) -> Picture:
    """One trace, or the backward and the forward trace of one subject, as a picture."""
    first = stories[0]
    lang = first.lang
    boxes: dict[str, Box] = {}
    arrows: list[Arrow] = []
    steps: dict[str, Step] = {}
    for story in stories:
        for step in story.steps:
            steps.setdefault(step.name, step)
        if story.trace.direction == "backward":
            _add_births(story, boxes, arrows)
    subject = first.subject_step
    if subject is not None:
        steps[subject.name] = subject
    for step in steps.values():
        arrows.append(arrow_of(first, step, boxes, is_subject=step is subject))
    if subject is None:
        add_box(boxes, first.subject_holder, is_subject=True)
    title = f"{subject_name(first)} · {' · '.join(say(story.trace.direction, lang) for story in stories)}"
    listed = sorted(steps.values(), key=lambda step: step.day)[:STEPS_LISTED]
    notes = []
    if len(steps) > len(listed):
        notes.append(say("first_listed", lang, count=len(listed), all=len(steps)))
    return Picture(
        name=file_name(first),
        title=title,
        facts=((say("subject", lang), subject_line(first)), *method_facts(first, as_of)),
        sums=tuple(sum_of(story) for story in stories),
        boxes=tuple(boxes.values()),
        arrows=tuple(arrows),
        notes=tuple(notes),
        lang=lang,
        step_headings=tuple(say(key, lang) for key in STEP_HEADINGS),
        steps=tuple(
            step_row(first, step, source) for step, source in zip(listed, first.sources(listed), strict=True)
        ),
    )


def file_name(story: Story) -> str:
    """The subject for a file name: an account by the end of its number."""
    if story.subject_step is not None:
        return story.subject_step.name
    holder = story.subject_holder
    return holder.name if holder.kind == "indicator" else f"account-{holder.name[-4:]}"


def subject_name(story: Story) -> str:
    """The subject in a few words, masked."""
    step = story.subject_step
    if step is not None:
        return f"{say(step.kind, story.lang)} {step.name}"
    holder = story.subject_holder
    return f"{say('indicator', story.lang)} {holder.name}" if holder.kind == "indicator" else holder.title


def sum_of(story: Story) -> Sum:
    """The parts of a trace in words, with their sum and what it equals."""
    trace, lang = story.trace, story.lang
    return Sum(
        heading=say(trace.direction, lang),
        parts=tuple(story.listed_parts(PARTS_LISTED)),
        total=(f"{say('total', lang)} {say(equals(story), lang)}", trace.amount_fen),
    )


def _add_births(story: Story, boxes: dict[str, Box], arrows: list[Arrow]) -> None:
    """Money whose earlier way is not on the books: a box that pays the holder it was born at."""
    for part in story.trace.parts:
        if part.kind in BIRTHS:
            holder = birth_holder(story, part.id)
            add_box(boxes, holder)
            key = f"birth:{part.id}"
            boxes[key] = Box(key, BIRTH, (say(BIRTHS[part.kind], story.lang),))
            arrows.append(Arrow(key, holder.key, part.fen))


def arrow_of(teller: Teller, step: Step, boxes: dict[str, Box], *, is_subject: bool = False) -> Arrow:
    """A movement as an arrow between the boxes of its payer and payee, which are added."""
    payer, payee = teller.holder(step.payer), teller.holder(step.payee)
    add_box(boxes, payer)
    add_box(boxes, payee, is_subject=is_subject)
    amount = format_yuan(step.fen)
    of_all = f" / {format_yuan(step.amount_fen)}" if step.amount_fen != step.fen else ""
    return Arrow(
        source=payer.key,
        target=payee.key,
        fen=step.fen,
        lines=(f"{step.day} {step.name} {amount}{of_all} {step.purpose}".rstrip(),),
        is_subject=is_subject,
        name=step.name,
        kind=step.kind,
        day=step.day.isoformat(),
    )


def add_box(boxes: dict[str, Box], holder: Holder, *, is_subject: bool = False) -> None:
    """The box of a holder, once."""
    if holder.key not in boxes or is_subject:
        lines = (holder.name, holder.title) if holder.kind == "indicator" else two_lines(holder.title)
        boxes[holder.key] = Box(holder.key, _KINDS[holder.kind], lines, holder.word, is_subject=is_subject)


def two_lines(title: str) -> tuple[str, ...]:
    """`张*（…3312）` as a name and, below it, the end of the number."""
    name, bracket, number = title.partition(" (" if " (…" in title else "（")
    return (name, number.rstrip("）)")) if bracket else (name,)
