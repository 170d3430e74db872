"""The contract of a graph store, held by both: same folder in, same answers out."""

import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from graph_folders import random_folder, read, write
from graph_queries import QUERIES

from tracer.errors import DataRefusedError, UsageError
from tracer.graph import content, open_store
from tracer.graph.base import QueryFailed, QueryTimeout, Row, Store, StoreUnavailable
from tracer.graph.content import TABLES, Table
from tracer.graph.ladybug import LadybugStore, build_file
from tracer.graph.lint import lint
from tracer.graph.neo4j import Neo4jStore

STORES = ["ladybug", "neo4j"]
SEED = 7


def test_the_queries_to_compare_are_portable() -> None:
    assert {name: lint(text) for name, (text, _) in QUERIES.items()} == {name: [] for name in QUERIES}


def ordered(rows: list[Row]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_folder(tmp_path_factory.mktemp("builds") / "main", SEED)


@pytest.fixture(scope="module")
def state(folder: Path) -> tuple[str, str]:
    """What a server says that has taken in the folder."""
    return content.folder_digest(folder), content.model_digest()


@pytest.fixture(scope="module")
def graph_file(folder: Path) -> Path:
    target = folder.parent / "main.lbug"
    build_file(folder, target)
    return target


@pytest.fixture(params=STORES)
def store(
    request: pytest.FixtureRequest, folder: Path, state: tuple[str, str], graph_file: Path
) -> Iterator[Store]:
    if request.param == "ladybug":
        with open_store(graph_file) as opened:
            yield opened
    else:
        with Neo4jStore(request.getfixturevalue("neo4j_uri")) as server:
            if server.state() != state:  # a test of another process was in between
                server.load(folder)
            yield server


def test_counts_are_those_of_the_folder(store: Store, folder: Path) -> None:
    counts = store.counts()
    assert counts == content.counts_by_name(content.rows_of(folder))
    assert counts["REMAINS_AT"] > 24, "two pairs of labels, each with its rows"


def test_digest_is_that_of_the_folder(store: Store, folder: Path) -> None:
    assert store.digest() == content.folder_digest(folder)


def test_every_property_can_be_asked_by_its_plain_name(store: Store, folder: Path) -> None:
    for table in TABLES:
        pattern = (
            f"(a:{table.ends[0]})-[r:{table.name}]->(b:{table.ends[1]})"
            if table.ends
            else f"(r:{table.name})"
        )
        keys = ["a.key AS from_key", "b.key AS to_key"] if table.ends else []
        columns = ", ".join([*keys, *(f"r.{name} AS {name}" for name in table.properties)])
        rows = store.run(f"MATCH {pattern} RETURN {columns}")
        assert ordered(rows) == ordered(read(folder, table)), table.file


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_queries_give_the_same_rows(seed: int, tmp_path: Path, neo4j_uri: str) -> None:
    random_folder(tmp_path / "in", seed, nodes=8 + seed * 4)
    build_file(tmp_path / "in", tmp_path / "g.lbug")
    with open_store(tmp_path / "g.lbug") as embedded, Neo4jStore(neo4j_uri) as server:
        server.load(tmp_path / "in")
        assert embedded.counts() == server.counts()
        assert embedded.digest() == server.digest()
        filled = 0
        for name, (text, parameters) in QUERIES.items():
            here, there = embedded.run(text, parameters), server.run(text, parameters)
            assert ordered(here) == ordered(there), name
            filled += bool(here)
        assert filled >= len(QUERIES) - 4, "equal because empty proves little"


ATTACKS = [
    "CREATE (:Fund {key: 99})",
    "MATCH (f:Fund) SET f.name = 'x'",
    "MATCH (f:Fund) SET f.name = 'x' RETURN f.key AS k",
    "MATCH (f:Fund) DETACH DELETE f",
    "MATCH (f:Fund) WITH f CREATE (:Fund {key: 98}) RETURN 1 AS n",
    "MERGE (f:Fund {key: 97}) RETURN f.key AS k",
    "MATCH (f:Fund) REMOVE f.name",
    "COPY (MATCH (f:Fund) RETURN f.key) TO '{out}'",
    "MATCH (f:Fund) RETURN f.key AS k; COPY (RETURN 1) TO '{out}'",
    "LOAD FROM '/etc/hostname' RETURN *",
    "LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
    "MATCH (f:Fund) LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
    "CALL dbms.listConfig() YIELD name RETURN name",
    "MATCH (f:Fund) CALL { WITH f SET f.name = 'x' } RETURN 1 AS n",
    "CALL threads=1",
    "CHECKPOINT",
    "INSTALL httpfs",
    "ATTACH '{out}' AS other (dbtype duckdb)",
    "EXPORT DATABASE '{out}'",
    "DROP TABLE Fund",
    "/* MATCH */ CREATE (:Fund {key: 96})",
    "// MATCH (f)\nCREATE (:Fund {key: 95})",
    "RETURN 'a' AS a // ' \n; CREATE (:Fund {key: 94})",
    "RETURN '\\u0027 AS a; CREATE (:Fund {key: 93}) //'",
    "EXPLAIN MATCH (f:Fund) RETURN f.key AS k",
    "FOREACH (x IN [1] | CREATE (:Fund {key: 92}))",
    "SHOW USERS",
    "",
    "   // nothing",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_but_reading_passes(attack: str, graph_file: Path, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with LadybugStore(graph_file) as store, pytest.raises(UsageError):
        store.run(attack.replace("{out}", str(out)))
    assert not out.exists()


def test_the_gate_stands_before_both_stores(store: Store, folder: Path, tmp_path: Path) -> None:
    before = store.digest()
    for attack in ATTACKS:
        with pytest.raises(UsageError):
            store.run(attack.replace("{out}", str(tmp_path / "out")))
    assert store.digest() == before
    assert not (tmp_path / "out").exists()


def test_behind_the_gate_the_stores_are_read_only_too(graph_file: Path, neo4j_uri: str, folder: Path) -> None:
    with LadybugStore(graph_file) as embedded, pytest.raises(QueryFailed):
        embedded._query("CREATE (:Fund {key: 99})", {}, 5)
    with Neo4jStore(neo4j_uri) as server:
        server.load(folder)
        for text in ("CREATE (:Fund {key: 99})", "LOAD CSV FROM 'file:///etc/hostname' AS l RETURN l AS l"):
            with pytest.raises(QueryFailed):
                server._read(text)
        assert server.digest() == content.folder_digest(folder)


def test_a_query_is_stopped_at_its_limit_and_the_store_goes_on(store: Store) -> None:
    started = time.monotonic()
    with pytest.raises(QueryTimeout):
        store.run(
            "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a * b AS c WHERE c % 7 = 3"
            " RETURN count(*) AS n",
            timeout_s=0.5,
        )
    assert time.monotonic() - started < 20
    assert store.run("RETURN 1 AS n") == [{"n": 1}]


@pytest.mark.parametrize("number", [0, 1, -1, 100, 127, 128, 200, -129, 40_000, 2**31, -(2**40), 2**62])
def test_numbers_keep_their_size(number: int, graph_file: Path) -> None:
    with LadybugStore(graph_file) as store:
        assert store.run("RETURN $n AS n, 0 - $n AS minus, 5 -$n AS five", {"n": number}) == [
            {"n": number, "minus": -number, "five": 5 - number}
        ]
        assert store.run("UNWIND $list AS n RETURN 0 - n AS minus", {"list": [number]}) == [
            {"minus": -number}
        ]


def test_parameters_are_data(store: Store) -> None:
    texts = ["' OR 1 = 1 //", "`x`", "\\", "$other", "行\n2", "'; CREATE (:Fund {key: 99})", ""]
    for text in texts:
        rows = store.run("RETURN $t AS t, '$t' AS kept /* $t */", {"t": text, "unused": 3})
        assert rows == [{"t": text, "kept": "$t"}]
    assert store.run("UNWIND $t AS t RETURN t AS t1", {"t": texts}) == [{"t1": text} for text in texts]
    assert store.run("RETURN $yes AS yes, size($none) AS n", {"yes": True, "none": []}) == [
        {"yes": True, "n": 0}
    ]
    assert store.run("MATCH (f:Fund) RETURN count(*) AS n LIMIT $most", {"most": 1}) == [{"n": 12}]


def test_a_parameter_that_is_not_given_is_no_null(store: Store) -> None:
    with pytest.raises(UsageError, match="absent"):
        store.run("RETURN $absent AS x", {"other": 1})


@pytest.mark.parametrize("value", [None, 1.5, b"x", 2**63, [1, "a"], [None], {"a": 1}, [[1]]])
def test_parameters_that_the_stores_type_differently_are_refused(value: object, graph_file: Path) -> None:
    with LadybugStore(graph_file) as store, pytest.raises(UsageError):
        store.run("RETURN $v AS v", {"v": value})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (f:Fund) RETURN f AS fund",
        "MATCH (i:Indicator)-[s:SPLIT_TO]->(j:Indicator) RETURN s AS edge",
        "MATCH p = (t:Transfer)-[:FUNDS]->(u:Transfer) RETURN nodes(p) AS steps",
        "MATCH (f:Fund) RETURN collect(f) AS funds",
        "RETURN 1.5 AS n",
        "UNWIND [9223372036854775807, 9223372036854775807] AS n RETURN sum(n) AS n1",
        "MATCH (f:Fund) RETURN f.nothing_of_the_kind( AS x",
    ],
)
def test_what_is_not_a_value_is_an_error(store: Store, text: str) -> None:
    with pytest.raises(QueryFailed):
        store.run(text)


def test_nulls_maps_and_lists_arrive_as_such(store: Store) -> None:
    assert store.run("RETURN null AS n, {a: 1, b: 'x'} AS m, [1, 2] AS l, true AS t") == [
        {"n": None, "m": {"a": 1, "b": "x"}, "l": [1, 2], "t": True}
    ]


def digest_of(table: Table, rows: list[dict[str, object]]) -> str:
    digest = content.Digest()
    digest.add(table, pa.Table.from_pylist(rows, schema=table.schema))
    return digest.hexdigest()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_the_digest_sees_every_value_and_no_order(table: Table, folder: Path) -> None:
    rows = read(folder, table)
    name = table.properties[-1] if table.properties else "to_key"
    changed = {"text": "其他", "int": 123_456_789, "bool": not rows[0][name]}[table.columns[name]]
    variants = [rows, [{**rows[0], name: changed}, *rows[1:]], rows[1:], [*rows, rows[0]]]
    assert len({digest_of(table, variant) for variant in variants}) == 4
    assert digest_of(table, rows[::-1]) == digest_of(table, rows)


def test_null_and_empty_text_and_shifted_text_differ(tmp_path: Path) -> None:
    fund = next(table for table in TABLES if table.name == "Fund")
    blank = dict.fromkeys(fund.columns)
    digests = set()
    for i, change in enumerate(
        [{}, {"name": ""}, {"name": "-"}, {"name": "1:a"}, {"id": "1:a"}, {"name_key": "-"}]
    ):
        (tmp_path / str(i)).mkdir()
        write(tmp_path / str(i), fund, [{**blank, "key": 1, **change}])
        digests.add(content.folder_digest(tmp_path / str(i)))
    assert len(digests) == 6


def test_a_folder_that_is_not_a_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefusedError, match="absent"):
        build_file(tmp_path / "absent", tmp_path / "g.lbug")
    fund = next(table for table in TABLES if table.name == "Fund")
    write(tmp_path, fund, [])
    (tmp_path / fund.file).rename(tmp_path / "Fudn.parquet")
    with pytest.raises(DataRefusedError, match="Fudn"):
        build_file(tmp_path, tmp_path / "g.lbug")
    (tmp_path / "Fudn.parquet").rename(tmp_path / "Party.parquet")
    with pytest.raises(DataRefusedError, match="county_bound"):
        build_file(tmp_path, tmp_path / "g.lbug")


def test_no_graph_is_an_error_that_says_so(tmp_path: Path, neo4j_uri: str) -> None:
    with pytest.raises(StoreUnavailable, match="没有图文件"):
        open_store(tmp_path / "none.lbug")
    for uri in ("bolt://127.0.0.1:1", "nonsense://x"):
        with pytest.raises(StoreUnavailable):
            open_store(uri)
    with pytest.raises(StoreUnavailable):
        Neo4jStore(neo4j_uri, ("neo4j", "not the password"))
