"""The tables of the product are those of the contract."""

from pathlib import Path

import pytest

from tracer.schema import DAY_COLUMNS, IDENTIFIERS, TABLES

CONTRACT = Path(__file__).parents[2] / "shared" / "contract" / "tables.csv"


@pytest.mark.skipif(
    not CONTRACT.exists(), reason="left out: the contract's table list is not beside the project"
)
def test_the_shipped_table_list_is_the_contracts() -> None:
    shipped = Path(__file__).parents[1] / "tracer" / "tables.csv"
    assert shipped.read_text("utf-8") == CONTRACT.read_text("utf-8")


def test_every_enum_word_is_known_in_both_languages() -> None:
    for table in TABLES.values():
        for column in table.columns:
            if column.kind == "enum":
                english = {word for _, word in column.words}
                assert english <= {spoken for spoken, _ in column.words}
                assert {word for spoken, word in column.words if not spoken.isascii()} == english, column


def test_identifiers_and_days_name_columns_that_exist() -> None:
    for declared in (IDENTIFIERS, DAY_COLUMNS):
        for table, column in declared.items():
            assert column in TABLES[table].by_name


def test_the_columns_that_a_rule_and_not_the_reader_refuses_when_empty() -> None:
    left_to_rules = {(c.table, c.name) for t in TABLES.values() for c in t.columns if c.may_be_empty}
    assert {table for table, _ in left_to_rules} == {"indicators", "payments"}
    assert len(left_to_rules) == 6 + 7
    assert TABLES["payments"].by_name["amount"].refuses_empty


def test_money_is_stored_in_fen_under_a_name_that_says_so() -> None:
    assert TABLES["payments"].by_name["amount"].stored == "amount_fen"
    assert TABLES["accounts"].arrow.field("opening_balance_fen").type == "int64"
