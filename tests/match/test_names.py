"""Names as they are compared."""

import pyarrow as pa
import pytest

from tracer.match.names import name_forms


def read(*names: str | None) -> list[tuple[str | None, ...]]:
    forms = name_forms(pa.chunked_array([pa.array(names, pa.string())]))
    return list(zip(*(values.to_pylist() for values in forms.values()), strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("張偉", "张 伟"),
        ("陳曉東", "　陈晓东 "),
        ("錢鍾書", "钱锺书"),
        ("歐陽峯", "欧阳峰"),
        ("买买提·吐尔逊", "买买提・吐尔逊"),
        ("买买提•吐尔逊", "买买提‧吐尔逊"),
        ("买买提.吐尔逊", "买买提吐尔逊"),
        ("ＬＩ Ｗｅｉ", "Li Wei"),
    ],
)
def test_one_name_written_in_two_ways_folds_alike(one: str, other: str) -> None:
    (_, first, _), (_, second, _) = read(one, other)
    assert first == second


def test_names_of_one_sound_stay_two_names() -> None:
    (_, wei, sound), (_, other, same), (_, _, different) = read("张伟", "章薇", "李伟")
    assert wei != other
    assert sound == same == "zhang wei "
    assert sound != different


@pytest.mark.parametrize("name", ["张*", "张某某", "张×", "无", " ", None])
def test_a_hidden_or_missing_name_is_none(name: str | None) -> None:
    assert read(name) == [(None, None, None)]
