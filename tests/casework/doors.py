"""Files, and what every test of the doors asks: an alert by its rule and subject, a slip by options."""

from collections.abc import Callable
from typing import Any

AS_OF = "2020-06-30"
ACCOUNT = "6228480402564890001"
FILES = {
    "indicators.csv": """\
indicator_id,doc_no,fund_name,fund_nature,function_code,economic_code,budget_item,amount,level,receiver,issued_on,registered_on
ZY01,财农〔2020〕1号,财政专项扶贫资金,专项,21305,50901,产业,10000,county,某县财政局,2020-06-01,
ZY02,财农〔2020〕2号,财政专项扶贫资金,专项,21305,50901,道路,5000,county,某县财政局,2020-06-24,
""",
    "payments.csv": f"""\
payment_id,payer_name,payer_account,amount,paid_at,purpose,settlement_method,payment_method,payee_name,payee_account,indicator_id
PZ1,某县国库,TK1,11000,2020-06-18,产业补助,transfer,direct,张小三,{ACCOUNT},ZY01
""",
    "accounts.csv": f"""\
account_no,holder_name,holder_kind,account_type
TK1,某县国库,agency,treasury
{ACCOUNT},张小三,person,personal
""",
}
DONE = """\
indicator_id,doc_no,fund_name,fund_nature,function_code,economic_code,budget_item,amount,level,receiver,issued_on,registered_on
ZY02,财农〔2020〕2号,财政专项扶贫资金,专项,21305,50901,道路,5000,county,某县财政局,2020-06-24,2020-07-01
"""
SLIP = {
    "facts": f"收文晚到；账户{ACCOUNT}", "method": "documents", "result": "violation", "basis": "收文簿",
    "handler": "王经办", "handled_on": "2020-07-01",
}  # fmt: skip
Run = Callable[..., Any]


def alert_of(run: Run, rule: str, subject: str) -> dict[str, Any]:
    listed = run("alerts", "list", "--state", "all", "--rule", rule, "--format", "json")["alerts"]
    found: dict[str, Any] = [alert for alert in listed if alert["subject"] == subject][-1]
    return found


def file_by_options(run: Run, alert: dict[str, Any], code: int = 0, **change: str) -> Any:
    values = SLIP | change
    options = [text for name, value in values.items() for text in (f"--{name}", value)]
    options = ["--on" if text == "--handled_on" else text for text in options]
    more = ["--version", alert["version"], "--format", "json"]
    return run("slip", "file", alert["alert_id"], *options, *more, code=code)
