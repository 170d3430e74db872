"""The command line: `fundtrail [--home DIR] COMMAND …`.

Imports here and in `api.commands` are light: each command imports what it needs when it runs, so that
`--help` and a trace on a built home answer at once.
"""

import contextlib
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from api.choices import Choices, Format, choices
from api.commands import (
    calendar,
    cases,
    cluster,
    data,
    explain,
    follow,
    forms,
    funds,
    judge,
    machine,
    matching,
    picture,
    recipients,
    registers,
    scoped,
    tables,
    ways,
)
from api.home import check_home, home_refused, is_of_home, reason_of
from api.parser_words import usage_in_both_languages
from api.render import (
    close_quietly,
    flush,
    use_utf8,
    write_csv,
    write_json,
    write_line,
    write_message,
    writing,
)
from tracer.errors import FundtrailError
from tracer.errors import UsageError as WrongUse
from tracer.mask import mask_text
from tracer.messages import Language, say, say_both
from tracer.settings import HOME_DEFAULT, HOME_VARIABLE, home_folder

EXIT_BUG, EXIT_INTERRUPTED = 70, 130
"""Exit codes of an error that is a bug of ours, as `sysexits.h` has it, and of Ctrl-C, as shells have it."""

GRAPH_ADDRESS = re.compile(r"(?:bolt|neo4j)(?:\+s|\+ssc)?://[^/\s@][^\s@]*")
WRITERS = ("ingest", "demo", "serve", "neo4j", "slip")
"""Commands that write into the home folder from the start; `alerts update` checks it by itself."""
WITHOUT_HOME = ("version", "rules", "tables")

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


def on_this_home(ctx: Any, text: str) -> str:
    """An error with the commands that it names as they are typed for the home of this run."""
    if not isinstance(ctx.obj, Choices):
        return text
    front = ctx.obj.command()
    return re.sub(rf"\bfundtrail (?=(?:{'|'.join(ctx.command.commands)})\b)", lambda _: f"{front} ", text)


@contextlib.contextmanager
def told(ctx: Any) -> Iterator[None]:
    """Make an error meant for the user one masked line and its exit code."""
    try:
        yield
    except FundtrailError as error:
        lang = ctx.obj.lang if isinstance(ctx.obj, Choices) else "zh"
        write_message(say("error", lang, text=mask_text(on_this_home(ctx, str(error)))))
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt:
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except BrokenPipeError:
        close_quietly()
        raise typer.Exit(0) from None
    except OSError as error:
        if not (isinstance(ctx.obj, Choices) and is_of_home(error, ctx.obj.home)):
            raise
        text = home_refused(ctx.obj.home, *reason_of(error))
        write_message(say("error", ctx.obj.lang, text=mask_text(text)))
        raise typer.Exit(2) from error


class Doors(TyperGroup):
    """The group of commands: takes global options anywhere, and turns errors into lines and exit codes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, global options first."""
        use_utf8()
        # Help and version are written while parsing; no other file is touched then.
        with told(ctx), writing(), usage_in_both_languages():
            return super().parse_args(ctx, global_options_first(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with told(ctx), usage_in_both_languages():
            result = super().invoke(ctx)
            flush()
        return result


app = typer.Typer(
    cls=Doors,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100, "terminal_width": 100},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version as installed

        write_line(f"fundtrail {installed('fundtrail')}")
        raise typer.Exit


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
    _: Annotated[
        bool,
        typer.Option("--version", help="版本。 The version.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """追踪财政资金：每一分钱从哪里来、到了哪里。 Follow public money, to the fen.

    --home, --graph, --format and --lang may also stand after the command. Exit codes: 0 fine, 1 findings at
    or above --fail-on, 2 wrong use, 3 rows rejected or data refused, 130 Ctrl-C.
    """
    chosen = Choices(Path(home) if home else home_folder(), graph, format, lang)
    context.obj = chosen
    if graph is not None and not GRAPH_ADDRESS.fullmatch(graph):
        # Whoever writes a password into an address finds it neither in our message nor in a log of it.
        shown = re.sub(r"[^/]*@", "…@", graph)
        raise WrongUse(say_both("bad_graph", uri=shown))
    if context.invoked_subcommand not in WITHOUT_HOME:
        check_home(chosen.home, is_written=context.invoked_subcommand in WRITERS)


def version(context: typer.Context) -> None:
    """版本。 The version."""
    from importlib.metadata import version as installed

    chosen = choices(context)
    number = installed("fundtrail")
    if chosen.format == "json":
        write_json({"version": number})
    elif chosen.format == "csv":
        write_csv(("version",), [[number]])
    else:
        write_line(f"fundtrail {number}")


app.command("ingest")(data.ingest)
app.command("calendar")(calendar.calendar)
app.command("tables")(tables.tables)
app.command("scan")(judge.scan)
app.command("explain")(explain.explain)
app.command("unmatched")(recipients.unmatched)
app.command("unpaid")(recipients.unpaid)
app.command("trace")(follow.trace)
app.command("links")(follow.links)
app.command("routes")(ways.routes)
app.command("advances")(ways.advances)
app.command("ties")(ways.ties)
judge.rules_app.command("set")(forms.set_rule)
judge.rules_app.command("words")(forms.rule_words)
judge.rules_app.command("form")(forms.write_rule_form)
judge.rules_app.command("read-form")(forms.read_rule_form)
judge.rules_app.command("revise")(forms.revise_rule)
judge.rules_app.command("adopt")(forms.adopt_rules)
app.add_typer(judge.rules_app, name="rules")
funds.funds_app.command("state")(scoped.state_amounts)
funds.funds_app.command("ledger")(scoped.show_ledger)
app.add_typer(funds.funds_app, name="funds")
app.add_typer(registers.registers_app, name="registers")
app.add_typer(cases.alerts_app, name="alerts")
app.add_typer(cases.slip_app, name="slip")
app.add_typer(matching.match_app, name="match")
app.add_typer(picture.export_app, name="export")
app.command("demo")(data.demo)
app.command("serve")(machine.serve)
app.add_typer(cluster.cluster_app, name="cluster")
app.add_typer(machine.neo4j_app, name="neo4j")
app.command("doctor")(machine.doctor)
app.command("version")(version)


def _report_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an unforeseen error masked, and end with a code that nobody takes for findings."""
    write_message(mask_text("".join(traceback.format_exception(kind, error, trace))).rstrip())
    # Python keeps the trace to its end, and DuckDB complains of every object of it that lives so long.
    chained: BaseException | None = error
    while chained is not None:
        traceback.clear_frames(chained.__traceback__)
        chained = chained.__cause__ or chained.__context__
    raise SystemExit(EXIT_BUG)


def main() -> None:
    """Run the command line; the console script `fundtrail`."""
    sys.excepthook = _report_bug
    try:
        # Calling `app` itself would set a hook of its own.
        typer.main.get_command(app)(prog_name="fundtrail")
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            close_quietly()


if __name__ == "__main__":
    main()
