"""The packaged trace queries on the invented county: equal to the columns, on both stores."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.county import AS_OF, generate
from ingest.run import ingest
from tracer.errors import UsageError
from tracer.flow.build import build_flow
from tracer.flow.store import Flow
from tracer.flow.trace import trace
from tracer.graph.base import Store
from tracer.graph.build import open_graph
from tracer.graph.trace import query, trace_graph

AS_OF_DAY: date = AS_OF
pytestmark = pytest.mark.usefixtures("projected_once")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trace-graph")
    generate(folder / "files", payments=600, seed=5)
    ingest(folder / "home", [folder / "files/办公文件"])
    return folder / "home"


@pytest.fixture(scope="module")
def flow(home: Path) -> Flow:
    return build_flow(home, as_of=AS_OF_DAY)


@pytest.fixture(params=["ladybug", "neo4j"])
def store(request: pytest.FixtureRequest, home: Path, flow: Flow) -> Iterator[Store]:
    uri = None if request.param == "ladybug" else request.getfixturevalue("neo4j_uri")
    with open_graph(home, flow.version, as_of=AS_OF_DAY, uri=uri) as store:
        yield store


def subjects(flow: Flow) -> list[str]:
    """Mixed payments, splits, legs, what ends as cash, indicators, a pool, a card, one that ran short."""
    mixed = np.flatnonzero(flow.count > 1)
    cash = [row for row in range(flow.rows) if flow.holder_names[flow.payee[row]] == "CASH"]
    rows = [*mixed[:6].tolist(), *np.flatnonzero(flow.kind == 0)[:4].tolist(), *cash[:2]]
    names = [flow.names[row] for row in rows]
    legs = [flow.leg_names[0], flow.leg_names[len(flow.leg_names) - 1]]
    holders = ["2020000-FJ0", "2020X000-F1", "2019Z000-F1-1", "9999020000000000001", "9999090000000000001",
               "9999040000000000001"]  # fmt: skip
    return names + legs + holders


def plain(answer: dict[str, Any]) -> tuple[Any, ...]:
    parts = sorted((-part["fen"], part["kind"], part["id"]) for part in answer["parts"])
    links = sorted((link["from"], link["to"], link["fen"]) for link in answer["links"])
    return answer["subject"], answer["direction"], answer["amount_fen"], parts, links


def test_the_walk_through_the_graph_equals_the_columns(store: Store, flow: Flow) -> None:
    for subject in subjects(flow):
        for direction in ("backward", "forward"):
            expected = trace(flow, subject, direction).to_dict()
            assert plain(trace_graph(store, subject, direction)) == plain(expected), (subject, direction)


def test_the_walk_equals_the_columns_where_all_is_mixed_by_pro_rata(home: Path) -> None:
    flow = build_flow(home, "pro-rata", AS_OF_DAY)
    with open_graph(home, flow.version, "pro-rata", AS_OF_DAY) as store:
        for subject in subjects(flow):
            for direction in ("backward", "forward"):
                expected = trace(flow, subject, direction).to_dict()
                assert plain(trace_graph(store, subject, direction)) == plain(expected), (subject, direction)


def test_the_files_to_paste_carry_the_same_fen(store: Store, flow: Flow) -> None:
    for row in np.flatnonzero(flow.count > 1)[:8].tolist():
        subject = flow.names[row]
        for direction in ("backward", "forward"):
            expected: dict[str, int] = {}
            for link in trace(flow, subject, direction).to_dict()["links"]:
                expected[link["to"]] = expected.get(link["to"], 0) + link["fen"]
            expected[subject] = trace(flow, subject, direction).amount_fen
            got: dict[str, int] = {}
            for found in store.run(query(direction), {"id": subject}):
                got[str(found["movement"])] = got.get(str(found["movement"]), 0) + int(str(found["fen"]))
            assert got == expected


def test_an_unknown_name_is_refused_and_masked(store: Store) -> None:
    with pytest.raises(UsageError) as refusal:
        trace_graph(store, "9999090000000999999", "backward")
    assert "9999090000000999999" not in str(refusal.value)
    with pytest.raises(UsageError, match="backward"):
        trace_graph(store, "2020000-FJ0", "sideways")
