"""One HTML file for a picture: drawn with pyvis, with its script inside, making no request to anywhere.

pyvis's own writer is not used: all of its modes keep links to outside style sheets and scripts. Its page is
taken, every outside tag is removed, and the vis-network script of its package is put in.
"""

import json
import math
import re
from collections import Counter
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from pyvis.network import Network

from api.exports.labels import (
    BOX_TEXT,
    BOX_WIDTH,
    LABEL_TEXT,
    box_area,
    box_height,
    box_lines,
    column_width,
    label_moves,
)
from api.exports.picture import ACCOUNT, BIRTH, CASH, INDICATOR, PERSON, Arrow, Box, Picture, Sum, arrange
from tracer.messages import Language, say
from tracer.money import format_yuan
from tracer.text import inert

_ROW_GAP = 44
_ROUNDNESS = 0.25
"""How far arrows to the left bulge."""
_PAGE_WIDTH = 1330
_SCALE_MIN = 0.58
"""A wide picture is scrolled rather than shrunk beyond this: its text has to be read."""
_HEIGHT_MIN, _HEIGHT_MAX = 320, 2400

_COLOURS = {
    INDICATOR: ("#e8f0fb", "#2f5f9e"),
    ACCOUNT: ("#f3f4f6", "#5b6472"),
    PERSON: ("#eaf6ec", "#3a7d44"),
    CASH: ("#fdf3e1", "#a8720f"),
    BIRTH: ("#fbeaea", "#a83232"),
}
_SUBJECT = "#b45309"
_PLAIN = "#7b8794"

_LANGUAGES = {"zh": "zh-CN", "en": "en"}

_OUTSIDE = re.compile(
    r"<!--.*?-->|<link\b[^>]*>|<script\b[^>]*\bsrc=[^>]*>\s*</script>|<center>.*?</center>", re.S
)

_AMOUNT = re.compile(r"-?[\d,]+\.\d\d")

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"

_STYLE = """
body { margin: 0; padding: 20px 28px 40px; color: #1f2933; background: #fff;
  font: 14px/1.6 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
h1 { font-size: 20px; margin: 0 0 8px; } h2 { font-size: 15px; margin: 22px 0 6px; }
.head { display: flex; flex-wrap: wrap; gap: 8px 56px; }
dl { display: grid; grid-template-columns: max-content auto; gap: 0 14px; margin: 0; align-content: start; }
dt { color: #616e7c; } dd { margin: 0; }
table { border-collapse: collapse; align-self: flex-start; }
td, th { padding: 1px 14px 1px 0; text-align: left; font-weight: normal; }
th { color: #616e7c; } td.fen { text-align: right; font-variant-numeric: tabular-nums; }
tr.total td { border-top: 1px solid #7b8794; }
.legend span { display: inline-block; margin: 10px 18px 6px 0; }
.legend i { display: inline-block; width: 14px; height: 14px; margin-right: 6px; vertical-align: -2px;
  border: 1.5px solid; border-radius: 3px; }
.notes { color: #8a4b08; margin: 4px 0; } .card { border: 0; overflow-x: auto; }
#mynetwork { float: none !important; border: 1px solid #cbd2d9 !important; box-sizing: border-box; }
.steps { clear: both; padding-top: 18px; } pre { font: inherit; white-space: pre-wrap; }
div.vis-tooltip { font-family: inherit; white-space: pre-line; }
"""

_FACE = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"

_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "navigationButtons": False, "keyboard": False, "tooltipDelay": 120},
    "nodes": {
        "shape": "box",
        "margin": {"top": 8, "right": 10, "bottom": 8, "left": 10},
        "widthConstraint": {"minimum": BOX_WIDTH, "maximum": BOX_WIDTH},
        "font": {"size": BOX_TEXT, "face": _FACE, "color": "#1f2933"},
        "shapeProperties": {"borderRadius": 5},
    },
    "edges": {
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.55}},
        "smooth": {"enabled": True, "type": "cubicBezier", "forceDirection": "horizontal", "roundness": 0.45},
        "font": {
            "size": LABEL_TEXT, "face": _FACE, "align": "horizontal", "color": "#1f2933",
            "strokeWidth": 5, "strokeColor": "#fff",
        },
    },
}  # fmt: skip


def render_html(picture: Picture) -> str:
    """The picture as one self-contained HTML page; every text in it is escaped."""
    picture = arrange(picture)
    rows = Counter(box.column for box in picture.boxes)
    tallest = max(rows.values(), default=1)
    row = _ROW_GAP + box_height(max((len(box_lines(box.lines)) for box in picture.boxes), default=1))
    labels = [_label(arrow, picture.lang) for arrow in picture.arrows]
    column = column_width(labels)
    width = column * (max(rows, default=0) - min(rows, default=0) + 1)
    scale = min(1.0, max(_SCALE_MIN, _PAGE_WIDTH / width))
    height = min(max(int(row * (tallest + 2) * scale), _HEIGHT_MIN), _HEIGHT_MAX)
    network = Network(height=f"{height}px", width="100%", directed=True)
    # Keys may hold account numbers, which a page never shows: boxes are numbered instead.
    number = {box.key: f"box{n}" for n, box in enumerate(picture.boxes)}
    at = {
        box.key: (box.column * column, row * (box.place + (tallest - rows[box.column]) / 2))
        for box in picture.boxes
    }
    for box in picture.boxes:
        network.add_node(number[box.key], **_node(box, *at[box.key]))
    for n, lane in sorted(_lanes(picture.boxes).items()):
        network.add_node(f"lane{n}", **_lane_node(n * column, lane, -row))
    middles = [_middle(at[arrow.source], at[arrow.target]) for arrow in picture.arrows]
    taken = [box_area(box, *at[box.key]) for box in picture.boxes]
    moves = label_moves(picture.arrows, labels, middles, taken)
    for arrow, label, move in zip(picture.arrows, labels, moves, strict=True):
        edge = _edge(arrow, picture.lang, is_backward=_is_backward(at[arrow.source], at[arrow.target]))
        font = {"vadjust": move} if move else {"background": "rgba(255,255,255,0.92)"}
        network.add_edge(number[arrow.source], number[arrow.target], label=label, font=font, **edge)
    network.set_options(json.dumps(_OPTIONS))
    return _page(picture, network.generate_html(), int(width * scale))


def _is_backward(source: tuple[float, float], target: tuple[float, float]) -> bool:
    return target[0] <= source[0]


def _middle(source: tuple[float, float], target: tuple[float, float]) -> tuple[float, float]:
    """The middle of an arrow, where vis-network writes its label; its curves `cubicBezier` and `curvedCW`."""
    (x, y), (to_x, to_y) = source, target
    middle = ((x + to_x) / 2, (y + to_y) / 2)
    if not _is_backward(source, target):
        return middle
    bulge = 0.5 * _ROUNDNESS + 0.5
    angle = math.atan2(y - to_y, to_x - x) + bulge * math.pi
    reach = bulge * math.dist(source, target)
    via = (x + reach * math.sin(angle), y + reach * math.cos(angle))
    return (middle[0] + via[0]) / 2, (middle[1] + via[1]) / 2


def _node(box: Box, x: float, y: float) -> dict[str, Any]:
    background, border = _COLOURS[box.kind]
    node: dict[str, Any] = {
        "label": "\n".join(box_lines(box.lines)),
        "x": x,
        "y": y,
        "shape": "box",
        "borderWidth": 3 if box.is_subject else 1.5,
        "color": {
            "background": background,
            "border": _SUBJECT if box.is_subject else border,
            "highlight": {"background": background, "border": _SUBJECT},
            "hover": {"background": "#fff", "border": border},
        },
        "shapeProperties": {"borderDashes": [6, 4] if box.merged else False, "borderRadius": 5},
    }
    whole = "\n".join(line for line in box.lines if line)
    return node | ({"title": whole} if "…" in node["label"] else {})


def _lanes(boxes: tuple[Box, ...]) -> dict[int, str]:
    """The word above each column: that of most of its boxes."""
    words: dict[int, Counter[str]] = {}
    for box in boxes:
        if box.lane:
            words.setdefault(box.column, Counter())[box.lane] += 1
    return {column: counter.most_common(1)[0][0] for column, counter in words.items()}


def _lane_node(x: int, lane: str, y: int) -> dict[str, Any]:
    return {
        "label": lane,
        "x": x,
        "y": y,
        "shape": "text",
        "font": {"size": 18, "color": "#616e7c"},
        "fixed": True,
        "chosen": False,
    }


def _label(arrow: Arrow, lang: Language) -> str:
    count = f"\n{say('movements', lang, count=arrow.count)}" if arrow.count > 1 else ""
    return format_yuan(arrow.fen) + count


def _edge(arrow: Arrow, lang: Language, *, is_backward: bool) -> dict[str, Any]:
    colour = _SUBJECT if arrow.is_subject else _PLAIN
    edge: dict[str, Any] = {
        "title": "\n".join(_told(arrow, lang)),
        "color": {"color": colour, "highlight": _SUBJECT, "hover": _SUBJECT},
        "width": 3 if arrow.is_subject else 1.5,
        "dashes": [7, 5] if is_backward else False,
    }
    if is_backward:
        edge["smooth"] = {"enabled": True, "type": "curvedCW", "roundness": _ROUNDNESS}
    return edge


def _told(arrow: Arrow, lang: Language) -> list[str]:
    more = arrow.count - len(arrow.lines)
    rest = [say("more_movements", lang, count=more)] if arrow.lines and more > 0 else []
    return [*arrow.lines, *rest]


def _page(picture: Picture, drawn: str, width: int) -> str:
    """pyvis's page without anything from outside, with our header above the drawing and the rows below it."""
    head, body = _OUTSIDE.sub("", drawn).split("<body>", 1)
    body, tail = body.rsplit("</body>", 1)
    style = f"{_vis('vis-network.css')}{_STYLE}#mynetwork {{ min-width: {width}px; }}"
    opening = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(picture.title)}</title>"
        f"<style>{style}</style><script>{_vis('vis-network.min.js')}</script>"
    )
    head = head.replace("<html>", f'<!DOCTYPE html>\n<html lang="{_LANGUAGES[picture.lang]}">', 1)
    head = head.replace("</head>", f"{opening}</head>", 1)
    return f"{head}<body>{_above(picture)}{body}{_below(picture)}</body>{tail}\n"


@cache
def _vis(name: str) -> str:
    """A file of vis-network out of pyvis's package, without addresses that could be mistaken for requests."""
    text = (files("pyvis") / "templates/lib/vis-9.1.2" / name).read_text("utf-8")
    text = re.sub(r"(?://#|/\*#) sourceMappingURL=\S+(?: \*/)?", "", text)
    return text.replace("://", ":\\/\\/") if name.endswith(".js") else text


def _above(picture: Picture) -> str:
    facts = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(inert(value))}</dd>" for label, value in picture.facts
    )
    sums = "".join(_sum_table(part) for part in picture.sums)
    lang = picture.lang
    kinds = [kind for kind in _COLOURS if any(box.kind == kind for box in picture.boxes)]
    legend = "".join(
        f'<span><i style="background:{background};border-color:{border}"></i>'
        f"{say(f'drawn_{kind}', lang)}</span>"
        for kind in kinds
        for background, border in (_COLOURS[kind],)
    )
    notes = "".join(f'<p class="notes">{escape(note)}</p>' for note in picture.notes)
    return (
        f'<h1>{escape(picture.title)}</h1><div class="head"><dl>{facts}</dl>'
        f"{sums}</div>"
        f'<div class="legend">{legend}'
        f'<span><i style="border:3px solid {_SUBJECT}"></i>{say("drawn_subject", lang)}</span>'
        f"<span>{say('drawn_arrows', lang)}</span></div>{notes}"
    )


def _sum_table(part: Sum) -> str:
    rows = "".join(_sum_row(name, fen) for name, fen in part.parts)
    total = _sum_row(*part.total, css=' class="total"')
    return f"<table><tr><th>{escape(part.heading)}</th><th></th></tr>{rows}{total}</table>"


def _sum_row(name: str, fen: int, css: str = "") -> str:
    return f'<tr{css}><td>{escape(inert(name))}</td><td class="fen">{format_yuan(fen)}</td></tr>'


def _below(picture: Picture) -> str:
    steps = ""
    if picture.steps:
        headings = "".join(f"<th>{escape(word)}</th>" for word in picture.step_headings)
        rows = "".join("<tr>" + "".join(map(_cell, step)) + "</tr>" for step in picture.steps)
        steps = f"<table><tr>{headings}</tr>{rows}</table>"
    text = f"<pre>{escape(picture.text)}</pre>" if picture.text else ""
    return f'<div class="steps">{steps}{text}</div>' if steps or text else ""


def _cell(text: str) -> str:
    if _AMOUNT.fullmatch(text):
        return f'<td class="fen">{escape(text)}</td>'
    return f"<td>{escape(inert(text))}</td>"
