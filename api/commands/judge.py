"""`scan` and `rules`: what does not add up, and by which rules."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from api.asked import (
    LEVELS,
    Asked,
    Subjects,
    exemption_lines,
    gap_lines,
    next_commands,
    pack_line,
    row_text,
    run_scan,
)
from api.choices import (
    AsOf,
    Choices,
    Method,
    PackOption,
    ParametersOption,
    RuleOption,
    SetOption,
    choices,
    day_needed,
)
from api.render import (
    Progress,
    add_row,
    as_dict_rows,
    table,
    words,
    write_csv,
    write_json,
    write_line,
    write_message,
    write_table,
)
from tracer.mask import mask_text
from tracer.money import format_yuan
from tracer.text import brief

Level = Literal["info", "bell", "yellow", "red"]
FINDING = ("rule_id", "rule_version", "level", "subject", "amount_fen", "parameters", "evidence")
RULE = ("rule_id", "version", "status", "category", "name_zh", "name_en", "opens", "at_expiry", "subject")
FINDINGS_SHOWN = 200
"""So many of each level are listed in a table."""

EVIDENCE_SHOWN = 3

rules_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="规则：列出、查看、检查、锁定。 The rules: list, show, check, lock.",
)

RulesFolder = Annotated[
    Path | None, typer.Option("--folder", metavar="DIR", help="另一个规则文件夹。 Another folder of queries.")
]


def scan(
    context: typer.Context,
    as_of: AsOf = None,
    rule: RuleOption = None,
    method: Method = "linked",
    parameters: ParametersOption = None,
    set_: SetOption = None,
    pack: PackOption = None,
    fail_on: Annotated[
        Level | None, typer.Option(help="有此级别及以上的发现时以 1 退出。 Exit 1 for findings at or above.")
    ] = None,
) -> None:
    """按规则检查账本。 Check the ledger against the rules; --as-of is required.

    csv has one line per finding and per rule that cannot be evaluated (column `record`). The rules are those
    of the day's budget year, or of the nearest year that has a pack of rules; --pack chooses another.
    """
    chosen = choices(context)
    day = day_needed(as_of)
    progress = Progress()
    asked = Asked(day, tuple(rule or ()), method, parameters, tuple(set_ or ()), pack)
    found = run_scan(chosen, asked, lambda rule_id: progress(chosen.say("scanning", rule=rule_id)))
    write_scan(chosen, found, asked)
    if fail_on and any(
        LEVELS.index(finding["level"]) >= LEVELS.index(fail_on) for finding in found["findings"]
    ):
        raise typer.Exit(1)


def write_scan(chosen: Choices, found: dict[str, Any], asked: Asked) -> None:
    """The result of a scan in the chosen format, its findings in reading order."""
    if chosen.format == "json":
        rules = [
            entry | {"again": chosen.command("scan", *replace(asked, rules=(entry["rule_id"],)).options())}
            for entry in found["rules"]
        ]
        write_json(found | {"rules": rules})
    elif chosen.format == "csv":
        findings = as_dict_rows(found["findings"], FINDING)
        missing = [[entry["rule_id"], " ".join(entry["missing"])] for entry in found["not_evaluable"]]
        blank: list[Any] = [None]
        write_csv(
            ("record", *FINDING, "missing"),
            [["finding", *row, None] for row in findings]
            + [["not_evaluable", rule, *blank * (len(FINDING) - 1), names] for rule, names in missing],
        )
        summary = chosen.say("scan_summary", **found["summary"])
        lines = [pack_line(chosen, found, asked), summary, *gap_lines(chosen, found)]
        for line in [*lines, *exemption_lines(chosen, found)]:
            write_message(line)
    else:
        _write_findings(chosen, found, asked)


def _write_findings(chosen: Choices, found: dict[str, Any], asked: Asked) -> None:
    from tracer.rules.evidence import case_text
    from tracer.rules.packs import rules_of

    rules = rules_of(chosen.home, found)
    findings = found["findings"]
    count = len(findings)
    facts = {"as_of": found["as_of"], "version": found["ledger_version"], "count": count}
    write_line(chosen.say("findings_title", **facts))
    write_line(pack_line(chosen, found, asked))
    write_line(chosen.say("scan_summary", **found["summary"]))
    if not findings:
        write_line(chosen.say("clean"))
    numbered = list(enumerate(findings, 1))
    subjects = Subjects(chosen, found["ledger_version"])
    for level in reversed(LEVELS):
        here = [(number, finding) for number, finding in numbered if finding["level"] == level]
        if not here:
            continue
        write_line()
        write_line(f"{chosen.say(level)}  {len(here):,}")
        cases = {number: case_text(one, rules[one["rule_id"]], chosen.lang) for number, one in here}
        case = ["case"] if any(cases.values()) else []
        made = table(
            *words(chosen.lang, "number", "rule", "name", *case, "subject", "amount_yuan", "evidence"),
            right=[0, 4 + len(case)],
        )
        for number, finding in here[:FINDINGS_SHOWN]:
            rule = rules[finding["rule_id"]]
            add_row(
                made,
                number,
                rule.id,
                rule.name.zh if chosen.lang == "zh" else rule.name.en,
                *(brief(cases[number]) for _ in case),
                brief(subjects.text(finding, rule)),
                format_yuan(finding["amount_fen"]),
                evidence_text(chosen, finding["evidence"]),
            )
        write_table(made)
        if len(here) > FINDINGS_SHOWN:
            write_line(chosen.say("more_findings", count=len(here) - FINDINGS_SHOWN))
    _write_open_questions(chosen, found, rules)
    if findings:
        write_line()
        for line in [*next_commands(chosen, asked, findings), chosen.say("full_numbers")]:
            write_line(line)


def evidence_text(chosen: Choices, evidence: list[dict[str, Any]]) -> str:
    """The first rows that a finding stands on, by file and row."""
    text = chosen.separator.join(row_text(chosen, entry) for entry in evidence[:EVIDENCE_SHOWN])
    hidden = len(evidence) > EVIDENCE_SHOWN
    return text + chosen.say("of_all", count=len(evidence)) if hidden else text


def _write_open_questions(chosen: Choices, found: dict[str, Any], rules: dict[str, Any]) -> None:
    """What the scan could not look at, and why: silence would read as a clean bill."""
    if found["not_evaluable"]:
        write_line()
        made = table(chosen.say("not_evaluable"), "", "")
        for entry in found["not_evaluable"]:
            name = rules[entry["rule_id"]].name
            missing = chosen.separator.join(_table_names(chosen, entry["missing"]))
            why = missing or mask_text(entry.get("reason"))
            add_row(made, entry["rule_id"], name.zh if chosen.lang == "zh" else name.en, why)
        write_table(made)
    for rule_id, subjects in found.get("not_evaluated", {}).items():
        write_line(chosen.say("not_evaluated", rule=rule_id, count=subjects))
    for line in [*gap_lines(chosen, found), *exemption_lines(chosen, found)]:
        write_line(line)


@rules_app.command("list")
def list_rules(context: typer.Context, pack: PackOption = None) -> None:
    """一个规则包的全部规则，默认最新的。 The rules of a pack, by default the newest; csv: a line per rule."""
    from tracer.rules.load import rule_row
    from tracer.rules.packs import load_packs

    chosen = choices(context)
    packs = load_packs(chosen.home)
    year = packs.years[-1] if pack is None else packs.check_year(pack)
    rows = [rule_row(rule) for rule in packs.rules(year).values()]
    if chosen.format == "json":
        write_json({"pack": year, "packs": list(packs.years), "rules": rows})
    elif chosen.format == "csv":
        write_csv(RULE, as_dict_rows(rows, RULE))
    else:
        write_line(chosen.say("pack_used", pack=year))
        made = table(*words(chosen.lang, "rule", "name", "level", "subject", "status", "version"))
        for row in rows:
            levels = "→".join(chosen.say(level) for level in (row["opens"], row["at_expiry"]) if level)
            add_row(
                made,
                row["rule_id"],
                row[f"name_{chosen.lang}"],
                levels,
                chosen.say(f"subject_{row['subject']}"),
                chosen.say(f"status_{row['status']}"),
                row["version"],
            )
        write_table(made)


@rules_app.command("show")
def show_rule(
    context: typer.Context,
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="规则编号，或 编号@版本。 Identifier, or ID@VERSION.")
    ],
    pack: PackOption = None,
) -> None:
    """一条规则：依据、参数、查询。 One rule: basis, parameters, query; csv has its parameters."""
    from tracer.registers.store import Registers
    from tracer.rules.load import choose_rules, rule_page
    from tracer.rules.packs import load_packs

    chosen = choices(context)
    packs = load_packs(chosen.home)
    year = packs.years[-1] if pack is None else packs.check_year(pack)
    page = rule_page(choose_rules(packs.rules(year, [rule]), [rule])[0])
    if classes := Registers(chosen.home).named_by(page["rule_id"]):
        page["needs"].append("|".join(classes))
    if chosen.format == "json":
        write_json(page)
    elif chosen.format == "csv":
        names = ("name", "type", "unit", "default", "min", "max", "origin")
        write_csv(
            ("rule_id", *names), [[page["rule_id"], *row] for row in as_dict_rows(page["parameters"], names)]
        )
    else:
        _write_rule(chosen, page)


def _write_rule(chosen: Choices, page: dict[str, Any]) -> None:
    lang = chosen.lang
    levels = "→".join(chosen.say(level) for level in (page["opens"], page["at_expiry"]) if level)
    status = chosen.say(f"status_{page['status']}")
    write_line(f"{page['rule_id']}  {page[f'name_{lang}']}  {levels}  {page['version']}  {status}")
    write_line(page["description"][lang])
    write_line(f"{chosen.say('subject')}  {chosen.say('subject_' + page['subject'])}")
    write_line(f"{chosen.say('amount_yuan')}  {page['amount'][lang]}")
    _write_list(chosen.say("basis"), (_basis_line(basis, lang) for basis in page["basis"]))
    _write_list(chosen.say("innocent"), (entry[lang] for entry in page["innocent"]))
    write_line(f"{chosen.say('needs')}  {_tables(chosen, page)}")
    if page["parameters"]:
        write_line()
        made = table(*words(lang, "parameter", "default", "unit", "origin_of"), right=[1])
        for parameter in page["parameters"]:
            origin = chosen.say(f"origin_{parameter['origin']}")
            unit = chosen.say(f"unit_{parameter['unit']}")
            add_row(made, parameter["name"], parameter["default"], unit, origin)
        write_table(made)
    write_line()
    write_line(page["query"].rstrip())


def _basis_line(basis: dict[str, Any], lang: str) -> str:
    """A basis with the words of the document, which are in its language alone."""
    words = f"“{'…'.join(basis['words'])}”" if basis["words"] else ""
    colon = (": " if lang == "en" else "：") if words else ""
    return f"{basis['text']} {basis['article']}{colon}{words}"


def _tables(chosen: Choices, page: dict[str, Any]) -> str:
    """The tables that a rule looks at, needed ones first."""
    choices_of = (_table_names(chosen, choice.split("|")) for choice in page["needs"])
    needed = chosen.separator.join(chosen.say("or_table").join(names) for names in choices_of)
    optional = chosen.separator.join(_table_names(chosen, page["optional"]))
    return f"{needed}  {chosen.say('optional_tables')} {optional}" if optional else needed


def _table_names(chosen: Choices, tables: Iterable[str]) -> list[str]:
    """Input tables and registers of other offices by their Chinese names, or as they are called in files."""
    from tracer.registers.store import Registers
    from tracer.schema import TABLES

    if chosen.lang == "en":
        return list(tables)
    others = {one.name: one.zh for one in Registers(chosen.home).classes.values()}
    return [TABLES[name].name_zh if name in TABLES else others.get(name, name) for name in tables]


def _write_list(heading: str, entries: Iterable[str]) -> None:
    for number, entry in enumerate(entries):
        write_line(f"{heading if not number else '    '}  {entry}")


@rules_app.command("check")
def check_rules(context: typer.Context, folder: RulesFolder = None) -> None:
    """检查规则文件、锁定与全部查询。 Check the rules, their lock and all queries.

    Exit code 3 where one cannot be used, or would not answer alike on both graph stores.
    """
    from tracer.rules.load import check_queries
    from tracer.rules.packs import load_packs

    chosen = choices(context)
    count = len(load_packs(None if folder else chosen.home, folder).newest)
    check_queries(folder)
    if chosen.format == "json":
        write_json({"ok": True, "rules": count})
    elif chosen.format == "csv":
        write_csv(("ok", "rules"), [["true", count]])
    else:
        write_line(chosen.say("rules_fine", count=count))


@rules_app.command("lock")
def lock_rules(
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help="规则文件夹。 The folder of queries.")
    ],
) -> None:
    """锁定规则的现有文本，改规则的人用。 Lock the texts as they are; for those who change rules.

    A text that is locked never changes and is never dropped: findings cite it.
    """
    from tracer.rules.lock import write_lock
    from tracer.rules.packs import read_texts

    write_line(str(write_lock(read_texts(folder), folder)))
