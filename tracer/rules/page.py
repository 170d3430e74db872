"""The pages of rules and registers, made from their files: `python -m tracer.rules.page rules|registers`."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

from tracer.registers.classes import PERSON, RegisterClass, load_classes
from tracer.rules.load import load_rules
from tracer.rules.packs import register_texts
from tracer.rules.quotations import articles_of, quoted
from tracer.rules.spec import CATEGORIES, FROM_THE_DOCUMENTS, Basis, Parameter, Rule

_ORIGINS = {"D": "the five documents", "L": "law", "C": "convention", "M": "from memory", "P": "our proposal"}
_HEAD = """# 规则 / Rules

<!-- Made by `make docs`; change the rule files, not this page. -->

Each rule is one file, `queries/rules/<category>/<ID>.cypher`; its exact meaning is its query. Numbers that
come from neither the documents nor law are marked with their origin, here and in every finding. What one of
the five documents says is quoted word for word and leads to its file and article under [Sources](#sources);
laws are cited by article and not quoted.
"""


_REGISTERS_HEAD = """# 其他部门的登记 / Registers of other offices

<!-- Made by `make docs`; change guide.md in `tracer/registers`, the classes and the rules, not this page. -->

"""


def rules_page(rules: Mapping[str, Rule]) -> str:
    """The page as Markdown."""
    parts = [_HEAD]
    for category, name in CATEGORIES.items():
        chosen = [rule for rule in rules.values() if rule.category == category]
        if chosen:
            parts.append(f"## {category} {name}\n")
            parts += ["\n".join(_rule(rule)) + "\n" for rule in chosen]
    return "\n".join([*parts, "\n".join(_sources(rules.values()))])


def registers_page() -> str:
    """The page of the classes of registers that ship, and of the rules that use them, as Markdown."""
    guide = files("tracer.registers").joinpath("guide.md").read_text("utf-8")
    parts = [_REGISTERS_HEAD + guide, "## Classes 登记类别\n"]
    parts += ["\n".join(_class(one)) + "\n" for one in load_classes().values()]
    rules = register_texts()
    parts += ["## Rules 规则\n", *("\n".join(_rule(rule)) + "\n" for rule in rules)]
    return "\n".join([*parts, "\n".join(_sources(rules))])


def _class(one: RegisterClass) -> Iterator[str]:
    yield f"### {one.name} {one.zh} · {one.en}\n"
    answers = "all days up to its as-of day" if one.has_history else "its as-of day, or `--since`, on"
    lasting = "; what a row says holds ever after" if one.is_lasting else ""
    yield f"Held by {one.held_by[1]} ({one.held_by[0]}). A version answers for {answers}, and up to"
    yield f"{one.fresh_days} days after it{lasting}. Rule {one.rule}.\n"
    yield "| 列 column | 表头 headers | 类型 type | 含义 meaning |"
    yield "|---|---|---|---|"
    roles = {name: role for role, names in one.roles.items() for name in names} | {PERSON: "person"}
    for column in one.table.columns:
        star = " *" if column.required else ""
        words = "/".join(word for word, english in column.words if word != english)
        kind = f"{column.kind}（{words}）" if words else column.kind
        role = f" ({roles[column.name]})" if column.name in roles else ""
        headers = "、".join((column.header_zh, *column.synonyms_zh))
        yield f"| `{column.name}`{star} | {headers} | {kind} | {column.meaning}{role} |"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id} {rule.name.zh} · {rule.name.en}\n"
    levels = " → ".join(level for level in (rule.opens, rule.at_expiry) if level)
    levels += f"（{'、'.join(rule.also)}）" if rule.also else ""
    yield f"{rule.description.zh}\n"
    yield f"{rule.description.en}\n"
    yield "| | |"
    yield "|---|---|"
    yield f"| 级别 level | {levels} |"
    yield f"| 对象 subject | `{rule.subject}` |"
    yield f"| 金额 amount | {rule.amount.zh} · {rule.amount.en} |"
    yield f"| 需要 needs | {', '.join(' or '.join(choice) for choice in rule.needs)} |"
    if rule.optional:
        yield f"| 可选 optional | {', '.join(rule.optional)} |"
    for parameter in rule.parameters:
        yield f"| 参数 `{parameter.name}` | {_parameter(parameter)} |"
    if rule.exempt_amount:
        yield "| 例外 exemptions | 可按金额 · amounts allowed |"
    if rule.diversion:
        about, bounded = rule.diversion.about, rule.diversion.is_bounded
        key = "至少至多 least and most" if bounded else "没有至少至多 no least and most"
        yield f"| {key} | {about.zh} · {about.en} |"
    yield f"| 依据 basis | {'；'.join(map(_basis, rule.basis))} |"
    yield f"| 处理 handler | {rule.office}{'、' + rule.joint if rule.joint else ''} |"
    yield f"| 版本 version | {rule.version}, {rule.status}, {rule.budget_year} |"
    for basis in rule.basis:
        words = quoted(rule, basis)
        if words:
            yield f"\n> {basis.article}：“{'”……“'.join(words)}”"
    yield "\n可能的正常原因 innocent explanations:\n"
    for entry in rule.innocent:
        yield f"- {entry.zh} {entry.en}"


def _basis(basis: Basis) -> str:
    """A basis, its articles linked to where the documents are listed."""
    file = basis.file
    if file is None:
        return f"{basis.text} {basis.article}"
    links = "、".join(f"[{article}](#{_anchor(file, article)})" for article in articles_of(basis))
    return f"{basis.text} {links}（`{file}`）"


def _anchor(file: str, article: str) -> str:
    """The name of an article's place on this page."""
    return f"{file.partition('_')[0]}-{article.translate({ord('（'): None, ord('）'): None})}"


def _sources(rules: Iterable[Rule]) -> Iterator[str]:
    """The documents that rules stand on, by file and article, with the rules of each article."""
    found: dict[tuple[str, str], dict[str, list[Rule]]] = {}
    for rule in rules:
        for basis in rule.basis:
            for article in articles_of(basis) if basis.file else ():
                found.setdefault((basis.file or "", basis.text), {}).setdefault(article, []).append(rule)
    yield "## 出处 Sources\n"
    yield '<a id="sources"></a>'
    for (file, title), articles in sorted(found.items()):
        yield f"\n### {title}\n\n`{file}`\n"
        for article, citing in articles.items():
            links = ", ".join(f"[{rule.id}](#{_heading(rule)})" for rule in citing)
            yield f'- <a id="{_anchor(file, article)}"></a>{article}: {links}'


def _heading(rule: Rule) -> str:
    """The anchor that a reader of Markdown gives the heading of a rule."""
    text = f"{rule.id} {rule.name.zh} · {rule.name.en}".lower()
    return "".join(c for c in text if c.isalnum() or c in " -_").replace(" ", "-")


def _parameter(parameter: Parameter) -> str:
    default = "empty (off)" if parameter.default is None else parameter.default
    marked = "" if parameter.origin in FROM_THE_DOCUMENTS else " — not from the documents"
    follows = f"; follows `{parameter.follows}`" if parameter.follows else ""
    return f"{default} {parameter.unit}（{parameter.origin}: {_ORIGINS[parameter.origin]}{marked}）{follows}"


if __name__ == "__main__":
    print(registers_page() if sys.argv[1:] == ["registers"] else rules_page(load_rules()), end="")
