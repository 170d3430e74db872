"""Words of ZC05 that a locality keeps in its home."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from casebook import write_ledger

from tracer.errors import DataRefusedError, UsageError
from tracer.graph.uses_file import keep_uses, load_uses, uses_digest, uses_text
from tracer.rules.scan import scan

AS_OF = date(2019, 6, 30)
PAYMENTS = """
    payment_id | payer_account | payee_account | indicator_id | amount | paid_at    | purpose
    P1         | T             | X             | A            | 10     | 2019-03-01 | 购买无人机
    P2         | T             | X             | A            | 20     | 2019-03-02 | 办公用品
"""


def local(folder: Path, change: dict[str, object] | None = None) -> Path:
    content = yaml.safe_load(uses_text())
    content["groups"][1]["words"] = ["无 人 机"]
    content["groups"][0]["words"] = []
    content |= change or {}
    path = folder / "local.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return path


def test_a_locality_s_words_replace_those_that_ship_and_the_graph_is_built_anew(tmp_path: Path) -> None:
    write_ledger(tmp_path, {"payments": PAYMENTS})

    def found() -> tuple[list[str], object]:
        result = scan(tmp_path, AS_OF, ["ZC05"])
        return [finding["subject"] for finding in result["findings"]], result["words_sha256"]

    assert found() == (["P2"], None)
    keep_uses(tmp_path, local(tmp_path))
    assert found() == (["P1"], uses_digest(tmp_path))
    keep_uses(tmp_path, None)
    assert found() == (["P2"], None)


def test_all_that_is_wrong_is_named_and_nothing_is_kept(tmp_path: Path) -> None:
    groups = yaml.safe_load(uses_text())["groups"]
    groups[0]["words"], groups[2]["code"], groups[3]["item"] = "工资", ["1"], ""
    with pytest.raises(DataRefusedError) as refused:
        keep_uses(tmp_path, local(tmp_path, {"groups": groups, "negations": [1]}))
    assert [line.split("：", 1)[1].split(" / ")[0] for line in str(refused.value).splitlines()] == [
        "negations 应是文字的列表",
        "ZC05-1.words：应是文字的列表",
        "ZC05-3：没有键 code",
        "ZC05-4.item：没有填写",
    ]
    assert load_uses(tmp_path) == load_uses()


@pytest.mark.parametrize(
    ("text", "words"),
    [("a: [", r"local\.yaml:\d+:\d+: "), ("[]", "应有 negations"), ("groups: []", "应有 negations")],
)
def test_what_is_no_file_of_words_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "local.yaml"
    path.write_text(text)
    with pytest.raises(DataRefusedError, match=words):
        keep_uses(tmp_path, path)
    with pytest.raises(UsageError, match="读不了"):
        keep_uses(tmp_path, tmp_path / "none.yaml")


def test_the_nine_items_stay(tmp_path: Path) -> None:
    groups = yaml.safe_load(uses_text())["groups"][:8]
    with pytest.raises(DataRefusedError, match="ZC05-1 至 ZC05-9"):
        keep_uses(tmp_path, local(tmp_path, {"groups": groups}))
