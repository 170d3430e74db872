"""Parameters: from a file and from --set, in which units they reach the query, and what is wrong use."""

from datetime import date
from pathlib import Path

import pytest

from tracer.calendar import day_number
from tracer.errors import UsageError
from tracer.rules.load import load_rules
from tracer.rules.parameters import Resolved, read_settings, resolve

RULES = load_rules()
AS_OF = date(2020, 6, 30)


def resolved(rule_id: str, *sets: str, file: Path | None = None) -> Resolved:
    return resolve(RULES[rule_id], read_settings(RULES, file, sets))


def test_defaults_reach_the_query_in_its_units() -> None:
    assert resolved("ZB01").query_values(AS_OF) == {"n": 5, "lead": 2}
    assert resolved("ZB05").query_values(AS_OF) == {"tolerance_fen": 0}
    assert resolved("ZB14").query_values(AS_OF) == {
        "years": 1,
        "years_cutoff_day": day_number(date(2019, 6, 30)),
        "years_passed_day": day_number(date(2019, 6, 29)),
        "red_years": 2,
        "red_years_cutoff_day": day_number(date(2018, 6, 30)),
        "red_years_passed_day": day_number(date(2018, 6, 29)),
    }


def test_an_empty_limit_is_above_any_amount() -> None:
    assert resolved("ZC06").query_values(AS_OF)["red_at_fen"] > 2**53
    assert resolved("ZC06").echoed() == {"red_at": None}


def test_money_is_given_and_echoed_in_yuan() -> None:
    found = resolved("ZB05", "ZB05.tolerance=1,234.50")
    assert found.query_values(AS_OF) == {"tolerance_fen": 123_450}
    assert found.echoed() == {"tolerance": 1234.5}
    assert resolved("ZC06", "ZC06.red_at=50000").echoed() == {"red_at": 50000}


def test_a_decimal_reaches_the_query_in_thousandths() -> None:
    assert resolved("ZC27").query_values(AS_OF) == {"n": 500, "chi2_milli": 20_090}
    assert resolved("ZC27").echoed() == {"n": 500, "chi2": 20.09}
    assert resolved("ZC27", "ZC27.chi2=15.5").query_values(AS_OF)["chi2_milli"] == 15_500
    assert resolved("ZC27", "ZC27.chi2=15").echoed()["chi2"] == 15


def test_what_no_document_gives_is_marked() -> None:
    assert resolved("ZB01").not_from_documents() == ["lead"]
    assert resolved("ZB01", "ZB01.n=6").not_from_documents() == ["n", "lead"]
    assert resolved("ZC06").not_from_documents() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_sets_parameters_and_set_wins(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "参数.csv"
    file.write_text("规则编号,参数,值,说明\nzb01,n,７,本地\n\nZB01,lead,3,\n", encoding)
    assert resolved("ZB01", file=file).echoed() == {"n": 7, "lead": 3}
    assert resolved("ZB01", "ZB01.n=8", file=file).echoed() == {"n": 8, "lead": 3}


def test_a_parameter_follows_another_rules_until_it_is_set() -> None:
    assert resolved("ZB04", "ZB03.days=20").echoed()["days"] == 20
    assert resolved("ZB04", "ZB03.days=20", "ZB04.days=25").echoed()["days"] == 25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ZB99.n=1", "there is no rule ZB99"),
        ("ZB01.m=1", "has no parameter m"),
        ("ZB01.n=five", "is not a whole number"),
        ("ZB01.n=5.5", "is not a whole number"),
        ("ZB01.n=", "is not a whole number"),
        ("ZB01.n=0", "out of bounds"),
        ("ZB01.n", "is written RULE.param=value"),
        ("ZC08.share=101", "out of bounds"),
        ("ZB05.tolerance=0.001", "more than two decimals"),
        ("ZB05.tolerance=-1", r"out of bounds \(at least 0, yuan\)"),
        ("ZB05.tolerance=", "not an amount"),
        ("ZC27.chi2=20.0901", "at most three decimals"),
        ("ZC27.chi2=-0.001", "out of bounds"),
        ("ZB03.days=soon", "is not a whole number"),
        ("XX03.nothing=1", "there is no rule XX03"),
    ],
)
def test_wrong_use_is_said_before_anything_is_computed(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        resolved("ZB01", text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"rule,param,value\nZB01,n,5\n", "first line"),
        (b"", "first line"),
        (b"rule_id,parameter,value\nZB01,n\n", "too few columns"),
        (b"rule_id,parameter,value\nZB01,n,5\nZB01,n,6\n", "given twice"),
        (b"rule_id,parameter,value\nZB01,n,x\n", r"p.csv:2: ZB01.n"),
        (b'rule_id,parameter,value\nZB01,n,"5\n', r"p.csv:2：引号不成对.*do not pair"),
        (b"\xff\xff\xff\xff", "neither UTF-8 nor GB18030"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "p.csv"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        read_settings(RULES, file)
    with pytest.raises(UsageError, match="cannot read"):
        read_settings(RULES, tmp_path / "absent.csv")
