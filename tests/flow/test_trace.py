"""What a trace says: worked examples, look-up, cuts, evidence, and that it answers without heavy imports."""

import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.flow.ledgers import account, arrow_tables, indicator, payment, split, transfer
from tests.flow.reference import Tables
from tests.flow.test_flow import ingest
from tracer.errors import UsageError
from tracer.flow.build import build_flow, flow_of
from tracer.flow.trace import find, links, trace

DAY = datetime(2020, 3, 1)


def day(n: int) -> datetime:
    return DAY + timedelta(days=n)


def county() -> Tables:
    """Central money is split to the county, drawn to a pool with an opening balance, and paid out by it."""
    return {
        "indicators": [
            indicator("C", 1000, doc_no="财农〔2019〕12号", fund_name="扶贫资金", level="central"),
            indicator("K", 0),
        ],
        "splits": [split("C", "K", 800, day(1).date())],
        "accounts": [account("T", "treasury"), account("POOL", "pool", 50, holder_name="某县专账")],
        "payments": [
            payment("P1", "T", "POOL", 600, day(2), indicator_id="K", purpose="拨付专账"),
            payment("P2", "POOL", "FARM", 400, day(3), indicator_id="K", payee_name="张三"),
            payment("P3", "POOL", "SHOP", 300, day(4)),
            payment("P4", "FARM", None, 30, day(5), settlement_method="cash"),
            payment("P5", "FARM", "POOL", 70, day(6), refund_of="P2"),
        ],
        "transfers": [
            transfer("B1", "T", "POOL", 600, day(3)),
            transfer("B2", "FARM", "CASH", 30, day(5), "P4"),
        ],
    }


def parts(answer: dict) -> list[tuple[str, str, int]]:
    return [(part["id"], part["kind"], part["fen"]) for part in answer["parts"]]


def edges(answer: dict) -> list[tuple[str, str, int]]:
    return [(link["from"], link["to"], link["fen"]) for link in answer["links"]]


def test_backward_says_whose_money_a_payment_moved() -> None:
    answer = trace(flow_of(arrow_tables(county()), "linked"), "P3", "backward").to_dict()
    assert answer["amount_fen"] == 300
    assert parts(answer) == [
        ("C", "indicator", 200),
        ("opening:POOL", "opening", 50),
        ("unexplained:POOL", "unexplained", 50),
    ]
    assert sorted(edges(answer)) == [
        ("C", "C>K#1", 200),
        ("C>K#1", "P1", 200),
        ("P1", "P3", 200),
        ("opening:POOL", "P3", 50),
        ("unexplained:POOL", "P3", 50),
    ]
    assert list(answer) == ["subject", "direction", "method", "amount_fen", "parts", "links", "complete"]


def test_forward_says_where_a_fund_is_now() -> None:
    answer = trace(flow_of(arrow_tables(county()), "linked"), "C", "forward").to_dict()
    assert answer["amount_fen"] == 1000
    assert parts(answer) == [
        ("FARM", "account", 300),
        ("C", "indicator", 200),
        ("K", "indicator", 200),
        ("SHOP", "account", 200),
        ("POOL", "account", 70),
        ("CASH", "cash", 30),
    ]
    assert ("P2", "P5", 70) in edges(answer)


def test_an_account_is_traced_by_what_it_holds_and_by_what_ever_reached_it() -> None:
    flow = flow_of(arrow_tables(county()), "linked")
    back = trace(flow, "POOL", "backward").to_dict()
    assert (back["amount_fen"], parts(back)) == (70, [("C", "indicator", 70)])
    there = trace(flow, "POOL", "forward").to_dict()
    assert (
        there["amount_fen"] == 600 + 50 + 50
    )  # the draw, the opening and the shortfall; the refund is the draw's
    assert ("unexplained:POOL", "P3", 50) in edges(there)
    assert trace(flow, "T", "forward").to_dict()["amount_fen"] == 0


def test_links_name_transfer_origin_and_line() -> None:
    found = links(flow_of(arrow_tables(county()), "linked")).to_dict()
    assert found["method"] == "linked"
    assert {"from": "P1", "to": "P2", "origin": "C", "line": "K", "fen": 400} in found["links"]
    assert {"from": "C", "to": "C>K#1", "origin": "C", "line": "", "fen": 800} in found["links"]


def test_a_bank_leg_is_traced_as_its_payment() -> None:
    flow = flow_of(arrow_tables(county()), "linked")
    assert trace(flow, "B1", "backward").to_dict() == trace(flow, "P1", "backward").to_dict()
    assert [step.legs for step in trace(flow, "P1", "backward").steps] == [(), (("B1", 0),)]


def test_names_are_looked_up_as_payment_transfer_split_indicator_account() -> None:
    name = "I>I#1"  # an indicator of a hostile name
    tables: Tables = {
        "payments": [payment(name, "A", "B", 1, DAY)],
        "transfers": [transfer(name, "A", "B", 2, DAY + timedelta(days=9))],
        "splits": [split("I", "I", 3)],
        "indicators": [indicator(name, 4)],
        "accounts": [account(name, "unit", 5)],
    }
    moved = []
    for table in ("payments", "transfers", "splits", "indicators", "accounts"):
        moved.append(trace(flow_of(arrow_tables(tables), "fifo"), name, "backward").amount_fen)
        del tables[table]
    assert moved == [1, 2, 0, 4, 5]


@pytest.mark.parametrize("subject", ["nothing", "", "CASH", "C>K#2", "6222001234567890123"])
def test_an_unknown_subject_is_wrong_use(subject: str) -> None:
    flow = flow_of(arrow_tables(county()), "linked")
    with pytest.raises(UsageError) as error:
        trace(flow, subject, "backward")
    assert "6222001234567890123" not in str(error.value)
    with pytest.raises(UsageError):
        trace(flow, "P1", "sideways")


def test_what_lies_after_the_day_is_unknown() -> None:
    flow = flow_of(arrow_tables(county()), "linked", day(2).date())
    assert trace(flow, "P1", "forward").amount_fen == 600
    for subject in ("P2", "SHOP", "B1"):
        with pytest.raises(UsageError):
            find(flow, subject)


def test_a_cut_keeps_the_largest_links_and_says_what_it_left_out() -> None:
    flow = flow_of(arrow_tables(county()), "linked")
    whole, cut = (trace(flow, "C", "forward", most).to_dict() for most in (None, 2))
    assert "cut_fen" not in whole
    assert whole["complete"] is True
    assert cut["complete"] is False
    assert edges(cut) == [("C", "C>K#1", 800), ("C>K#1", "P1", 600)]
    assert cut["cut_fen"] == sum(fen for _, _, fen in edges(whole)) - 1400
    assert cut["parts"] == whole["parts"]
    assert trace(flow, "C", "forward", len(whole["links"])).to_dict() == whole


def test_steps_are_the_evidence_in_time_order() -> None:
    flow = flow_of(arrow_tables(county()), "linked")
    steps = trace(flow, "P4", "backward").steps
    assert [(s.name, s.table, s.seq, s.fen, s.amount_fen) for s in steps] == [
        ("C>K#1", "splits", 0, 30, 800),
        ("P1", "payments", 0, 30, 600),
        ("P2", "payments", 1, 30, 400),
        ("P4", "payments", 3, 30, 30),
    ]
    assert steps[0].payer_title == "财农〔2019〕12号 扶贫资金"
    assert (steps[1].purpose, steps[1].day, steps[1].payee_title) == (
        "拨付专账",
        date(2020, 3, 3),
        "某县专账",
    )
    assert (steps[2].payee, steps[2].payee_title) == ("FARM", "张三")
    assert steps[3].payee == "CASH"


def test_equal_names_of_a_payment_and_a_transfer_are_one_in_links() -> None:
    tables: Tables = {
        "payments": [payment("X", "A", "B", 10, DAY)],
        "transfers": [transfer("X", "A", "B", 5, day(9)), transfer("Y", "B", "C", 15, day(10))],
    }
    flow = flow_of(arrow_tables(tables), "fifo")
    assert flow.homonyms
    found = [link for link in links(flow) if link["to"] == "Y"]
    assert found == [{"from": "X", "to": "Y", "origin": "unexplained:A", "line": "", "fen": 15}]
    assert edges(trace(flow, "Y", "backward").to_dict()) == [("unexplained:A", "X", 15), ("X", "Y", 15)]


def test_a_trace_on_a_built_home_loads_nothing_heavy(tmp_path: Path) -> None:
    ingest(tmp_path, county(), 1)
    expected = trace(build_flow(tmp_path, "linked"), "P3", "backward").to_dict()
    program = (
        "import json, sys; from pathlib import Path; from tracer.flow.store import open_flow; "
        "from tracer.flow.trace import trace; flow = open_flow(Path(sys.argv[1])); "
        "answer = trace(flow, 'P3', 'backward').to_dict(); "
        "heavy = {'numba', 'pandas', 'duckdb', 'deltalake', 'pyarrow', 'networkx'} & set(sys.modules); "
        "print(json.dumps([sorted(heavy), answer]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == [[], expected]
