"""Fixtures for all tests: a real Neo4j, and that it is used by one test at a time."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracer.graph import server
from tracer.graph.processes import locked


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, but where a file divides its own."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


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
