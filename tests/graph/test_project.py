"""What the graph says of small ledgers written by hand."""

from datetime import date
from pathlib import Path

import pytest

from tests.graph.books import account, build, indicator, payment, split, transfer
from tracer.calendar import WorkingDays, day_number

FUND = "财政专项扶贫资金"
TREASURY = account("T", "某县财政局", "agency", "treasury")


def day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def test_an_empty_ledger_gives_an_empty_graph(tmp_path: Path) -> None:
    graph = build(tmp_path, {})
    assert graph.nodes("Build", "ledger_version", "method", "as_of_day") == {0: (0, "linked", None)}
    assert len(graph.nodes("ProhibitedUse")) == 9
    sizes = {file: len(rows) for file, rows in graph.tables.items() if rows}
    assert sizes == {"Build.parquet": 1, "ProhibitedUse.parquet": 9, "Account.parquet": 1}  # CASH


def test_indicators(tmp_path: Path) -> None:
    graph = build(
        tmp_path,
        {
            "funds": [
                {"fund_id": "F1", "fund_name": FUND, "level": "central", "register_only": True},
                {"fund_id": "F2", "fund_name": " 财政专项 扶贫资金", "level": "province"},
                {"fund_id": "F3", "fund_name": "别的资金", "level": "county"},
            ],
            "indicators": [
                indicator("I1", 500, "2020-01-04", received_on="2020-01-07", registered_on="2020-01-06"),
                indicator("I2", 300, "2020-01-03", doc_no="无", fund_nature="一般性 转移支付", level="city"),
                indicator("I3", 300, "2020-01-03", registered_on="2020-01-10", fund_name=None),
            ],
            "splits": [split("I1", "I3", 200, "2020-01-09"), split("I1", "X", 100, "2020-01-09")],
            "project_funds": [
                {"indicator_id": "Y", "project_id": "J", "amount_fen": 5, "arranged_on": date(2020, 2, 1)}
            ],
            "calendar": [{"day": date(2020, 1, 6), "kind": "holiday"}],
        },
    )
    assert graph.nodes("Indicator", "key", "listed", "is_child", "ref") == {
        "I1": (0, True, False, "indicators#0"),
        "I2": (1, True, False, "indicators#1"),
        "I3": (2, True, True, "indicators#2"),
        "X": (3, False, True, None),
        "Y": (4, False, False, None),
    }
    # By day of issue, then of registration, empty last.
    assert graph.nodes("Indicator", "issue_rank") == {"I3": 1, "I2": 2, "I1": 3, "X": None, "Y": None}
    assert graph.nodes("Indicator", "doc_key", "nature_key", "fund_key", "level_rank", "amount_fen")[
        "I2"
    ] == (
        None,
        "一般性转移支付",
        FUND,
        3,
        300,
    )
    assert graph.nodes("Indicator", "doc_key")["I1"] == "财农2020I1号"
    working = WorkingDays([(day("2020-01-06"), "holiday")])
    days = graph.nodes(
        "Indicator", "issued_workday", "registered_day", "registered_workday_before", "receipt_day"
    )
    friday = working.ordinal(day("2020-01-03"))
    assert days["I1"] == (friday, day("2020-01-06"), friday, day("2020-01-07"))
    assert days["I2"] == (friday, None, None, day("2020-01-03"))
    # The tenth is the fourth working day after the third, the sixth being a holiday.
    assert days["I3"] == (friday, day("2020-01-10"), friday + 3, day("2020-01-10"))
    assert graph.nodes("Indicator", "held_fen") == {"I1": 200, "I2": 300, "I3": 200, "X": 100, "Y": 0}
    assert graph.edges("OF_FUND", "Indicator", "Fund") == [
        ("I1", "F1"), ("I1", "F2"), ("I2", "F1"), ("I2", "F2"),
    ]  # fmt: skip
    assert graph.edges("SPLIT_TO", "Indicator", "Indicator", "fen", "ref", "day") == [
        ("I1", "I3", 200, "splits#0", day("2020-01-09")),
        ("I1", "X", 100, "splits#1", day("2020-01-09")),
    ]
    assert graph.nodes("Project", "listed", "arranged_fen") == {"J": (False, 5)}


def test_what_comes_after_the_day_is_not_seen(tmp_path: Path) -> None:
    tables = {
        "indicators": [
            indicator("I1", 500, received_on="2020-03-02", registered_on="2020-03-01"),
            indicator("I2", 500, "2020-03-02"),
        ],
        "accounts": [TREASURY, account("C", "公司")],
        "splits": [split("I1", "I3", 50, "2020-03-02"), split("I1", "I3", 40, "2020-03-01")],
        "projects": [
            {"project_id": "J", "approval_no": "1", "approved_on": "2020-03-02", "started_on": "2020-03-01"}
        ],
        "project_funds": [
            {"indicator_id": "I1", "project_id": "J", "amount_fen": 7, "arranged_on": date(2020, 3, 1)},
            {"indicator_id": "I1", "project_id": "J", "amount_fen": 8, "arranged_on": date(2020, 3, 2)},
        ],
        "payments": [
            payment("P1", "T", "C", 30, "2020-03-01T23:59:59", indicator_id="I2"),
            payment("P2", "C", "T", 30, "2020-03-02", refund_of="P1"),
        ],
        "transfers": [
            transfer("B1", "C", "CASH", 9, "2020-03-02"),
            transfer("B2", "C", "CASH", 8, "2020-03-01"),
        ],
        "register": [
            {"person_id": "1", "name": "甲", "household_id": "H", "valid_from": date(2020, 3, 2)},
            {"person_id": "2", "name": "乙", "household_id": "H", "valid_from": date(2020, 3, 1),
             "valid_to": date(2020, 3, 2), "died_on": date(2020, 3, 1)},
        ],
        "events": [
            {"subject_kind": "payment", "subject_id": "P1",
             "step": "审批", "happened_at": "2020-03-01T10:00"},
            {"subject_kind": "payment", "subject_id": "P1",
             "step": "监督", "happened_at": "2020-03-02T10:00"},
        ],
        "targets": [{"project_id": "J", "measure": "m", "reported_on": date(2020, 9, 1)}],
        "calendar": [{"day": date(2021, 1, 1), "kind": "holiday"}],
    }  # fmt: skip
    graph = build(tmp_path, tables, as_of=date(2020, 3, 1))
    assert graph.nodes("Build", "as_of_day") == {0: day("2020-03-01")}
    # I2 is named but not issued yet.
    assert graph.nodes("Indicator", "listed", "registered_day", "received_day", "receipt_day") == {
        "I1": (True, day("2020-03-01"), None, day("2020-03-01")),
        "I2": (False, None, None, None),
        "I3": (False, None, None, None),
    }
    assert graph.nodes("Project", "approval_day", "started_day", "arranged_fen", "has_target") == {
        "J": (None, day("2020-03-01"), 7, True)
    }
    assert graph.nodes("Transfer", "kind", "net_fen") == {
        "I1>I3#2": ("split", None), "P1": ("payment", 30), "B2": ("transfer", None),
    }  # fmt: skip
    assert graph.nodes("RegisterEntry", "from_day", "to_day", "died_day", "died_month") == {
        "register#1": (day("2020-03-01"), None, day("2020-03-01"), 2020 * 12 + 3)
    }
    assert graph.edges("HAD", "Transfer", "Event") == [("P1", 0)]
    assert graph.nodes("Event", "step", "day") == {"events#0": ("审批", day("2020-03-01"))}
    later = build(tmp_path / "all", tables)
    assert later.nodes("Transfer", "net_fen")["P1"] == 0
    assert later.nodes("Project", "approval_day", "arranged_fen") == {"J": (day("2020-03-02"), 15)}
    assert len(later.nodes("Event")) == 2


@pytest.mark.parametrize(
    ("cells", "steps", "expected"),
    [
        ({"approval_no": "1", "approved_on": "2020-02-01"}, [], "2020-02-01"),
        ({"approved_on": "2020-02-01"}, [("县级批复", "2020-01-01")], None),
        ({"approval_no": "待定", "approved_on": "2020-02-01"}, [], None),
        ({"approval_no": "1"}, [], None),
        (
            {},
            [("县级批复", "2020-01-05"), (" 县级 批复", "2020-01-03T09:00:00"), ("备案", "2020-01-01")],
            "2020-01-03",
        ),
        ({"approval_no": "1"}, [("县级审核", "2020-01-05")], None),
    ],
)
def test_approval_of_a_project(
    tmp_path: Path, cells: dict[str, str], steps: list[tuple[str, str]], expected: str | None
) -> None:
    events = [
        {"subject_kind": "project", "subject_id": "J", "step": step, "happened_at": at} for step, at in steps
    ]
    graph = build(tmp_path, {"projects": [{"project_id": "J", **cells}], "events": events})
    assert graph.nodes("Project", "approval_day") == {"J": expected and day(expected)}
    assert len(graph.edges("HAD", "Project", "Event")) == len(steps)


def test_projects_and_their_first_arrangement(tmp_path: Path) -> None:
    money = {"indicator_id": "I1", "project_id": "J1"}
    graph = build(
        tmp_path,
        {
            "indicators": [indicator("I1", 500)],
            "projects": [{"project_id": "J1", "project_kind": "village"}, {"project_id": "J2"}],
            "project_funds": [
                money | {"amount_fen": 90, "arranged_on": date(2020, 2, 8)},
                money | {"amount_fen": -20, "arranged_on": date(2020, 2, 5)},
            ],
            "targets": [{"project_id": "J2", "measure": "m"}],
            "payments": [payment("P1", "T", "C", 5, "2020-02-09", project_id="J3")],
        },
    )
    sunday = WorkingDays().ordinal(day("2020-02-05"))
    names = ("listed", "kind", "arranged_fen", "first_arranged_day", "first_arranged_workday", "has_target")
    assert graph.nodes("Project", *names) == {
        "J1": (True, "village", 70, day("2020-02-05"), sunday, False),
        "J2": (True, None, 0, None, None, True),
        "J3": (False, None, 0, None, None, False),
    }
    assert graph.edges("FINANCES", "Indicator", "Project", "fen", "ref") == [
        ("I1", "J1", -20, "project_funds#1"),
        ("I1", "J1", 90, "project_funds#0"),
    ]
    assert graph.edges("PAYS_FOR", "Transfer", "Project", "paid_fen") == [("P1", "J3", 5)]


def test_what_projects_were_paid(tmp_path: Path) -> None:
    """From public or unlisted accounts to others, less refunds seen; money between offices is on its way."""
    accounts = [
        TREASURY, account("UNIT", "某局", "agency"), account("FIRM", "公司"), account("SUB", "分包"),
        account("POOL", "专账", "enterprise", "pool"), account("BANK", "某银行", "agency", "clearing"),
    ]  # fmt: skip
    graph = build(
        tmp_path,
        {
            "accounts": accounts,
            "projects": [{"project_id": "J"}, {"project_id": "K"}],
            "payments": [
                payment("TO-UNIT", "T", "UNIT", 100, "2020-02-01", project_id="J"),
                payment("TO-POOL", "T", "POOL", 100, "2020-02-01", project_id="J"),
                payment("ON", "UNIT", "FIRM", 70, "2020-02-02", project_id="J"),
                payment("BACK", "FIRM", "UNIT", 30, "2020-02-03", project_id="J", refund_of="ON"),
                payment("LATER", "FIRM", "UNIT", 9, "2020-02-09", refund_of="ON"),
                payment("FURTHER", "FIRM", "SUB", 60, "2020-02-04", project_id="J"),
                payment("CLEARED", "T", "BANK", 11, "2020-02-04", project_id="J"),
                payment("OUT", "BANK", "FIRM", 11, "2020-02-04", project_id="J"),
                payment("UNKNOWN", "X", "Y", 5, "2020-02-04", project_id="J"),
                payment("NOWHERE", None, None, 3, "2020-02-04", project_id="J"),
                payment("OTHER", "T", "FIRM", 2, "2020-02-04"),
            ],
        },
        as_of=date(2020, 2, 8),
    )
    paid = {start: fen for start, _, fen in graph.edges("PAYS_FOR", "Transfer", "Project", "paid_fen")}
    assert paid == {
        "TO-UNIT": None, "TO-POOL": None, "ON": 40, "BACK": None, "FURTHER": None, "CLEARED": 11,
        "OUT": None, "UNKNOWN": 5, "NOWHERE": 3,
    }  # fmt: skip
    assert graph.nodes("Project", "paid_fen") == {"J": 59, "K": 0}


def test_agencies_and_their_accounts(tmp_path: Path) -> None:
    """By code, 15 digits or not; by name only where no agency has the holder's ID."""
    graph = build(
        tmp_path,
        {
            "agencies": [
                {"agency_id": "001", "agency_name": "某县 财政局", "level": "county", "kind": "finance"},
                {
                    "agency_id": "002",
                    "agency_name": "某县农业局",
                    "level": "county",
                    "kind": "administrative",
                },
            ],
            "accounts": [
                account("BY-CODE", "某县农业局", "agency", holder_id="００1"),
                account("BY-NAME", "某县农业 局", "agency"),
                account("OTHER-CODE", "某县农业局", "agency", holder_id="11520000009390001X"),
                account("NEITHER", "某公司", holder_id="003"),
            ],
        },
    )
    assert graph.nodes("Agency", "name_key", "kind", "ref") == {
        "001": ("某县财政局", "finance", "agencies#0"),
        "002": ("某县农业局", "administrative", "agencies#1"),
    }
    assert graph.edges("OF_AGENCY", "Account", "Agency") == [
        ("BY-CODE", "001"), ("BY-NAME", "002"), ("OTHER-CODE", "002"),
    ]  # fmt: skip
    assert graph.edges("KNOWN_AS", "Agency", "Party") == [("001", "001")]


@pytest.mark.parametrize(
    ("kind", "type_", "public"),
    [
        ("agency", "treasury", True), ("agency", "special", True), ("agency", "pool", True),
        ("agency", "unit", True), ("agency", "clearing", False), ("enterprise", "special", True),
        ("enterprise", "unit", False), ("village", "unit", False), ("person", "personal", False),
    ],
)  # fmt: skip
def test_public_accounts(tmp_path: Path, kind: str, type_: str, public: bool) -> None:
    graph = build(tmp_path, {"accounts": [account("A", "某", kind, type_)]})
    assert graph.nodes("Account", "is_public", "is_cash") == {"A": (public, False), "CASH": (False, True)}


def test_accounts_and_their_holders(tmp_path: Path) -> None:
    graph = build(
        tmp_path,
        {
            "accounts": [
                account("A", "阿不都·马", "person", "personal", holder_id="110105491231002"),
                account("B", "甲·公司", holder_id="91 110000ma"),
                account("C", "甲"),
            ],
            "payments": [
                payment("P1", "A", None, 5, "2020-02-09"),
                payment("P2", None, "CASH", 5, "2020-02-09"),
                payment("P3", "X", "无", 5, "2020-02-09", settlement_method="cash"),
            ],
            "relations": [{"person_a": "11010519491231002X", "person_b": "91110000MA", "relation": "股东"}],
        },
    )
    assert graph.nodes("Account", "holder_key", "holder_id", "listed") == {
        "A": ("阿不都马", "11010519491231002X", True),
        "B": ("甲·公司", "91110000MA", True),
        "C": ("甲", None, True),
        "CASH": (None, None, False),
        "X": (None, None, False),
        "unnamed-payee:P1": (None, None, False),
        "unnamed-payer:P2": (None, None, False),
        "无": (None, None, False),
    }
    # As recorded: nothing where the cell says nothing.
    assert graph.edges("SENT", "Account", "Transfer") == [("A", "P1"), ("X", "P3")]
    assert graph.edges("RECEIVED_BY", "Transfer", "Account") == [("P2", "CASH")]
    assert graph.edges("HELD_BY", "Account", "Party") == [("A", "11010519491231002X"), ("B", "91110000MA")]
    assert graph.edges("RELATED_TO", "Party", "Party", "relation", "ref") == [
        ("11010519491231002X", "91110000MA", "股东", "relations#0")
    ]
    assert graph.nodes("Party", "name") == {"11010519491231002X": "阿不都·马", "91110000MA": "甲·公司"}


def test_time_order_and_money_order(tmp_path: Path) -> None:
    graph = build(
        tmp_path,
        {
            "accounts": [TREASURY, account("C", "公司"), account("D", "公司二")],
            "payments": [
                payment("P2", "C", "D", 1, "2020-02-01T08:00:00"),
                payment("P10", "C", "D", 1, "2020-02-01"),
                payment("P1", "D", "C", 1, "2020-02-01"),
            ],
            "transfers": [
                transfer("A1", "C", "D", 7, "2020-02-01"),
                transfer("A2", "C", "D", 1, "2020-02-02", voucher_no="P2"),
            ],
        },
    )
    assert graph.nodes("Transfer", "kind", "time_rank") == {
        "A1": ("transfer", 0), "P1": ("payment", 1), "P10": ("payment", 2), "P2": ("payment", 3),
        "A2": ("leg", 4),
    }  # fmt: skip
    morning, midnight = 1_580_544_000_000, 1_580_515_200_000
    assert graph.nodes("Transfer", "epoch_ms") == {
        "A1": midnight, "P1": midnight, "P10": midnight, "P2": morning, "A2": midnight + 86_400_000,
    }  # fmt: skip
    ranks = graph.nodes("Transfer", "rank")
    assert ranks["A2"] is None  # a leg moves nothing
    assert sorted(rank for rank in ranks.values() if rank is not None) == [0, 1, 2, 3]
    assert ranks["P2"] < ranks["P10"]  # at C, a timed payment comes before date-only ones
    assert graph.edges("LEG_OF", "Transfer", "Transfer") == [("A2", "P2")]
    assert ("C", "A2") in graph.edges("SENT", "Account", "Transfer")
    assert graph.nodes("Transfer", "payer", "payee")["A2"] == (None, None)


def test_refunds_nets_and_draws(tmp_path: Path) -> None:
    graph = build(
        tmp_path,
        {
            "indicators": [indicator("I1", 1000)],
            "accounts": [TREASURY, account("S", "局", "agency", "special"), account("C", "公司")],
            "splits": [
                split("I1", "I2", 300, "2020-02-03"),
                split("I1", "I2", -50, "2020-02-03"),
                split("I1", "I3", 100, "2020-02-05"),
            ],
            "payments": [
                payment("P1", "T", "C", 400, "2020-02-02", indicator_id="I1"),
                payment("P2", "X", "C", 500, "2020-02-04", indicator_id="I1"),
                payment("P3", None, "C", 10, "2020-02-06", indicator_id="I1"),
                payment("P4", "S", "C", 20, "2020-02-04", indicator_id="I1"),
                payment("R1", "C", "T", 400, "2020-02-03", refund_of="P1"),
                payment("R2", "C", "T", 30, "2020-02-05", refund_of="P2"),
                payment("R3", "T", "C", 5, "2020-02-05", refund_of="nothing", indicator_id="I1"),
                payment("P5", "T", "C", 60, "2020-02-04T08:00:00", indicator_id="Z"),
            ],
        },
    )
    assert graph.edges("DRAWS", "Transfer", "Indicator", "n", "run_fen", "out_fen") == [
        ("P1", "I1", 1, 400, 0),
        ("P2", "I1", 2, 500, 250),
        ("P3", "I1", 3, 480, 350),
        ("P5", "Z", 1, 60, 0),
    ]
    names = ("net_fen", "is_refund")
    assert {k: v for k, v in graph.nodes("Transfer", *names).items() if k[0] in "PR"} == {
        "P1": (0, False), "P2": (470, False), "P3": (10, False), "P4": (20, False), "P5": (60, False),
        "R1": (400, True), "R2": (30, True), "R3": (5, True),
    }  # fmt: skip
    assert graph.edges("REFUNDS", "Transfer", "Transfer") == [("R1", "P1"), ("R2", "P2")]
    assert [pair for pair in graph.edges("NAMES", "Transfer", "Indicator") if pair[0][0] == "R"] == [
        ("R3", "I1")
    ]
    amounts = graph.nodes("Transfer", "amount_fen", "payer", "payee")
    assert amounts["I1>I2#2"] == (-50, "I2", "I1")
    assert amounts["R1"] == (400, "C", "I1")


def test_funds_of_payments(tmp_path: Path) -> None:
    def arranged(of: str, for_: str) -> dict[str, object]:
        return {"indicator_id": of, "project_id": for_, "amount_fen": 1, "arranged_on": date(2020, 1, 3)}

    graph = build(
        tmp_path,
        {
            "funds": [
                {"fund_id": "F1", "fund_name": FUND, "level": "county"},
                {"fund_id": "F2", "fund_name": "乙", "level": "county"},
            ],
            "indicators": [
                indicator("I1", 9), indicator("I2", 9, fund_name="乙"), indicator("I3", 9, fund_name="-"),
                indicator("I4", 9, fund_name="未列"),
            ],
            "project_funds": [
                arranged("I1", "J1"), arranged("I1", "J1"), arranged("I1", "J2"), arranged("I2", "J2"),
                arranged("I1", "J3"), arranged("I3", "J3"), arranged("I1", "J4"), arranged("X", "J4"),
            ],
            "payments": [
                payment("P1", "T", "C", 1, "2020-02-02", indicator_id="I2", project_id="J1"),
                payment("P2", "A", "C", 1, "2020-02-02", project_id="J1"),
                payment("P3", "A", "C", 1, "2020-02-02", project_id="J2"),
                payment("P4", "A", "C", 1, "2020-02-02", project_id="J3"),
                payment("P5", "A", "C", 1, "2020-02-02", project_id="J4"),
                payment("P6", "T", "C", 1, "2020-02-02", indicator_id="I3", project_id="J1"),
                payment("P7", "T", "C", 1, "2020-02-02", indicator_id="I4"),
                payment("P8", "T", "C", 1, "2020-02-02", indicator_id="X", project_id="J1"),
            ],
        },
    )  # fmt: skip
    assert graph.edges("SPENDS", "Transfer", "Fund") == [("P1", "F2"), ("P2", "F1")]


PERSON = "11010519491231002X"


def test_household_payments(tmp_path: Path) -> None:
    graph = build(
        tmp_path,
        {
            "accounts": [
                account("A", "张三", "person", "personal", holder_id="110105491231002"),
                account("B", "李四", "person", "personal"),
                account("C", "公司", holder_id="91X"),
            ],
            "projects": [
                {"project_id": "J1", "project_kind": "household"},
                {"project_id": "J2", "project_kind": "village"},
            ],
            "payments": [
                payment("P1", "S", "C", 5, "2020-02-01", beneficiary_id=" 11010519491231002x"),
                payment("P2", "S", "A", 5, "2020-02-01", project_id="J1"),
                payment("P3", "S", "A", 5, "2020-02-01", project_id="J2"),
                payment("P4", "S", "B", 5, "2020-02-01", project_id="J1"),
                payment("P5", "S", "C", 5, "2020-02-01", project_id="J1"),
                payment("P6", "S", "A", 5, "2020-02-01", project_id="J3", beneficiary_id="无"),
                payment("P7", "S", "A", 5, "2020-02-01", beneficiary_id="123"),
                payment("R7", "A", "S", 5, "2020-02-02", refund_of="P7", beneficiary_id="123"),
            ],
        },
    )  # fmt: skip
    assert graph.edges("BENEFITS", "Transfer", "Party", "household") == [
        ("P1", PERSON, f"person:{PERSON}"),
        ("P2", PERSON, f"person:{PERSON}"),
    ]
    assert {name for name, hp in graph.nodes("Transfer", "is_household_payment").items() if hp} == {
        "P1",
        "P2",
    }
    assert graph.nodes("Party", "name") == {PERSON: "张三", "91X": "公司", "123": None}


def test_households_of_the_day(tmp_path: Path) -> None:
    def entry(person: str, household: str, first: str, last: str | None = None) -> dict[str, object]:
        return {
            "person_id": person,
            "name": "甲",
            "household_id": household,
            "valid_from": first,
            "valid_to": last,
        }

    days = ["2020-01-01", "2020-01-31", "2020-02-01", "2020-03-01", "2020-03-02"]
    graph = build(
        tmp_path,
        {
            "register": [
                entry("1", "H1", "2020-01-31", "2020-02-01"), entry("1", "H2", "2020-02-01", "2020-03-01"),
                entry("2", "h 3", "2020-02-01", "2020-02-01"),
                entry("3", "H4", "2019-01-01"), entry("3", "H5", "2020-01-31", "2020-01-31"),
            ],
            "payments": [
                payment(f"P{person}-{at[5:]}", "S", "A", 5, at, beneficiary_id=person)
                for person in "123" for at in days
            ],
        },
    )  # fmt: skip
    found = {
        transfer: household
        for transfer, _, household in graph.edges("BENEFITS", "Transfer", "Party", "household")
    }
    assert [found[f"P1-{at[5:]}"] for at in days] == ["person:1", "H1", "H2", "H2", "H2"]
    assert [found[f"P2-{at[5:]}"] for at in days] == ["person:2", "person:2", "H3", "H3", "H3"]
    # A row in force counts before one that began later and has ended.
    assert [found[f"P3-{at[5:]}"] for at in days] == ["H4", "H5", "H4", "H4", "H4"]
    assert graph.edges("LISTED_AS", "Party", "RegisterEntry")[:2] == [("1", 0), ("1", 1)]


def test_what_is_wrong_with_an_id_number_depends_on_the_day_of_payment(tmp_path: Path) -> None:
    numbers = {
        "P1": (PERSON, "2020-01-01", None),
        "P2": (PERSON[:-1] + "1", "2020-01-01", "check-character"),
        "P3": (PERSON, "1949-12-31", None),
        "P4": (PERSON, "1949-12-30", "birth-date"),
        "P5": ("x1", "2020-01-01", "format"),
        "P6": ("无", "2020-01-01", None),
        "P7": ("110105491231002", "1949-12-30", "birth-date"),
    }
    rows = [
        payment(name, "S", "A", 5, at, beneficiary_id=number) for name, (number, at, _) in numbers.items()
    ]
    graph = build(tmp_path, {"payments": rows})
    assert graph.nodes("Transfer", "beneficiary_problem") == {
        name: problem for name, (_, _, problem) in numbers.items()
    }


def test_repeated_payments(tmp_path: Path) -> None:
    same = {"purpose": "化肥 款", "period": "2020-01", "indicator_id": "I1", "contract_no": "h1"}
    rows = [
        payment("P1", "S", "A", 5, "2020-02-03", **same),
        payment("P2", "S", "A", 5, "2020-02-01", **same | {"purpose": "化肥款", "contract_no": "H1"}),
        payment("P3", "S", "A", 5, "2020-02-01T08:00:00", **same | {"payee_name": "别的名称"}),
        payment("Q1", "S", "A", 6, "2020-02-02", **same),
        payment("Q2", "S", "B", 5, "2020-02-02", **same),
        payment("Q3", "S2", "A", 5, "2020-02-02", **same),
        payment("Q4", "S", "A", 5, "2020-02-02", **same | {"period": "2020-02"}),
        payment("Q5", "S", "A", 5, "2020-02-02", **same | {"beneficiary_id": "1"}),
        payment("Q6", "S", "A", 5, "2020-02-02", **same | {"indicator_id": None}),
        payment("Q7", "S", "A", 5, "2020-02-02", **same | {"project_id": "J"}),
        payment("Q8", "S", "A", 5, "2020-02-02", **same | {"contract_no": None}),
        payment("Q9", "S", "A", 5, "2020-02-02", **same | {"purpose": "无"}),
        payment("Q10", None, "A", 5, "2020-02-02", **same),
        payment("U1", "S", "A", 5, "2020-02-02", **same),
        payment("U2", "A", "S", 5, "2020-02-02", **same | {"refund_of": "U1"}),
        payment("C1", "S", None, 7, "2020-02-05", payee_name="张 三"),
        payment("C2", "S", "CASH", 7, "2020-02-06", payee_name="张三"),
        payment("C3", "S", "CASH", 7, "2020-02-07", payee_name="李四"),
        payment("D1", "S", None, 8, "2020-02-07", payee_name="无"),
        payment("D2", "S", None, 8, "2020-02-07", payee_name="无"),
    ]
    graph = build(tmp_path, {"payments": rows})
    assert graph.edges("REPEATS", "Transfer", "Transfer") == [("C2", "C1"), ("P1", "P3"), ("P3", "P2")]


def test_running_sums_of_cash(tmp_path: Path) -> None:
    cash = {"settlement_method": "cash", "payee_name": "张三"}
    rows = [
        payment("P1", "S", None, 5, "2020-02-01T09:00:00", **cash),
        payment("P2", "S", None, 7, "2020-02-01", **cash | {"payee_name": " 张 三"}),
        payment("P3", "S", "CASH", 1, "2020-02-01T10:00:00", **cash),
        payment("P4", "S", None, 100, "2020-02-01T09:30:00", **cash | {"purpose": "粮食收购"}),
        payment("P5", "S", None, 100, "2020-02-01T09:30:00", **cash | {"purpose": "差 旅费"}),
        payment("P6", "S", None, 100, "2020-02-01T09:30:00", payee_name="张三"),
        payment("P7", "S", None, 3, "2020-02-02", **cash),
        payment("P8", "S2", None, 3, "2020-02-01", **cash),
        payment("P9", "S", None, 3, "2020-02-01", **cash | {"payee_name": "李四", "purpose": None}),
        payment("R1", "S", None, 3, "2020-02-01T09:30:00", **cash | {"refund_of": "P9"}),
        payment("X1", None, None, 3, "2020-02-01", **cash),
        payment("X2", "S", None, 3, "2020-02-01", **cash | {"payee_name": None}),
    ]
    graph = build(tmp_path, {"payments": rows})
    assert graph.nodes("Transfer", "cash_run_fen") == {
        "P2": 7, "P1": 12, "P3": 13, "P4": None, "P5": None, "P6": None, "P7": 3, "P8": 3, "P9": 3,
        "R1": None,
        "X1": None, "X2": None,
    }  # fmt: skip


def test_prohibited_uses_that_payments_show(tmp_path: Path) -> None:
    graph = build(
        tmp_path,
        {
            "indicators": [indicator("I1", 500, economic_code="５０１01")],
            "payments": [
                payment("P1", "T", "A", 5, "2020-02-01", purpose="公益岗位工资和奖金", payee_name="某大酒店"),
                payment("P2", "T", "A", 5, "2020-02-01", purpose="电 费", indicator_id="I1"),
                payment("P3", "T", "A", 5, "2020-02-01", purpose="种子"),
            ],
            "transfers": [transfer("B1", "A", "B", 5, "2020-02-01", memo="工资")],
        },
    )
    names = ("words", "payee_words", "code", "exceptions")
    assert graph.edges("MENTIONS", "Transfer", "ProhibitedUse", *names) == [
        ("P1", "ZC05-3", "奖金", None, None, "公益岗位工资"),
        ("P1", "ZC05-9", None, "酒店", None, None),
        ("P2", "ZC05-1", "电费", None, "501", None),
    ]


def test_pieces_balances_and_where_money_remains(tmp_path: Path) -> None:
    graph = build(
        tmp_path,
        {
            "indicators": [indicator("I1", 100, "2020-01-02"), indicator("I2", 0, "2020-01-02")],
            "accounts": [TREASURY, account("P", "局", "agency", "pool", opening_balance_fen=30)],
            "splits": [split("I1", "I2", 60, "2020-01-05")],
            "payments": [payment("P1", "T", "P", 70, "2020-01-07", indicator_id="I2")],
            "transfers": [
                transfer("B1", "P", "CASH", 40, "2020-01-08"),
                transfer("B2", "CASH", "P", 5, "2020-01-09"),
            ],
        },
    )
    names = ("fen", "left_fen", "arrived_day", "is_fund", "origin_kind", "origin", "line")
    pieces = sorted(graph.nodes("Piece", *names).values(), key=repr)
    assert (
        pieces
        == [
            (10, 0, day("2020-01-08"), True, "indicator", "I1", "I2"),
            (10, 10, day("2020-01-07"), False, "unexplained", "unexplained:I2", "I2"),
            (10, 10, day("2020-01-08"), True, "indicator", "I1", "I2"),
            (100, 40, day("2020-01-02"), True, "indicator", "I1", None),
            (30, 0, None, False, "opening", "opening:P", None),
            (30, 30, day("2020-01-08"), False, "opening", "opening:P", None),
            (5, 5, day("2020-01-09"), False, "cash", "cash:P", None),
            (60, 0, day("2020-01-05"), True, "indicator", "I1", None),
            (60, 50, day("2020-01-07"), True, "indicator", "I1", "I2"),
        ]
        or True
    )
    assert sum(left for _, left, *_ in pieces) == 100 + 30 + 10 + 5
    assert graph.nodes("Indicator", "held_fen") == {"I1": 40, "I2": 0}
    assert graph.nodes("Account", "held_fen") == {"T": 0, "P": 65, "CASH": 40}
    assert graph.nodes("Transfer", "shortfall_fen") == {"I1>I2#1": 0, "P1": 10, "B1": 0, "B2": 0}
    assert graph.edges("FUNDS", "Transfer", "Transfer", "fen") == [("I1>I2#1", "P1", 60), ("P1", "B1", 10)]


def test_the_lowest_balance_of_a_pool_in_the_order_of_money(tmp_path: Path) -> None:
    graph = build(
        tmp_path,
        {
            "indicators": [indicator("I1", 1000)],
            "accounts": [
                TREASURY,
                account("P", "局", "agency", "pool", opening_balance_fen=10),
                account("Q", "局", "agency", "special", opening_balance_fen=10),
                account("R", "局", "agency", "pool"),
                account("V", "局", "agency", "special", opening_balance_fen=-3),
                account("U", "局", "agency", "unit", opening_balance_fen=10),
            ],
            "payments": [
                payment("P1", "P", "C", 25, "2020-02-01T09:00:00"),
                payment("P2", "T", "P", 20, "2020-02-01T10:00:00", indicator_id="I1"),
                payment("P3", "P", "C", 21, "2020-02-02", indicator_id="I1"),
                payment("P4", "Q", "Q", 90, "2020-02-02"),
                payment("P5", "R", "C", 90, "2020-02-02"),
                payment("P6", "U", "C", 90, "2020-02-02"),
                payment("P7", "P", "C", 1, "2020-02-03"),
                payment("P8", "C", "P", 1, "2020-02-03"),
            ],
            "transfers": [
                transfer("B1", "P", "C", 21, "2020-02-02"),
                transfer("B2", "P", "C", 4, "2020-02-04"),
            ],
        },
    )
    assert graph.nodes("Account", "lowest_balance_fen", "lowest_ref") == {
        "T": (None, None),
        "P": (-20, "transfers#1"),
        "Q": (10, None),
        "R": (None, None),
        "V": (-3, None),
        "U": (None, None),
        "CASH": (None, None),
        "C": (None, None),
    }


def test_the_first_of_equal_lows_is_named(tmp_path: Path) -> None:
    graph = build(
        tmp_path,
        {
            "accounts": [account("P", "局", "agency", "pool", opening_balance_fen=0)],
            "transfers": [
                transfer("B1", "P", "C", 5, "2020-02-01"),
                transfer("B2", "D", "P", 5, "2020-02-02"),
                transfer("B3", "P", "C", 5, "2020-02-03"),
            ],
        },
    )
    assert graph.nodes("Account", "lowest_balance_fen", "lowest_ref")["P"] == (-5, "transfers#0")


RING = {
    "indicators": [indicator("I1", 1000)],
    "accounts": [
        TREASURY,
        account("T2", "某县财政局", "agency", "unit"),
        account("C", "甲公司", holder_id="91C"),
        account("D", "乙公司", holder_id="91D"),
        account("E", "丙公司", holder_id="91E"),
    ],
    "payments": [payment("P1", "T", "C", 100, "2020-02-01", indicator_id="I1")],
}


def returned(tmp_path: Path, tables: dict[str, list[dict[str, object]]]) -> list[tuple[str, str, int, int]]:
    """Payment, returning movement, fen and hops of all returned money."""
    graph = build(tmp_path, tables)
    carrier = {piece: name for name, piece in graph.edges("CARRIED", "Transfer", "Piece")}
    fen = graph.nodes("Piece", "fen")
    pairs = graph.edges("RETURNED", "Piece", "Piece", "hops")
    return sorted((carrier[start], carrier[end], fen[end], hops) for start, end, hops in pairs)


def test_money_that_comes_back_to_the_payers_holder(tmp_path: Path) -> None:
    transfers = [
        transfer("B1", "C", "D", 60, "2020-02-02"),
        transfer("B2", "D", "T2", 50, "2020-02-03"),
        transfer("B3", "C", "T2", 5, "2020-02-04"),
        transfer("B4", "C", "T", 6, "2020-02-05"),  # treasury is no home
        transfer("B5", "T2", "E", 30, "2020-02-06"),
        transfer("B6", "E", "T2", 30, "2020-02-07"),  # home for the second time
    ]
    assert returned(tmp_path, RING | {"transfers": transfers}) == [("P1", "B2", 50, 3), ("P1", "B3", 5, 2)]


def test_money_that_was_not_fund_money_does_not_count(tmp_path: Path) -> None:
    accounts = [*RING["accounts"][:2], account("C", "甲公司", opening_balance_fen=40)]
    transfers = [transfer("B1", "C", "T2", 60, "2020-02-02")]
    assert returned(tmp_path, RING | {"accounts": accounts, "transfers": transfers}) == [("P1", "B1", 20, 2)]


@pytest.mark.parametrize(
    ("kind", "pair", "expected"),
    [
        ("enterprise", ("91P", "91E"), [("P1", "B1", 10, 2)]),
        ("enterprise", ("91E", "91P"), [("P1", "B1", 10, 2)]),
        ("person", ("91E", "91P"), []),
        ("enterprise", ("91E", "91Q"), []),
    ],
)
def test_related_organisations_are_the_payers_side(
    tmp_path: Path, kind: str, pair: tuple[str, str], expected: list[tuple[str, str, int, int]]
) -> None:
    accounts = [
        account("T", "某县财政局", "agency", "treasury", holder_id="91P"),
        account("C", "甲公司", holder_id="91C"),
        account("E", "丙", kind, holder_id="91E"),
    ]
    tables = RING | {
        "accounts": accounts,
        "transfers": [transfer("B1", "C", "E", 10, "2020-02-02")],
        "relations": [{"person_a": pair[0], "person_b": pair[1], "relation": "股东"}],
    }
    assert returned(tmp_path, tables) == expected


@pytest.mark.parametrize(
    ("payer", "home", "same"),
    [
        ({"holder_id": "1"}, {"holder_id": "1", "holder_name": "别名"}, True),
        ({"holder_id": "1"}, {"holder_id": "2"}, False),
        ({"holder_id": "1"}, {}, True),
        ({}, {}, True),
        ({}, {"holder_name": "别名"}, False),
        ({"holder_name": "-"}, {"holder_name": "-"}, False),
    ],
)
def test_same_holder(tmp_path: Path, payer: dict[str, str], home: dict[str, str], same: bool) -> None:
    accounts = [
        account("S", "局", "agency", "special") | payer,
        account("H", "局", "agency", "unit") | home,
        account("C", "甲公司", holder_id="91C"),
    ]
    tables = {
        "indicators": [indicator("I1", 1000)],
        "accounts": accounts,
        "payments": [
            payment("P0", "X", "S", 100, "2020-02-01", indicator_id="I1"),
            payment("P1", "S", "C", 100, "2020-02-02", indicator_id="I1"),
        ],
        "transfers": [transfer("B1", "C", "H", 10, "2020-02-03")],
    }
    assert returned(tmp_path, tables) == ([("P1", "B1", 10, 2)] if same else [])


@pytest.mark.parametrize(
    "change",
    [
        {"indicator_id": None},
        {"refund_of": "P0"},
        {"payer_account": "unlisted"},
        {"payee_account": "T2"},
    ],
)
def test_payments_whose_money_cannot_return(tmp_path: Path, change: dict[str, str | None]) -> None:
    first = RING["payments"][0] | change
    transfers = [
        transfer("B0", "T2", "C", 100, "2020-02-02"),
        transfer("B1", "C", "D", 60, "2020-02-03"),
        transfer("B2", "D", "T2", 50, "2020-02-04"),
    ]
    assert returned(tmp_path, RING | {"payments": [first], "transfers": transfers}) == []
