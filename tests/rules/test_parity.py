"""Every rule file gives equal rows on both stores over the same data: the whole case book as one ledger.

Cases that stand alone are moved apart like the others: several of them have the same names, and as one
ledger those would undo one another. Each query is run with every set of values that its cases have.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from casebook import RULES, read_cases
from packs import Pack

from benchmarks.scan import comparable
from tracer.graph.base import Store
from tracer.graph.build import open_graph
from tracer.ledger import Ledger
from tracer.rules.parameters import read_settings, resolve
from tracer.rules.scan import query_values

AS_OF = date(2019, 12, 31)
BOOK = read_cases()

pytestmark = pytest.mark.usefixtures("projected_once")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parity")
    Pack(AS_OF, [replace(case, alone=False) for case in BOOK]).write_ledger(folder)
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
    ledger = Ledger(home)
    for rule in RULES.values():
        found = 0
        for settings in sorted({case.settings for case in BOOK if case.rule_id == rule.id} | {()}):
            entry = resolve(rule, read_settings(RULES, None, settings))
            values = query_values(ledger, 1, entry, AS_OF)
            first, second = (comparable(store.run(rule.query, values)) for store in (embedded, served))
            assert first == second, (rule.id, settings)
            found += len(first)
        assert found, f"{rule.id} finds nothing here, so that equality says nothing"
