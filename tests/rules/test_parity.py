"""Every rule file gives equal rows on both stores over the same data: the whole case book as one ledger."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from casebook import read_cases
from packs import Pack

from tracer.graph.base import Row, Store
from tracer.graph.build import open_graph
from tracer.ledger import Ledger
from tracer.rules.load import load_rules
from tracer.rules.parameters import Settings, resolve
from tracer.rules.scan import query_values

AS_OF = date(2019, 12, 31)
RULES = load_rules()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parity")
    Pack(AS_OF, False, read_cases()).write_ledger(folder)
    return folder


@pytest.fixture
def stores(home: Path, neo4j_uri: str) -> Iterator[tuple[Store, Store]]:
    with (
        open_graph(home, 1, "linked", AS_OF) as embedded,
        open_graph(home, 1, "linked", AS_OF, neo4j_uri) as served,
    ):
        yield embedded, served


def test_every_rule_file_gives_equal_rows_on_both_stores(stores: tuple[Store, Store], home: Path) -> None:
    embedded, served = stores
    assert embedded.digest() == served.digest()
    for rule in RULES.values():
        values = query_values(Ledger(home), 1, resolve(rule, Settings({}, {})), AS_OF)
        first, second = (_comparable(store.run(rule.query, values)) for store in (embedded, served))
        assert first == second, rule.id
        assert first, f"{rule.id} finds nothing here, so that equality says nothing"


def _comparable(rows: list[Row]) -> list[str]:
    """Rows without an order of their own, and lists in them likewise: neither store promises one."""
    return sorted(
        json.dumps(
            {
                name: sorted(map(str, value)) if isinstance(value, list) else value
                for name, value in row.items()
            },
            sort_keys=True,
        )
        for row in rows
    )
