"""What the documents say where a rule stands on them, word for word."""

from functools import lru_cache

import yaml

from tracer.rules.spec import Basis, Rule
from tracer.settings import queries_folder

FILE = "rules/quotations.yaml"

Quotations = dict[str, dict[str, list[str | dict[str, str | list[str]]]]]
"""By file of the document and by article: words for every rule, or `text` with the `rules` it is for."""


@lru_cache(maxsize=1)
def read_quotations() -> Quotations:
    """All quotations that ship with the rules."""
    content: Quotations = yaml.safe_load((queries_folder() / FILE).read_text("utf-8"))
    return content


def articles_of(basis: Basis) -> list[str]:
    """The single articles of a basis: `第十五条、第十六条` is two."""
    return basis.article.split("、")


def quoted(rule: Rule, basis: Basis) -> list[str]:
    """The words of a basis for a rule, in order; none of a law, whose text is not among the documents."""
    articles = read_quotations().get(basis.file or "", {})
    found = []
    for article in articles_of(basis):
        for entry in articles.get(article, []):
            if isinstance(entry, str):
                found.append(entry)
            elif rule.id in entry["rules"]:
                found.append(str(entry["text"]))
    return found
