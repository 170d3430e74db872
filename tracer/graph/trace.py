"""The traces of `tracer.flow.trace`, walked through a graph store with the packaged `queries/trace/*.cypher`.

For people who sit in the graph, and as a second opinion: `fundtrail --graph URI trace` asks both, and answers
only where parts and links are equal to those from columns. The walk asks once per step, so it has no limit of
depth and no way to explode (pieces form a forest).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracer.errors import UsageError
from tracer.graph.base import AnswerDamaged, Row, Store
from tracer.mask import mask_text
from tracer.settings import queries_folder

_KEYS_PER_QUERY = 5_000
"""So many pieces are asked for at a time: the parameters stay small on either store."""


def query(name: str) -> str:
    """The text of a packaged trace query."""
    return (queries_folder() / "trace" / f"{name}.cypher").read_text(encoding="utf-8")


@dataclass
class _Sums:
    """Fen by key, in the order in which the keys came up."""

    fen: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, first: object, second: object, fen: int) -> None:
        key = (str(first), str(second))
        self.fen[key] = self.fen.get(key, 0) + fen


def trace_graph(store: Store, subject: str, direction: str) -> dict[str, Any]:
    """Trace a payment, bank transfer, split, indicator or account through the graph.

    Gives `subject`, `direction`, `amount_fen`, `parts` and `links` of contract section 3; parts are largest
    first, links in no order. Raises `UsageError` for an unknown subject or direction, and the store's errors.
    """
    if direction not in ("backward", "forward"):
        raise UsageError("方向只能是 backward 或 forward / direction is backward or forward")
    found = sorted(store.run(query("find"), {"id": subject}), key=lambda row: str(row["place"]))
    if not found:
        shown = mask_text(subject)
        raise UsageError(f"图中没有 {shown} / nothing in the graph is called {shown}")
    walk = _backward if direction == "backward" else _forward
    parts, links = walk(store, found[0])
    entries = [{"id": name, "kind": kind, "fen": fen} for (name, kind), fen in parts.fen.items()]
    return {
        "subject": found[0]["name"],
        "direction": direction,
        "amount_fen": sum(parts.fen.values()),
        "parts": sorted(entries, key=lambda part: (-int(str(part["fen"])), str(part["id"]))),
        "links": [{"from": source, "to": to, "fen": fen} for (source, to), fen in links.fen.items()],
    }


def confirm(store: Store, subject: str, answer: Mapping[str, Any]) -> None:
    """Ask the graph for the same trace as `answer`, the JSON of a trace of `subject` from columns.

    Raises AnswerDamaged where the two differ, and what `trace_graph` raises.
    """
    second = trace_graph(store, subject, answer["direction"])
    if _compared(second) != _compared(answer):
        raise AnswerDamaged(
            f"{mask_text(str(answer['subject']))}：图库的回答与账本不同，没有采用；"
            "请重新装载图（删去家目录中的 graph 文件夹后再试），仍不同请报告"
            " / the graph and the ledger answer differently and neither is shown: load the graph again"
            " (remove the folder `graph` of the home and try again), and report it if they still differ"
        )


def _compared(answer: Mapping[str, Any]) -> tuple[Any, ...]:
    """What two answers must have in common; the order of parts and links is nobody's."""
    parts = sorted((part["id"], part["kind"], part["fen"]) for part in answer["parts"])
    links = sorted((link["from"], link["to"], link["fen"]) for link in answer["links"])
    return answer["subject"], answer["amount_fen"], parts, links


def _backward(store: Store, found: Row) -> tuple[_Sums, _Sums]:
    moved = found["label"] == "Transfer"
    own = store.run(query("carried"), {"key": _int(found["key"])}) if moved else _held(store, found)
    fen = {_int(row["piece"]): _int(row["fen"]) for row in own}
    parts, links = _Sums(), _Sums()
    level, first = fen, True
    while level:
        above: dict[int, int] = {}
        for row in _ask(store, "back", level):
            passed = level[_int(row["piece"])]
            if first:
                parts.add(row["origin"], row["origin_kind"], passed)
            if row["moved_by"] is not None:
                links.add(row["brought_by"] or row["origin"], row["moved_by"], passed)
            if row["parent"] is not None:
                parent = _int(row["parent"])
                above[parent] = above.get(parent, 0) + passed
        level, first = above, False
    return parts, links


def _forward(store: Store, found: Row) -> tuple[_Sums, _Sums]:
    parts, links = _Sums(), _Sums()
    if found["label"] == "Transfer":
        own = {_int(row["piece"]) for row in store.run(query("carried"), {"key": _int(found["key"])})}
    else:
        given: dict[str, str | int] = {
            "label": str(found["label"]),
            "key": _int(found["key"]),
            "name": str(found["name"]),
        }
        reached = store.run(query("reached"), given)
        own = {_int(row["piece"]) for row in reached}
        for row in _ask(store, "back", [_int(row["piece"]) for row in reached if row["born"]]):
            if row["moved_by"] is not None:  # born with the movement, because its payer had too little
                links.add(row["origin"], row["moved_by"], _int(row["fen"]))
    everywhere = set(own)
    level: Iterable[int] = own
    while level:
        onward = _ask(store, "forth", level)
        for row in onward:
            links.add(row["brought_by"] or row["origin"], row["moved_by"], _int(row["fen"]))
        level = {_int(row["piece"]) for row in onward} - own  # one of these is walked on its own account
        everywhere |= set(level)
    for row in _ask(store, "rests", everywhere):
        parts.add(row["holder"], row["kind"], _int(row["fen"]))
    return parts, links


def _held(store: Store, found: Row) -> list[Row]:
    return store.run(query("held"), {"label": str(found["label"]), "key": _int(found["key"])})


def _ask(store: Store, name: str, keys: Iterable[int]) -> list[Row]:
    wanted: Sequence[int] = sorted(keys)
    rows: list[Row] = []
    for start in range(0, len(wanted), _KEYS_PER_QUERY):
        rows += store.run(query(name), {"keys": wanted[start : start + _KEYS_PER_QUERY]})
    return rows


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"a trace query gave {type(value).__name__} where a number belongs")
    return value
