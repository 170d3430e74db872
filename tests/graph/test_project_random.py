"""Properties of the projection on random ledgers, and slow readings of what it works out in one go."""

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.flow.ledgers import RandomLedger
from tests.graph import books
from tests.graph.books import Book, Graph, Row, build
from tracer.errors import ConservationError
from tracer.flow.build import build_flow, flow_of
from tracer.flow.codes import METHODS
from tracer.flow.movements import COLUMNS
from tracer.graph.project import project
from tracer.ledger import Ledger
from tracer.schema import TABLES

Tables = dict[str, list[Row]]

GRAPHS = 30 if os.environ.get("FUNDTRAIL_DRILLS") else 15
"""Random ledgers, of three methods; `make drills` takes more."""


def random_tables(seed: int) -> tuple[Tables, date | None]:
    """A random ledger whose accounts have few holders, some of them related."""
    chance = random.Random(seed)
    ledger = RandomLedger(chance)
    tables: Tables = ledger.tables()
    for row in tables.get("accounts", []):
        row["holder_name"] = chance.choice(["甲", "乙", "丙", "-"])
        row["holder_id"] = chance.choice([None, None, "91A", "91B", "91C"])
        row["holder_kind"] = chance.choice(["agency", "enterprise", "person", "village"])
    alike = seed % 3 == 0
    tables["relations"] = [relation(chance) for _ in range(chance.randint(0, 2))]
    for row in tables.get("payments", []):
        row["payee_name"] = chance.choice(["张三", "李四", None])
        row["beneficiary_id"] = chance.choice([None, None, "1", "2"])
        if alike:
            row |= {"amount_fen": 3, "payer_account": "A0", "indicator_id": None, "beneficiary_id": None}
    return tables, ledger.as_of()


def relation(chance: random.Random) -> Row:
    one, other = chance.sample(["91A", "91B", "91C", "91D"], 2)
    return {"person_a": one, "person_b": other, "relation": "股东"}


@pytest.fixture(scope="module")
def random_graphs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Tables, date | None, Graph]]:
    graphs = []
    for seed in range(GRAPHS):
        tables, as_of = random_tables(seed)
        method = METHODS[seed % len(METHODS)]
        graphs.append((tables, as_of, build(tmp_path_factory.mktemp("graph"), tables, method, as_of)))
    return graphs


def ring_tables(seed: int) -> Tables:
    """Fund money that goes round among few accounts of few holders, day by day."""
    chance = random.Random(seed)
    names = [f"A{n}" for n in range(chance.randint(3, 4))]
    holders = [("甲", None), ("甲", "91A"), ("乙", None), ("乙", "91B"), ("丙", "91C"), ("-", None)]
    kinds, types = ["agency", "enterprise", "person", "village"], ["unit", "special", "pool", "treasury"]
    accounts = []
    for name in names:
        title, number = chance.choice(holders)
        kind, type_ = chance.choice(kinds), chance.choice(types[: chance.choice([3, 3, 4])])
        accounts.append(books.account(name, title, kind, type_, holder_id=number))
    payments = [  # a budget account that is not listed brings the money in
        books.payment(f"M{n}", "U", name, 90, "2020-02-01", indicator_id="I1") for n, name in enumerate(names)
    ]
    transfers = []
    for n in range(27):
        payer, payee = chance.sample(names, 2)
        at, fen = f"2020-02-{n + 2:02}", chance.randint(10, 120)
        if chance.random() < 0.6:
            refund = chance.choice(payments)["payment_id"] if payments and chance.random() < 0.15 else None
            named = "I1" if chance.random() < 0.8 else None
            payments.append(
                books.payment(f"P{n}", payer, payee, fen, at, indicator_id=named, refund_of=refund)
            )
        else:
            transfers.append(books.transfer(f"B{n}", payer, payee, fen, at))
    return {
        "indicators": [books.indicator("I1", 600)],
        "accounts": accounts,
        "payments": payments,
        "transfers": transfers,
        "relations": [relation(chance) for _ in range(2)],
    }


def rows_by_key(graph: Graph, label: str) -> dict[int, Row]:
    return {row["key"]: row for row in graph.tables[f"{label}.parquet"]}


def ends(graph: Graph, kind: str, start: str, end: str) -> list[tuple[int, int]]:
    return [(row["from_key"], row["to_key"]) for row in graph.tables[f"{kind}.{start}.{end}.parquet"]]


def test_keys_are_dense_and_edges_end_somewhere(
    random_graphs: list[tuple[Tables, date | None, Graph]],
) -> None:
    for _, _, graph in random_graphs:
        keys = {}
        for file, rows in graph.tables.items():
            if file.count(".") == 1:
                keys[file.split(".")[0]] = {row["key"] for row in rows}
                assert sorted(row["key"] for row in rows) == list(range(len(rows)))
        for file, rows in graph.tables.items():
            if file.count(".") == 3:
                _, start, end, _ = file.split(".")
                assert {row["from_key"] for row in rows} <= keys[start]
                assert {row["to_key"] for row in rows} <= keys[end]


def test_money_adds_up_in_the_graph_itself(random_graphs: list[tuple[Tables, date | None, Graph]]) -> None:
    for _, _, graph in random_graphs:
        pieces, transfers = rows_by_key(graph, "Piece"), rows_by_key(graph, "Transfer")
        carried: dict[int, int] = defaultdict(int)
        for transfer, piece in ends(graph, "CARRIED", "Transfer", "Piece"):
            carried[transfer] += pieces[piece]["fen"]
        for key, row in transfers.items():
            moves = row["kind"] != "leg" and row["payer"] != row["payee"]
            # An account and an indicator may bear one name, so an equal name may still be another holder.
            if moves or carried[key]:
                assert carried[key] == abs(row["amount_fen"])
        spent: dict[int, int] = defaultdict(int)
        for before, after in ends(graph, "BECAME", "Piece", "Piece"):
            spent[before] += pieces[after]["fen"]
        assert all(spent[key] + piece["left_fen"] == piece["fen"] for key, piece in pieces.items())
        for label in ("Indicator", "Account"):
            held: dict[int, int] = defaultdict(int)
            for piece, holder in ends(graph, "REMAINS_AT", "Piece", label):
                held[holder] += pieces[piece]["left_fen"]
            assert all(row["held_fen"] == held[key] for key, row in rows_by_key(graph, label).items())


def test_returned_money_read_slowly(tmp_path: Path) -> None:
    total = 0
    for seed in range(GRAPHS // 2):
        tables = ring_tables(seed)
        graph = build(tmp_path / str(seed), tables, "lifo" if seed % 2 else "linked")
        rows = graph.tables["RETURNED.Piece.Piece.parquet"]
        found = {(row["from_key"], row["to_key"], row["hops"]) for row in rows}
        assert len(found) == len(rows)
        assert found == set(slow_returned(graph, tables["relations"]))
        total += len(found)
    assert total > GRAPHS  # the random ledgers do have such money


def slow_returned(graph: Graph, relations: Iterable[Row]) -> Iterable[tuple[int, int, int]]:
    """Walk forward from every piece of every payment that can start, and stop at home."""
    pieces, accounts = rows_by_key(graph, "Piece"), rows_by_key(graph, "Account")
    children: dict[int, list[int]] = defaultdict(list)
    for before, after in ends(graph, "BECAME", "Piece", "Piece"):
        children[before].append(after)
    sent = {transfer: account for account, transfer in ends(graph, "SENT", "Account", "Transfer")}
    received = dict(ends(graph, "RECEIVED_BY", "Transfer", "Account"))
    names = {transfer for transfer, _ in ends(graph, "NAMES", "Transfer", "Indicator")}
    carrier = {piece: transfer for transfer, piece in ends(graph, "CARRIED", "Transfer", "Piece")}
    transfers = rows_by_key(graph, "Transfer")
    by_id = {row["id"]: row for row in accounts.values()}
    related = {frozenset((row["person_a"], row["person_b"])) for row in relations}

    def same(one: Row, other: Row) -> bool:
        if one["holder_id"] and other["holder_id"]:
            return bool(one["holder_id"] == other["holder_id"])
        return bool(one["holder_key"] and one["holder_key"] == other["holder_key"])

    def home(payer: Row, transfer: Row) -> bool:
        account = by_id.get(transfer["payee"])
        if account is None or not account["listed"] or account["account_type"] == "treasury":
            return False
        near = frozenset((payer["holder_id"], account["holder_id"])) in related
        return same(payer, account) or (near and account["holder_kind"] != "person")

    def walk(start: int, piece: int, payer: Row, hops: int) -> Iterable[tuple[int, int, int]]:
        for child in children[piece]:
            if home(payer, transfers[carrier[child]]):
                yield start, child, hops + 1
            else:
                yield from walk(start, child, payer, hops + 1)

    for piece, transfer in carrier.items():
        row = transfers[transfer]
        if row["kind"] != "payment" or row["is_refund"] or transfer not in names or transfer not in sent:
            continue
        payer = accounts[sent[transfer]]
        payee = accounts[received[transfer]] if transfer in received else None
        if not (payer["holder_id"] or payer["holder_key"]) or (payee and same(payer, payee)):
            continue
        if pieces[piece]["is_fund"]:
            yield from walk(piece, piece, payer, 1)


def test_draws_read_slowly(random_graphs: list[tuple[Tables, date | None, Graph]]) -> None:
    total = 0
    for tables, as_of, graph in random_graphs:
        found = graph.edges("DRAWS", "Transfer", "Indicator", "n", "run_fen", "out_fen")
        assert found == sorted(slow_draws(tables, as_of), key=repr)
        total += len(found)
    assert total > GRAPHS


def slow_draws(tables: Tables, as_of: date | None) -> Iterable[tuple[str, str, int, int, int]]:
    kinds = {row["account_no"]: row["account_type"] for row in tables.get("accounts", [])}
    payments = [row for row in tables.get("payments", []) if as_of is None or row["paid_at"].date() <= as_of]
    draws = {
        row["payment_id"]: row
        for row in payments
        if not row["refund_of"]
        and row["indicator_id"]
        and kinds.get(row["payer_account"], "treasury") == "treasury"
    }
    runs: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    for row in sorted(payments, key=lambda row: (row["paid_at"], row["payment_id"])):
        drawn = draws.get(row["payment_id"])
        given_back = draws.get(row["refund_of"]) if row["refund_of"] else None
        if given_back:
            runs[given_back["indicator_id"]] -= row["amount_fen"]
        if drawn:
            indicator = row["indicator_id"]
            runs[indicator] += row["amount_fen"]
            counts[indicator] += 1
            out = sum(
                split["amount_fen"]
                for split in tables.get("splits", [])
                if split["parent_indicator_id"] == indicator and split["split_on"] <= row["paid_at"].date()
            )
            yield row["payment_id"], indicator, counts[indicator], runs[indicator], out


def test_lowest_balances_read_slowly(random_graphs: list[tuple[Tables, date | None, Graph]]) -> None:
    total = 0
    for _, _, graph in random_graphs:
        indicators = {row["id"] for row in graph.tables["Indicator.parquet"]}
        moved = sorted(
            (r for r in graph.tables["Transfer.parquet"] if r["rank"] is not None), key=lambda r: r["rank"]
        )
        for account in graph.tables["Account.parquet"]:
            if account["id"] in indicators:
                continue  # payer and payee do not tell it from the indicator of that name
            if account["account_type"] not in ("pool", "special") or account["opening_fen"] is None:
                assert account["lowest_balance_fen"] is None
                continue
            balance, lowest, ref = account["opening_fen"], account["opening_fen"], None
            for row in moved:
                if row["payer"] != row["payee"]:
                    sign = (row["payee"] == account["id"]) - (row["payer"] == account["id"])
                    balance += sign * row["amount_fen"]
                if balance < lowest:
                    lowest, ref = balance, row["ref"]
            assert (account["lowest_balance_fen"], account["lowest_ref"]) == (lowest, ref)
            total += ref is not None
    assert total > GRAPHS // 8


def test_repeats_and_cash_read_slowly(random_graphs: list[tuple[Tables, date | None, Graph]]) -> None:
    total = 0
    for tables, as_of, graph in random_graphs:
        rows = [row for row in tables.get("payments", []) if as_of is None or row["paid_at"].date() <= as_of]
        rows.sort(key=lambda row: (row["paid_at"], row["payment_id"]))
        payments = [row for row in graph.tables["Transfer.parquet"] if row["kind"] == "payment"]
        net = {row["id"]: row["net_fen"] for row in payments}
        last: dict[Any, str] = {}
        repeats, runs = [], {}
        sums: dict[Any, int] = defaultdict(int)
        for row in rows:
            name, account = row["payment_id"], row["payee_account"]
            payee = account if account and account != "CASH" else ("name", row["payee_name"])
            complete = row["payer_account"] and row["purpose"] and payee != ("name", None)
            if not row["refund_of"] and net[name] > 0 and complete:
                columns = ("payer_account", "amount_fen", "purpose", "beneficiary_id", "indicator_id")
                key = (payee, *(row[column] for column in columns))
                if key in last:
                    repeats.append((name, last[key]))
                last[key] = name
            in_cash = row["settlement_method"] == "cash" and not row["refund_of"]
            if in_cash and row["payer_account"] and row["payee_name"]:
                key = (row["payer_account"], row["payee_name"], row["paid_at"].date())
                sums[key] += row["amount_fen"]
                runs[name] = sums[key]
        assert graph.edges("REPEATS", "Transfer", "Transfer") == sorted(repeats, key=repr)
        assert {row["id"]: row["cash_run_fen"] for row in payments if row["cash_run_fen"] is not None} == runs
        total += len(repeats)
    assert total > GRAPHS // 10


def contents(folder: Path) -> dict[str, list[str]]:
    tables = Graph(folder).tables
    return {file: sorted(map(repr, rows)) for file, rows in tables.items() if file != "Build.parquet"}


def test_a_build_is_the_same_every_time(tmp_path: Path) -> None:
    tables, as_of = random_tables(4)
    build(tmp_path / "one", tables, as_of=as_of)
    build(tmp_path / "two", tables, as_of=as_of)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def in_batches(home: Path, tables: Tables, cuts: Callable[[int], list[int]]) -> Path:
    """Ingest each table in as many batches as there are cuts, and project the ledger."""
    ledger = Ledger(home)
    for table, rows in tables.items():
        arrow = Book({table: rows}).read(table).drop_columns(["_seq"])
        arrow = arrow.append_column("_row", pa.array(np.arange(len(rows))))
        for start, end in zip(*(lambda c: (c[:-1], c[1:]))([0, *cuts(len(rows)), len(rows)]), strict=True):
            with ledger.write() as writer:
                writer.add(table, arrow.slice(start, end - start), file=f"{table}-{start}.csv", sheet=None)
                writer.commit()
    folder = home / "build"
    project(ledger, build_flow(home), folder)
    return folder


def test_batches_change_nothing(tmp_path: Path) -> None:
    tables, _ = random_tables(11)
    for name in ("splits", "relations"):
        tables[name] = []  # equal rows of these would be duplicates of one another
    tables["register"] = [
        {"person_id": str(n % 3), "name": "甲", "household_id": f"H{n}", "valid_from": f"2019-0{n + 1}-01"}
        for n in range(5)
    ]
    one = in_batches(tmp_path / "one", tables, lambda size: [])
    many = in_batches(tmp_path / "many", tables, lambda size: list(range(1, size, 3)))
    assert Graph(one).tables["Build.parquet"] != Graph(many).tables["Build.parquet"]
    assert contents(one) == contents(many)
    assert len(contents(one)["Transfer.parquet"]) > 10
    assert set(TABLES) > set(tables)


@pytest.mark.parametrize("column", ["fen", "left", "amount"])
def test_a_broken_flow_is_refused(tmp_path: Path, column: str) -> None:
    tables, _ = random_tables(11)
    book = Book(tables)
    flow = flow_of({name: book.read(name, columns) for name, columns in COLUMNS.items()})
    broken = getattr(flow, column).copy()
    broken[np.flatnonzero(broken)[0]] += 1
    object.__setattr__(flow, column, broken)
    with pytest.raises(ConservationError):
        project(book, flow, tmp_path)


def test_a_flow_of_other_rows_is_refused(tmp_path: Path) -> None:
    tables, _ = random_tables(11)
    book = Book(tables)
    flow = flow_of({name: book.read(name, columns) for name, columns in COLUMNS.items()})
    with pytest.raises(AssertionError, match="payments"):
        project(Book(tables | {"payments": tables["payments"][1:]}), flow, tmp_path)
