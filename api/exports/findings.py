"""The evidence of a finding as a picture: the movements that it stands on, and the finding in words below."""

from typing import Any

from api.exports.draw import add_box, arrow_of
from api.exports.picture import Arrow, Box, Picture
from api.story import Step, Teller
from api.telling import STEP_HEADINGS, step_row
from tracer.messages import bracketed, say
from tracer.money import format_yuan
from tracer.rules.evidence import certain_text, explain, masked_subject
from tracer.rules.spec import Rule
from tracer.rules.way import evidence_rows


def draw_finding(
    teller: Teller,
    finding: dict[str, Any],
    rule: Rule,
    scan: dict[str, Any],
    number: int,
    again: str,
) -> Picture:
    """A finding of a scan, with the movements among its evidence drawn and all of it in words.

    `again` is the command that gives the finding again.
    """
    lang = teller.lang
    boxes: dict[str, Box] = {}
    steps = evidence_steps(teller, finding)
    arrows: list[Arrow] = [
        arrow_of(teller, step, boxes, is_subject=step.name == finding["subject"]) for step in steps
    ]
    for is_indicator in (True, False):
        holder = teller.named(finding["subject"], is_indicator=is_indicator)
        if holder is not None:
            add_box(boxes, holder, is_subject=True)
    for entry in finding["evidence"]:
        if entry["table"] in ("indicators", "accounts"):
            holder = teller.named(entry["id"], is_indicator=entry["table"] == "indicators")
            if holder is not None:
                add_box(boxes, holder)
    name = rule.name.zh if lang == "zh" else rule.name.en
    return Picture(
        name=f"finding-{number}-{rule.id}",
        title=f"{rule.id} {name} · {say(finding['level'], lang)}",
        facts=(
            (say("subject", lang), masked_subject(finding, rule)),
            (say("amount_yuan", lang), format_yuan(finding["amount_fen"])),
            *([(say("certain", lang), certain_text(finding, lang))] if "least_fen" in finding else []),
            (say("rule", lang), f"{rule.id}@{rule.version}"),
            (say("method", lang), f"{scan['method']}{bracketed(say(scan['method'], lang), lang)}"),
            (say("ledger", lang), f"v{scan['ledger_version']}"),
            (say("as_of", lang), scan["as_of"]),
        ),
        sums=(),
        boxes=tuple(boxes.values()),
        arrows=tuple(arrows),
        lang=lang,
        step_headings=tuple(say(key, lang) for key in STEP_HEADINGS),
        steps=tuple(
            step_row(teller, step, row) for step, row in zip(steps, teller.sources(steps), strict=True)
        ),
        text=explain(finding, rule, scan, lang, again),
    )


def evidence_steps(teller: Teller, finding: dict[str, Any]) -> list[Step]:
    """The movements among the evidence, in the order in which they moved; bank legs are their payments."""
    flow = teller.flow
    ordered = evidence_rows(flow, finding["evidence"])
    return [teller.step(row, int(flow.amount[row])) for row in ordered]
