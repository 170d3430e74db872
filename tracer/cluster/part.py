"""One part of one window: the kernel on columns that came from elsewhere, and what goes on to elsewhere.

Holders are numbered by 64-bit codes on a cluster and from 0 in a part. A piece is known by the row that
carried it and its place among the row's pieces, which is the same however the work was cut.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from tracer.flow.codes import ACCOUNT, INDICATOR, INDICATOR_MONEY, Bool, Columns, Int32, Int64, Pieces
from tracer.flow.conserve import assert_conserved
from tracer.flow.held import Held
from tracer.flow.kernel import run_kernel

BIRTH, WITH_ROW = -1, -2
"""`parent_row` of a piece cut from money born at its holder (that of its origin), and born with its row."""

PIECE, HELD, SETTLED = "piece", "held", "settled"
"""What a row of `OUT` says: a new piece; what a holder has for later windows; the last word on a piece."""

ROWS = pa.schema(
    [
        *(("row", pa.int64()), ("at", pa.int64()), ("day", pa.int32()), ("payer", pa.int64())),
        *(("payee", pa.int64()), ("payer_kind", pa.int8()), ("payee_kind", pa.int8())),
        *(("amount", pa.int64()), ("tag", pa.int64()), ("payer_is_root", pa.bool_())),
        *(("payer_last", pa.int32()), ("payee_last", pa.int32())),
    ]
)
"""Rows of a part: `at` orders them; `tag` is null for none; `last` is the last window in which one pays."""

OUT = pa.schema(
    [
        *(("what", pa.string()), ("row", pa.int64()), ("place", pa.int32()), ("at", pa.int64())),
        *(("fen", pa.int64()), ("left", pa.int64()), ("parent_row", pa.int64())),
        *(("parent_place", pa.int32()), ("origin_kind", pa.int8()), ("origin_holder", pa.int64())),
        *(("line", pa.int64()), ("holder", pa.int64()), ("born_day", pa.int32()), ("last", pa.int32())),
    ]
)
"""Pieces, and money held. `left` is null while the holder may still pay it; `line` is null for none;
`born_day` is the day of an issue that is still to come."""


def run_part(rows: pa.Table, held: pa.Table, method: str, window: int) -> pa.Table:
    """Move the money of some components of a window; returns rows of `OUT`.

    `rows` are those of `ROWS`, `held` of `OUT`: all that the payers among them have, and what others have,
    which is passed on. Raises `ConservationError` on a bug.
    """
    rows = rows.sort_by("at")
    held = held.sort_by([("holder", "ascending"), ("at", "ascending"), ("place", "ascending")])
    payers = np.unique(_int64(rows["payer"]))
    spends = np.isin(_int64(held["holder"]), payers)
    passed = _passed_on(held.filter(pa.array(~spends)))
    if not len(rows):
        return passed
    part = _Part(rows, held.filter(pa.array(spends)), method)
    pieces = run_kernel(part.columns, np.arange(len(rows)), method, part.held)
    assert_conserved(part.columns, pieces, part.held)
    return pa.concat_tables([part.new(pieces, window), part.old(pieces, window), passed])


def _passed_on(held: pa.Table) -> pa.Table:
    """What nobody can spend in this window; money issued in it is held like any other from the next on."""
    place = held.schema.get_field_index("born_day")
    return held.set_column(place, OUT.field("born_day"), pa.nulls(len(held), pa.int32()))


class _Part:
    """The columns of a part in the kernel's numbers, and the way back."""

    def __init__(self, rows: pa.Table, held: pa.Table, method: str) -> None:
        self.method = method
        self.row, self.at = _int64(rows["row"]), _int64(rows["at"])
        self.amount, self.day = _int64(rows["amount"]), _int64(rows["day"]).astype(np.int32)
        self.payee_last = _int64(rows["payee_last"], -1)
        is_issue = _int64(held["born_day"], _NO_DAY) != _NO_DAY
        self.brought = held.filter(pa.array(~is_issue))
        if method == "lifo":  # spends first what it was handed last
            self.brought = self.brought.sort_by(
                [("holder", "ascending"), ("at", "ascending"), ("place", "descending")]
            )
        self.issued = held.filter(pa.array(is_issue))
        self._number(rows, held)
        self.columns = self._columns(rows)
        self.held = self._held()

    def _number(self, rows: pa.Table, held: pa.Table) -> None:
        """Number the holders, and the origins of money that was born in other runs."""
        payer, payee = _int64(rows["payer"]), _int64(rows["payee"])
        tag, line = rows["tag"].drop_null(), held["line"].drop_null()
        ends = np.concatenate((payer, payee, _int64(held["holder"]), _int64(tag), _int64(line)))
        self.codes = np.unique(ends)
        self.payer, self.payee = self.local(payer), self.local(payee)
        self.kinds = np.full(len(self.codes), INDICATOR, np.int8)
        self.kinds[self.local(_int64(held["holder"]))] = ACCOUNT
        self.kinds[self.payer] = _int64(rows["payer_kind"])
        self.kinds[self.payee] = _int64(rows["payee_kind"])
        self.last = np.full(len(self.codes), -1, np.int64)
        self.last[self.payee] = self.payee_last
        self.last[self.payer] = _int64(rows["payer_last"], -1)
        origin = np.column_stack((_int64(self.brought["origin_kind"]), _int64(self.brought["origin_holder"])))
        self.origins, self.own_origin = np.unique(origin, axis=0, return_inverse=True)

    def local(self, codes: Int64) -> Int32:
        """The numbers of these holders in this part."""
        return np.searchsorted(self.codes, codes).astype(np.int32)

    def _columns(self, rows: pa.Table) -> Columns:
        holders = len(self.codes)
        issue_fen, issue_day = np.zeros(holders, np.int64), np.zeros(holders, np.int32)
        at = self.local(_int64(self.issued["holder"]))
        issue_fen[at], issue_day[at] = _int64(self.issued["fen"]), _int64(self.issued["born_day"])
        is_root: Bool = rows["payer_is_root"].to_numpy()
        # Each part cuts what it needs from the one birth of a root.
        issue_fen += np.bincount(self.payer[is_root], self.amount[is_root], holders).astype(np.int64)
        issue_day[self.payer[is_root]] = self.day.min()
        has_tag = rows["tag"].is_valid().to_numpy()
        return Columns(
            day=self.day,
            time_ms=np.zeros(len(self.day), np.int32),
            payer=self.payer,
            payee=self.payee,
            amount=self.amount,
            tag=np.where(has_tag, self.local(_int64(rows["tag"])), -1).astype(np.int32),
            holder_kind=self.kinds,
            issue_fen=issue_fen,
            issue_day=issue_day,
            opening_fen=np.zeros(holders, np.int64),
        )

    def _held(self) -> Held:
        has_line = self.brought["line"].is_valid().to_numpy()
        return Held(
            holder=self.local(_int64(self.brought["holder"])),
            fen=_int64(self.brought["left"]),
            origin=self.own_origin.astype(np.int64) + 4 * len(self.codes),
            line=np.where(has_line, self.local(_int64(self.brought["line"])), -1).astype(np.int32),
            piece=np.arange(len(self.brought)),
        )

    def new(self, pieces: Pieces, window: int) -> pa.Table:
        """The pieces that this window's rows carried, and those of them that are held for later windows."""
        new = np.flatnonzero(pieces.row >= 0)
        row, parent = pieces.row[new], pieces.parent[new]
        kind, holder = self._origin(pieces.origin[new])
        parent_row, parent_place = self._known_as(pieces, parent)
        line = pieces.line[new]
        last = self.payee_last[row]
        goes_on = (last > window) & (pieces.left[new] > 0)
        columns: dict[str, Any] = {
            "row": self.row[row],
            "place": new - pieces.start[row],
            "at": self.at[row],
            "fen": pieces.fen[new],
            "left": pa.array(pieces.left[new], mask=goes_on),
            "parent_row": parent_row,
            "parent_place": parent_place,
            "origin_kind": kind,
            "origin_holder": holder,
            "line": pa.array(self.codes[line], mask=line < 0),
            "holder": self.codes[self.payee[row]],
            "last": last,
        }
        made = _out(PIECE, columns)
        kept = made.filter(pa.array(goes_on))
        return pa.concat_tables([made, _changed(kept, HELD, pieces.left[new][goes_on])])

    def old(self, pieces: Pieces, window: int) -> pa.Table:
        """What is left of the money that was brought or issued, where it may still be paid and for good."""
        issues = np.flatnonzero((pieces.row < 0) & (np.arange(len(pieces.row)) >= len(self.brought)))
        holder = pieces.origin[issues] % len(self.codes)
        found = self.local(_int64(self.issued["holder"]))  # ascending, one issue of each
        is_own = np.isin(holder, found)  # what was cut for a root is none of its own
        own = np.searchsorted(found, holder[is_own])
        before = pa.concat_tables([self.brought, self.issued.take(pa.array(own))])
        left = np.concatenate((pieces.left[: len(self.brought)], pieces.left[issues[is_own]]))
        goes_on = (_int64(before["last"]) > window) & (left > 0)
        return pa.concat_tables(
            [
                _changed(before.filter(pa.array(goes_on)), HELD, left[goes_on]),
                _changed(before.filter(pa.array(~goes_on)), SETTLED, left[~goes_on]),
            ]
        )

    def _origin(self, origin: Int64) -> tuple[Int64, Int64]:
        """Kind and holder's code of origins."""
        holders = len(self.codes)
        kind, holder = np.divmod(origin, holders)
        code = self.codes[holder]
        elsewhere = origin >= 4 * holders
        found = self.origins[origin[elsewhere] - 4 * holders]
        kind[elsewhere], code[elsewhere] = found[:, 0], found[:, 1]
        return kind, code

    def _known_as(self, pieces: Pieces, parent: Int64) -> tuple[Int64, Int64]:
        """Row and place of pieces, of this run or of another."""
        row, place = np.full(len(parent), WITH_ROW, np.int64), np.zeros(len(parent), np.int64)
        brought = (parent >= 0) & (parent < len(self.brought))
        row[brought] = _int64(self.brought["row"])[parent[brought]]
        place[brought] = _int64(self.brought["place"])[parent[brought]]
        here = np.flatnonzero(parent >= len(self.brought))
        carried = pieces.row[parent[here]]
        row[here[carried < 0]] = BIRTH
        ours = here[carried >= 0]
        row[ours] = self.row[carried[carried >= 0]]
        place[ours] = parent[ours] - pieces.start[carried[carried >= 0]]
        return row, place


_NO_DAY = np.iinfo(np.int32).min


def births_out(births: pa.Table) -> pa.Table:
    """Births (`holder`, `fen`, `day` null for openings, `at`, `last`) as money held, rows of `OUT`."""
    rows = len(births)
    kind = np.where(births["day"].is_valid().to_numpy(), INDICATOR_MONEY, 1)
    return _out(
        HELD,
        {
            "row": np.full(rows, BIRTH),
            "place": np.zeros(rows, np.int64),
            "at": births["at"],
            "fen": births["fen"],
            "left": births["fen"],
            "origin_kind": kind,
            "origin_holder": births["holder"],
            "holder": births["holder"],
            "born_day": births["day"],
            "last": births["last"],
        },
    )


def _out(what: str, columns: dict[str, Any]) -> pa.Table:
    rows = len(columns["row"])
    whole = {"what": pa.repeat(what, rows)} | columns
    return pa.table(
        [
            pa.nulls(rows, field.type) if field.name not in whole else _cast(whole[field.name], field.type)
            for field in OUT
        ],
        schema=OUT,
    )


def _cast(column: Any, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    return (pa.array(column) if isinstance(column, np.ndarray) else column).cast(kind)


def _changed(rows: pa.Table, what: str, left: Int64) -> pa.Table:
    """These rows of `OUT` as another thing, with what is left of each."""
    values = {"what": pa.repeat(what, len(rows)), "left": pa.array(left), "born_day": pa.nulls(len(rows))}
    for name, value in values.items():
        place = OUT.get_field_index(name)
        rows = rows.set_column(place, OUT.field(name), value.cast(OUT.field(name).type))
    return rows


def _int64(column: pa.ChunkedArray, missing: int = 0) -> Int64:
    numbers: Int64 = column.cast(pa.int64()).fill_null(missing).to_numpy()
    return numbers
