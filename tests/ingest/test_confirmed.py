"""What is not certain is suggested with a score, written as a mapping file, confirmed and used again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.look import Look, mapping_text
from ingest.run import ingest
from tests.ingest.samples import (
    PAYMENT_HEADER,
    SPLIT_HEADER,
    Row,
    counts,
    ingested,
    payment,
    write_csv,
    write_xlsx,
)
from tracer.errors import UsageError
from tracer.ledger import Ledger

OTHER_WORDS = (
    "付款凭证编号",
    "付款单位名称",
    "付款方账号",
    "实际支付金额（万元）",
    "支付日期",
    "资金用途",
    "结算方式",
    "支付方式",
    "收款方名称",
    "收款方账号",
    "备注",
)
ROWS: list[Row] = [OTHER_WORDS, [*payment("P1", "1"), "无误"], [*payment("P2", "2"), ""]]


def looked(folder: Path, *paths: Path) -> tuple[dict[str, Any], list[Look]]:
    looks: list[Look] = []
    return ingest(folder / "home", list(paths), dry_run=True, looks=looks), looks


def settled(text: str) -> str:
    """What an office does that agrees with every guess."""
    return text.replace('"? ', '"')


def candidates(report: dict[str, Any]) -> dict[str, list[str]]:
    return {entry["header"]: entry["candidates"] for batch in report["batches"] for entry in batch["columns"]}


def test_unknown_headers_are_suggested_with_their_score_and_not_taken(tmp_path: Path) -> None:
    report, _ = looked(tmp_path, write_csv(tmp_path / "a.csv", ROWS))
    assert [(batch["table"], counts(batch)) for batch in report["batches"]] == [
        ("payments", (2, 0, 2, 0, 0, 0))
    ]
    found = candidates(report)
    assert found["实际支付金额（万元）"] == ["payments.amount"]
    assert found["收款方名称"] == ["payments.payee_name", "payments.payer_name"]
    assert found["备注"] == found["支付日期"] == []
    first = report["problems"][0]
    assert first["problem"] == "缺少必需列：支付凭证号；最像“付款凭证编号”（得分 73）"
    assert (
        first["problem_en"] == "required column is missing: payment_id; most like “付款凭证编号” (score 73)"
    )


def test_values_that_do_not_fit_lower_the_score(tmp_path: Path) -> None:
    header = ["付款日期说明" if text == "支付时间" else text for text in PAYMENT_HEADER]
    days = ["2019-01-02", "2019-01-03", "2019-01-04", "月底", "x"]
    rows = [header, *[payment(f"P{n}", day=day) for n, day in enumerate(days)]]
    fitting = looked(tmp_path, write_csv(tmp_path / "a.csv", rows[:4]))[0]
    assert fitting["problems"][0]["problem"].endswith("最像“付款日期说明”（得分 80）")
    mixed = looked(tmp_path, write_csv(tmp_path / "b.csv", rows))[0]
    assert mixed["problems"][0]["problem"].endswith("没有认出的表头：付款日期说明")


def test_a_table_of_unknown_headers_is_reported_with_what_it_may_be(tmp_path: Path) -> None:
    header = ("拨款凭证号码", "付款方名称", "付款方账号", "拨付金额", "拨付日期", "拨款用途")
    rows = [("某县",), header, ("1", "甲", "3", "4", "2019-01-02", "x")]
    report, looks = looked(tmp_path, write_csv(tmp_path / "a.csv", rows))
    assert [(batch["table"], counts(batch)) for batch in report["batches"]] == [(None, (1, 0, 1, 0, 0, 0))]
    assert candidates(report)["拨付金额"] == ["payments.amount", "transfers.amount"]
    assert "支付明细（payments，得分 80）、账户流水（transfers，得分 45）" in report["problems"][0]["problem"]
    assert 'table: "? payments"' in mapping_text(looks)


def test_a_mapping_file_with_open_questions_is_refused_by_name(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    text = mapping_text(looked(tmp_path, path)[1])
    assert '    payment_id: "? 付款凭证编号"  # 支付凭证号，得分 / score 73\n' in text
    assert '    paid_at: "支付日期"  # 支付时间\n' in text
    assert '  # 不读取 / not read: K "备注"\n' in text
    with pytest.raises(UsageError, match="payment_id 还没有确认"):
        ingested(tmp_path, path, mapping=text)


def test_a_confirmed_mapping_is_kept_and_reads_other_files_with_these_headers(tmp_path: Path) -> None:
    first = write_csv(tmp_path / "一月.csv", ROWS)
    mapping = tmp_path / "局.yaml"
    mapping.write_text(settled(mapping_text(looked(tmp_path, first)[1])), "utf-8")
    home = tmp_path / "home"
    report = ingest(home, [first], mapping=mapping, keep_mapping=True)
    assert report["problems"] == []
    assert report["batches"][0]["sums"] == {"amount": 3_000_000}
    second = write_xlsx(
        tmp_path / "二月.xlsx", [("二月",), OTHER_WORDS, [*payment("P3", "3"), ""]], sheet="表"
    )
    later = ingest(home, [second])
    assert (counts(later["batches"][0]), later["batches"][0]["sums"]) == (
        (1, 1, 0, 0, 0, 0),
        {"amount": 3_000_000},
    )
    assert [note["note"] for note in later["notes"]] == ["按已确认的映射读取：局.yaml 第 1 项"]
    other = write_csv(tmp_path / "c.csv", [OTHER_WORDS[:-1], payment("P4", "3")])
    assert ingest(home, [other])["batches"][0]["accepted"] == 0
    assert Ledger(home).tables() == {"payments": 3}


def test_a_dry_run_keeps_nothing_and_files_without_headers_cannot_be_kept(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    mapping = tmp_path / "m.yaml"
    text = settled(mapping_text(looked(tmp_path, path)[1]))
    mapping.write_text(text, "utf-8")
    ingest(tmp_path / "home", [path], mapping=mapping, keep_mapping=True, dry_run=True)
    assert not (tmp_path / "home").exists()
    bare = "\n".join(line for line in text.splitlines() if "headers:" not in line)
    mapping.write_text(bare, "utf-8")
    with pytest.raises(UsageError, match="没有 headers"):
        ingest(tmp_path / "home", [path], mapping=mapping, keep_mapping=True)


def test_two_kept_files_for_the_same_headers_are_refused_and_one_name_is_replaced(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    text = settled(mapping_text(looked(tmp_path, path)[1]))
    for name in ("m.yaml", "n.yaml"):
        (tmp_path / name).write_text(text, "utf-8")
    home = tmp_path / "home"
    for _ in range(2):
        ingest(home, [path], mapping=tmp_path / "m.yaml", keep_mapping=True)
    with pytest.raises(UsageError, match=r"m\.yaml 已有同样表头的映射"):
        ingest(home, [path], mapping=tmp_path / "n.yaml", keep_mapping=True)
    assert [file.name for file in (home / "mappings").iterdir()] == ["m.yaml"]


SPLIT = ("A", "B", 1, "2019-01-02")
SHAPES: dict[str, list[Row]] = {
    "stacked": [SPLIT_HEADER, SPLIT, ("支付",), OTHER_WORDS, [*payment("P1", "1"), ""]],
    "side by side": [
        (*SPLIT_HEADER, "", *SPLIT_HEADER),
        ("A", "B", 1, "2019-01-02", "", "A", "C", 2, "2019-01-02"),
    ],
    "nested": [
        ["支付凭证号", "付款人", "", *PAYMENT_HEADER[3:8], "收款人", ""],
        ["", "名称", "账号", "", "", "", "", "", "名称", "账号"],
        payment("P1", "1"),
    ],
    "twice the same header": [(*SPLIT_HEADER[:3], "金额", SPLIT_HEADER[3]), ("A", "B", 1, 2, "2019-01-02")],
    "a unit beside": [("单位：万元",), SPLIT_HEADER, ("A", "B", 1, "2019-01-02")],
    "a unit below": [SPLIT_HEADER, ("A", "B", 1, "2019-01-02"), ("注：单位为万元",)],
}


@pytest.mark.parametrize("kind", SHAPES)
def test_what_a_written_mapping_reads_is_what_was_recognised(tmp_path: Path, kind: str) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", SHAPES[kind])
    report, looks = looked(tmp_path, path)
    text = settled(mapping_text(looks))
    mapped = ingested(tmp_path, path, mapping=text, dry_run=True)
    assert mapped["problems"] == []
    told = [(batch["table"], batch["rows"], batch["totals"], batch["blank"]) for batch in report["batches"]]
    assert [(b["table"], b["rows"], b["totals"], b["blank"]) for b in mapped["batches"]] == told
    accepted = [batch["sums"] for batch in report["batches"] if batch["accepted"]]
    assert [batch["sums"] for batch in mapped["batches"] if batch["sums"] in accepted] == accepted


def test_a_look_tells_letters_units_and_first_values(tmp_path: Path) -> None:
    rows: Sequence[Row] = [("单位：万元",), SPLIT_HEADER, ("", "", "", ""), ("A", "B", 1, "2019-01-02")]
    _, looks = looked(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    look = looks[0]
    assert (look.sheet, look.header_row, look.rows, look.headers) == ("Sheet1", 2, 2, SPLIT_HEADER)
    assert [(one.letter, one.column, one.unit) for one in look.headings] == [
        ("A", "parent_indicator_id", None),
        ("B", "child_indicator_id", None),
        ("C", "amount", "万元"),
        ("D", "split_on", None),
    ]
