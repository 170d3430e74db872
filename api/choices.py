"""What a user chose for every command: the home folder, the graph store, the format and the language."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from tracer.errors import UsageError
from tracer.messages import Language, say

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
        """A text of the catalogue in the chosen language."""
        return say(key, self.lang, **values)


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
        raise UsageError(f"{say('bad_date', text=text)} / {say('bad_date', 'en', text=text)}")
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
        help="linked, fifo, lifo。 Which of a holder's money a transfer takes.",
    ),
]
Target = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="付款、流水、分解、指标或账户。 Payment, transfer, split, indicator or account."
    ),
]
