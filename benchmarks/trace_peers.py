"""Searches over raw transfers for the ways in which money can have come to a payment, to hold traces against.

A way is a chain of transfers, each from the account that the one before reached and each earlier than the
next (by day, within a day by row). A peer counts the ways of one hop, of two and so on until there are none;
one that is not done at the time limit says how many hops it had looked at whole. Where two finish, their
counts must be equal. Which ways there are says nothing of how much came by each. The last peer asks for less:
which transfers can have brought any of it at all, each once.

Python walks sorted columns. networkx has no paths in the order of time: the graph is its, the walk ours.
Ladybug and Neo4j hold transfers and holders as nodes; Neo4j is asked by a quantified path pattern with the
order of time inside, so that it can cut each step. DuckDB recurses over a table.
"""

import contextlib
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ladybug
import neo4j
import networkx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from neo4j.exceptions import Neo4jError

from benchmarks.tree import Tree
from tracer.flow.codes import Int64
from tracer.flow.grouping import group
from tracer.graph import server

HOPS_MAX = 12
"""A search goes no further; it does not count as finished then."""

MEMORY_MB = 2048
"""What DuckDB, Ladybug's pool and the heap of Neo4j may use."""

BATCH = 20_000


@dataclass(frozen=True)
class Raw:
    """Transfers in the order of time: the place in the columns is the key."""

    payer: Int64
    payee: Int64
    holders: int
    key_of_row: Int64

    @property
    def keys(self) -> Int64:
        return np.arange(len(self.payer))


@dataclass(frozen=True)
class Found:
    """What a search found, by how many hops at most, and whether that is all."""

    count: int
    hops: int
    is_all: bool
    of: str = "ways"


Search = Callable[[int, float], Found]
"""Of the key of a payment, and of how many seconds there are."""

Count = Callable[[int, int, float], int | None]
"""Of a key, hops and seconds: the ways of exactly so many hops, None where the time was too short."""


@contextlib.contextmanager
def searches(raw: Raw, folder: Path, with_neo4j: bool) -> Iterator[dict[str, Search]]:
    """The peers by name."""
    in_duckdb, reach = _duckdb(raw)
    peers = {
        "Python, sorted columns": _python(raw),
        "networkx": _networkx(raw),
        "DuckDB, recursive CTE": in_duckdb,
        "Ladybug, Cypher": _ladybug(raw, folder),
    }
    with _neo4j(raw, folder) if with_neo4j else contextlib.nullcontext() as in_neo4j:
        if in_neo4j:
            peers["Neo4j, quantified path pattern"] = in_neo4j
        yield peers | {"DuckDB, only which transfers": reach}


def raw_transfers(tree: Tree) -> Raw:
    order = np.lexsort((np.arange(len(tree.day)), tree.day))
    key_of_row = np.empty(len(order), np.int64)
    key_of_row[order] = np.arange(len(order))
    payer, payee = (holders[order].astype(np.int64) for holders in (tree.payer, tree.payee))
    return Raw(payer, payee, len(tree.holder_kind), key_of_row)


def _by_hops(count: Count) -> Search:
    """A search that counts the ways of one hop, of two, and so on."""

    def search(key: int, limit_s: float) -> Found:
        deadline, ways = time.perf_counter() + limit_s, 0
        for hops in range(1, HOPS_MAX + 1):
            left_s = deadline - time.perf_counter()
            found = count(key, hops, left_s) if left_s > 0 else None
            if not found:
                return Found(ways, hops - 1, found == 0)
            ways += found
        return Found(ways, HOPS_MAX, False)

    return search


def _depth_first(earlier: Callable[[int], list[int]]) -> Count:
    """Count ways by walking them, `earlier` giving the transfers from which one can have got its money."""

    def count(key: int, hops: int, limit_s: float) -> int | None:
        deadline = time.perf_counter() + limit_s
        found, stack = 0, [iter([key])]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
            elif len(stack) == hops:
                found += len(earlier(step))
            else:
                stack.append(iter(earlier(step)))
            if time.perf_counter() > deadline:
                return None
        return found

    return count


def _python(raw: Raw) -> Search:
    starts, places = group(raw.payee, raw.holders)
    start: list[int] = starts.tolist()
    received: list[int] = places.tolist()
    payer: list[int] = raw.payer.tolist()

    def earlier(key: int) -> list[int]:
        low, high = start[payer[key]], start[payer[key] + 1]
        return received[low : bisect_left(received, key, low, high)]

    return _by_hops(_depth_first(earlier))


def _networkx(raw: Raw) -> Search:
    graph: networkx.MultiDiGraph[int] = networkx.MultiDiGraph()
    payer: list[int] = raw.payer.tolist()
    for key, (start, end) in enumerate(zip(payer, raw.payee.tolist(), strict=True)):
        graph.add_edge(start, end, key=key)

    def earlier(key: int) -> list[int]:
        return [before for _, _, before in graph.in_edges(payer[key], keys=True) if before < key]

    return _by_hops(_depth_first(earlier))


# ------------------------------------------------------------------------------------------------ databases


def _duckdb(raw: Raw) -> tuple[Search, Search]:
    """The ways, and the transfers that can have brought anything at all."""
    connection = duckdb.connect(config={"memory_limit": f"{MEMORY_MB}MB"})
    connection.register("columns", pa.table({"key": raw.keys, "payer": raw.payer, "payee": raw.payee}))
    connection.execute("CREATE TABLE raw AS SELECT * FROM columns")

    def ask(text: str, parameters: dict[str, int], limit_s: float) -> int | None:
        timer = threading.Timer(limit_s, connection.interrupt)
        timer.start()
        try:
            (number,) = connection.execute(text, parameters).fetchall()[0]
            return int(number)
        except (duckdb.InterruptException, duckdb.OutOfMemoryException):
            return None
        finally:
            timer.cancel()

    def count(key: int, hops: int, limit_s: float) -> int | None:
        return ask(_CHAINS, {"key": key, "hops": hops}, limit_s)

    def reach(key: int, limit_s: float) -> Found:
        found = ask(_REACHED, {"key": key}, limit_s)
        return Found(found or 0, 0, found is not None, "transfers")

    return _by_hops(count), reach


_CHAINS = """
WITH RECURSIVE chain(key, payer, hops) AS (
    SELECT key, payer, 0 FROM raw WHERE key = $key
    UNION ALL
    SELECT t.key, t.payer, c.hops + 1
    FROM chain c JOIN raw t ON t.payee = c.payer AND t.key < c.key WHERE c.hops < $hops
)
SELECT count(*) FROM chain WHERE hops = $hops
"""

_REACHED = """
WITH RECURSIVE reached(key, payer) AS (
    SELECT key, payer FROM raw WHERE key = $key
    UNION
    SELECT t.key, t.payer FROM reached r JOIN raw t ON t.payee = r.payer AND t.key < r.key
)
SELECT count(*) - 1 FROM reached
"""


def _ladybug(raw: Raw, folder: Path) -> Search:
    keys = pa.array(raw.keys)
    tables = {
        "Holder": {"key": pa.array(np.arange(raw.holders))},
        "Transfer": {"key": keys},
        "SENT": {"from": pa.array(raw.payer), "to": keys},
        "REACHED": {"from": keys, "to": pa.array(raw.payee)},
    }
    connection = ladybug.Connection(
        ladybug.Database(str(folder / "raw.lbug"), buffer_pool_size=MEMORY_MB << 20)
    )
    connection.execute("CREATE NODE TABLE Holder (key INT64, PRIMARY KEY (key))")
    connection.execute("CREATE NODE TABLE Transfer (key INT64, PRIMARY KEY (key))")
    connection.execute("CREATE REL TABLE SENT (FROM Holder TO Transfer)")
    connection.execute("CREATE REL TABLE REACHED (FROM Transfer TO Holder)")
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
        connection.execute(f"COPY {name} FROM '{folder / name}.parquet'")

    def count(key: int, hops: int, limit_s: float) -> int | None:
        connection.set_query_timeout(max(1, int(limit_s * 1000)))
        try:
            return int(connection.execute(_chain_query(hops), {"key": key}).get_next()[0])
        except RuntimeError as error:
            if "nterrupted" not in str(error) and "memory" not in str(error):
                raise
            return None

    return _by_hops(count)


def _chain_query(hops: int) -> str:
    """Count the chains of `hops` transfers, each earlier than the next, that lead to a payment."""
    pattern = "(t0:Transfer)" + "".join(
        f"<-[:SENT]-(h{hop}:Holder)<-[:REACHED]-(t{hop}:Transfer)" for hop in range(1, hops + 1)
    )
    order = "".join(f" AND t{hop}.key < t{hop - 1}.key" for hop in range(1, hops + 1))
    return f"MATCH {pattern} WHERE t0.key = $key{order} RETURN count(*)"


@contextlib.contextmanager
def _neo4j(raw: Raw, folder: Path) -> Iterator[Search]:
    """Neo4j, started for this run and loaded with the raw transfers."""
    running = server.start(folder, heap_mb=MEMORY_MB, owner=os.getpid())
    auth = (running.user, running.password)
    try:
        with neo4j.GraphDatabase.driver(running.uri, auth=auth, telemetry_disabled=True) as driver:
            began = time.perf_counter()
            _load_neo4j(driver, raw)
            print(f"  Neo4j loaded in {time.perf_counter() - began:.1f} s", flush=True)
            count = _count_in_neo4j(driver)
            for hops in range(1, HOPS_MAX + 1):
                count(0, hops, 60.0)  # its plans are made; nothing is earlier than the first transfer
            yield _by_hops(count)
    finally:
        server.stop(folder)


def _load_neo4j(driver: neo4j.Driver, raw: Raw) -> None:
    for label in ("Holder", "Transfer"):
        driver.execute_query(f"CREATE CONSTRAINT {label.lower()}_key FOR (n:{label}) REQUIRE n.key IS UNIQUE")
    for first in range(0, raw.holders, BATCH):
        last = min(first + BATCH, raw.holders) - 1
        driver.execute_query(
            "UNWIND range($first, $last) AS key CREATE (:Holder {key: key})", first=first, last=last
        )
    ends = np.column_stack((raw.keys, raw.payer, raw.payee))
    for first in range(0, len(ends), BATCH):
        driver.execute_query(
            "UNWIND $rows AS row MATCH (a:Holder {key: row[1]}) MATCH (b:Holder {key: row[2]})"
            " CREATE (a)-[:SENT]->(:Transfer {key: row[0], seq: row[0]})-[:REACHED]->(b)",
            rows=ends[first : first + BATCH].tolist(),
        )


def _count_in_neo4j(driver: neo4j.Driver) -> Count:
    # The order is compared by a copy of the key without an index: with one, Neo4j plans a single hop as a
    # scan of all that is earlier.
    def count(key: int, hops: int, limit_s: float) -> int | None:
        text = (
            "MATCH (:Transfer {key: $key})"
            " ((later:Transfer)<-[:SENT]-(:Holder)<-[:REACHED]-(earlier:Transfer)"
            f" WHERE earlier.seq < later.seq){{{hops}}} (:Transfer) RETURN count(*) AS ways"
        )
        try:
            with driver.session() as session:
                query = neo4j.Query(text, timeout=limit_s)
                return int(session.run(query, key=key).single(strict=True)["ways"])
        except Neo4jError as error:
            if "TimedOut" not in str(error.code) and "Memory" not in str(error.code):
                raise
            return None

    return count
