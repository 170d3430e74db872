"""`rules set`, `form`, `read-form`, `revise` and `adopt`: what a locality settles about its rules."""

from pathlib import Path
from typing import Annotated

import typer

from api.choices import Choices, PackOption, RuleOption, choices
from api.render import add_row, table, words, write_csv, write_json, write_line, write_message, write_table
from tracer.errors import UsageError
from tracer.mask import mask_text


def set_rule(
    context: typer.Context,
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RULE.param=value…", help="参数值；留空则删除。 Values; an empty one forgets."
        ),
    ] = None,
    fund: Annotated[str, typer.Option(metavar="NAME", help="只对此项资金。 For this fund only.")] = "",
    region: Annotated[
        str, typer.Option(metavar="CODE", help="只对此区划及其下级。 For this division and those below.")
    ] = "",
    pack: PackOption = None,
) -> None:
    """保存本地的参数值（可按资金、按区划），不给值则列出。 Keep values of parameters in the home; lists them.

    --parameters and then --set of a scan override what is kept; the more precise region, then fund, counts.
    """
    from dataclasses import asdict

    from tracer.rules.kept import Kept, all_kept, keep
    from tracer.rules.packs import load_packs

    chosen = choices(context)
    packs = load_packs(chosen.home)
    rules = packs.newest if pack is None else packs.rules(packs.check_year(pack))
    kept = keep(chosen.home, rules, values, fund, region, pack) if values else all_kept(chosen.home)
    if any(values or ()) and any((entry.fund, entry.region) == (fund.strip(), region) for entry in kept):
        _warn_of_unknown(chosen, fund.strip(), region)
    rows = [asdict(entry) for entry in kept]
    names = list(Kept.__dataclass_fields__)
    if chosen.format == "json":
        write_json({"kept": rows})
    elif chosen.format == "csv":
        write_csv(names, [list(row.values()) for row in rows])
    else:
        made = table(*words(chosen.lang, "rule", "parameter", "fund", "region", "value", "pack"))
        for row in rows:
            add_row(made, *row.values())
        write_table(made)


def _warn_of_unknown(chosen: Choices, fund: str, region: str) -> None:
    """Say of a fund or region that nothing names so: what is kept for it holds for nothing."""
    from tracer.funds.known import is_fund_known, is_region_known

    if fund and not is_fund_known(chosen.home, fund):
        write_message(chosen.say("fund_unknown", fund=mask_text(fund)))
    if region and not is_region_known(chosen.home, region):
        write_message(chosen.say("region_unknown", region=region))


def rule_words(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="本地词表（YAML）。 Words of the locality.")
    ] = None,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="恢复自带词表。 Back to those that ship.")
    ] = False,
) -> None:
    """禁止用途（ZC05）的词表：换成本地的；不给文件则印出现行的。 The words of ZC05: replace or print them."""
    from tracer.graph.uses_file import keep_uses, uses_digest, uses_text

    chosen = choices(context)
    if file is not None and shipped:
        raise UsageError("--shipped 与文件只能给一个 / give a file or --shipped, not both")
    if file is None and not shipped and chosen.format == "table":
        write_line(uses_text(chosen.home).rstrip())
        return
    if file is not None or shipped:
        keep_uses(chosen.home, file)
    digest = uses_digest(chosen.home)
    if chosen.format == "json":
        write_json({"kept": bool(digest), "sha256": digest or None})
    elif chosen.format == "csv":
        write_csv(("kept", "sha256"), [[bool(digest), digest]])
    else:
        write_line(chosen.say("words_kept" if digest else "words_shipped", digest=digest[:12]))


def write_rule_form(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="XLSX 文件。 XLSX file.")],
    rule: RuleOption = None,
    pack: PackOption = None,
) -> None:
    """按附2 印出规则申请表。 Write the official rule form (XLSX) with these rules, or all in force."""
    from tracer.rules.form import form_of, write_form
    from tracer.rules.load import choose_rules
    from tracer.rules.packs import load_packs

    chosen = choices(context)
    packs = load_packs(chosen.home)
    year = packs.years[-1] if pack is None else packs.check_year(pack)
    form = form_of(choose_rules(packs.rules(year, rule or ()), rule))
    write_form(form, output)
    if chosen.format == "json":
        write_json({"file": str(output), "rules": len(form.rows)})
    elif chosen.format == "csv":
        write_csv(("file", "rules"), [[str(output), len(form.rows)]])
    else:
        write_line(chosen.say("form_written", file=output, count=len(form.rows)))


def read_rule_form(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="填好的申请表。 A form filled in.")],
    pack: PackOption = None,
) -> None:
    """读回填好的申请表，指出与现行规则的不同。 Read a form back; says how it differs from the rules."""
    from tracer.rules.form import compare, read_form
    from tracer.rules.packs import load_packs

    chosen = choices(context)
    form = read_form(file)
    packs = load_packs(chosen.home)
    year = packs.years[-1] if pack is None else packs.check_year(pack)
    compared = compare(form, packs.rules(year))
    rows = [{**vars(row), "rule_id": rule_id, "differs": list(differs)} for row, rule_id, differs in compared]
    if chosen.format == "json":
        facts = {name: getattr(form, name) for name in ("unit", "day", "filler", "phone")}
        write_json(facts | {"rows": rows})
    elif chosen.format == "csv":
        write_csv(list(rows[0]) if rows else (), [list(row.values()) for row in rows])
    else:
        write_line(chosen.say("form_read", count=len(rows), unit=form.unit, day=form.day))
        made = table(*words(chosen.lang, "number", "rule", "form_differs"))
        for row, rule_id, differs in compared:
            what = chosen.say("form_new" if rule_id is None else "form_same")
            add_row(made, row.number, row.name, chosen.separator.join(differs) or what)
        write_table(made)


def revise_rule(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="规则编号。 Identifier.")],
    year: Annotated[int, typer.Option(metavar="YEAR", help="从哪个预算年度起。 From which budget year on.")],
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help="规则文件夹。 The folder of queries.")
    ],
) -> None:
    """为一个预算年度起草规则的新版本，旧文本留在旁边。 Begin a new version of a rule for a budget year.

    It begins with the text in force; the earlier text stays beside it, as findings cite it. Change the file,
    run `rules lock`, and take the folder over with `rules adopt`.
    """
    from tracer.rules.own import revise

    chosen = choices(context)
    file = revise(chosen.home, rule, year, folder)
    if chosen.format == "json":
        write_json({"file": str(file)})
    elif chosen.format == "csv":
        write_csv(("file",), [[str(file)]])
    else:
        lock = chosen.command("rules", "lock", "--folder", folder)
        adopt = chosen.command("rules", "adopt", folder)
        write_line(chosen.say("rule_revised", file=file, lock=lock, adopt=adopt))


def adopt_rules(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="规则文件夹。 A folder of queries.")],
) -> None:
    """收下一个文件夹的规则（下一年度的或本地的）。 Take over a folder's rules: next year's, or one's own.

    They are checked, copied into the home and locked there. Rules of a later budget year wait for it.
    """
    from tracer.rules.own import adopt
    from tracer.rules.packs import load_packs

    chosen = choices(context)
    new = adopt(chosen.home, folder)
    years = load_packs(chosen.home).years
    rows = [[rule.id, rule.version, rule.budget_year] for rule in new]
    names = ("rule_id", "version", "budget_year")
    if chosen.format == "json":
        write_json({"packs": list(years), "adopted": [dict(zip(names, row, strict=True)) for row in rows]})
    elif chosen.format == "csv":
        write_csv(names, rows)
    else:
        packs = chosen.separator.join(map(str, years))
        write_line(chosen.say("rules_adopted", count=len(new), packs=packs))
        made = table(*words(chosen.lang, "rule", "version", "pack"))
        for row in rows:
            add_row(made, *row)
        if rows:
            write_table(made)
