"""Words of ZC05: rules-exact.md section 5."""

import random
import re
from pathlib import Path

import pyarrow as pa
import pytest

from tracer.graph.uses import Uses, code_hits, payee_hits, purpose_hits
from tracer.graph.uses_file import load_uses

CONTRACT = Path(__file__).parents[3] / "shared" / "contract" / "rules-exact.md"


@pytest.fixture(scope="module")
def uses() -> Uses:
    return load_uses()


def groups(uses: Uses, purpose: str) -> list[str]:
    return [group.removeprefix("ZC05-") for group in uses.in_purpose(purpose)]


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        ("支付乡政府办公费", "1"),
        ("购置越野车一辆", "2"),
        ("发放年终奖", "3"),
        ("弥补企业亏损", "4"),
        ("乡镇办公楼维修", "5"),
        ("归还贷款", "6"),
        ("新建高速公路", "7"),
        ("城区街道亮化工程", "8"),
        ("接待费", "9"),
        ("干部奖金和接待费", "3 9"),
        ("产业扶贫到户补助", ""),
    ],
)
def test_each_group_has_words(uses: Uses, purpose: str, found: str) -> None:
    assert groups(uses, purpose) == found.split()


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        ("农民工工资", ""),
        ("农民工工资和干部工资", "1"),
        ("车辆购置税补助", ""),
        ("福利院修缮", ""),
        ("福利院职工福利", "3"),
        ("价格亏损保险补亏", "4"),
        ("学生宿舍和文化礼堂", ""),
        ("小额信贷风险补偿", ""),
        ("铁路扶贫项目", ""),
        ("全省道路养护", ""),
        ("省道养护", "7"),
        ("村民广场亮化", ""),
        ("市政府", ""),
        ("市政工程", "8"),
    ],
)
def test_own_exceptions_are_cut_out_first(uses: Uses, purpose: str, found: str) -> None:
    assert groups(uses, purpose) == found.split()


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        ("公益性岗位工资", ""),
        ("公益岗位津贴", ""),
        ("护林员工资", ""),
        ("扶贫小额信贷贴息贷款利息", "6"),
        ("奖学金", ""),
        ("生产奖补", ""),
        ("农村道路路灯", ""),
        ("护林员工资以外的工资", "1"),
    ],
)
def test_general_exceptions_hold_for_all_groups(uses: Uses, purpose: str, found: str) -> None:
    assert groups(uses, purpose) == found.split()


def test_the_longest_exception_is_cut_first(uses: Uses) -> None:
    # 公益岗位 alone would leave 补贴工资; 公益岗位补贴 goes first, and 工资 that follows still counts.
    assert uses.in_purpose("公益岗位工资") == {}
    assert uses.in_purpose("公益岗位补贴工资") == {"ZC05-1": (["工资"], ["公益岗位补贴"])}
    # The own exception of group 3 does not shield other groups.
    assert groups(uses, "敬老院工资") == ["1"]


def test_a_gap_stays_where_something_was_cut_out(uses: Uses) -> None:
    # Without the gap, cutting 奖补 out of 办公奖补楼 would join 办公楼.
    assert uses.in_purpose("办公奖补楼") == {}
    assert groups(uses, "办公楼奖补") == ["5"]


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        ("禁止购车", ""),
        ("不得用于发放奖金,办公费", "1"),
        ("严禁接待费。慰问金", "3"),
        ("严禁接待费;慰问金", "3"),
        ("不得用于接待费、慰问金", ""),
        ("接待费,不得用于奖金", "9"),
        ("禁止购车不得接待", ""),
    ],
)
def test_what_is_forbidden_is_not_meant(uses: Uses, purpose: str, found: str) -> None:
    assert groups(uses, purpose) == found.split()


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        ("农场棚户区改造职工住宅", ""),
        ("贫困林场棚户改造职工宿舍及家属楼", ""),
        ("农场棚户区改造职工住宅和办公楼", "5"),
        ("农场棚户区改造干部宿舍", "5"),
        ("城市棚户区改造职工住宅", "5"),
        ("农场危旧房改造职工住宅", "5"),  # an exception, but none with 棚户
        ("农场棚户区改造工资", "1"),
    ],
)
def test_shanty_rebuilding_exempts_workers_housing_in_group_5(uses: Uses, purpose: str, found: str) -> None:
    assert groups(uses, purpose) == found.split()


def test_payee_words(uses: Uses) -> None:
    assert uses.in_payee("某市安达汽车销售有限公司") == {"ZC05-2": ["汽车销售"]}
    assert uses.in_payee("大酒店餐饮部") == {"ZC05-9": ["酒店", "餐饮"]}
    assert uses.in_payee("某村股份合作社") == {}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("50101", {"ZC05-1": "501"}),
        ("50201", {"ZC05-1": "50201"}),
        ("50202", {}),
        ("30206", {"ZC05-1": "30206"}),
        ("31013", {"ZC05-2": "31013"}),
        ("30103", {"ZC05-3": "30103", "ZC05-1": "301"}),
        ("51101", {"ZC05-6": "511"}),
        ("307", {"ZC05-6": "307"}),
        ("50902", {}),
        ("5", {}),
    ],
)
def test_codes(uses: Uses, code: str, found: dict[str, str]) -> None:
    assert uses.in_code(code) == found


def test_the_words_are_those_of_the_contract(uses: Uses) -> None:
    if not CONTRACT.exists():
        pytest.skip("the contract's text is not beside this checkout")
    section = CONTRACT.read_text(encoding="utf-8").partition("## 5. Words of ZC05")[2]
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in section.splitlines()
        if re.match(r"\| \d", line)
    ]
    assert len(rows) == 9
    for row, group in zip(rows, uses.groups, strict=True):
        assert [group.id, group.item] == [f"ZC05-{row[0]}", row[1]]
        lists = [group.words, group.exceptions, group.payee_words, group.codes]
        assert [list(words) for words in lists] == [cell.split() for cell in row[2:]]
    general = re.search(r"General exceptions \(all groups\): (.*?)\.\nBefore", section, re.S)
    assert general is not None
    assert list(uses.general_exceptions) == general[1].split()
    assert uses.negations == ("禁止", "不得", "严禁")


def slow_groups(uses: Uses, purpose: str) -> list[str]:
    """Section 5 read line by line, without any of the short cuts."""
    text = re.sub("(禁止|不得|严禁)[^,。;]*", "\n", purpose)
    found = []
    for group in uses.groups:
        rest = text
        for phrase in sorted({*uses.general_exceptions, *group.exceptions}, key=lambda p: (-len(p), p)):
            rest = rest.replace(phrase, "\n")
        words = group.words
        if group.id == "ZC05-5" and any("棚户" in p and p in purpose for p in group.exceptions):
            words = tuple(word for word in words if word not in ("职工住宅", "职工宿舍", "家属楼"))
        if any(word in rest for word in words):
            found.append(group.id)
    return found


def test_columns_agree_with_the_section_read_line_by_line(uses: Uses) -> None:
    chance = random.Random(3)
    phrases = [*uses.general_exceptions, *uses.negations, ",", "。", ";", "王五", "第3期", "补"]
    phrases += [phrase for group in uses.groups for phrase in group.words + group.exceptions]
    texts = ["".join(chance.choices(phrases, k=chance.randint(1, 4))) for _ in range(2000)]
    texts += [text[chance.randint(0, 2) :] + text[: chance.randint(0, 3)] for text in texts if len(text) > 3]
    hits = purpose_hits(pa.array(sorted(set(texts))), uses).to_pylist()
    found: dict[str, list[str]] = {}
    for hit in hits:
        found.setdefault(hit["text"], []).append(hit["id"])
    assert len(found) > 500
    for text in set(texts):
        assert sorted(found.get(text, [])) == slow_groups(uses, text), text


def test_columns_name_words_and_what_was_left_aside(uses: Uses) -> None:
    hits = purpose_hits(pa.array(["王五的公益岗位工资,禁止购车;工资和电费", "种子款"]), uses)
    assert hits.to_pylist() == [
        {"text": "王五的公益岗位工资,禁止购车;工资和电费", "id": "ZC05-1", "words": "工资、电费",
         "exceptions": "禁止购车、公益岗位工资"}
    ]  # fmt: skip
    assert payee_hits(pa.array(["甲酒店", "乙"]), uses).to_pylist() == [
        {"text": "甲酒店", "id": "ZC05-9", "payee_words": "酒店"}
    ]
    assert code_hits(pa.array(["51201", "2"]), uses).to_pylist() == [
        {"text": "51201", "id": "ZC05-6", "code": "512"}
    ]
    assert len(purpose_hits(pa.array([], pa.string()), uses)) == 0
