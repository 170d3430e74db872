"""The graph of a ledger version, a method and an as-of day: opened, or built first and then opened."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from tracer.flow.build import build_flow, one_builder
from tracer.flow.store import flow_name
from tracer.graph import content, open_store
from tracer.graph.base import Store, StoreUnavailable, cannot_write
from tracer.graph.project import project
from tracer.graph.uses_file import uses_digest
from tracer.ledger import Ledger
from tracer.registers.store import registers_digest

VERSIONS_KEPT = 3
"""Of how many ledger versions the graphs are kept."""

GRAPHS_KEPT = 12
"""How many graphs are kept in all: each day and method that somebody asks for is one."""


def graphs_folder(home: Path) -> Path:
    """Where the embedded graphs lie."""
    return home / "graph"


def open_graph(
    home: Path, version: int, method: str = "linked", as_of: date | None = None, uri: str | None = None
) -> Store:
    """The graph for these, in the home folder or, where a Bolt URI is given, on that server.

    It is built if it is not there; a build that is killed leaves nothing that counts. Raises
    StoreUnavailable where a server does not answer, UsageError for a version or method that is not there.
    """
    if uri is not None:
        return _on_server(home, version, method, as_of, uri)
    target = graphs_folder(home) / f"{_graph_name(home, version, method, as_of)}.lbug"
    if target.exists():
        try:
            return open_store(target)
        except StoreUnavailable:
            # Damaged, or built for another model of the graph: it is derived, so it is built again.
            target.unlink()
    from tracer.graph.ladybug import build_file

    with projected(home, version, method, as_of) as folder:
        if not target.exists():  # else another process was quicker
            build_file(folder, target)
        _prune(graphs_folder(home), version)
    return open_store(target)


def _graph_name(home: Path, version: int, method: str, as_of: date | None) -> str:
    """The name of a build: that of the flow, and digests of the words and registers that the home keeps."""
    words, registers = uses_digest(home)[:12], registers_digest(home)[:12]
    name = flow_name(version, method, as_of)
    return name + (f"-{words}" if words else "") + (f"-r{registers}" if registers else "")


def drop_graphs_of_registers(home: Path) -> int:
    """Delete the embedded graphs that hold rows of other registers; they are derived. Returns how many."""
    graphs = sorted(graphs_folder(home).glob("*-r*.lbug"))
    for path in (*graphs, *graphs_folder(home).glob("*-r*.digest")):
        path.unlink()
    return len(graphs)


def _on_server(home: Path, version: int, method: str, as_of: date | None, uri: str) -> Store:
    from tracer.graph.neo4j import Neo4jStore
    from tracer.graph.server import auth_of

    store = Neo4jStore(uri, auth_of(home, uri))
    note = graphs_folder(home) / f"{_graph_name(home, version, method, as_of)}.digest"
    if note.exists() and store.state() == (note.read_text("ascii"), content.model_digest()):
        return store
    with projected(home, version, method, as_of) as folder:
        store.load(folder)
    digest, _ = store.state()
    note.write_text(digest or "", "ascii")
    return store


@contextmanager
def projected(home: Path, version: int, method: str, as_of: date | None) -> Iterator[Path]:
    """A folder with the graph's nodes and edges, removed at the end."""
    flow = build_flow(home, method, as_of, version)
    with (
        one_builder(graphs_folder(home)) as graphs,
        tempfile.TemporaryDirectory(dir=graphs, prefix=".new-") as draft,
    ):
        folder = Path(draft) / "build"
        try:
            project(Ledger(home), flow, folder)
        except duckdb.IOException as error:
            raise cannot_write(folder) from error
        yield folder


def _prune(folder: Path, newest: int) -> None:
    """Remove graphs of versions that are too old to be asked for, and all but the last few of other days."""
    graphs = sorted(folder.glob("v*-*.lbug"), key=lambda path: path.stat().st_mtime, reverse=True)
    for place, path in enumerate(graphs):
        version = re.match(r"v(\d+)-", path.name)
        if place >= GRAPHS_KEPT or (version and int(version[1]) <= newest - VERSIONS_KEPT):
            path.unlink()
