"""The generated pages are those of the code, and every command explains itself in both languages."""

import json
import re

import pytest

from api.docs import FOLDER, PAGES, command_pages


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == PAGES[name](), "run `make docs`"


def test_every_command_has_its_page_in_both_languages() -> None:
    text = command_pages()
    commands = [
        "ingest",
        "scan",
        "trace",
        "links",
        "routes",
        "advances",
        "ties",
        "tables",
        "demo",
        "serve",
        "doctor",
        "version",
        "export html",
    ]
    commands += ["export graphml", "rules list", "rules show", "rules check", "neo4j start", "neo4j stop"]
    commands += ["alerts update", "alerts list", "alerts show", "alerts history", "slip print", "slip file"]
    commands += [
        "unmatched",
        "unpaid",
        "match list",
        "match show",
        "match decide",
        "match undo",
        "match decisions",
    ]
    for command in commands:
        page = text.split(f"## `fundtrail {command}`")[1].split("## `")[0]
        assert re.search(r"[\u4e00-\u9fff]{2,}.*[A-Za-z]{2,}", page), command


def test_the_api_describes_every_route_and_its_problems() -> None:
    described = json.loads((FOLDER / "openapi.json").read_text("utf-8"))
    assert described["openapi"].startswith("3.1")
    assert "/v1" in described["paths"]
    assert {path.split("/")[2] for path in described["paths"] if path != "/v1"} == {
        "health", "payments", "indicators", "accounts", "trace", "findings", "rules", "alerts", "funds",
        "routes", "advances", "compare", "unmatched", "unpaid", "match",
    }  # fmt: skip
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["422"]["content"], path
