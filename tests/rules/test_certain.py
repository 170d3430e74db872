"""Findings of diversion carry the least and the most amount; the amount of every method lies between."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from casebook import read_cases, write_ledger
from packs import Pack, pack_up

from tracer.casework.update import kept
from tracer.flow.codes import METHODS
from tracer.rules.evidence import explain
from tracer.rules.load import load_rules
from tracer.rules.scan import scan

RULES = load_rules()
BOUNDED = [rule.id for rule in RULES.values() if rule.is_bounded]
PACKS = pack_up([case for case in read_cases() if case.rule_id in BOUNDED and case.kind != "missing"])
DAY = date(2019, 12, 31)

LEDGER = {
    "accounts": """
        account_no | holder_name | holder_id | account_type | holder_kind | opening_balance
        PUB        | 某局        | JU        | unit         | agency      |
        FIRM       | 甲公司      | JIA       | unit         | enterprise  | 30
    """,
    "indicators": "indicator_id | amount\nI1 | 1000",
    "payments": """
        payment_id | indicator_id | amount | paid_at    | purpose | payer_account | payee_account
        IN         | I1           | 100    | 2019-03-01 | 拨款    | BUDGET        | PUB
        OUT        | I1           | 100    | 2019-03-02 | 工程    | PUB           | FIRM
    """,
    "transfers": """
        transfer_id | from_account | to_account | amount | moved_at
        BACK        | FIRM         | PUB        | 90     | 2019-03-05
    """,
}


def test_the_rules_of_diversion_say_what_is_bounded() -> None:
    assert BOUNDED == ["ZC08", "ZC14", "ZC16", "ZC28"]
    unbounded = [rule.id for rule in RULES.values() if rule.diversion and not rule.is_bounded]
    assert unbounded == ["RH17", "ZC07"]


def check_between(findings: list[dict[str, Any]]) -> None:
    for finding in findings:
        assert 0 <= finding["least_fen"] <= finding["amount_fen"] <= finding["most_fen"], finding
        assert finding.get("tight", False) is False


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: f"{pack.as_of}-{pack.first}")
def test_the_amount_of_every_method_lies_between(pack: Pack, tmp_path: Path) -> None:
    pack.write_ledger(tmp_path)
    found = 0
    for method, look in product(METHODS, pack.looks):
        result = scan(tmp_path, pack.as_of, look.rule_ids, method=method, settings=look.settings)
        check_between(result["findings"])
        check_between(result["suppressed"])
        found += len(result["findings"])
    assert found or not any(case.expect for case in pack.cases)


@pytest.mark.parametrize(("method", "fen"), [("linked", 60_00), ("fifo", 60_00), ("lifo", 90_00)])
def test_older_money_of_the_firm_leaves_it_open(method: str, fen: int, tmp_path: Path) -> None:
    """The firm had 30 of its own: of the 90 that came back, 60 must be the payment's, and all can be."""
    write_ledger(tmp_path, LEDGER)
    result = scan(tmp_path, DAY, ["ZC08"], method=method)
    [finding] = result["findings"]
    assert finding["amount_fen"] == fen
    assert (finding["least_fen"], finding["most_fen"], "tight" in finding) == (60_00, 90_00, False)
    assert kept(finding)["least_fen"] == 60_00
    zh, en = (explain(finding, RULES["ZC08"], result, lang) for lang in ("zh", "en"))
    amount = f"{fen // 100}.00"
    assert f"无论各账户怎样取用，至少 60.00 元、至多 90.00 元；本方法 {amount} 元" in zh
    assert f"at least 60.00 yuan, at most 90.00 yuan; by this method {amount} yuan" in en


def test_fund_money_that_was_mixed_before_the_payment_is_open_too(tmp_path: Path) -> None:
    """The office had 50 of its own: of the 100 that it paid, and of what came back, 50 may be those."""
    accounts = LEDGER["accounts"].replace("agency      |", "agency      | 50")
    write_ledger(tmp_path, LEDGER | {"accounts": accounts})
    [finding] = scan(tmp_path, DAY, ["ZC08"])["findings"]
    assert (finding["least_fen"], finding["amount_fen"], finding["most_fen"]) == (10_00, 60_00, 90_00)
    assert "tight" not in finding


def test_what_no_choice_can_change_is_said_to_be_so(tmp_path: Path) -> None:
    write_ledger(tmp_path, LEDGER | {"accounts": LEDGER["accounts"].replace("| 30", "|")})
    result = scan(tmp_path, DAY, ["ZC08"])
    [finding] = result["findings"]
    assert finding["least_fen"] == finding["most_fen"] == finding["amount_fen"] == 90_00
    assert "无论各账户怎样取用，都是 90.00 元" in explain(finding, RULES["ZC08"], result)


def test_a_finding_without_such_limits_says_why(tmp_path: Path) -> None:
    case = next(case for case in read_cases() if case.rule_id == "ZC07" and case.expect)
    write_ledger(tmp_path, case.ledger)
    result = scan(tmp_path, case.as_of, ["ZC07"], settings=case.settings)
    assert not {"least_fen", "most_fen", "tight"} & result["findings"][0].keys()
    assert "没有至少和至多" in explain(result["findings"][0], RULES["ZC07"], result)
