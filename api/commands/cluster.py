"""`cluster`: the same work on Spark."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.choices import AsOf, Choices, Method, RuleOption, choices, day_needed, parse_day
from api.commands.follow import require_data
from api.commands.judge import FINDING, evidence_text
from api.render import (
    Progress,
    add_row,
    as_dict_rows,
    table,
    words,
    write_csv,
    write_json,
    write_line,
    write_table,
)
from tracer.money import format_yuan
from tracer.text import brief

cluster_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="在 Spark 集群上做同样的事。 The same work on a Spark cluster.",
)

Master = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="Spark 主节点，如 spark://HOST:7077。 The master of Spark; local[*] is this machine.",
    ),
]
Methods = Annotated[
    list[str],
    typer.Option(
        "--method",
        metavar="METHOD",
        help="linked, fifo, lifo，可多次，只准备一次。 Repeatable: all share the preparation.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="结果文件夹，须为空，集群各机同一路径可见。 An empty folder that all machines see at this path "
        "[HOME/cluster/NAME].",
    ),
]


@cluster_app.command("run")
def run(
    context: typer.Context,
    method: Methods = ["linked"],  # noqa: B006
    as_of: AsOf = None,
    master: Master = "local[*]",
    out: Out = None,
    window_rows: Annotated[
        int, typer.Option(min=1, help="一个时间窗约多少笔。 About so many movements make a window of time.")
    ] = 4_000_000,
) -> None:
    """全部资金环节和每笔支付的来源，写成 Parquet。 All links and the origins of each payment, as Parquet.

    Equal, row for row, to `fundtrail links`. csv has the columns method, figure, value.
    """
    from tracer.cluster.frames import Sizes
    from tracer.cluster.run import check_cluster_method, run_cluster
    from tracer.cluster.session import open_session
    from tracer.flow.store import flow_name

    chosen = choices(context)
    version, day = require_data(chosen), parse_day(as_of)
    for one in method:
        check_cluster_method(one)
    folder = out or chosen.home / "cluster" / flow_name(version, "-".join(method), day)
    told = Progress()

    def tell(step: str, window: int, windows: int) -> None:
        told(chosen.say(f"cluster_{step}", window=window, windows=windows))

    told(chosen.say("cluster_starting", master=master))
    with open_session(master) as spark:
        sizes = Sizes(window_rows=window_rows)
        runs = run_cluster(spark, chosen.home, folder, method, day, sizes, tell)
    _write_summaries(chosen, runs)


@cluster_app.command("scan")
def scan(
    context: typer.Context,
    as_of: AsOf = None,
    rule: RuleOption = None,
    master: Master = "local[*]",
    groups: Annotated[
        int, typer.Option(min=0, help="行分成几组，0 为每核三组。 Groups of rows; 0: three for each core.")
    ] = 0,
) -> None:
    """不追踪资金的规则，分组检查。 The rules that follow no money, group by group; --as-of is required.

    Findings are those of `fundtrail scan`; every other rule is named with the reason. csv has one line per
    finding, rule that cannot be evaluated and rule that is not covered (column `record`).
    """
    from tracer.cluster.findings import cluster_findings
    from tracer.cluster.session import open_session

    chosen = choices(context)
    day = day_needed(as_of)
    require_data(chosen)
    told = Progress()
    told(chosen.say("cluster_starting", master=master))
    with open_session(master) as spark:
        told(chosen.say("cluster_judging"))
        found = cluster_findings(spark, chosen.home, day, rule, groups)
    _write_found(chosen, found)


def _write_found(chosen: Choices, found: dict[str, Any]) -> None:
    if chosen.format == "json":
        write_json(found)
        return
    if chosen.format == "csv":
        blank = [None] * (len(FINDING) - 1)
        rows = [["finding", *row, None, None] for row in as_dict_rows(found["findings"], FINDING)]
        rows += [
            ["not_evaluable", entry["rule_id"], *blank, " ".join(entry["missing"]), None]
            for entry in found["not_evaluable"]
        ]
        rows += [["refused", entry["rule_id"], *blank, None, entry["reason"]] for entry in found["refused"]]
        write_csv(("record", *FINDING, "missing", "reason"), rows)
        return
    _write_findings(chosen, found)
    for reason in dict.fromkeys(entry["reason"] for entry in found["refused"]):
        rules = [entry["rule_id"] for entry in found["refused"] if entry["reason"] == reason]
        write_line(chosen.say(f"cluster_refused_{reason}", rules=chosen.separator.join(rules)))


def _write_findings(chosen: Choices, found: dict[str, Any]) -> None:
    from api.asked import Subjects
    from tracer.rules.packs import load_packs

    packs = load_packs(chosen.home)
    rules = packs.rules(
        packs.year_for(int(found["as_of"][:4])), [row["rule_id"] for row in found["findings"]]
    )
    facts = {"as_of": found["as_of"], "version": found["ledger_version"], "count": len(found["findings"])}
    write_line(chosen.say("findings_title", **facts))
    subjects = Subjects(chosen, found["ledger_version"])
    made = table(*words(chosen.lang, "level", "rule", "subject", "amount_yuan", "evidence"), right=[3])
    for finding in found["findings"]:
        add_row(
            made,
            chosen.say(finding["level"]),
            finding["rule_id"],
            brief(subjects.text(finding, rules[finding["rule_id"]])),
            format_yuan(finding["amount_fen"]),
            evidence_text(chosen, finding["evidence"]),
        )
    write_table(made)
    for entry in found["not_evaluable"]:
        write_line(chosen.say("cluster_lacks", rule=entry["rule_id"], tables=" ".join(entry["missing"])))


@cluster_app.command("neo4j-files")
def neo4j_files(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="空文件夹。 An empty folder.")],
    method: Method = "linked",
    as_of: AsOf = None,
) -> None:
    """图写成 CSV，由 neo4j-admin database import 整批装入。 The graph as CSV files for neo4j-admin.

    In the folder: neo4j-admin database import full neo4j @import.args. csv has the columns table, rows.
    """
    from tracer.graph.build import projected
    from tracer.graph.neo4j_files import write_import_files

    chosen = choices(context)
    version, day = require_data(chosen), parse_day(as_of)
    Progress()(chosen.say("building", version=version, method=method))
    with projected(chosen.home, version, method, day) as build:
        rows = {name: count for name, count in write_import_files(build, folder).items() if count}
    if chosen.format == "json":
        write_json({"folder": str(folder), "rows": rows})
    elif chosen.format == "csv":
        write_csv(("table", "rows"), [list(pair) for pair in rows.items()])
    else:
        made = table(*words(chosen.lang, "table", "count_rows"), right=[1])
        for name, count in rows.items():
            add_row(made, name, f"{count:,}")
        write_table(made)


def _write_summaries(chosen: Choices, runs: list[dict[str, Any]]) -> None:
    if chosen.format == "json":
        write_json({"runs": runs})
        return
    figures = [
        {name: value for name, value in run.items() if name != "seconds"}
        | {f"seconds_{name}": value for name, value in run["seconds"].items()}
        for run in runs
    ]
    if chosen.format == "csv":
        rows = [[run["method"], *pair] for run in figures for pair in run.items()]
        write_csv(("method", "figure", "value"), rows)
        return
    for run in figures:
        made = table(*words(chosen.lang, "figure", "value"), right=[1])
        for name, value in run.items():
            add_row(made, chosen.say(f"cluster_sum_{name}"), _told(name, value))
        write_table(made)


def _told(name: str, value: object) -> str:
    if name.endswith("_fen") and isinstance(value, int):
        return format_yuan(value)
    return f"{value:,}" if isinstance(value, int) else str(value)
