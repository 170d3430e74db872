"""Published notices as ledgers: what they print comes out, and an over-commitment is found."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tracer.flow.build import build_flow
from tracer.flow.store import Flow
from tracer.flow.trace import trace
from tracer.rules.scan import scan

SAMPLES = Path(__file__).parents[2] / "ingest/samples"
WAN = 1_000_000
NOTICES = ("beiguan-2018", "liling-2019", "pingyi-2019", "luoping-2021", "luoping-2021-by-type")


def wan(text: str) -> int:
    """An amount in 万元 as fen."""
    return int(Decimal(text) * WAN)


def held(flow: Flow, holder: str) -> int:
    """What a holder has now."""
    return trace(flow, holder, "backward").amount_fen


def parts(flow: Flow, subject: str, direction: str) -> dict[str, int]:
    return {part.id: part.fen for part in trace(flow, subject, direction).parts}


def test_beiguan_places_all_that_two_levels_gave(notice: Callable[[str], Path]) -> None:
    flow = build_flow(notice("beiguan-2018"))
    projects = {"BG-周家营": wan("20"), "BG-屈王度": wan("20"), "BG-后林都": wan("73.5")}
    assert {name: held(flow, name) for name in projects} == projects
    assert sum(projects.values()) == wan("113.5")
    assert held(flow, "BG-区") == 0
    placed = [parts(flow, source, "forward") for source in ("BG-省", "BG-市")]
    assert [sum(part.values()) for part in placed] == [wan("47"), wan("66.5")]
    for name, fen in projects.items():
        assert sum(part.get(name, 0) for part in placed) == fen
    assert parts(flow, "BG-后林都", "backward") == {"BG-省": wan("7"), "BG-市": wan("66.5")}


def test_liling_comes_out_by_department_and_project(notice: Callable[[str], Path]) -> None:
    flow = build_flow(notice("liling-2019"))
    assert parts(flow, "LL-县级", "forward") == {
        "LL-产业-1": wan("660"), "LL-基础设施-1": wan("251"), "LL-基础设施-2": wan("39"),
        "LL-旅游-1": wan("120"), "LL-雨露-1": wan("130"),
    }  # fmt: skip
    departments = {"LL-产业": "660", "LL-基础设施": "290", "LL-旅游": "120", "LL-雨露": "130"}
    for name, amount in departments.items():
        assert trace(flow, name, "forward").amount_fen == wan(amount)
        assert held(flow, name) == 0
    assert sum(wan(amount) for amount in departments.values()) == wan("1200")


def test_pingyi_arranged_half_as_much_again_as_it_had(notice: Callable[[str], Path]) -> None:
    home = notice("pingyi-2019")
    flow = build_flow(home)
    assert parts(flow, "PY-胡同村", "backward") == {"PY-上级": wan("100")}
    assert parts(flow, "PY-朝阳村", "backward") == {"unexplained:PY-上级": wan("50")}
    found = scan(home, date(2019, 12, 31), rules=["ZB05"])["findings"]
    assert [(row["rule_id"], row["subject"], row["level"], row["amount_fen"]) for row in found] == [
        ("ZB05", "PY-上级", "red", wan("50"))
    ]


def test_the_other_notices_are_not_over_committed(notice: Callable[[str], Path]) -> None:
    for name in set(NOTICES) - {"pingyi-2019"}:
        result = scan(notice(name), date(2021, 12, 31), rules=["ZB05"])
        assert result["findings"] == []
        assert result["not_evaluable"] == []


def test_luoping_received_allocated_and_paid_by_level(notice: Callable[[str], Path]) -> None:
    flow = build_flow(notice("luoping-2021"))
    received = {"中央": "113453.62", "省级": "6329.42", "市级": "1164.04"}
    allocated = {"中央": "106475.27", "省级": "6185.44", "市级": "1155.87"}
    paid = {"中央": "67792.31", "省级": "3666.33", "市级": "575"}
    for name in received:
        line, passed, payment = f"LP-{name}", f"LP-{name}-拨付", f"LP-支出-{name}"
        assert trace(flow, line, "forward").amount_fen == wan(received[name])
        assert held(flow, line) == wan(received[name]) - wan(allocated[name])
        assert trace(flow, passed, "forward").amount_fen == wan(allocated[name])
        assert held(flow, passed) == wan(allocated[name]) - wan(paid[name])
        assert parts(flow, payment, "backward") == {line: wan(paid[name])}
        assert parts(flow, payment, "forward") == {f"unnamed-payee:{payment}": wan(paid[name])}
    assert sum(map(wan, received.values())) == wan("120947.08")
    assert sum(map(wan, allocated.values())) == wan("113816.58")
    assert sum(map(wan, paid.values())) == wan("72033.64")
    assert sum(held(flow, f"LP-{name}") for name in received) == wan("7130.50")
    assert sum(held(flow, f"LP-{name}-拨付") for name in received) == wan("41782.94")


def test_luoping_by_kind_of_transfer_is_the_same_money(notice: Callable[[str], Path]) -> None:
    by_kind = build_flow(notice("luoping-2021-by-type"))
    kinds = ("一般性转移支付", "共同财政事权转移支付", "专项转移支付")
    assert sum(trace(by_kind, f"LP-{kind}", "forward").amount_fen for kind in kinds) == wan("120947.08")
    assert sum(trace(by_kind, f"LP-{kind}-拨付", "forward").amount_fen for kind in kinds) == wan("113816.58")
    assert held(by_kind, "LP-专项转移支付") == 0
    assert sum(held(by_kind, f"LP-{kind}") for kind in kinds) == wan("7130.50")


def sample_amounts(name: str) -> Iterator[int]:
    """All amounts of a sample's files."""
    for path in sorted((SAMPLES / name).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            next(file)
            for row in csv.DictReader(file):
                yield from (
                    wan(value) for header, value in row.items() if header and header.endswith("（万元）")
                )


@pytest.mark.parametrize("name", NOTICES)
def test_samples_hold_the_figures_of_the_notice(name: str, shared: Callable[[str], Path]) -> None:
    amounts = set(sample_amounts(name))
    with shared("notices/allocations.csv").open(encoding="utf-8", newline="") as file:
        printed = [
            row for row in csv.DictReader(file)
            if row["notice"] == name.removesuffix("-by-type")
            and row["role"].endswith("_by_type") == name.endswith("-by-type")
            and not row["role"].startswith(("stated_total", "unpaid"))
        ]  # fmt: skip
    assert printed
    assert {wan(row["amount_wan"]) for row in printed} <= amounts
