"""Where the texts of a picture stand: lines of a box, and amounts that cover neither boxes nor each other.

All lengths are in the units of vis-network, in which text of size 16 is 16 high.
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from api.exports.picture import Arrow, Box

LINES_MAX = 4
"""Lines of a box that one text may take."""

BOX_TEXT = 17
LABEL_TEXT = 16
BOX_WIDTH = 206
"""Room for text in a box; its border stands `_BEYOND` further out on each side."""

_BEYOND = 17
_ARROWHEAD = 20
"""Room before a box in which only arrowheads stand."""

_APART = 1
"""Room above and below a label."""

_STEP = 4
_STEPS_MAX = 100
"""A label is moved up or down by at most so many steps; then it stays where it is."""


class Area(NamedTuple):
    """A rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Area") -> bool:
        """Whether they have an inner point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def moved(self, y: float) -> "Area":
        """The same, so much lower."""
        return self._replace(top=self.top + y, bottom=self.bottom + y)


def text_width(text: str, size: int) -> float:
    """About how wide a line is; never much less than it turns out."""
    wide = sum(unicodedata.east_asian_width(letter) in "WFA" for letter in text)
    return size * (wide + 0.58 * (len(text) - wide))


def box_lines(texts: Iterable[str]) -> list[str]:
    """The texts broken into lines that fit a box, at spaces where it can be; what is too long ends in …."""
    return [line for text in texts for line in _broken(text)]


def _broken(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
            continue
        lines.append("")
        for letter in word:
            if not _fits(lines[-1] + letter):
                lines.append("")
            lines[-1] += letter
    if len(lines) > LINES_MAX:
        lines[LINES_MAX - 1 :] = [f"{lines[LINES_MAX - 1][:-1]}…"]
    return lines


def _fits(line: str) -> bool:
    return text_width(line, BOX_TEXT) <= BOX_WIDTH


def box_height(lines: int) -> int:
    """How high a box of so many lines is, with its margins."""
    return 26 + BOX_TEXT * lines


def column_width(labels: Iterable[str]) -> int:
    """How far apart columns stand, so that the widest label fits between two boxes and off the arrowhead."""
    widest = max((_label_size(label)[0] for label in labels), default=0)
    return math.ceil(BOX_WIDTH + 2 * _BEYOND + 2 * _ARROWHEAD + max(widest, 50)) + _STEP


def _label_size(label: str) -> tuple[float, float]:
    lines = label.split("\n")
    return max(text_width(line, LABEL_TEXT) for line in lines), len(lines) * LABEL_TEXT


def box_area(box: Box, x: float, y: float) -> Area:
    """The box, with the room for arrowheads before it, where its middle is at (x, y)."""
    beyond = BOX_WIDTH / 2 + _BEYOND
    half = box_height(len(box_lines(box.lines))) / 2
    return Area(x - beyond - _ARROWHEAD, y - half, x + beyond, y + half)


def label_moves(
    arrows: Sequence[Arrow],
    labels: Sequence[str],
    middles: Sequence[tuple[float, float]],
    taken: Iterable[Area],
) -> list[int]:
    """How far down each label moves from the middle of its arrow, so that it covers nothing, if it can.

    The labels of the most money are placed first: they stay nearest to their arrows.
    """
    areas = list(taken)
    moves = [0] * len(arrows)
    for n in sorted(range(len(arrows)), key=lambda n: (-arrows[n].fen, n)):
        (x, y), (width, height) = middles[n], _label_size(labels[n])
        half = height / 2 + _APART
        area = Area(x - width / 2, y - half, x + width / 2, y + half)
        near = [other for other in areas if area.left < other.right and other.left < area.right]
        tried = (step * side * _STEP for step in range(_STEPS_MAX) for side in (1, -1))
        free = (move for move in tried if not any(area.moved(move).meets(other) for other in near))
        moves[n] = next(free, 0)
        areas.append(area.moved(moves[n]))
    return moves
