"""A scan as a user asked for it: run, and written as options again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from api.choices import Choices
from tracer.mask import mask_text
from tracer.messages import bracketed

LEVELS = ("info", "bell", "yellow", "red")
SEEN_BY = {"indicators": ("see_whereabouts", "forward")}
TRACEABLE = ("payments", "transfers", "indicators")
"""Tables whose rows `trace` takes by an identifier that need not be masked."""


@dataclass(frozen=True)
class Asked:
    """The options of a scan."""

    as_of: date
    rules: tuple[str, ...] = ()
    method: str = "linked"
    parameters: Path | None = None
    settings: tuple[str, ...] = ()
    pack: int | None = None

    def options(self) -> list[str]:
        """The same as texts of a command line."""
        options = ["--as-of", self.as_of.isoformat()]
        for rule in self.rules:
            options += ["--rule", rule]
        if self.method != "linked":
            options += ["--method", self.method]
        if self.parameters:
            options += ["--parameters", str(self.parameters)]
        for setting in self.settings:
            options += ["--set", setting]
        if self.pack is not None:
            options += ["--pack", str(self.pack)]
        return options


def run_scan(
    chosen: Choices,
    asked: Asked,
    progress: Callable[[str], None] = lambda rule_id: None,
    left_out: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    """The result of a scan; the N-th of its findings is the one that --finding N means.

    `left_out` takes, by rule, the subjects that were not evaluated.
    """
    from tracer.casework.feed import feed_ledger
    from tracer.rules.scan import scan

    feed_ledger(chosen.home)
    return scan(
        chosen.home,
        asked.as_of,
        rules=asked.rules or None,
        method=asked.method,
        parameters=asked.parameters,
        settings=asked.settings,
        graph=chosen.graph,
        progress=progress,
        left_out=left_out,
        pack=asked.pack,
    )


def pack_line(chosen: Choices, found: dict[str, Any], asked: Asked) -> str:
    """Which pack of rules a scan used, and that it is that of another year where nobody asked for it."""
    year = asked.as_of.year
    key = "pack_used" if asked.pack is not None or found["pack"] == year else "pack_instead"
    return chosen.say(key, pack=found["pack"], year=year)


def next_commands(chosen: Choices, asked: Asked, findings: Sequence[dict[str, Any]]) -> list[str]:
    """What to type to see the first finding's evidence, sources and rule; only commands that work."""
    lines: list[tuple[str, list[object]]] = [
        ("see_note", ["explain", 1, *asked.options()]),
        ("see_evidence", ["export", "html", "--finding", 1, *asked.options()]),
    ]
    rows = (entry for finding in findings for entry in finding["evidence"] if entry["table"] in TRACEABLE)
    named = next((entry for entry in rows if entry["id"] and mask_text(entry["id"]) == entry["id"]), None)
    if named:
        # An indicator that has passed on all its money holds none whose sources could be shown.
        key, way = SEEN_BY.get(named["table"], ("see_sources", "backward"))
        ways = ["--direction", way, "--method", asked.method, "--as-of", asked.as_of]
        lines.append((key, ["trace", named["id"], *ways]))
    lines.append(("see_rule", ["rules", "show", "{rule_id}@{rule_version}".format_map(findings[0])]))
    # Alerts have one course and follow the rules as they are in force, not some of them or one pack.
    lines.append(("see_alerts", ["alerts", "update", *replace(asked, rules=(), pack=None).options()]))
    return [f"{chosen.say(key)} {chosen.command(*parts)}" for key, parts in lines]


def gap_lines(chosen: Choices, found: dict[str, Any]) -> list[str]:
    """The years without calendar data that deadlines cross, each with the rules."""
    return [
        chosen.say("calendar_gap", year=gap["year"], rules=" ".join(gap["rules"]))
        for gap in found.get("calendar_gaps", ())
    ]


def exemption_lines(chosen: Choices, found: dict[str, Any]) -> list[str]:
    """How many findings exemptions suppressed or lowered, by which rows; and the rows that do nothing."""
    lines = []
    for key, findings in (
        ("suppressed", found.get("suppressed", ())),
        ("lowered", [finding for finding in found["findings"] if finding.get("exempt_fen")]),
    ):
        if findings:
            lines.append(chosen.say(key, count=len(findings)))
        counts: dict[tuple[str, str], int] = {}
        for finding in findings:
            for exemption in finding["exemptions"]:
                row = (exemption["ref"], finding["rule_id"])
                counts[row] = counts.get(row, 0) + 1
        places = _places(chosen, [ref for ref, _ in counts], found["ledger_version"])
        lines += [
            chosen.say("exempted_by", place=places[ref], rule=rule, count=count)
            for (ref, rule), count in counts.items()
        ]
    problems = found.get("problems", ())
    places = _places(chosen, [problem["ref"] for problem in problems], found["ledger_version"])
    return lines + [f"{places[problem['ref']]}: {_problem_text(chosen, problem)}" for problem in problems]


def _problem_text(chosen: Choices, problem: dict[str, Any]) -> str:
    is_english = chosen.lang == "en"
    hint = problem["hint"].split(" / ")[-1 if is_english else 0]
    text = problem["problem_en" if is_english else "problem"]
    return mask_text(f"{text}; {hint}" if is_english else f"{text}；{hint}")


def _places(chosen: Choices, refs: Sequence[str], version: int) -> dict[str, str]:
    """File and row of rows such as `exemptions#3`."""
    from tracer.ledger import Ledger

    places: dict[str, str] = {}
    for table in {ref.partition("#")[0] for ref in refs}:
        here = [ref for ref in refs if ref.partition("#")[0] == table]
        sources = Ledger(chosen.home).sources(table, [int(ref.partition("#")[2]) for ref in here], version)
        places |= {ref: row_text(chosen, vars(source)) for ref, source in zip(here, sources, strict=True)}
    return places


def row_text(chosen: Choices, place: dict[str, Any]) -> str:
    """A row by `file`, `sheet` and `row`."""
    sheet = f" [{place['sheet']}]" if place["sheet"] else ""
    file = mask_text(Path(place["file"]).name)
    return chosen.say("row_of", file=file, sheet=sheet, row=place["row"])


class Subjects:
    """Subjects of findings as people see them: an account with its holder, so that equal tails differ."""

    def __init__(self, chosen: Choices, version: int) -> None:
        from tracer.ledger import Ledger
        from tracer.names import Names

        ledger = Ledger(chosen.home)
        self._lang = chosen.lang
        self._names = Names(ledger, version)
        accounts = ledger.read("accounts", ["account_no", "holder_name"], version)
        columns = (accounts[name].to_pylist() for name in ("account_no", "holder_name"))
        self._holders = dict(zip(*columns, strict=True))

    def text(self, finding: dict[str, Any], rule: Any) -> str:
        """The subject of a finding, masked."""
        from tracer.rules.evidence import masked_subject

        shown = masked_subject(finding, rule)
        holder = self._holders.get(finding["subject"]) if shown.startswith("…") else None
        return f"{self._names.mask(holder)}{bracketed(shown, self._lang)}" if holder else shown
