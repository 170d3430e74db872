"""`import tracer` in a notebook: frames and graphs that add up, masked unless asked otherwise."""

import json
from pathlib import Path

import nbformat
import networkx as nx
import pytest
from nbclient import NotebookClient
from small_county import CANARIES, POOL, ZHANG
from typer.testing import CliRunner

import tracer
from api.cli import app
from tracer.errors import UsageError
from tracer.rules.spec import LEVELS

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "follow_a_payment.ipynb"


def test_tables_come_as_frames_with_money_in_fen(home: Path) -> None:
    payments = tracer.open(home).payments()
    assert list(payments["amount_fen"]) == [1_150_000, 1_200_000, 5_000]
    assert payments["amount_fen"].dtype.kind == "i"
    assert len(tracer.open(home).table("splits")) == 3


def test_frames_are_masked_and_can_be_opened_exactly(home: Path) -> None:
    books = tracer.open(home)
    frames = [books.payments(), books.accounts(), books.indicators(), books.links(), books.scan("2022-01-01")]
    frames += [
        books.trace(name, way).frame() for name in ("PZ00000381", ZHANG) for way in ("backward", "forward")
    ]
    frames += [books.trace(ZHANG, "backward").steps()]
    shown = "\n".join(frame.to_csv() for frame in frames) + repr(books.trace(ZHANG, "forward"))
    assert not [canary for canary in CANARIES if canary in shown]
    exact = tracer.open(home, unmasked=True)
    assert list(exact.payments()["payee_account"])[:2] == [POOL, ZHANG]
    assert POOL in exact.links().to_csv()


def test_a_trace_adds_up_and_its_graph_keeps_every_fen(home: Path) -> None:
    trace = tracer.open(home).trace("PZ00000381")
    assert trace.frame()["fen"].sum() == trace.amount_fen == 1_200_000
    graph = trace.graph()
    assert isinstance(graph, nx.MultiDiGraph)
    edges = {facts["id"]: (payer, payee, facts["fen"]) for payer, payee, facts in graph.edges(data=True)}
    payer, payee, fen = edges["PZ00000381"]
    assert fen == 1_200_000
    for holder in set(graph) - {payee}:
        assert graph.out_degree(holder, weight="fen") >= graph.in_degree(holder, weight="fen")
    assert graph.nodes[payer]["kind"] == "account"
    assert list(trace.steps()["id"])[-1] == "PZ00000381"


def test_the_as_of_day_is_kept(home: Path) -> None:
    books = tracer.open(home)
    assert books.trace(POOL, "backward", as_of="2020-06-17").amount_fen == 1_150_000
    with pytest.raises(UsageError):
        books.trace("PZ00000381", as_of="2020-06-17")


def test_findings_come_with_what_could_not_be_looked_at(home: Path) -> None:
    found = tracer.open(home).scan("2022-01-01", rules=["ZB05", "RH01"])
    assert list(found["subject"]) == ["SJ01", "SJ02"]
    assert [entry["rule_id"] for entry in found.attrs["not_evaluable"]] == ["RH01"]


def test_findings_come_in_the_order_of_the_command_line(home: Path) -> None:
    arguments = ["--home", str(home), "scan", "--as-of", "2022-01-01", "--format", "json"]
    listed = json.loads(CliRunner().invoke(app, arguments).stdout)["findings"]
    frame = tracer.open(home, unmasked=True).scan("2022-01-01")
    names = ["level", "rule_id", "subject", "amount_fen"]
    assert frame[names].to_dict("records") == [{name: row[name] for name in names} for row in listed]
    levels = [LEVELS.index(level) for level in frame["level"]]
    assert levels == sorted(levels, reverse=True)
    assert len(set(levels)) > 1


def test_an_empty_home_and_an_unknown_table_are_named(tmp_path: Path, home: Path) -> None:
    with pytest.raises(UsageError, match="ingest"):
        tracer.open(tmp_path)
    with pytest.raises(UsageError, match="payments"):
        tracer.open(home).table("nothing")


def test_the_demo_finds_all_and_draws_one(tmp_path: Path) -> None:
    demo = CliRunner().invoke(app, ["--home", str(tmp_path), "demo"])
    assert demo.exit_code == 0, demo.stderr
    assert "漏报 0，误报 0" in demo.stdout
    assert "= 付款金额" in demo.stdout
    pictures = list((tmp_path / "demo").glob("*.html"))
    assert len(pictures) == 1
    assert "://" not in pictures[0].read_text("utf-8")
    again = CliRunner().invoke(app, ["--home", str(tmp_path), "--format", "csv", "demo"])
    assert again.stdout.startswith("seed,as_of,payments,planted,found,missed,extra,misjudged,picture\n")
    assert "因例外清单不报的发现：7 条" in demo.stdout
    assert "因例外清单不报的发现：7 条" in again.stderr  # csv has no place for it


def test_the_notebook_runs_on_a_county_that_it_makes_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FUNDTRAIL_HOME", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert "trace of" in str(code)
