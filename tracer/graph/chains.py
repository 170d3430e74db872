"""Chains of raw movements, not of pieces of money, from a public payer to a person related to it (ZC07).

A chain begins with a payment; each movement starts at the account where the one before ended, is not
earlier, and is not much smaller. The related persons are few, so all that cannot lead to one is left out
before any chain is followed.
"""

import numpy as np
import pyarrow as pa

from tracer.flow.codes import Bool, Int64
from tracer.flow.compiled import allocating, compiled
from tracer.graph.draft import Draft

HOPS_MAX = 6
"""Longest chain, in movements."""

WINDOW_MAX = 365
"""Most days from the first movement of a chain to its last."""

KEEP_MIN = 50
"""Each movement of a chain is at least so many percent of the one before."""

BETWEEN = HOPS_MAX - 2
_FAR = 99


def write_chains(draft: Draft) -> None:
    """Write the LED_TO edges; needs `payments`, `transfers`, `account_nodes`, `relations`, `party_nodes`."""
    draft.make("raw_movements", _MOVEMENTS)
    draft.make("chain_starts", _STARTS)
    draft.make("payer_people", _RELATED)
    people = draft.rows("SELECT DISTINCT payer, person FROM payer_people ORDER BY ALL")
    rows = draft.rows("SELECT * FROM raw_movements ORDER BY from_account, time, key")
    columns = {name: rows[name].to_numpy() for name in rows.column_names}
    accounts = draft.rows(
        "SELECT CASE WHEN holder_kind = 'person' THEN coalesce(party_key, -1) ELSE -1 END AS person "
        "FROM account_nodes ORDER BY key"
    )["person"].to_numpy()
    ends_with = accounts[columns["to_account"]]
    is_end = np.isin(ends_with, people["person"].to_numpy()) & (ends_with >= 0)
    steps = _steps_to_an_end(columns, is_end)
    alive = np.flatnonzero(steps < _FAR)
    starts = draft.rows("SELECT key, payer FROM chain_starts ORDER BY key")
    is_start = np.isin(columns["key"][alive], starts["key"].to_numpy())
    first = np.flatnonzero(is_start)
    at = np.searchsorted(starts["key"].to_numpy(), columns["key"][alive[first]])
    payer = starts["payer"].to_numpy()[at]
    size = draft.count("party_nodes") + 1
    related = people["payer"].to_numpy() * size + people["person"].to_numpy()
    found = _follow(columns, alive, steps, ends_with, first, payer, related, size)
    _write(draft, columns["key"][alive], found)


def _steps_to_an_end(columns: dict[str, Int64], is_end: Bool) -> Int64:
    """For each movement the fewest further ones that could lead to an end, or `_FAR`; a lower bound."""
    steps = np.where(is_end, 0, _FAR)
    time = columns["time"]
    span = int(time.max()) - int(time.min()) + 1 if len(time) else 1
    when = time - time.min() if len(time) else time
    leaving, arriving = columns["from_account"] * span + when, columns["to_account"] * span + when
    for n in range(1, HOPS_MAX):
        near = np.flatnonzero(steps < n)  # in order of account and time, as all movements are
        if not len(near):
            break
        account = columns["from_account"][near]
        largest = np.empty(len(near), np.int64)
        _largest_from_here(account, columns["amount"][near], largest)
        at = np.searchsorted(leaving[near], arriving)
        inside = np.minimum(at, len(near) - 1)
        goes_on = (at < len(near)) & (account[inside] == columns["to_account"])
        goes_on &= largest[inside] * 100 >= columns["amount"] * KEEP_MIN
        steps[goes_on & (steps == _FAR)] = n
    return steps


@compiled
def _largest_from_here(account: Int64, amount: Int64, largest: Int64) -> None:
    """The largest amount of each row and those after it at the same account."""
    for k in range(len(account) - 1, -1, -1):
        largest[k] = amount[k]
        if k + 1 < len(account) and account[k + 1] == account[k] and largest[k + 1] > largest[k]:
            largest[k] = largest[k + 1]


def _follow(
    columns: dict[str, Int64], alive: Int64, steps: Int64, person: Int64, first: Int64, payer: Int64,
    related: Int64, size: int,
) -> Int64:  # fmt: skip
    """Chains from each start, as rows: start, end, movements, percent kept, the movements between or -1."""
    account, to, time, day, amount = (
        columns[name][alive] for name in ("from_account", "to_account", "time", "day", "amount")
    )
    begin = _begin(account, to, time)
    end = np.searchsorted(account, to, side="right")
    found = np.empty((max(len(alive), 1024), 4 + BETWEEN), np.int64)
    while True:
        count = _search(
            begin, end, day, amount, steps[alive], person[alive], first, payer, related, size, found
        )
        if count <= len(found):
            return found[:count]
        found = np.empty((count, 4 + BETWEEN), np.int64)


def _begin(account: Int64, to: Int64, time: Int64) -> Int64:
    """For each movement the first that leaves the account where it ends, at its time or later."""
    if not len(time):
        return np.zeros(0, np.int64)
    span = int(time.max()) - int(time.min()) + 1
    when = time - time.min()
    begin: Int64 = np.searchsorted(account * span + when, to * span + when)
    return begin


@allocating
def _search(
    begin: Int64, end: Int64, day: Int64, amount: Int64, steps: Int64, person: Int64, first: Int64,
    payer: Int64, related: Int64, size: int, found: Int64,
) -> int:  # fmt: skip
    """Follow all starts level by level, of the ways to a movement the one that keeps most; count finds."""
    m = len(day)
    kept, before, levels = np.zeros((HOPS_MAX, m), np.int64), np.empty((HOPS_MAX, m), np.int64), 0
    queue, sizes = np.empty((HOPS_MAX, m), np.int64), np.zeros(HOPS_MAX, np.int64)
    best = np.zeros(m, np.int64)
    count = 0
    for n in range(len(first)):
        queue[0, 0], sizes[0], kept[0, first[n]] = first[n], 1, 100
        levels = 1
        for level in range(1, HOPS_MAX):
            sizes[level] = 0
            _spread(begin, end, day, amount, steps, first[n], level, kept, before, queue, sizes)
            if sizes[level] == 0:
                break
            levels = level + 1
            for k in range(sizes[level]):
                x = queue[level, k]
                code = payer[n] * size + person[x]
                at = np.searchsorted(related, code)
                if person[x] < 0 or at == len(related) or related[at] != code or x == first[n]:
                    continue
                if kept[level, x] <= best[x]:
                    continue  # a shorter chain keeps as much
                best[x] = kept[level, x]
                if count < len(found):
                    _note(found, count, first[n], x, level, kept, before)
                count += 1
        for level in range(levels):
            for k in range(sizes[level]):
                x = queue[level, k]
                kept[level, x], best[x] = 0, 0
    return count


@compiled
def _spread(
    begin: Int64, end: Int64, day: Int64, amount: Int64, steps: Int64, start: int, level: int, kept: Int64,
    before: Int64, queue: Int64, sizes: Int64,
) -> None:  # fmt: skip
    """Take each movement of a level on to those that may come next and can still lead to an end."""
    for k in range(sizes[level - 1]):
        x = queue[level - 1, k]
        for y in range(begin[x], end[x]):
            if day[y] > day[start] + WINDOW_MAX:
                break
            if steps[y] + level >= HOPS_MAX or amount[y] * 100 < amount[x] * KEEP_MIN:
                continue
            share = min(amount[y] * 100 // amount[x], kept[level - 1, x])
            if kept[level, y] == 0:
                queue[level, sizes[level]] = y
                sizes[level] += 1
            if share > kept[level, y]:
                kept[level, y], before[level, y] = share, x


@compiled
def _note(found: Int64, row: int, start: int, end: int, level: int, kept: Int64, before: Int64) -> None:
    found[row, 0], found[row, 1], found[row, 2], found[row, 3] = start, end, level + 1, kept[level, end]
    for k in range(4, found.shape[1]):
        found[row, k] = -1
    x = end
    for k in range(level, 1, -1):
        x = before[k, x]
        found[row, 2 + k] = x


def _write(draft: Draft, keys: Int64, found: Int64) -> None:
    columns = {"from_key": keys[found[:, 0]], "to_key": keys[found[:, 1]]}
    columns |= {"hops": found[:, 2], "keep": found[:, 3]}
    for n in range(BETWEEN):
        place = found[:, 4 + n]
        columns[f"key_{n}"] = np.where(place >= 0, keys[place] if len(keys) else place, -1)
    draft.add("chains", pa.table(columns))
    refs = ", ".join(f"r{n}.ref AS {name}" for n, name in enumerate(NAMES))
    joins = " ".join(f"LEFT JOIN raw_movements r{n} ON r{n}.key = c.key_{n}" for n in range(BETWEEN))
    draft.edges(
        "LED_TO", "Transfer", "Transfer", f"SELECT from_key, to_key, hops, keep, {refs} FROM chains c {joins}"
    )


NAMES = ("second_ref", "third_ref", "fourth_ref", "fifth_ref")
"""Properties that name the movements between the first and the last."""

# Payments but refunds, and bank transfers that are not the leg of a payment, between two accounts.
_MOVEMENTS = """
SELECT * FROM (
    SELECT key, 'payments#' || _seq AS ref, payer_key AS from_account, payee_key AS to_account,
        paid_at * 86400000 + paid_at_ms AS time, paid_at AS day, amount_fen AS amount
    FROM payments WHERE refund_of IS NULL
    UNION ALL
    SELECT t.key, 'transfers#' || t._seq, a.key, b.key, moved_at * 86400000 + moved_at_ms, moved_at,
        amount_fen
    FROM transfers t JOIN account_keys a ON a.id = t.from_account JOIN account_keys b ON b.id = t.to_account
    WHERE t.rank IS NOT NULL
) WHERE from_account <> to_account
    AND from_account NOT IN (SELECT key FROM account_nodes WHERE is_cash)
    AND to_account NOT IN (SELECT key FROM account_nodes WHERE is_cash)
"""

_STARTS = """
SELECT p.key, payer.party_key AS payer
FROM payments p JOIN account_nodes payer ON payer.key = p.payer_key
    JOIN account_nodes payee ON payee.key = p.payee_key
WHERE p.refund_of IS NULL AND p.indicator_key IS NOT NULL AND payer.party_key IS NOT NULL
    AND (payer.is_public OR payer.holder_kind = 'village')
    AND payee.holder_kind IN ('enterprise', 'cooperative', 'merchant', 'person')
"""

# Whoever has a relation with the payer's holder, and their kin.
_RELATED = """
WITH ties AS (
    SELECT a.key AS a, b.key AS b, r.relation_key AS relation
    FROM relations r JOIN party_nodes a ON a.id = r.a JOIN party_nodes b ON b.id = r.b
),
both_ways AS (SELECT * FROM ties UNION ALL SELECT b, a, relation FROM ties),
direct AS (SELECT a AS payer, b AS person FROM both_ways WHERE a IN (SELECT payer FROM chain_starts))
FROM direct
UNION SELECT d.payer, k.b FROM direct d JOIN both_ways k ON k.a = d.person
WHERE k.relation IN ('配偶', '父母', '子女', '兄弟姐妹')
"""
