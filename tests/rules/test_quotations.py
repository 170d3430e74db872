"""The quotations: each basis among the documents has its words, and the words stand in the document."""

import re
from pathlib import Path

import pytest

from tracer.rules.load import load_rules
from tracer.rules.packs import register_texts
from tracer.rules.page import rules_page
from tracer.rules.quotations import articles_of, quoted, read_quotations

RULES = load_rules() | {rule.id: rule for rule in register_texts()}
SOURCES = Path(__file__).parents[3] / "shared" / "sources"
HEADS = {
    "chapter": r"第[一二三四五六七八九十]+章",
    "article": r"第[一二三四五六七八九十]+条",
    "part": r"[一二三四五六七八九十]+、",
    "section": r"[（(][一二三四五六七八九十]+[）)]",
    "item": r"\d+[.、．]",
}
"""How lines begin that open a part of a document, the outer ones first."""


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _numbers(article: str) -> list[str]:
    """`第七条（一）2` as the beginnings of the lines that lead to it."""
    first = re.match(r"第.+?条|[一二三四五六七八九十]+", article)
    assert first, article
    outer = first[0] if first[0].startswith("第") else f"{first[0]}、"
    rest = article[first.end() :]
    section = re.match(r"（(.+?)）", rest)
    item = re.search(r"\d+$", rest)
    return [outer, *([f"（{section[1]}）"] if section else []), *([f"{item[0]}."] if item else [])]


def _rank(line: str) -> tuple[int, str] | None:
    for rank, pattern in enumerate(HEADS.values()):
        found = re.match(pattern, line)
        if found:
            head = found[0].replace("(", "（").replace(")", "）")
            return rank, re.sub(r"[.、．]$", ".", head) if rank == len(HEADS) - 1 else head
    return None


def articles_in(text: str, numbers: list[str]) -> list[str]:
    """The text of every place of a document that these numbers lead to, without white space."""
    found: list[str] = []
    path: dict[int, str] = {}
    is_inside = False
    for line in filter(None, (_squeezed(line) for line in text.splitlines())):
        head = _rank(line)
        if head:
            path = {rank: value for rank, value in path.items() if rank < head[0]} | {head[0]: head[1]}
            now = [value for rank, value in sorted(path.items()) if rank > 0]
            was, is_inside = is_inside, now[: len(numbers)] == numbers
            if is_inside and (not was or now == numbers):
                found.append("")
        if is_inside:
            found[-1] += line
    return found or _inline(text, numbers)


def _inline(text: str, numbers: list[str]) -> list[str]:
    """Items that stand within a paragraph, `（一）…；`, each with the beginning of its sentence."""
    *outer, last = numbers
    if not outer or not last.startswith("（"):
        return []
    pattern = rf"[^。]*?{last}[^；。]*[；。]"
    return [found for place in articles_in(text, outer) for found in re.findall(pattern, place)]


def test_every_basis_of_the_documents_is_quoted() -> None:
    bases = [(rule, basis) for rule in RULES.values() for basis in rule.basis]
    assert [(rule.id, basis.article) for rule, basis in bases if basis.file and not quoted(rule, basis)] == []
    assert [rule.id for rule, basis in bases if not basis.file and quoted(rule, basis)] == []
    for rule, basis in bases:
        for article in articles_of(basis) if basis.file else ():
            assert article in read_quotations()[basis.file or ""], rule.id


def test_no_quotation_is_there_for_nothing() -> None:
    shown = {
        (basis.file, text) for rule in RULES.values() for basis in rule.basis for text in quoted(rule, basis)
    }
    kept = {
        (file, entry if isinstance(entry, str) else entry["text"])
        for file, articles in read_quotations().items()
        for entries in articles.values()
        for entry in entries
    }
    assert kept == shown
    named = {
        (file, article, rule_id)
        for file, articles in read_quotations().items()
        for article, entries in articles.items()
        for entry in entries
        if isinstance(entry, dict)
        for rule_id in entry["rules"]
    }
    cited = {
        (basis.file, article, rule.id)
        for rule in RULES.values()
        for basis in rule.basis
        for article in articles_of(basis)
    }
    assert named <= cited


def test_every_quotation_stands_under_its_article() -> None:
    if not SOURCES.is_dir():
        pytest.skip("../shared/sources is not here: the quotations were not compared with the documents")
    for file, articles in read_quotations().items():
        text = (SOURCES / file).read_text("utf-8")
        for article, entries in articles.items():
            places = articles_in(text, _numbers(article))
            assert places, (file, article)
            for entry in entries:
                words = str(entry if isinstance(entry, str) else entry["text"])
                assert any(_squeezed(words) in place for place in places), (file, article, words)


def test_every_link_of_the_page_of_rules_leads_somewhere() -> None:
    page = rules_page(RULES)
    headings = {
        "".join(c for c in title.lower() if c.isalnum() or c in " -_").replace(" ", "-")
        for title in re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    }
    places = headings | set(re.findall(r'<a id="(.+?)">', page))
    links = re.findall(r"\]\(#(.+?)\)", page)
    cited = {article for rule in RULES.values() for b in rule.basis if b.file for article in articles_of(b)}
    assert cited <= set(re.findall(r"\[([^]]+)\]\(#\d{3}-", page))
    assert [link for link in links if link not in places] == []
    for rule in RULES.values():
        for basis in rule.basis:
            assert all(words in page for words in quoted(rule, basis))


def test_words_of_another_article_are_told_apart() -> None:
    text = "第六条 甲。\n第七条 乙：\n（一）丙。\n1. 丁。\n2. 戊\n己。\n(二)庚\n1.辛\n第八条 壬"
    assert articles_in(text, _numbers("第七条（一）2")) == ["2.戊己。"]
    assert articles_in(text, _numbers("第七条（二）")) == ["(二)庚1.辛"]
    assert articles_in(text, _numbers("第七条（二）3")) == []
    assert articles_in("一、子\n丑。不得：（一）寅；（二）卯。", ["一、", "（二）"]) == [
        "不得：（一）寅；（二）卯。"
    ]
