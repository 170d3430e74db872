"""What a user chose for every command: the home folder, the graph store, the format and the language."""

import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from tracer.errors import UsageError
from tracer.messages import Language, say, say_both
from tracer.settings import HOME_DEFAULT

Format = Literal["table", "json", "csv"]
Direction = Literal["backward", "forward"]


@dataclass(frozen=True)
class Choices:
    """The options that stand before or after any command."""

    home: Path
    graph: str | None
    format: Format
    lang: Language

    def say(self, key: str, **values: object) -> str:
        """A text of the catalogue in the chosen language; commands in it are those of this home."""
        return say(key, self.lang, **{"fundtrail": self.command()} | values)

    @property
    def separator(self) -> str:
        """What stands between the parts of a list."""
        return "; " if self.lang == "en" else "；"

    def command(self, *parts: object, graph: str | None = None) -> str:
        """A command as it can be copied into a shell, with the home, graph and language of this run."""
        front: list[object] = ["fundtrail"]
        if str(self.home) != HOME_DEFAULT:
            front += ["--home", self.home]
        if graph or self.graph:
            front += ["--graph", graph or self.graph]
        if self.lang != "zh":
            front += ["--lang", self.lang]
        return shlex.join(map(str, [*front, *parts]))


def choices(context: typer.Context) -> Choices:
    """The choices of this run."""
    return cast(Choices, context.find_root().obj)


def parse_day(text: str | None) -> date | None:
    """An ISO date; raises `UsageError` for anything else."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise UsageError(say_both("bad_date", text=text))
    return day


def day_needed(text: str | None, missing: str = "as_of_needed") -> date:
    """A day that has to be given; `missing` is what is said where it is not."""
    day = parse_day(text)
    if day is None:
        raise UsageError(say_both(missing))
    return day


AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="只看到这一天为止。 Nothing dated later is seen."),
]
Method = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="METHOD",
        help="linked, fifo, lifo, pro-rata。 Which of a holder's money a transfer takes.",
    ),
]
MethodOrBounds = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="METHOD",
        help="linked, fifo, lifo, pro-rata；bounds：任何方法下的至少和至多。"
        " Which of a holder's money a transfer takes; bounds: least and most under any choice.",
    ),
]
AnyMethod = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="METHOD",
        help="linked, fifo, lifo, pro-rata；bounds：任何方法下的至少和至多；own-first, poison：只看去向。"
        " Which of a holder's money a transfer takes; bounds: least and most under any choice.",
    ),
]
RuleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="ID",
        help="只用这些规则，可多次；ID@版本 指定版本。 Only these rules, or ID@VERSION; repeatable.",
    ),
]
PackOption = Annotated[
    int | None,
    typer.Option("--pack", metavar="YEAR", help="用这一年的规则包。 The pack of rules of this budget year."),
]
ParametersOption = Annotated[
    Path | None,
    typer.Option(
        "--parameters", metavar="FILE", help="参数表 rule_id,parameter,value。 A table of parameters."
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="RULE.param=value", help="改一个参数，可多次。 Change a parameter; repeatable."
    ),
]
Target = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="付款、流水、分解、指标、账户或它的 acct_ 代号。 Payment, transfer, split, indicator, or account"
        " (number or acct_ key).",
    ),
]
