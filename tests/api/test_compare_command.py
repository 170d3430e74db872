"""`trace --compare` and `/v1/compare`: every method side by side, documented, least and most."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Run
from fastapi.testclient import TestClient
from small_county import CANARIES, POOL

from api.app import create_app
from tracer.flow.codes import METHODS
from tracer.flow.compare import COLUMNS

PAYMENT = ("trace", "PZ00000381", "--direction", "backward", "--compare")


def test_every_method_has_its_column_and_adds_up(run: Run) -> None:
    found = json.loads(run(*PAYMENT, "--format", "json").stdout)
    assert found["methods"] == list(METHODS)
    assert found["tight"] is True
    for method in METHODS:
        name = f"{method.replace('-', '_')}_fen"
        assert sum(part[name] for part in found["parts"]) == found["amount_fen"] == 1_200_000
        assert found["amount_by_method_fen"][method] == 1_200_000
        alone = json.loads(run(*PAYMENT[:4], "--method", method, "--format", "json").stdout)
        parts = {part["id"]: part["fen"] for part in alone["parts"]}
        assert {part["id"]: part[name] for part in found["parts"] if part[name]} == parts
    limits = json.loads(run(*PAYMENT[:4], "--method", "bounds", "--format", "json").stdout)
    both = {part["id"]: (part["min_fen"], part["max_fen"]) for part in found["parts"]}
    assert both == {part["id"]: (part["min_fen"], part["max_fen"]) for part in limits["parts"]}
    least = sum(part["min_fen"] for part in found["parts"])
    assert found["certain_fen"] + found["certainly_unexplained_fen"] == least


def test_documented_is_what_the_tag_leaves_no_choice_about(run: Run) -> None:
    found = json.loads(run(*PAYMENT, "--format", "json").stdout)
    documented = {part["id"]: part["documented_fen"] for part in found["parts"]}
    assert documented["unexplained:" + POOL] == 0
    assert found["certainly_unexplained_fen"] == 100_000
    assert found["documented_fen"] == sum(documented.values())
    ahead = json.loads(run("trace", "ZY01", "--direction", "forward", "--compare", "--format", "json").stdout)
    assert ahead["documented_fen"] is None


def test_csv_has_a_line_for_each_part(run: Run) -> None:
    lines = list(csv.reader(io.StringIO(run(*PAYMENT, "--format", "csv").stdout)))
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) > 2


@pytest.mark.parametrize(("lang", "words"), [("zh", "无法说明来源"), ("en", "unexplained under any choice")])
def test_the_table_says_what_is_certainly_unexplained(run: Run, lang: str, words: str) -> None:
    lines = [line for line in run("--lang", lang, *PAYMENT).stdout.splitlines() if words in line]
    assert len(lines) == 1
    assert "1,000.00" in lines[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("direction", ["backward", "forward"])
def test_the_table_is_masked_and_says_how_to_do_it_again(run: Run, direction: str, lang: str) -> None:
    result = run("--lang", lang, "trace", POOL, "--direction", direction, "--compare")
    assert result.exit_code == 0, result.stderr
    assert "--compare" in result.stdout.splitlines()[-1]
    for canary in CANARIES:
        assert canary not in result.stdout + result.stderr


def test_a_comparison_leaves_nothing_behind_at_the_end_of_the_process(home: Path) -> None:
    """Libraries complain at the end of a process about what is still held then."""
    command = [sys.executable, "-m", "api.cli", "--home", str(home), *PAYMENT]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_api_compares_masked_and_bounded(home: Path) -> None:
    client = TestClient(create_app(home), base_url="http://localhost")
    answer = client.get("/v1/compare/PZ00000381", params={"direction": "backward", "limit": 1})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert len(found["parts"]) == 1
    assert found["parts_count"] > 1
    assert set(found["parts"][0]["fen"]) == set(METHODS)
    assert found["certainly_unexplained_fen"] == 100_000
    for canary in CANARIES:
        assert canary not in answer.text
    assert client.get("/v1/compare/nothing", params={"direction": "backward"}).status_code == 404
