"""What people see of names, numbers and accounts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import tracer
from api.cli import app
from tracer.mask import is_organisation, mask_account, mask_cell, mask_holder, mask_id, mask_name, mask_text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("王小明", "王*"),
        ("欧阳娜娜", "欧阳*"),
        ("司马", "司*"),
        ("买买提·吐尔逊", "买*"),
        ("张家村", "张*"),
        ("扎西次仁多杰", "扎*"),
        ("古丽巴哈尔·买买提", "古*"),
        ("古丽巴哈尔买买提", "古*"),
        ("阿布都热合曼江吐尔逊", "阿*"),
        ("示例县青山镇人民政府", "示例县青山镇人民政府"),
        ("青山镇河西村村民委员会", "青山镇河西村村民委员会"),
        ("青山镇河西村", "青山镇河西村"),
        ("示例县第一建筑工程队", "示例县第一建筑工程队"),
        ("城关镇中心幼儿园", "城关镇中心幼儿园"),
        ("John Smith", "J*"),
        ("某县财政局", "某县财政局"),
        ("幸福养殖专业合作社", "幸福养殖专业合作社"),
        ("Ministry of Finance", "Ministry of Finance"),
        ("", ""),
        (None, ""),
    ],
)
def test_names_keep_their_surname_and_organisations_stay(name: str | None, shown: str) -> None:
    assert mask_name(name) == shown


def test_a_name_known_as_an_organisation_is_shown() -> None:
    assert mask_name("李记", {"李记"}) == "李记"
    assert mask_name("李记") == "李*"


def test_ids_show_three_and_four_accounts_four() -> None:
    assert mask_id("99011219900101123X") == "990***********123X"
    assert mask_id("990112900101123") == "990********1123"
    assert mask_id("12345678") == "********"
    assert mask_account("6228480402564893312") == "…3312"
    assert mask_account("CASH") == "CASH"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("补助 99011219900101123X 张", "补助 990***********123X 张"),
        ("编号ID990112199001011234", "编号ID990***********1234"),
        ("账号6228480402564890018。", "账号…0018。"),
        ("6228 4804 0256 4890 018", "…0018"),
        ("电话13812345678", "电话138****5678"),
        ("凭证 PZ00000381，2020-06-18，12,000.00 元", "凭证 PZ00000381，2020-06-18，12,000.00 元"),
        ("６２２８４８０４０２５６４８９００１８", "…００１８"),
    ],
)
def test_runs_of_digits_are_masked_in_free_text(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@given(st.text(max_size=8), st.from_regex(r"62\d{17}", fullmatch=True), st.text(max_size=8))
def test_no_text_around_an_account_number_lets_it_through(before: str, account: str, after: str) -> None:
    if before[-1:].isdigit() or after[:1].isdigit():
        return
    assert account not in mask_text(f"{before}{account}{after}")


def test_cells_are_masked_by_what_their_column_holds() -> None:
    assert mask_cell("payee_name", "张三") == "张*"
    assert mask_cell("beneficiary_id", "990112199001011234") == "990***********1234"
    assert mask_cell("payee_account", "12345") == "…2345"
    assert mask_cell("amount", "0") == "0"
    assert mask_cell(None, None) == ""


def test_holders_and_origins_keep_their_kind() -> None:
    assert mask_holder("unexplained:6228480402564890001") == "unexplained:…0001"
    assert mask_holder("opening:ZY01", {"ZY01"}) == "opening:ZY01"
    assert mask_holder("unnamed-payee:PZ1") == "unnamed-payee:PZ1"


def test_short_han_names_are_never_taken_for_organisations() -> None:
    assert not any(is_organisation(name) for name in ("张三", "王会", "李社", "陈小场", "欧阳村"))


def test_a_trace_hides_a_long_name_that_the_ledger_knows_as_a_persons(tmp_path: Path) -> None:
    header = "支付凭证号,付款人名称,付款账户,支付金额,支付时间,用途,结算方式,支付方式,"
    header += "收款人名称,收款人账户,受益人姓名"
    people = ("扎西次仁多杰", "阿布都热合曼江")
    rows = (
        f"P{n},示例县财政局,001,100.00,2020-05-01,补助,转账,财政直接支付,{name},90{n},{name}"
        for n, name in enumerate(people)
    )
    payments = tmp_path / "支付.csv"
    payments.write_text("\n".join((header, *rows)), encoding="utf-8")
    home = tmp_path / "home"
    run = ["--home", str(home)]
    assert CliRunner().invoke(app, [*run, "ingest", str(payments)]).exit_code == 0
    asked = ["trace", "001", "--direction", "forward"]
    shown = [CliRunner().invoke(app, [*run, *asked, *more]).stdout for more in ((), ("--compare",))]
    page = CliRunner().invoke(app, [*run, "export", "html", "P0", "--output", "-"]).stdout
    steps = tracer.open(home).trace("001", "forward").steps().to_csv()
    for text in (*shown, steps):
        assert "扎*" in text
        assert "阿*" in text
    assert "扎*" in page
    assert not [name for name in people if any(name in text for text in (*shown, page, steps))]
