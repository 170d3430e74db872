"""`--method pro-rata` at the doors, also where a ledger has too many pieces."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from small_county import POOL
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app
from tracer.flow import codes

Run = Callable[..., Any]
BACKWARD = ("trace", "PZ00000381", "--direction", "backward", "--method", "pro-rata")


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Path:
    """The county without anything built."""
    folder = tmp_path / "home"
    shutil.copytree(home, folder, ignore=shutil.ignore_patterns("flow", "graph"))
    return folder


def on(home: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["--home", str(home), *arguments])


def test_a_trace_links_and_a_scan_by_pro_rata(own: Path) -> None:
    answer = json.loads(on(own, *BACKWARD, "--format", "json").stdout)
    assert set(answer) == {"subject", "direction", "method", "amount_fen", "parts", "links", "complete"}
    parts = {part["id"]: part["fen"] for part in answer["parts"]}
    assert (parts["ZY01"], parts["SJ02"]) == (800_000, 300_000)  # the pool is emptied
    links = json.loads(on(own, "links", "--method", "pro-rata", "--format", "json").stdout)
    sent = [link["fen"] for link in links["links"] if link["to"] == "LS1"]
    assert sorted(sent) == [12_500, 12_500, 75_000, 200_000]  # of 12,000: 500, 500, 3,000 and 8,000
    found = json.loads(
        on(own, "scan", "--as-of", "2020-10-22", "--method", "pro-rata", "--format", "json").stdout
    )
    assert found["method"] == "pro-rata"
    assert found["findings"]
    text = on(own, "--lang", "en", *BACKWARD).stdout
    assert "pro-rata (of all that the payer has the same share)" in text


def test_too_many_pieces_refuse_what_needs_all_and_a_trace_has_its_part(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.loads(on(own, *BACKWARD, "--format", "json").stdout)
    shutil.rmtree(own / "flow")
    monkeypatch.setattr(codes, "PIECES_MOST", 3)
    for command in (("links",), ("scan", "--as-of", "2020-10-22")):
        refused = on(own, *command, "--method", "pro-rata")
        assert refused.exit_code == 3
        assert refused.stdout == ""
        assert "上限 3" in refused.stderr
        assert "above the limit of 3" in refused.stderr
    monkeypatch.setattr(codes, "PIECES_MOST", 100)
    (flow,) = (own / "flow").glob("v1-pro-rata-all")
    assert json.loads((flow / "meta.json").read_text())["unwritten"] > 3
    assert json.loads(on(own, *BACKWARD, "--format", "json").stdout) == whole


def test_what_is_not_exact_says_so_everywhere(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "PIECES_MOST", 0)
    answer = json.loads(on(own, *BACKWARD, "--format", "json").stdout)
    assert answer["exact"] is False
    assert answer["complete"] is False
    assert answer["links"] == []
    assert sum(part["fen"] for part in answer["parts"]) == answer["amount_fen"] == 1_200_000
    assert {"id": "PZ00000381", "fen": 1_200_000} in answer["rows"]
    rows = list(csv.DictReader(io.StringIO(on(own, *BACKWARD, "--format", "csv").stdout)))
    assert [row["record"] for row in rows].count("note") == 1
    assert {row["id"] for row in rows if row["record"] == "row"} == {row["id"] for row in answer["rows"]}
    assert "不精确到分" in on(own, *BACKWARD).stdout
    assert "not exact to the fen" in on(own, "--lang", "en", *BACKWARD, "--all").stdout
    assert on(own, "trace", POOL, "--direction", "forward", "--method", "pro-rata").exit_code == 0
    with TestClient(create_app(own), base_url="http://localhost") as client:
        shown = client.get(
            "/v1/trace/PZ00000381", params={"direction": "backward", "method": "pro-rata"}
        ).json()
    assert shown["exact"] is False
    assert shown["complete"] is False
    assert shown["links"] == []
