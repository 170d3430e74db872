"""`fundtrail demo`: an invented county from office files to findings, one trace and a picture."""

from dataclasses import asdict
from datetime import date
from typing import Any

from api.asked import Asked, exemption_lines
from api.choices import Choices
from api.commands.data import write_report
from api.commands.judge import write_scan
from api.exports.draw import draw_trace
from api.exports.html import render_html
from api.render import write_csv, write_json, write_line, write_message
from api.story import Story
from api.telling import write_trace
from ingest.demo import DemoResult, run_demo
from tracer.flow.trace import trace
from tracer.ledger import Ledger


def run_showcase(chosen: Choices, seed: int) -> bool:
    """Run the demonstration and show it in the chosen format; tells whether all planted was found."""
    result = run_demo(chosen.home, seed, write_message)
    asked = Asked(date.fromisoformat(result.key.as_of))
    shown = result.shown
    both = [shown, trace(shown.flow, shown.subject, "forward")]
    ledger = Ledger(chosen.home)
    stories = [Story(one, ledger, chosen.lang) for one in both]
    picture = result.folder / f"{shown.subject}.html"
    picture.write_text(render_html(draw_trace(stories, result.key.as_of)), encoding="utf-8")
    if chosen.format == "json":
        write_json(_facts(result) | {"picture": str(picture)})
    elif chosen.format == "csv":
        facts = _facts(result)
        names = ("seed", "as_of", "payments", "planted", "found", "missed", "extra", "misjudged")
        row = [len(facts[name]) if isinstance(facts[name], list) else facts[name] for name in names]
        write_csv((*names, "picture"), [[*row, str(picture)]])
        for line in exemption_lines(chosen, result.found):
            write_message(line)
    else:
        write_report(chosen, result.report)
        write_line()
        write_scan(chosen, result.found, asked)
        write_line()
        write_line(chosen.say("demo_key", **_counts(result)))
        write_line()
        write_trace(chosen, stories[0], result.key.as_of)
        write_line()
        commands = "\n  ".join(_next_commands(chosen, shown.subject, result.key.as_of))
        write_line(chosen.say("demo_next", picture=picture, files=result.folder, commands=commands))
    return result.ok


def _next_commands(chosen: Choices, subject: str, as_of: str) -> list[str]:
    return [
        chosen.command("explain", 1, "--as-of", as_of),
        chosen.command("alerts", "update", "--as-of", as_of),
        chosen.command("alerts", "list"),
        chosen.command("trace", subject, "--direction", "forward", "--as-of", as_of),
        chosen.command("scan", "--as-of", as_of, "--method", "fifo"),
        chosen.command("serve"),
    ]


def _counts(result: DemoResult) -> dict[str, int]:
    planted = len(result.key.expected)
    differences = {"missed": result.missed, "extra": result.extra, "misjudged": result.misjudged}
    return {"planted": planted} | {name: len(cases) for name, cases in differences.items()}


def _facts(result: DemoResult) -> dict[str, Any]:
    return {
        "seed": result.key.seed,
        "as_of": result.key.as_of,
        "payments": result.key.payments,
        "planted": len(result.key.expected),
        "found": len(result.found["findings"]),
        "missed": [asdict(case) for case in result.missed],
        "extra": [asdict(case) for case in result.extra],
        "misjudged": [asdict(case) for case in result.misjudged],
        "findings": result.found["findings"],
        "suppressed": result.found["suppressed"],
        "problems": result.found["problems"],
        "trace": result.shown.to_dict(),
    }
