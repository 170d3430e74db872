"""A picture as GraphML for Gephi, yEd and networkx: boxes as nodes, one edge per movement, masked.

Money is `fen` (a long integer) with `yuan` (text) beside it; what is not known is left out; days are ISO.
"""

import networkx as nx

from api.exports.picture import Picture
from api.render import clean
from tracer.messages import Language, say
from tracer.money import format_yuan

_KEYS = ("subject", "method", "ledger", "as_of", "rule", "amount_yuan")
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
_NAMES = {say(key, lang): key for key in _KEYS for lang in _LANGUAGES}
"""Names of the graph's attributes by the labels of the picture; their values stay as they are."""


def render_graphml(picture: Picture) -> str:
    """The picture as a GraphML document, unmerged."""
    return "\n".join(nx.generate_graphml(graph_of(picture))) + "\n"


def graph_of(picture: Picture) -> "nx.MultiDiGraph[str]":
    """The picture as a networkx graph whose attributes GraphML can hold."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.graph.update(
        {"title": clean(picture.title)}
        | {_NAMES.get(label, clean(label)): clean(value) for label, value in picture.facts}
    )
    number = {box.key: f"n{n}" for n, box in enumerate(picture.boxes)}
    for box in picture.boxes:
        label = clean(" ".join(line for line in box.lines if line))
        facts: dict[str, object] = {
            "label": label,
            "kind": box.kind,
            "lane": box.lane or None,
            "subject": box.is_subject or None,
        }
        graph.add_node(number[box.key], **_known(facts))
    for n, arrow in enumerate(picture.arrows):
        facts = {
            "fen": arrow.fen,
            "yuan": format_yuan(arrow.fen).replace(",", ""),
            "name": arrow.name,
            "kind": arrow.kind,
            "day": arrow.day,
            "subject": arrow.is_subject or None,
        }
        graph.add_edge(number[arrow.source], number[arrow.target], key=f"e{n}", **_known(facts))
    return graph


def _known(facts: dict[str, object]) -> dict[str, object]:
    return {
        name: clean(value) if isinstance(value, str) else value
        for name, value in facts.items()
        if value is not None
    }
