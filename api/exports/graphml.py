"""A picture as GraphML for networkx, Gephi, Cytoscape and yEd: boxes as nodes, one edge per movement, masked.

Money is `fen` (a long integer) with `yuan` (text) beside it; what is not known is left out; days are ISO.
Some attributes are there because programs look for them: `label` (Gephi, yEd) and `name` (Cytoscape) are what
they write at a node or an edge, `weight` is what Gephi adds up where it merges movements between two holders.
"""

from xml.etree import ElementTree

import networkx as nx
from networkx.readwrite.graphml import GraphMLWriter

from api.exports.picture import Picture
from api.render import clean
from tracer.messages import Language, say
from tracer.money import format_yuan

_KEYS = ("subject", "method", "ledger", "as_of", "rule", "amount_yuan")
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
_NAMES = {say(key, lang): key for key in _KEYS for lang in _LANGUAGES}
"""Names of the graph's attributes by the labels of the picture; their values stay as they are."""


def render_graphml(picture: Picture) -> str:
    """The picture as a GraphML document, unmerged.

    networkx writes it, but for two things. Its numbered keys are replaced by named ones: Gephi takes the keys
    `d3` and `d7` for the labels that yEd writes. Its character references are replaced by the characters:
    Cytoscape keeps only what follows the last one.
    """
    writer = GraphMLWriter(encoding="utf-8")
    writer.add_graph_element(graph_of(picture))
    document = writer.xml
    keys = document.findall("key")
    named = {key.attrib["id"]: f"{key.attrib['for']}_{key.attrib['attr.name']}" for key in keys}
    for key in keys:
        key.set("id", named[key.attrib["id"]])
    for data in document.iter("data"):
        data.set("key", named[data.attrib["key"]])
    ElementTree.indent(document)
    text = ElementTree.tostring(document, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


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
            "name": label,
            "kind": box.kind,
            "lane": box.lane or None,
            "subject": box.is_subject or None,
        }
        graph.add_node(number[box.key], **_known(facts))
    for n, arrow in enumerate(picture.arrows):
        yuan = format_yuan(arrow.fen)
        facts = {
            "label": yuan,
            "weight": arrow.fen,
            "fen": arrow.fen,
            "yuan": yuan.replace(",", ""),
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
