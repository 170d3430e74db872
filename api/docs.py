"""The generated pages of `docs/`: `python -m api.docs` writes them, a test checks them."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer

from api.app import create_app
from api.cli import app

FOLDER = Path(__file__).resolve().parents[1] / "docs"

_HEAD = """\
# Command line

Generated from `--help` by `make docs`; do not edit.

Data go to standard output, progress and log to standard error. `--home`, `--graph`, `--format` and
`--lang` are accepted before and after the command. Exit codes: 0 fine, 1 findings at or above `--fail-on`,
2 wrong use, 3 rows rejected or data refused, 130 ended by Ctrl-C; 70 is a bug of ours, printed masked.

`json` and `csv` on one's own home are unmasked; tables, messages, pages and the API are masked. JSON is
exact. In `csv` a text cell that begins with `=`, `+`, `-` or `@`, also in full width or after blanks, or
with a tab or a line break, gets an apostrophe in front, because spreadsheets would run it as a formula. A
program reads JSON, or takes one apostrophe off what fits `^'+(?:[\\t\\r\\n]|\\s*[=+\\-@＝＋－＠].)`. Money is
integer fen in fields and columns named `fen` or ending in `_fen`; dates are ISO.
"""


def command_pages() -> str:
    """The help of every command as Markdown."""
    sections = [f"## `{name}`\n\n```\n{text.rstrip()}\n```\n" for name, text in _helps()]
    return "\n".join([_HEAD, *sections])


def _helps() -> Iterator[tuple[str, str]]:
    group: Any = typer.main.get_command(app)
    context = group.make_context("fundtrail", ["version"])
    yield "fundtrail", group.get_help(context)
    yield from _below(group, context, "fundtrail")


def _below(group: Any, context: Any, path: str) -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        inner = type(context)(command, info_name=name, parent=context, **command.context_settings)
        yield f"{path} {name}", command.get_help(inner)
        if hasattr(command, "commands"):
            yield from _below(command, inner, f"{path} {name}")


def openapi() -> str:
    """The OpenAPI description of the API, as JSON."""
    with TemporaryDirectory() as folder:
        described = create_app(Path(folder)).openapi()
    return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


PAGES = {"cli.md": command_pages, "openapi.json": openapi}


def main() -> None:
    """Write all generated pages."""
    for name, text in PAGES.items():
        (FOLDER / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
