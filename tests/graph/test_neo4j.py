"""Loading a Neo4j: whatever was there before, the end is exactly the build; half a load answers nothing."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import neo4j
import pytest
from graph_folders import random_folder, read, write

from tracer.errors import DataRefusedError
from tracer.graph import content
from tracer.graph.base import StoreUnavailable
from tracer.graph.content import TABLES
from tracer.graph.neo4j import STATE_LABEL, Neo4jStore

ROOT = Path(__file__).parents[2]
BY_FILE = {table.file: table for table in TABLES}


@pytest.fixture
def store(neo4j_uri: str) -> Iterator[Neo4jStore]:
    with Neo4jStore(neo4j_uri) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return random_folder(tmp_path / "in", 31, nodes=8)


def change(store: Neo4jStore, text: str) -> None:
    with store.session(neo4j.WRITE_ACCESS) as session:
        session.run(text).consume()


def test_a_second_load_of_the_same_build_does_nothing(store: Neo4jStore, folder: Path) -> None:
    store.load(folder)
    assert store.load(folder) is False
    assert store.digest() == content.folder_digest(folder)


def test_a_load_of_another_build_prunes_what_is_gone(store: Neo4jStore, folder: Path, tmp_path: Path) -> None:
    store.load(folder)
    fewer = random_folder(tmp_path / "fewer", 31, nodes=8)
    for name in (
        "BECAME.Piece.Piece.parquet",
        "HAD.Project.Event.parquet",
        "MENTIONS.Transfer.ProhibitedUse.parquet",
    ):
        write(fewer, BY_FILE[name], read(fewer, BY_FILE[name])[3:])
    (fewer / "DRAWS.Transfer.Indicator.parquet").unlink()
    funds = read(fewer, BY_FILE["Fund.parquet"])
    write(fewer, BY_FILE["Fund.parquet"], [{**funds[0], "name": "改名", "level": None}, *funds[1:]])
    gone = funds[-1]["key"]
    write(fewer, BY_FILE["Fund.parquet"], read(fewer, BY_FILE["Fund.parquet"])[:-1])
    for name in ("SPENDS.Transfer.Fund.parquet", "OF_FUND.Indicator.Fund.parquet"):
        write(fewer, BY_FILE[name], [row for row in read(fewer, BY_FILE[name]) if row["to_key"] != gone])
    assert store.load(fewer) is True
    assert store.counts() == content.counts_by_name(content.rows_of(fewer))
    assert store.digest() == content.folder_digest(fewer)
    store.load(folder)
    assert store.digest() == content.folder_digest(folder)


def test_parallel_edges_are_kept_and_not_doubled(store: Neo4jStore, folder: Path) -> None:
    table = BY_FILE["SPLIT_TO.Indicator.Indicator.parquet"]
    edge = read(folder, table)[0]
    for path in folder.iterdir():
        if path.name != "Indicator.parquet":
            path.unlink()
    for copies in (3, 3, 1, 5, 2):
        write(folder, table, [edge] * copies)
        store.load(folder)
        assert store.counts()["SPLIT_TO"] == copies
        assert store.digest() == content.folder_digest(folder)


def test_what_others_put_into_the_graph_is_removed(store: Neo4jStore, folder: Path) -> None:
    store.load(folder)
    change(store, "CREATE (:Foreign {key: 1})-[:SENT]->(:Fund {key: 99999})")
    change(store, "MATCH (f:Fund), (p:Party) WITH f, p LIMIT 3 CREATE (f)-[:SENT]->(p), (f)-[:LIKES]->(p)")
    change(store, "MATCH (t:Transfer) WITH t LIMIT 2 DETACH DELETE t")
    change(store, "CREATE ()")
    change(store, "MATCH (p:Project) WITH p LIMIT 1 SET p:Extra")
    assert store.load(folder) is True
    assert store.digest() == content.folder_digest(folder)
    assert store.count("MATCH (n) RETURN count(n) AS n") == 2 + sum(
        count for table, count in content.rows_of(folder).items() if not table.ends
    )


def test_a_database_with_other_data_is_left_alone(store: Neo4jStore, folder: Path) -> None:
    change(store, "MATCH (n) DETACH DELETE n")
    change(store, "CREATE (:Customer {name: 'someone'})")
    with pytest.raises(DataRefusedError, match="holds other data"):
        store.load(folder)
    assert store.count("MATCH (n) RETURN count(n) AS n") == 1
    with pytest.raises(StoreUnavailable):
        store.run("MATCH (t:Transfer) RETURN count(*) AS n")
    change(store, "MATCH (n) DETACH DELETE n")
    assert store.load(folder) is True
    assert store.digest() == content.folder_digest(folder)


@pytest.mark.parametrize("name", ["Fund.parquet", "SENT.Account.Transfer.parquet"])
def test_a_build_that_does_not_fit_is_refused_and_not_answered_from(
    name: str, store: Neo4jStore, folder: Path, tmp_path: Path
) -> None:
    rows = read(folder, BY_FILE[name])
    bad = rows[0] if name == "Fund.parquet" else {**rows[0], "to_key": 4_111_111_111_111_111}
    write(folder, BY_FILE[name], [*rows, bad])
    with pytest.raises(DataRefusedError):
        store.load(folder)
    with pytest.raises(StoreUnavailable):
        store.run("MATCH (t:Transfer) RETURN count(*) AS n")
    write(folder, BY_FILE[name], rows)
    assert store.load(folder) is True
    assert store.run("MATCH (t:Transfer) RETURN count(*) AS n") == [{"n": 8}]


LOAD = (
    "import sys; from pathlib import Path; from tracer.graph.neo4j import Neo4jStore;"
    " store = Neo4jStore(sys.argv[1]); print('ready', flush=True); store.load(Path(sys.argv[2]))"
)


def test_a_load_that_is_killed_is_finished_by_the_next(
    store: Neo4jStore, folder: Path, tmp_path: Path
) -> None:
    store.load(folder)
    larger = random_folder(tmp_path / "larger", 32, nodes=150)
    child = subprocess.Popen(
        [sys.executable, "-c", LOAD, store.uri, str(larger)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    child.stdout.readline()
    while store.state() != (None, None):
        assert child.poll() is None
        time.sleep(0.005)
    time.sleep(0.1)
    child.kill()
    child.wait()
    assert store.state() == (None, None), "the load was over before it was killed"
    with pytest.raises(StoreUnavailable, match="没有完整的图"):
        store.run("MATCH (t:Transfer) RETURN count(*) AS n")
    store.load(larger)
    assert store.digest() == content.folder_digest(larger)
    store.load(folder)
    assert store.digest() == content.folder_digest(folder)


def test_two_loads_at_once_wait_for_each_other(store: Neo4jStore, folder: Path, tmp_path: Path) -> None:
    other = random_folder(tmp_path / "other", 33, nodes=8)
    with ThreadPoolExecutor(4) as pool:
        assert any(pool.map(store.load, [folder, other, folder, other]))
    digest, _ = store.state()
    assert digest in {content.folder_digest(folder), content.folder_digest(other)}
    assert store.digest() == digest


def test_an_answer_from_a_graph_that_changed_meanwhile_is_refused(
    store: Neo4jStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load(folder)
    read_plainly = store._read

    def read_while_loading(text: str, *arguments: object, **options: object) -> object:
        rows = read_plainly(text, *arguments, **options)  # type: ignore[arg-type]
        if "Fund" in text:
            change(store, f"MATCH (s:{STATE_LABEL} {{key: 'state'}}) SET s.digest = null")
        return rows

    monkeypatch.setattr(store, "_read", read_while_loading)
    with pytest.raises(StoreUnavailable):
        store.run("MATCH (f:Fund) RETURN count(*) AS n")
    monkeypatch.undo()
    assert store.load(folder) is True


def test_a_graph_of_another_model_is_refused(
    store: Neo4jStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load(folder)
    monkeypatch.setattr(content, "model_digest", lambda: "another")
    with pytest.raises(StoreUnavailable):
        store.run("MATCH (f:Fund) RETURN count(*) AS n")
    assert store.load(folder) is True, "it is loaded again, for that model"
    assert store.run("MATCH (f:Fund) RETURN count(*) AS n") == [{"n": 8}]
