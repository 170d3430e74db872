"""Bring a Neo4j database to a build: compare what is there with what should be, and write the rest.

Nothing is remembered about earlier loads: the comparison reads the database itself, so a load after a
failed load, or after someone changed the data, ends with the same content as a first load. Equal edges
between the same two nodes are kept apart by counting them.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import neo4j
import pyarrow as pa
from neo4j.exceptions import ConstraintError

from tracer.errors import DataRefusedError
from tracer.graph import content
from tracer.graph.content import TABLES, Table
from tracer.graph.model import EDGES, NODES
from tracer.graph.neo4j import STATE_LABEL, Neo4jStore, errors_translated

BATCH = 20_000

_AS_PLANNED = "CYPHER replan=skip "
"""Before texts that can only be run in one way: numbers of rows that changed are no reason to plan anew."""


def load(store: Neo4jStore, folder: Path) -> bool:
    """See `Neo4jStore.load`."""
    rows = content.rows_of(folder)
    present = content.files(folder)
    wanted = (content.folder_digest(folder), content.model_digest())
    whole = content.counts_by_name(rows)
    if store.state() == wanted and store.counts() == whole:
        return False
    _refuse_foreign(store)
    with errors_translated(0), store.session(neo4j.WRITE_ACCESS) as holding:
        _declare(holding)
        with holding.begin_transaction() as lock:
            # The node stays locked until this transaction ends, so that two loads wait for each other.
            lock.run(f"MERGE (l:{STATE_LABEL} {{key: 'lock'}}) SET l.used = true").consume()
            if store.state() == wanted and store.counts() == whole:
                return False
            with store.session(neo4j.WRITE_ACCESS) as session:
                _set_state(session, None, None)
                found = store.rows_by_pattern()
                if found.keys() - {(table.name, table.ends) for table in TABLES}:
                    _prune_foreign(session)
                with duckdb.connect() as compare:
                    for table in TABLES:
                        is_there = (table.name, table.ends) in found
                        if is_there or rows[table]:
                            _bring_to(store, session, compare, table, present.get(table), is_there)
                _check(store, whole)
                _set_state(session, *wanted)
            lock.commit()
    return True


def _refuse_foreign(store: Neo4jStore) -> None:
    ours = store.count(f"MATCH (s:{STATE_LABEL}) RETURN count(s) AS n")
    if not ours and store.count("MATCH (n) RETURN count(n) AS n"):
        raise DataRefusedError(
            f"Neo4j {store.uri} 中有别的数据，没有改动：请换一个空的数据库"
            f" / Neo4j {store.uri} holds other data and was left as it is: use an empty database"
        )


def _declare(session: neo4j.Session) -> None:
    """Constraints and indexes, from `tracer.graph.model`; those that are there stay."""
    for label in [STATE_LABEL, *(node.label for node in NODES)]:
        name = f"`fundtrail_{label}_key`"
        session.run(
            f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:`{label}`) REQUIRE n.key IS UNIQUE"
        ).consume()
    for node in NODES:
        if "id" in node.properties:
            session.run(
                f"CREATE INDEX `fundtrail_{node.label}_id` IF NOT EXISTS FOR (n:`{node.label}`) ON (n.id)"
            ).consume()
    session.run("CALL db.awaitIndexes(600)").consume()


def _set_state(session: neo4j.Session, digest: str | None, model: str | None) -> None:
    session.run(
        f"MERGE (s:{STATE_LABEL} {{key: 'state'}}) SET s.digest = $digest, s.model = $model",
        {"digest": digest, "model": model},
    ).consume()


def _bring_to(
    store: Neo4jStore,
    session: neo4j.Session,
    compare: duckdb.DuckDBPyConnection,
    table: Table,
    path: Path | None,
    is_there: bool,
) -> None:
    compare.register("nothing", table.schema.empty_table())
    file = content.parquet(path) if path else "nothing"
    columns = ", ".join(f'"{name}"' for name in table.columns)
    missing = f"SELECT {columns} FROM {file}"
    if is_there:
        _compare(store, compare, table, file)
        # A node that changed is updated and keeps its edges; an edge that changed is another edge.
        same = "h, nth" if table.ends else "key"
        gone = f"SELECT element FROM found ANTI JOIN wanted USING ({same})"
        for batch in _batches(compare, gone, ["element"]):
            _delete(session, table, [row["element"] for row in batch])
        missing = f"SELECT {columns} FROM wanted ANTI JOIN found USING (h, nth)"
        if not table.ends:
            changed = f"{missing} SEMI JOIN found USING (key)"
            for batch in _batches(compare, changed, list(table.columns)):
                session.execute_write(_run, _update(table), {"rows": _known(batch)})
            missing += " ANTI JOIN found USING (key)"
    _create_all(store, table, _batches(compare, missing, list(table.columns)))


def _compare(store: Neo4jStore, compare: duckdb.DuckDBPyConnection, table: Table, file: str) -> None:
    """Make the tables `wanted` and `found`: the rows that should be and are, with a hash of their content.

    The n-th of equal rows is a row of its own, so that parallel edges are neither lost nor doubled.
    """
    element = "elementId(r)" if table.ends else "elementId(a)"
    schema = table.schema.append(pa.field("element", pa.string()))
    compare.register("database", pa.concat_tables([schema.empty_table(), *store.parts(table, element)]))
    for name, source in (("wanted", file), ("found", "database")):
        compare.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT *, row_number() OVER (PARTITION BY h) AS nth"
            f" FROM (SELECT *, {content.row_hash(table)} AS h FROM {source})"
        )


def _batches(
    compare: duckdb.DuckDBPyConnection, query: str, names: list[str]
) -> Iterator[list[dict[str, Any]]]:
    compare.execute(query)
    while rows := compare.fetchmany(BATCH):
        yield [dict(zip(names, row, strict=True)) for row in rows]


def _delete(session: neo4j.Session, table: Table, elements: list[str]) -> None:
    if table.ends:
        text, step = (
            f"{_AS_PLANNED}UNWIND $ids AS id MATCH ()-[r]->() WHERE elementId(r) = id DELETE r",
            BATCH,
        )
    else:
        # A node may have very many edges, which go in the same transaction.
        text, step = f"{_AS_PLANNED}UNWIND $ids AS id MATCH (n) WHERE elementId(n) = id DETACH DELETE n", 500
    for start in range(0, len(elements), step):
        session.execute_write(_run, text, {"ids": elements[start : start + step]})


def _create_all(store: Neo4jStore, table: Table, batches: Iterator[list[dict[str, Any]]]) -> None:
    """Write batches on two sessions: one is packed while the server works on the other."""

    def create(batch: list[dict[str, Any]]) -> None:
        with store.session(neo4j.WRITE_ACCESS) as session:
            if table.ends:
                _create_edges(session, table, batch)
            else:
                _create_nodes(session, table, batch)

    with ThreadPoolExecutor(2) as pool:
        pending: deque[Future[None]] = deque()
        for batch in batches:
            if len(pending) == 2:
                pending.popleft().result()
            pending.append(pool.submit(create, batch))
        for future in pending:
            future.result()


def _create_nodes(session: neo4j.Session, table: Table, batch: list[dict[str, Any]]) -> None:
    text = f"{_AS_PLANNED}UNWIND $rows AS row CREATE (n:`{table.name}`) SET n = row"
    try:
        session.execute_write(_run, text, {"rows": _known(batch)})
    except ConstraintError:
        raise DataRefusedError(
            f"{table.file} 不能入图：有重复的键 / {table.file} cannot be loaded: a key is there twice"
        ) from None


def _update(table: Table) -> str:
    return f"{_AS_PLANNED}UNWIND $rows AS row {_match('n', table.name, 'row.key')} SET n = row"


def _match(name: str, label: str, key: str) -> str:
    """A node by its key; without the hint a plan that was made for few nodes would read all of them."""
    return f"MATCH ({name}:`{label}` {{key: {key}}}) USING INDEX {name}:`{label}`(key)"


def _known(batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if value is not None} for row in batch]


def _create_edges(session: neo4j.Session, table: Table, batch: list[dict[str, Any]]) -> None:
    assert table.ends is not None
    rows = [
        {"a": row.pop("from_key"), "b": row.pop("to_key"), **({"p": row} if table.properties else {})}
        for row in batch
    ]
    text = (
        f"{_AS_PLANNED}UNWIND $rows AS row"
        f" {_match('a', table.ends[0], 'row.a')} {_match('b', table.ends[1], 'row.b')}"
        f" CREATE (a)-[r:`{table.name}`]->(b){' SET r = row.p' if table.properties else ''}"
    )
    made = session.execute_write(_run, text, {"rows": rows}).relationships_created
    if made != len(rows):
        raise DataRefusedError(
            f"{table.file} 不能入图：{len(rows) - made} 条边的一端不存在"
            f" / {table.file} cannot be loaded: {len(rows) - made} edges lack an end"
        )


def _run(work: neo4j.ManagedTransaction, text: str, parameters: dict[str, Any]) -> neo4j.SummaryCounters:
    return work.run(text, parameters).consume().counters


def _prune_foreign(session: neo4j.Session) -> None:
    """Remove what another version of the model, or someone, left in the database."""
    labels = [STATE_LABEL, *(node.label for node in NODES)]
    _delete_all(
        session,
        "MATCH (n) WHERE size(labels(n)) <> 1 OR NOT labels(n)[0] IN $known WITH n LIMIT 500 DETACH DELETE n",
        {"known": labels},
    )
    types = [edge.type for edge in EDGES]
    _delete_all(
        session, "MATCH ()-[r]->() WHERE NOT type(r) IN $known WITH r LIMIT 20000 DELETE r", {"known": types}
    )
    for edge in EDGES:
        pairs = " OR ".join(f"(a:`{start}` AND b:`{end}`)" for start, end in edge.ends)
        _delete_all(
            session, f"MATCH (a)-[r:`{edge.type}`]->(b) WHERE NOT ({pairs}) WITH r LIMIT 20000 DELETE r", {}
        )


def _delete_all(session: neo4j.Session, text: str, parameters: dict[str, Any]) -> None:
    while True:
        counters = session.execute_write(_run, text, parameters)
        if not counters.nodes_deleted and not counters.relationships_deleted:
            return


def _check(store: Neo4jStore, wanted: dict[str, int]) -> None:
    found = store.counts()
    wrong = sorted(name for name in wanted if wanted[name] != found[name])
    if wrong:
        raise DataRefusedError(
            f"入图后数目不符：{'、'.join(wrong)}，其中有重复的键"
            f" / numbers differ after loading: {', '.join(wrong)}; a key is there twice"
        )
