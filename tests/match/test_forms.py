"""What stands in ID and account cells."""

import pyarrow as pa
import pytest

from tracer.match.forms import account_forms, id_forms

PERSON = "11010519491231002X"


def read(text: str | None) -> tuple[str | None, ...]:
    (row,) = id_forms(pa.chunked_array([pa.array([text], pa.string())])).to_pylist()
    return tuple(row.values())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (PERSON, (PERSON, "full", None, "002X")),
        (" 110105 19491231 002x", (PERSON, "full", None, "002X")),
        ("１１０１０５１９４９１２３１００２ｘ", (PERSON, "full", None, "002X")),
        ("110105491231002", (PERSON, "old", None, "002X")),
        ("110105194912310021", ("110105194912310021", "flawed", None, "0021")),
        ("990105194912310029", ("990105194912310029", "flawed", None, "0029")),
        ("11010519491231002", ("11010519491231002", "unreadable", None, "1002")),
        ("***002X", (None, "masked", "%002X", "002X")),
        ("…1234", (None, "masked", "%1234", "1234")),
        ("1101**********002x", (None, "masked", "1101__________002X", "002X")),
        ("1101XXXXXXXXXX002X", (None, "masked", "1101__________002X", "002X")),
        ("1101*******1002", (None, "masked", "1101__19_____1002_", "1002")),
        ("110105194912******", (None, "masked", "110105194912______", None)),
        ("110105************", (None, "masked", None, None)),
        ("***02X", (None, "masked", None, None)),
        ("91350100M000100Y43", (None, "credit", None, None)),
        ("000000000000000000", (None, "unreadable", None, None)),
        ("123", (None, "unreadable", None, None)),
        ("无", (None, None, None, None)),
        (None, (None, None, None, None)),
    ],
)
def test_id_cells(written: str | None, expected: tuple[str | None, ...]) -> None:
    assert read(written) == expected


def test_fifteen_digits_are_never_taken_for_a_credit_code() -> None:
    assert read("229999855114910")[1] == "old", "with a check character the 18 digits pass as a credit code"


def test_account_cells() -> None:
    cells = ["6228 4800-1234", "６２２８48001234", "6228****1234", "…3312", "****", None]
    found = account_forms(pa.chunked_array([pa.array(cells)])).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("622848001234", None),
        ("622848001234", None),
        (None, "6228%1234"),
        (None, "%3312"),
        (None, None),
        (None, None),
    ]


def test_no_cells() -> None:
    nothing = pa.chunked_array([], pa.string())
    assert id_forms(nothing).num_rows == account_forms(nothing).num_rows == 0
