"""`serve`, `neo4j` and `doctor`: what runs beside the data."""

from dataclasses import asdict
from typing import Annotated

import typer

from api.choices import Choices, choices
from api.render import (
    Progress,
    add_row,
    table,
    words,
    write_csv,
    write_json,
    write_line,
    write_message,
    write_table,
)

neo4j_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="本机 Neo4j，不用 Docker 和 Java。 A local Neo4j without Docker or Java.",
)

PORT = 8020


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="只能是本机地址。 Loopback only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口。 Port.")] = PORT,
) -> None:
    """在本机提供 /v1 接口，内容一律掩码。 Serve the masked API under /v1 on this machine."""
    from api.app import check_loopback, create_app

    chosen = choices(context)
    check_loopback(host)
    import uvicorn

    write_message(chosen.say("serving", host=f"[{host}]" if ":" in host else host, port=port))
    # The access log is off: an address may carry an identifier that a user typed.
    uvicorn.run(create_app(chosen.home), host=host, port=port, log_level="warning", access_log=False)


@neo4j_app.command("start")
def neo4j_start(context: typer.Context) -> None:
    """启动；第一次要下载约 130 MB。 Start it; the first start fetches about 130 MB."""
    from tracer.graph.server import start

    chosen = choices(context)
    Progress()(chosen.say("neo4j_starting"))
    running = start(chosen.home)
    _write_server(chosen, {"uri": running.uri, "user": running.user, "pid": running.pid})


@neo4j_app.command("stop")
def neo4j_stop(context: typer.Context) -> None:
    """停止，数据留下。 Stop it; its data stay."""
    from tracer.graph.server import stop

    chosen = choices(context)
    stopped = stop(chosen.home)
    if chosen.format == "table":
        write_line(chosen.say("neo4j_stopped" if stopped else "neo4j_down"))
    else:
        _write_server(chosen, {"stopped": stopped})


@neo4j_app.command("status")
def neo4j_status(context: typer.Context) -> None:
    """是否在运行。 Whether it is running."""
    from tracer.graph.server import status

    chosen = choices(context)
    running = status(chosen.home)
    if running is None:
        if chosen.format == "table":
            write_line(chosen.say("neo4j_down"))
        else:
            _write_server(chosen, {"uri": None, "user": None, "pid": None})
    else:
        _write_server(chosen, {"uri": running.uri, "user": running.user, "pid": running.pid})


def _write_server(chosen: Choices, facts: dict[str, object]) -> None:
    if chosen.format == "json":
        write_json(facts)
    elif chosen.format == "csv":
        write_csv(list(facts), [list(facts.values())])
    else:
        command = chosen.command("scan", "--as-of", "YYYY-MM-DD", graph=str(facts["uri"]))
        write_line(chosen.say("neo4j_up", command=command, **facts))


def doctor(context: typer.Context) -> None:
    """检查安装和数据。 Check the installation and the home folder.

    csv has the columns check, ok, result. Exit code 3 where something is not in order.
    """
    from api.doctor import examine

    chosen = choices(context)
    checks = [asdict(check) for check in examine(chosen.home)]
    fine = all(check["ok"] for check in checks)
    if chosen.format == "json":
        write_json({"ok": fine, "checks": checks})
    elif chosen.format == "csv":
        write_csv(("check", "ok", "result"), [list(check.values()) for check in checks])
    else:
        made = table(*words(chosen.lang, "check", "status", "result"))
        for check in checks:
            add_row(made, check["check"], chosen.say("fine" if check["ok"] else "wrong"), check["result"])
        write_table(made)
    if not fine:
        raise typer.Exit(3)
