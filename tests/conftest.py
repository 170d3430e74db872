"""Fixtures for all tests: a real Neo4j, and that it is used by one test at a time."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracer.flow.store import Flow
from tracer.graph import server
from tracer.graph.processes import locked
from tracer.graph.project import project as work_out
from tracer.graph.uses_file import uses_digest
from tracer.ledger import Ledger
from tracer.registers.store import registers_digest


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, but where a file divides its own, which then come last.

    What a module sets up is so made once, and the end of a run has small groups for both processes.
    """
    divided = {item for item in items if item.get_closest_marker("xdist_group") is not None}
    for item in set(items) - divided:
        item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: item in divided)


@pytest.fixture(scope="module")
def projected_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The graph of a home, version, method and day is worked out once in a module, for both stores.

    What each store takes in is a copy of the first. That a projection comes out the same a second time is
    shown where this is not used (tests/graph, tests/drills).
    """
    kept: dict[tuple[object, ...], Path] = {}

    def project(ledger: Ledger, flow: Flow, folder: Path) -> None:
        kept_here = uses_digest(ledger.home), registers_digest(ledger.home)
        key = (ledger.home, flow.version, flow.method, flow.as_of, *kept_here)
        if key not in kept:
            kept[key] = tmp_path_factory.mktemp("projected") / "build"
            work_out(ledger, flow, kept[key])
        shutil.copytree(kept[key], folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tracer.graph.build.project", project)
        yield
    for folder in kept.values():
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def neo4j_access(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """Address, user and password of a real Neo4j: `NEO4J_URI` if it is set, else a local one of this run.

    The workers of a run share one server, which ends with the process that started the run.
    """
    if uri := os.environ.get("NEO4J_URI"):
        return uri, os.environ.get("NEO4J_USER", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")
    base = tmp_path_factory.getbasetemp()
    in_worker = "PYTEST_XDIST_WORKER" in os.environ
    home = (base.parent if in_worker else base) / "neo4j-home"
    home.mkdir(exist_ok=True)
    # A short life: less compiling matters more than fast code.
    os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    running = server.start(home, owner=os.getppid() if in_worker else os.getpid())
    return running.uri, running.user, running.password


@pytest.fixture
def neo4j_uri(neo4j_access: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of the real Neo4j, for this test alone; the environment holds user and password.

    The database holds one graph, so the lock is among all workers and, for a given server, all runs.
    """
    uri, user, password = neo4j_access
    monkeypatch.setenv("NEO4J_URI", uri)
    monkeypatch.setenv("NEO4J_USER", user)
    monkeypatch.setenv("NEO4J_PASSWORD", password)
    name = "".join(letter if letter.isalnum() else "-" for letter in uri)
    with locked(Path(tempfile.gettempdir()) / f"fundtrail-test-{name}.lock"):
        yield uri
