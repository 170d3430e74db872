"""Texts as compared: rules-exact.md section 0."""

import pyarrow as pa
import pytest

from tracer.compared import distinct, document_key, filled, name_key, text_key


def column(*values: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


@pytest.mark.parametrize(
    "empty",
    [
        "",
        " ",
        "\u3000\t",
        "-",
        "—",
        "/",
        "无",
        "待定",
        "N/A",
        "NULL",
        " n/a ",
        "null",
        "－",
        "／",
        "Ｎ／Ａ",
        "待 定",
    ],
)
def test_what_says_nothing_is_null(empty: str) -> None:
    assert text_key(column(empty, "x")).to_pylist() == [None, "X"]
    assert filled(column(empty, "x")).to_pylist() == [None, "x"]


@pytest.mark.parametrize("text", ["--", "无锡", "待定项目", "N", "0", "·"])
def test_what_says_something_stays(text: str) -> None:
    assert filled(column(text)).to_pylist() == [text]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ａｂ１２", "AB12"),
        ("产业 扶贫\u3000资金\n", "产业扶贫资金"),
        ("a\u00a0b\u2003c\u2028d\u202fe\u205ff\u0085g\u1680h", "ABCDEFGH"),
        ("ﬁ㎡①", "FIM21"),
        ("財農", "財農"),
        ("（甲）", "(甲)"),
    ],
)
def test_text_is_compared_after_nfkc_without_white_space_in_upper_case(text: str, key: str) -> None:
    assert text_key(column(text)).to_pylist() == [key]


def test_document_numbers_also_lose_brackets() -> None:
    forms = column(
        "财农〔2019〕12号",
        "财农[2019]12号",
        "财农［2019］12 号",
        "财农【2019】12号",
        "《财农》(2019)12号",
        "（）",
    )
    assert document_key(forms).to_pylist() == ["财农201912号"] * 5 + [None]


def test_names_of_persons_also_lose_dots_and_fold_variants() -> None:
    names = column(
        "买买提·艾力", "买买提•艾力", "买买提．艾力", "买买提・艾力", "买买提‧艾力", "买买提. 艾力", "··"
    )
    assert name_key(names).to_pylist() == ["买买提艾力"] * 6 + [None]
    variants = column("峯堃喆昇彥國劉張陳楊趙黃吳孫馬龍華麗")
    assert name_key(variants).to_pylist() == ["峰坤哲升彦国刘张陈杨赵黄吴孙马龙华丽"]
    assert text_key(column("買·劉")).to_pylist() == ["買·劉"]


def test_columns_keep_their_length_nulls_and_order() -> None:
    mixed = pa.chunked_array([pa.array(["b", None]), pa.array(["a", "b", ""])], pa.string())
    assert text_key(mixed).to_pylist() == ["B", None, "A", "B", None]
    assert text_key(pa.chunked_array([], pa.string())).to_pylist() == []
    assert text_key(column(None)).to_pylist() == [None]


def test_equal_keys_get_one_entry_however_they_were_written() -> None:
    keys = text_key(column("Ａ", "a", " A", "无", "b"))
    assert distinct(keys).to_pylist() == ["A", "B"]
    assert keys.chunk(0).indices.to_pylist() == [0, 0, 0, None, 1]
