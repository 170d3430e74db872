"""The command line: `fundtrail [--home DIR] COMMAND …`.

Imports here and in `api.commands` are light: each command imports what it needs when it runs, so that
`--help` and a trace on a built home answer at once.
"""

import contextlib
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from api.choices import Choices, Format
from api.commands import data, follow, judge, machine, picture
from api.render import close_quietly, use_utf8, write_line, write_message
from tracer.errors import FundtrailError
from tracer.mask import mask_text
from tracer.messages import Language, say
from tracer.settings import HOME_DEFAULT, HOME_VARIABLE, home_folder

EXIT_BUG, EXIT_INTERRUPTED = 70, 130
"""Exit codes of an error that is a bug of ours, as `sysexits.h` has it, and of Ctrl-C, as shells have it."""

GLOBAL_OPTIONS = ("--home", "--graph", "--format", "--lang")
"""Options of every command, accepted before and after its name."""


def global_options_first(arguments: list[str]) -> list[str]:
    """The arguments with the global options, each with its value, moved to the front; `--` ends them."""
    front: list[str] = []
    rest: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--":
            rest += ["--", *remaining]
        elif argument in GLOBAL_OPTIONS:
            front += [argument, *[value for value in [next(remaining, None)] if value is not None]]
        elif argument.startswith(tuple(f"{option}=" for option in GLOBAL_OPTIONS)):
            front.append(argument)
        else:
            rest.append(argument)
    return front + rest


class Doors(TyperGroup):
    """The group of commands: takes global options anywhere, and turns errors into lines and exit codes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, global options first."""
        use_utf8()
        return super().parse_args(ctx, global_options_first(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error meant for the user is one masked line and its exit code."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except FundtrailError as error:
            lang = ctx.obj.lang if isinstance(ctx.obj, Choices) else "zh"
            write_message(say("error", lang, text=mask_text(str(error))))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            close_quietly()
            raise typer.Exit(0) from None
        return result


app = typer.Typer(
    cls=Doors,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100, "terminal_width": 100},
)


@app.callback()
def choose(
    context: typer.Context,
    home: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help=f"放一切的文件夹。 The folder that holds everything [{HOME_VARIABLE}, ./{HOME_DEFAULT}].",
        ),
    ] = None,
    graph: Annotated[
        str | None,
        typer.Option(
            metavar="URI",
            help="用 Neo4j（bolt://…）代替内置图库。 Use a Neo4j instead of the embedded graph.",
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="输出格式。 Form of the answer.")] = "table",
    lang: Annotated[Language, typer.Option(help="语言。 Language of tables and messages.")] = "zh",
) -> None:
    """追踪财政资金：每一分钱从哪里来、到了哪里。 Follow public money, to the fen.

    --home, --graph, --format and --lang may also stand after the command. Exit codes: 0 fine, 1 findings at
    or above --fail-on, 2 wrong use, 3 rows rejected or data refused.
    """
    context.obj = Choices(Path(home) if home else home_folder(), graph, format, lang)


def version() -> None:
    """版本。 The version."""
    from importlib.metadata import version as installed

    write_line(f"fundtrail {installed('fundtrail')}")


app.command("ingest")(data.ingest)
app.command("scan")(judge.scan)
app.command("trace")(follow.trace)
app.command("links")(follow.links)
app.add_typer(judge.rules_app, name="rules")
app.add_typer(picture.export_app, name="export")
app.command("demo")(data.demo)
app.command("serve")(machine.serve)
app.add_typer(machine.neo4j_app, name="neo4j")
app.command("doctor")(machine.doctor)
app.command("version")(version)


def _report_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an unforeseen error masked, and end with a code that nobody takes for findings."""
    write_message(mask_text("".join(traceback.format_exception(kind, error, trace))).rstrip())
    sys.stderr.flush()
    os._exit(EXIT_BUG)


def main() -> None:
    """Run the command line; the console script `fundtrail`."""
    sys.excepthook = _report_bug
    try:
        # Calling `app` itself would set a hook of its own.
        typer.main.get_command(app)(prog_name="fundtrail")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    # Threads of native libraries have been seen to abort the interpreter's own end, after all work was done.
    os._exit(code)


if __name__ == "__main__":
    main()
