"""How much of a trace's origins follows from documents alone, with no convention of any method.

A document binds a payment only by its tag: money of that line goes first. All else is a choice. So for each
holder, line and origin the fen are kept that it has whatever was chosen, and a payment takes along of them
what no choice can leave behind. The figures may be too low, each being reckoned by itself; never too high.
"""

from typing import NamedTuple

import numpy as np

from tracer.flow.codes import (
    ACCOUNT,
    CASH_HOLDER,
    CASH_IN,
    INDICATOR,
    UNEXPLAINED,
    Bool,
    Int8,
    Int32,
    Int64,
    counting_holders,
    plain,
)
from tracer.flow.compiled import compiled
from tracer.flow.events import Births, births
from tracer.flow.held import nothing_held
from tracer.flow.store import Flow
from tracer.flow.trace import find
from tracer.flow.walk import sums_by

ENTRIES_MOST = 500
"""Of so many lines and origins a holder's sure fen are kept; of others they count as none."""

ROOM = 1 << 16
NO_LINE, SAME_LINE, NOTHING = -1, -2, -1
PLACE, BIRTH, USED, FREE = range(4)
"""What a cursor says: events and births done, entries ever used, and the first of those that are free."""


class _Sure(NamedTuple):
    """Sure fen of each holder by line and origin, as lists of entries."""

    first: Int32
    """The first entry of each holder, -1: none."""
    entries: Int32
    """How many entries each holder has."""
    following: Int32
    """The next entry of the same holder, -1: none."""
    line: Int32
    origin: Int64
    fen: Int64


class _Rows(NamedTuple):
    """Rows in time order and by number, and what holders are."""

    order: Int64
    payer: Int32
    payee: Int32
    amount: Int64
    tag: Int32
    kind: Int8
    counts: Bool
    """Which holders' sure fen are kept: those that pay, and the one that is asked about."""


def documented(flow: Flow, subject: str) -> dict[int, int]:
    """Fen of each origin that documents alone give a movement, or what an indicator or account holds now.

    The flow may be that of any method: its pieces play no part. Raises `UsageError` for an unknown subject.
    """
    row, holder = find(flow, subject)
    born = births(flow, flow.order, nothing_held())
    counts = np.append(counting_holders(flow.holder_kind), True)
    if row is not None:
        holder = flow.holders  # what the row moves goes to a holder of its own
    counts[holder] = True
    rows = _Rows(
        plain(flow.order), plain(flow.payer), plain(flow.payee), plain(flow.amount), plain(flow.tag),
        plain(flow.holder_kind), counts,
    )  # fmt: skip
    sure = _nothing_sure(len(counts))
    balance, cursor = np.zeros(len(counts), np.int64), np.array([0, 0, 0, NOTHING])
    while not _scan(rows, born, -1 if row is None else row, balance, sure, cursor):
        sure = _with_room(sure)
    own = _entries(sure, holder)
    origins, sums = sums_by(sure.origin[own], sure.fen[own])
    return dict(zip(origins.tolist(), sums.tolist(), strict=True))


def _nothing_sure(holders: int) -> _Sure:
    return _Sure(
        first=np.full(holders, NOTHING, np.int32),
        entries=np.zeros(holders, np.int32),
        following=np.zeros(ROOM, np.int32),
        line=np.zeros(ROOM, np.int32),
        origin=np.zeros(ROOM, np.int64),
        fen=np.zeros(ROOM, np.int64),
    )


def _with_room(sure: _Sure) -> _Sure:
    """The same with room for twice as many entries."""
    size = 2 * len(sure.fen)
    return sure._replace(
        following=np.resize(sure.following, size),
        line=np.resize(sure.line, size),
        origin=np.resize(sure.origin, size),
        fen=np.resize(sure.fen, size),
    )


def _entries(sure: _Sure, holder: int) -> Int64:
    found, entry = [], int(sure.first[holder])
    while entry != NOTHING:
        found.append(entry)
        entry = int(sure.following[entry])
    return np.array(found, np.int64)


@compiled
def _scan(rows: _Rows, born: Births, stop: int, balance: Int64, sure: _Sure, cursor: Int64) -> bool:
    """Move all money in time order up to the row `stop`; False where there is no room for the next event."""
    holders = len(rows.kind)
    while cursor[PLACE] < len(rows.order) + len(born.at):
        if cursor[USED] + ENTRIES_MOST + 2 > len(sure.fen):
            return False
        birth, place = cursor[BIRTH], cursor[PLACE]
        cursor[PLACE] += 1
        if birth < len(born.at) and born.at[birth] == place:
            cursor[BIRTH] += 1
            balance[born.holder[birth]] += born.fen[birth]
            _add(sure, cursor, born.holder[birth], NO_LINE, born.origin[birth], born.fen[birth])
            continue
        row = rows.order[place - birth]
        by, to, fen = rows.payer[row], rows.payee[row], rows.amount[row]
        if by != to and fen > 0:
            target = holders if row == stop else to
            line = SAME_LINE
            if rows.kind[to] == INDICATOR:
                line = NO_LINE
            elif rows.kind[by] == INDICATOR:
                line = by
            has = min(fen, balance[by]) if rows.kind[by] <= ACCOUNT else 0
            if has > 0:
                keeper = target if rows.counts[target] else NOTHING
                _pay(sure, cursor, by, balance[by], has, rows.tag[row], keeper, line)
                balance[by] -= has
            balance[target] += fen
            if fen > has and rows.counts[target]:
                is_cash = rows.kind[by] == CASH_HOLDER
                origin = CASH_IN * holders + to if is_cash else UNEXPLAINED * holders + by
                _add(sure, cursor, target, max(line, NO_LINE), origin, fen - has)
        if row == stop:
            return True
    return True


@compiled
def _pay(sure: _Sure, cursor: Int64, by: int, balance: int, fen: int, tag: int, to: int, line: int) -> None:
    """Take `fen` of the balance of a holder: see the rules of choice at the top."""
    of_line = others = 0
    entry = sure.first[by]
    while entry != NOTHING and tag != NO_LINE:
        if sure.line[entry] == tag:
            of_line += sure.fen[entry]
        else:
            others += sure.fen[entry]
        entry = sure.following[entry]
    most = balance - others  # so much of the balance can have the tag's line
    before, entry = NOTHING, sure.first[by]
    while entry != NOTHING:
        following, had = sure.following[entry], sure.fen[entry]
        if tag == NO_LINE:
            takes, leaves = fen - balance + had, had - fen
        elif sure.line[entry] == tag:
            takes, leaves = had - max(most - fen, 0), had - fen
        else:
            takes = fen - balance + had if fen >= most else 0
            leaves = had - (fen - min(fen, of_line))
        if takes > 0 and to != NOTHING:
            _add(sure, cursor, to, sure.line[entry] if line == SAME_LINE else line, sure.origin[entry], takes)
        if leaves > 0:
            sure.fen[entry] = leaves
            before = entry
        else:
            if before == NOTHING:
                sure.first[by] = following
            else:
                sure.following[before] = following
            sure.entries[by] -= 1
            sure.following[entry] = cursor[FREE]
            cursor[FREE] = entry
        entry = following


@compiled
def _add(sure: _Sure, cursor: Int64, to: int, line: int, origin: int, fen: int) -> None:
    """Let a holder surely have some fen more."""
    entry = sure.first[to]
    while entry != NOTHING:
        if sure.origin[entry] == origin and sure.line[entry] == line:
            sure.fen[entry] += fen
            return
        entry = sure.following[entry]
    if sure.entries[to] >= ENTRIES_MOST:
        return
    entry = cursor[FREE]
    if entry == NOTHING:
        entry = cursor[USED]
        cursor[USED] += 1
    else:
        cursor[FREE] = sure.following[entry]
    sure.line[entry], sure.origin[entry], sure.fen[entry] = line, origin, fen
    sure.following[entry] = sure.first[to]
    sure.first[to] = entry
    sure.entries[to] += 1
