"""Groups that begin one after another: against a plain rereading of the rule, and what a header may say."""

import random

import pytest

from tracer.graph.base import Row
from tracer.rules.header import parse_rule
from tracer.rules.load import load_rules
from tracer.rules.series import series_rows
from tracer.rules.spec import RuleFileError, Series
from tracer.settings import queries_folder

SERIES = Series(("payee",), ("place",), "window", "count", "limit_fen", "contract")
VALUES = {"window": 5, "count": 2, "limit_fen": 100}


def row(n: int, day: int, fen: int, payee: str | None = "甲", contract: str | None = None) -> Row:
    return {
        "subject": f"P{n}", "level": "yellow", "amount_fen": fen, "evidence": [f"payments#{n}"], "day": day,
        "payee": payee, "place": n, "contract": contract,
    }  # fmt: skip


def plainly(rows: list[Row]) -> dict[object, object]:
    """Subject and sum of each finding, row by row as the rule is worded."""
    found: dict[object, object] = {}
    for payee in {str(r["payee"]) for r in rows}:
        left = sorted((r for r in rows if str(r["payee"]) == payee), key=lambda r: r["place"])  # type: ignore[arg-type,return-value]
        while left:
            last = left[0]["day"] + 5  # type: ignore[operator]
            group = [r for r in left if r["day"] <= last]  # type: ignore[operator]
            left = left[len(group) :]
            contracts = {r["contract"] for r in group}
            if len(contracts) == 1 and contracts != {None}:
                continue
            sums = [sum(r["amount_fen"] for r in group[:n]) for n in range(1, len(group) + 1)]  # type: ignore[misc]
            reached = [n for n, total in enumerate(sums) if n >= 1 and total >= 100]
            if reached:
                found[group[reached[0]]["subject"]] = sums[-1]
    return found


def test_groups_are_those_of_the_rule_whatever_the_order_of_rows() -> None:
    chance = random.Random(20)
    for _ in range(300):
        days = sorted(chance.randrange(40) for _ in range(chance.randrange(1, 15)))
        rows = [
            row(
                n,
                day,
                chance.choice([10, 40, 50, 99]),
                chance.choice(["甲", None]),
                chance.choice(["H", None]),
            )
            for n, day in enumerate(days)
        ]
        chance.shuffle(rows)
        found = {r["subject"]: r["amount_fen"] for r in series_rows(SERIES, rows, VALUES)}
        assert found == plainly(rows)


def test_a_finding_has_the_evidence_of_its_group_and_no_columns_of_order() -> None:
    (found,) = series_rows(SERIES, [row(2, 3, 60), row(1, 1, 60), row(3, 8, 60)], VALUES)
    assert found == {
        "subject": "P2", "level": "yellow", "amount_fen": 120, "day": 3, "payee": "甲",
        "evidence": ["payments#1", "payments#2"],
    }  # fmt: skip


def test_rows_that_are_not_evaluated_pass_through() -> None:
    left_out = row(1, 1, 500) | {"level": "not_evaluated"}
    assert series_rows(SERIES, [left_out, row(2, 1, 60)], VALUES) == [left_out]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("days: window", "days: windows", r"\$windows is used and not declared"),
        ("order: [place]", "order: [rank]", "does not return `rank`"),
        ("by: [payer_account,", "by: [nobody,", "does not return `nobody`"),
        ("count: count", "count: [2]", "`count` is"),
        ("order: [place]", "sorted: [place]", "series.unknown key `sorted`"),
    ],
)
def test_what_a_header_may_not_say_of_a_series(old: str, new: str, said: str) -> None:
    file = load_rules()["ZC10"].file
    text = (queries_folder() / file).read_text("utf-8")
    assert text.count(old) == 1
    with pytest.raises(RuleFileError, match=said):
        parse_rule(text.replace(old, new), file)
