"""The way of a finding's money: shares by pieces, and sums that add up to the amount."""

from datetime import date
from pathlib import Path

import pytest
from casebook import CASES, read_case, write_ledger

from tracer.flow.build import build_flow
from tracer.rules.load import load_rules
from tracer.rules.note import cut_of, parameter_rows, sums_of
from tracer.rules.scan import scan
from tracer.rules.way import Way, way_of

RULES = load_rules()
BY_PIECES = [
    f"{rule}/{path.stem}"
    for rule in ("ZC08", "ZC14", "ZC28")
    for path in sorted((CASES / rule).glob("*.yaml"))
    if read_case(path).expect
]


def _ways(home: Path, rule_id: str, as_of: date, settings: tuple[str, ...] = ()) -> list[tuple[dict, Way]]:
    result = scan(home, as_of, [rule_id], settings=settings)
    flow = build_flow(home, "linked", as_of, result["ledger_version"])
    return [(finding, way_of(flow, RULES[rule_id], finding)) for finding in result["findings"]]


@pytest.mark.parametrize("name", BY_PIECES)
def test_money_that_came_along_adds_up_to_the_amount(name: str, tmp_path: Path) -> None:
    case = read_case(CASES / f"{name}.yaml")
    write_ledger(tmp_path, case.ledger)
    found = _ways(tmp_path, case.rule_id, case.as_of, case.settings)
    assert {finding["subject"] for finding, _ in found} == case.expect.keys()
    for finding, way in found:
        fen = dict(way.steps)
        assert way.kind == "money"
        assert sum(fen[row] for row in way.ends) == finding["amount_fen"]
        ends = [(str(row), fen[row]) for row in way.ends]
        assert (
            sum(term["fen"] for term in sums_of(finding, RULES[case.rule_id], ends)) == finding["amount_fen"]
        )


def test_only_the_very_money_counts_and_not_what_was_there_before(tmp_path: Path) -> None:
    accounts = """
        account_no | holder_name | holder_id | account_type | holder_kind | opening_balance
        PUB        | 某局        | JU        | unit         | agency      |
        FIRM       | 甲公司      | JIA       | unit         | enterprise  | 30
    """
    indicators = "indicator_id | amount\nI1 | 1000"
    payments = """
        payment_id | indicator_id | amount | paid_at    | purpose | payer_account | payee_account
        IN         | I1           | 100    | 2019-03-01 | 拨款    | BUDGET        | PUB
        OUT        |              | 100    | 2019-03-02 | 工程    | PUB           | FIRM
    """
    transfers = """
        transfer_id | from_account | to_account | amount | moved_at
        BACK        | FIRM         | PUB        | 90     | 2019-03-05
    """
    ledger = {
        "accounts": accounts,
        "indicators": indicators,
        "payments": payments,
        "transfers": transfers,
    }
    write_ledger(tmp_path, ledger)
    flow = build_flow(tmp_path, "linked", date(2019, 6, 30), 1)
    rows = [("payments", 1, "OUT"), ("transfers", 0, "BACK")]
    evidence = [{"table": table, "ref": f"{table}#{seq}", "id": name} for table, seq, name in rows]
    finding = {"subject": "BACK", "evidence": evidence}
    way = way_of(flow, RULES["ZC08"], finding)
    named = [(flow.names[row], fen) for row, fen in way.steps]
    assert named == [("OUT", 60_00), ("BACK", 60_00)]
    assert [flow.names[row] for row in way.ends] == ["BACK"]
    assert way_of(flow, RULES["ZC05"], finding).steps == tuple((row, None) for row, _ in way.steps)
    alone = way_of(flow, RULES["ZC05"], {"subject": "OUT", "evidence": evidence[:1]})
    assert [(flow.names[row], fen) for row, fen in alone.steps] == [("IN", 100_00), ("OUT", 100_00)]
    assert way_of(flow, RULES["JX01"], {"subject": "X", "evidence": []}) == Way("none", ())


def test_limits_and_what_was_left_out_are_told(tmp_path: Path) -> None:
    ledger = dict(read_case(CASES / "ZC08" / "hit.yaml").ledger)
    ledger.pop("relations", None)
    write_ledger(tmp_path, ledger)
    result = scan(tmp_path, read_case(CASES / "ZC08" / "hit.yaml").as_of, ["ZC08"], settings=["ZC08.hops=5"])
    rule = RULES["ZC08"]
    finding = result["findings"][0] | {"exempt_fen": 500, "exemptions": [{"ref": "exemptions#3"}]}
    cut = cut_of(finding, rule, result | {"not_evaluated": {"ZC08": 2}, "suppressed": [{"rule_id": "ZC08"}]})
    assert {"kind": "limit", "name": "hops", "value": 5, "unit": "count"} in cut
    assert {"kind": "exempted", "fen": 500, "rows": ["exemptions#3"]} in cut
    assert {"kind": "suppressed", "count": 1} in cut
    assert {"kind": "not_evaluated", "count": 2} in cut
    assert {"kind": "not_ingested", "tables": ["relations"]} in cut
    origins = {row["name"]: (row["value"], row["origin"]) for row in parameter_rows(finding, rule)}
    assert origins == {"hops": (5, "set"), "window": (180, "P"), "share": (50, "P")}
    of_old = {name: value for name, value in finding.items() if name != "set"}
    assert {row["name"]: row["origin"] for row in parameter_rows(of_old, rule)}["hops"] == "set"
