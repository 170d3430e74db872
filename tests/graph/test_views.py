"""The ready-made questions of `queries/views`, on a small ledger and on both stores."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from books import account, build, payment, transfer

from tracer.graph import open_store
from tracer.graph.base import Parameter, Store
from tracer.graph.ladybug import build_file
from tracer.graph.neo4j import Neo4jStore
from tracer.settings import queries_folder

BOOKS = {
    "accounts": [
        *(account(name, f"{name}公司") for name in "ABCDE"),
        account("L", "贷款一", opening_balance_fen=500),
        account("M", "贷款二", opening_balance_fen=900),
        account("N", "贷款三", opening_balance_fen=70),
    ],
    "transfers": [
        transfer("T01", "A", "B", 10, "2020-02-01T08:00:00.500", memo="往来"),
        transfer("T02", "A", "B", 10, "2020-02-03", memo="往来"),  # beside the one before
        transfer("T03", "B", "C", 10, "2020-02-01T08:00:00.500", memo="往来"),  # not later than T01
        transfer("T04", "B", "C", 10, "2020-02-01T08:00:00.501", memo="往来"),
        transfer("T05", "C", "D", 10, "2020-02-01T08:00:00.501", memo="往来"),  # not later than T04
        transfer("T06", "C", "A", 10, "2020-02-05", memo="往来"),  # back to where it began
        transfer("T07", "C", "E", 10, "2020-03-01", memo="往来"),  # at the end of the window
        transfer("T08", "B", "CASH", 10, "2020-02-04"),
        transfer("T09", "CASH", "E", 10, "2020-02-05"),  # nobody knows whose cash
        transfer("T10", "L", "A", 10, "2020-02-01", memo="放款"),
        transfer("T11", "L", "A", 10, "2020-02-02", memo="放款"),  # of the same loan
        transfer("T12", "M", "A", 10, "2020-03-01", memo="放款"),
        transfer("T13", "N", "A", 10, "2020-02-09", memo="放款"),
        transfer("T14", "B", "D", 10, "2020-02-06", voucher_no="P1"),  # a leg: the payment counts
    ],
    "payments": [payment("P1", "B", "D", 10, "2020-02-06")],
}
Ask = Callable[..., set[tuple[object, ...]]]


def ms(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1)).days * 86_400_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("views") / "in"
    build(folder, BOOKS)
    build_file(folder, folder.parent / "g.lbug")
    return folder


@pytest.fixture(params=["ladybug", "neo4j"])
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    if request.param == "ladybug":
        with open_store(folder.parent / "g.lbug") as opened:
            yield opened
    else:
        with Neo4jStore(request.getfixturevalue("neo4j_uri")) as server:
            server.load(folder)
            yield server


@pytest.fixture
def ask(store: Store) -> Ask:
    def rows(name: str, account_no: str, **others: Parameter) -> set[tuple[object, ...]]:
        window = {"purpose": "", "after_ms": ms("2020-01-31"), "before_ms": ms("2020-03-01")}
        text = (queries_folder() / "views" / f"{name}.cypher").read_text("utf-8")
        found = store.run(text, {"accounts": [account_no], **window, **others})
        plain = {tuple(value for key, value in row.items() if key != "asked") for row in found}
        assert len(plain) == len(found)
        assert {row["asked"] for row in found} <= {account_no}
        return plain

    return rows


FIRST_MS = ms("2020-02-01") + 8 * 3_600_000 + 500


def test_accounts_are_reached_in_the_order_of_time(ask: Ask) -> None:
    later = {(2, "CASH", ms("2020-02-04")), (2, "D", ms("2020-02-06"))}
    assert ask("reached_in_time", "A") == later | {
        (1, "B", FIRST_MS), (2, "C", FIRST_MS + 1), (3, "A", ms("2020-02-05")),
    }  # fmt: skip
    assert ask("reached_in_time", "A", after_ms=FIRST_MS) == later | {(1, "B", ms("2020-02-03"))}
    assert ask("reached_in_time", "A", purpose="往来") == {
        (1, "B", FIRST_MS), (2, "C", FIRST_MS + 1), (3, "A", ms("2020-02-05")),
    }  # fmt: skip
    assert ask("reached_in_time", "A", before_ms=FIRST_MS) == set()
    assert ask("reached_in_time", "nobody") == set()


def test_ways_pass_no_account_twice(ask: Ask) -> None:
    assert ask("ways_in_time", "A") == {
        ("B", "", "", FIRST_MS), ("B", "C", "", FIRST_MS + 1), ("B", "CASH", "", ms("2020-02-04")),
        ("B", "D", "", ms("2020-02-06")),
    }  # fmt: skip
    assert ask("ways_in_time", "B", before_ms=ms("2020-03-02")) >= {
        ("C", "A", "", ms("2020-02-05")), ("C", "E", "", ms("2020-03-01")),
    }  # fmt: skip
    assert {row[:3] for row in ask("ways_in_time", "C")} == {("D", "", ""), ("A", "", "")}


def test_a_loan_behind_an_account_counts_once(ask: Ask) -> None:
    assert ask("lent_upstream", "D", lending="放款") == {(2, "A", 2, 570)}
    assert ask("lent_upstream", "D", lending="放款", before_ms=ms("2020-02-08")) == {(2, "A", 1, 500)}
    assert ask("lent_upstream", "D", lending="放款", before_ms=ms("2020-02-06")) == set()
    assert ask("lent_upstream", "B", lending="放款", before_ms=ms("2020-03-02")) == {(1, "A", 3, 1_470)}
