"""Pictures and graph files: what stands in them, and what a browser makes of them."""

import json
import re
import shlex
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from conftest import Run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, sync_playwright
from small_county import CANARIES
from typer.testing import CliRunner

from api.asked import LEVELS, Asked
from api.choices import Choices
from api.cli import app
from api.exports.graphml import render_graphml
from api.exports.html import render_html
from api.exports.labels import BOX_TEXT, BOX_WIDTH, LINES_MAX, Area, box_lines, text_width
from api.exports.picture import ACCOUNT, INDICATOR, PERSON, Arrow, Box, Picture, Sum, arrange, forward_arrows
from tracer.settings import HOME_DEFAULT

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">\'"--><!--{{7*7}}'


def picture(payees: int = 2, text: str = "财政专项扶贫资金") -> Picture:
    """One indicator pays a pool account, which pays so many people."""
    boxes = [
        Box("I", INDICATOR, ("ZY01", text), "中央", is_subject=True),
        Box("A", ACCOUNT, ("专账", "…0001"), "专账"),
    ]
    boxes += [Box(f"P{n}", PERSON, ("张*", f"…{n:04}"), "个人账户") for n in range(payees)]
    arrows = [Arrow("I", "A", 100 * payees, lines=(text,), name="SP1", kind="payment", day="2020-01-01")]
    arrows += [
        Arrow("A", f"P{n}", 100 + n, name=f"PZ{n}", kind="payment", day="2020-01-02") for n in range(payees)
    ]
    return Picture(
        name="ZY01",
        title=f"指标 ZY01 {text}",
        facts=(("对象", text), ("账本", "v1")),
        sums=(Sum("去向", ((text, 100),), ("合计", 100)),),
        boxes=tuple(boxes),
        arrows=tuple(arrows),
        step_headings=("日期", "凭证"),
        steps=(("2020-01-01", text),),
        text=text,
    )


# ------------------------------------------------------------------------------------------- arrangement


def test_boxes_stand_in_columns_from_left_to_right() -> None:
    column = {box.key: box.column for box in arrange(picture()).boxes}
    assert column == {"I": 0, "A": 1, "P0": 2, "P1": 2}


def test_a_crowded_column_is_merged_and_the_money_stays() -> None:
    drawn = arrange(picture(payees=500))
    assert len(drawn.boxes) == 2 + 12
    merged = [box for box in drawn.boxes if box.merged]
    assert [box.merged for box in merged] == [489]
    total = sum(100 + n for n in range(500))
    assert sum(arrow.fen for arrow in drawn.arrows if arrow.source == "A") == total
    assert any("489" in note for note in drawn.notes)


def test_a_very_large_picture_is_drawn_in_linear_time_and_stays_small() -> None:
    crowd = picture(payees=20_000)
    again = tuple(Arrow("A", "P0", 1, lines=("x",), name=f"again{n}") for n in range(20_000))
    page = render_html(Picture(**{**vars(crowd), "arrows": crowd.arrows + again}))
    assert len(page) < 800_000


def test_the_subject_is_never_merged() -> None:
    crowd = picture(payees=100)
    boxes = tuple(Box(b.key, b.kind, b.lines, b.lane, is_subject=b.key == "P0") for b in crowd.boxes)
    drawn = arrange(Picture(**{**vars(crowd), "boxes": boxes}))
    assert "P0" in {box.key for box in drawn.boxes}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=30))
def test_arrows_without_circles_run_to_the_right(pairs: list[tuple[int, int]]) -> None:
    keys = [str(n) for n in range(8)]
    arrows = [Arrow(str(a), str(b), 1) for a, b in pairs]
    kept = forward_arrows(keys, arrows)
    graph = nx.DiGraph([(arrow.source, arrow.target) for arrow in kept])
    assert nx.is_directed_acyclic_graph(graph)
    boxes = tuple(Box(key, ACCOUNT, (key,)) for key in keys)
    drawn = arrange(Picture("x", "x", (), (), boxes, tuple(arrows)))
    column = {box.key: box.column for box in drawn.boxes}
    assert all(column[arrow.source] < column[arrow.target] for arrow in kept)
    assert len({(box.column, box.place) for box in drawn.boxes}) == len(keys)


# -------------------------------------------------------------------------------------------- one HTML file


def test_the_page_names_no_address_and_no_file() -> None:
    page = render_html(picture())
    assert "://" not in page
    assert not re.search(
        r"""(?:src|href)\s*=\s*["']?(?!data:)[\w/.]""", re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    )
    assert "sourceMappingURL" not in page
    assert page.startswith("<!DOCTYPE html>")
    assert '<meta charset="utf-8">' in page


def test_keys_of_boxes_never_reach_the_page() -> None:
    secret = "6228480402564893312"
    boxes = (Box(f"account:{secret}", ACCOUNT, ("张*", "…3312")), Box("account:x", ACCOUNT, ("李*",)))
    page = render_html(Picture("x", "x", (), (), boxes, (Arrow(f"account:{secret}", "account:x", 1),)))
    assert secret not in page


def test_an_empty_picture_is_still_a_page() -> None:
    assert "</html>" in render_html(Picture("x", "没有可画的", (), (), (), ()))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def opened(browser: Browser, file: Path) -> tuple[Any, list[str], list[str]]:
    """The page, the addresses that it asked for, and its complaints."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_function("typeof network !== 'undefined' && network.canvas.frame.canvas.width > 0")
    page.wait_for_timeout(300)
    return page, requests, complaints


def painted(page: Any) -> int:
    """How many pixels of the canvas are neither white nor empty."""
    return int(
        page.evaluate(
            """() => { const c = document.querySelector('canvas'); const d = c.getContext('2d')
            .getImageData(0, 0, c.width, c.height).data; let n = 0;
            for (let i = 0; i < d.length; i += 4) if (d[i+3] && d[i] + d[i+1] + d[i+2] < 720) n++;
            return n; }"""
        )
    )


def test_a_trace_opens_in_chromium_and_asks_nothing(run: Run, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "trace.html"
    result = run("export", "html", "PZ00000381", "--output", str(file))
    assert result.exit_code == 0, result.stderr
    page, requests, complaints = opened(browser, file)
    assert requests == [file.as_uri()]
    assert complaints == []
    assert painted(page) > 5_000
    text = page.inner_text("body")
    for expected in (
        "来源",
        "去向",
        "linked",
        "v1",
        "12,000.00",
        "财政专项扶贫资金",
        "payments.csv 第 3 行",
        "张*",
    ):
        assert expected in text
    labels = page.evaluate("edges.get().map(edge => edge.label)")
    assert {"8,000.00", "12,000.00", "3,000.00"} <= set(labels)
    columns = page.evaluate("nodes.get().map(node => [node.label, node.x])")
    x = {label.split("\n")[0]: place for label, place in columns}
    assert x["ZY01"] < x["SJ01"] < x["XJ01"] < x["某县扶贫资金专账"] < x["张*"]
    everything = text + json.dumps(
        [columns, page.evaluate("edges.get().map(edge => edge.title)")], ensure_ascii=False
    )
    assert not [canary for canary in CANARIES if canary in everything]


def test_hostile_words_are_only_words(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(render_html(picture(text=HOSTILE)), "utf-8")
    page, requests, complaints = opened(browser, file)
    box = page.evaluate(
        "(() => { const p = network.canvasToDOM(network.getPosition('box0')); return [p.x, p.y]; })()"
    )
    frame = page.locator("#mynetwork").bounding_box()
    page.mouse.move(frame["x"] + box[0], frame["y"] + box[1])
    page.wait_for_timeout(400)
    assert page.evaluate("window.hacked") is None
    assert requests == [file.as_uri()]
    assert complaints == []
    assert HOSTILE in page.inner_text("pre")
    assert HOSTILE in page.evaluate("nodes.get('box0').title")


WHERE_TEXTS_STAND = """() => ({
    labels: Object.values(network.body.edges).map(edge => {
        const size = edge.labelModule.size, down = edge.labelModule.fontOptions.vadjust || 0;
        return [size.left, size.top + down, size.left + size.width, size.top + size.height + down]; }),
    boxes: nodes.getIds().map(id => network.getBoundingBox(id)).map(b => [b.left, b.top, b.right, b.bottom])
})"""


def crowded() -> Picture:
    """Eleven payers, a pool and forty payees, some of whom pay back or on, with long names and large sums."""
    plain = picture(payees=40, text="财政专项扶贫资金（农村人居环境整治与产业发展补助）" * 3)
    payers = [Box(f"I{n}", INDICATOR, (f"ZY{n}", "某某县财政专项扶贫资金"), "县") for n in range(11)]
    arrows = [Arrow(f"I{n}", "A", 123_456_789_01 + n) for n in range(11) for _ in range(n % 3 + 1)]
    arrows += [Arrow(f"P{n}", "A", 99_999_99 * n) for n in range(5, 40, 4)]
    arrows += [Arrow(f"P{n}", f"P{n % 5}", 5_000_000 + n) for n in range(5, 40)]
    arrows += [Arrow(f"I{n}", f"P{n}", 7_000_000) for n in range(4)]
    return Picture(**{**vars(plain), "boxes": (*plain.boxes, *payers), "arrows": (*plain.arrows, *arrows)})


def test_amounts_cover_no_box_no_arrowhead_beside_one_and_no_other_amount(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "crowded.html"
    file.write_text(render_html(crowded()), "utf-8")
    page, _, complaints = opened(browser, file)
    assert complaints == []
    stand = page.evaluate(WHERE_TEXTS_STAND)
    labels, boxes = ([Area(*area) for area in stand[name]] for name in ("labels", "boxes"))
    assert len(labels) > 30
    assert not [(a, b) for n, a in enumerate(labels) for b in labels[:n] if a.meets(b)]
    assert not [(a, b) for a in labels for b in boxes if a.meets(b)]
    beside = [Area(box.left - 15, box.top, box.left, box.bottom) for box in boxes]
    assert not [(a, b) for a in labels for b in beside if a.meets(b)]


@given(st.lists(st.text(max_size=80), max_size=3))
def test_lines_of_a_box_fit_and_short_texts_stay_whole(texts: list[str]) -> None:
    lines = box_lines(texts)
    assert all(text_width(line, BOX_TEXT) <= BOX_WIDTH for line in lines)
    assert len(lines) <= LINES_MAX * len(texts)
    if not any(line.endswith("…") for line in lines):
        assert "".join("".join(lines).split()) == "".join("".join(texts).split())


def test_a_text_is_broken_at_spaces_where_it_can_be() -> None:
    assert box_lines(["ZY01", "财农〔2019〕3号 财政专项扶贫资金"]) == [
        "ZY01",
        "财农〔2019〕3号",
        "财政专项扶贫资金",
    ]
    assert box_lines(["很长" * 40])[-1] == "很长很长很长很长很长很…"
    assert len(box_lines(["很长" * 40])) == LINES_MAX


def test_a_finding_is_drawn_with_its_working(run: Run, browser: Browser, tmp_path: Path) -> None:
    scan = json.loads(run("scan", "--as-of", "2022-01-01", "--format", "json").stdout)
    number = 1 + [finding["rule_id"] for finding in scan["findings"]].index("ZC06")
    file = tmp_path / "finding.html"
    result = run("export", "html", "--finding", str(number), "--as-of", "2022-01-01", "-o", str(file))
    assert result.exit_code == 0, result.stderr
    page, requests, complaints = opened(browser, file)
    assert (requests, complaints) == ([file.as_uri()], [])
    text = page.inner_text("body")
    assert "ZC06" in text
    assert "50.00" in text
    assert painted(page) > 1_000


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--method", "fifo"],
        ["--set", "ZC06.red_at=40", "--rule", "ZC06", "--rule", "ZC05"],
        ["--parameters", "红灯 '参数'.csv"],
    ],
)
def test_the_printed_command_gives_the_finding_again(
    options: list[str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "红灯 '参数'.csv").write_text("rule_id,parameter,value\nZC06,red_at,40\n", "utf-8")
    (tmp_path / "my home").symlink_to(home)
    front = ["--home", "my home"]
    asked = ["--as-of", "2022-01-01", *options]
    scanned = CliRunner().invoke(app, [*front, "scan", *asked, "--format", "json"])
    findings = sorted(
        json.loads(scanned.stdout)["findings"], key=lambda finding: -LEVELS.index(finding["level"])
    )
    number = next(n for n, finding in enumerate(findings) if finding["rule_id"] == "ZC06")
    drawn = CliRunner().invoke(
        app, [*front, "export", "html", "--finding", str(number + 1), *asked, "-o", "-"]
    )
    assert drawn.exit_code == 0, drawn.stderr
    text = unescape(re.search(r"<pre>(.*)</pre>", drawn.stdout, re.S)[1])
    line = next(line for line in text.splitlines() if line.startswith("重做  "))
    command = shlex.split(line.removeprefix("重做  "))
    assert command[0] == "fundtrail"
    again = CliRunner().invoke(app, [*command[1:], "--format", "json"])
    assert findings[number] in json.loads(again.stdout)["findings"]


def test_the_printed_command_names_what_was_chosen_and_nothing_else() -> None:
    asked = Asked(date(2022, 1, 1), ("ZC06",), "fifo", Path("a b.csv"), ("ZC06.red_at=40",))
    line = Choices(Path("my home"), "bolt://127.0.0.1:7687", "table", "en").command("scan", *asked.options())
    assert line == (
        "fundtrail --home 'my home' --graph bolt://127.0.0.1:7687 --lang en scan --as-of 2022-01-01"
        " --rule ZC06 --method fifo --parameters 'a b.csv' --set ZC06.red_at=40"
    )
    assert Choices(Path(HOME_DEFAULT), None, "table", "zh").command("scan") == "fundtrail scan"


# -------------------------------------------------------------------------------------------------- GraphML


def test_graphml_comes_back_as_it_went(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "trace.graphml"
    assert run("export", "graphml", "PZ00000381", "-o", str(file)).exit_code == 0
    graph = nx.read_graphml(file)
    edges = [facts for _, _, facts in graph.edges(data=True)]
    subject = next(facts for facts in edges if facts.get("name") == "PZ00000381")
    assert (subject["fen"], subject["yuan"], subject["day"]) == (1_200_000, "12000.00", "2020-06-18")
    assert all(type(facts["fen"]) is int and facts["weight"] == facts["fen"] for facts in edges)
    assert graph.graph["method"].startswith("linked")
    labels = {facts["label"] for _, facts in graph.nodes(data=True)}
    assert "张* …3312" in labels
    assert not any("None" in str(facts) for facts in edges)
    assert not [canary for canary in CANARIES if canary in unescape(file.read_text("utf-8"))]


@pytest.mark.parametrize("parallel", [0, 1, 40])
def test_plain_reading_keeps_every_movement(parallel: int, tmp_path: Path) -> None:
    plain = picture(payees=3)
    extra = tuple(Arrow("A", "P0", 7, name=f"again{n}", kind="payment") for n in range(parallel))
    file = tmp_path / "picture.graphml"
    file.write_text(render_graphml(Picture(**{**vars(plain), "arrows": plain.arrows + extra})), "utf-8")
    graph = nx.read_graphml(file)
    assert type(graph) is (nx.MultiDiGraph if parallel else nx.DiGraph)
    edges = [facts for _, _, facts in graph.edges(data=True)]
    assert sum(facts["fen"] for facts in edges) == 300 + 100 + 101 + 102 + 7 * parallel
    assert len({facts["name"] for facts in edges}) == 4 + parallel
    always = nx.read_graphml(file, force_multigraph=True)
    assert {key for _, _, key in always.edges(keys=True)} == {f"e{n}" for n in range(4 + parallel)}


def test_graphml_suits_the_programs_that_read_it_by_hand(run: Run) -> None:
    text = run("export", "graphml", "PZ00000381", "-o", "-").stdout
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert "&#" not in text, "Cytoscape keeps only what follows the last character reference"
    keys = re.findall(r'<key id="([^"]+)" for="(\w+)" attr.name="(\w+)" attr.type="(\w+)"', text)
    assert len({key for key, *_ in keys}) == len(keys)
    assert not {"d3", "d7"} & {key for key, *_ in keys}, "Gephi takes these for yEd's labels"
    assert {("node", "label", "string"), ("edge", "label", "string"), ("edge", "weight", "long")} <= {
        tuple(facts) for _, *facts in keys
    }
    assert set(re.findall(r'<data key="([^"]+)"', text)) == {key for key, *_ in keys}


def test_a_wide_trace_of_an_indicator_names_its_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("export", "html", "ZY01", "--format", "json")
    assert json.loads(result.stdout)["file"] == "ZY01.html"
    assert (tmp_path / "ZY01.html").stat().st_size > 500_000


@pytest.mark.parametrize("form", ["html", "graphml"])
def test_a_place_that_cannot_be_written_is_wrong_use(run: Run, tmp_path: Path, form: str) -> None:
    result = run("export", form, "ZY01", "-o", str(tmp_path / "none" / f"a.{form}"))
    assert (result.exit_code, f"没有文件夹 {tmp_path / 'none'}" in result.stderr) == (2, True)
    result = run("export", form, "ZY01", "-o", str(tmp_path))
    assert (result.exit_code, "是文件夹，不是文件" in result.stderr) == (2, True)
    assert not any(word in result.stderr for word in ("Errno", "Error", "No such", "Is a directory"))


def test_no_cell_of_a_page_is_a_formula_to_a_spreadsheet() -> None:
    page = render_html(picture(text='=HYPERLINK("x")'))
    cells = re.findall(r"<(?:td|dd)[^>]*>([^<]*)<", page)
    assert [cell for cell in cells if cell.startswith("=")] == []
    assert [unescape(cell) for cell in cells].count('\'=HYPERLINK("x")') == 3
