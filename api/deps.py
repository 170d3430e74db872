"""What the routes share: the books of one home folder, kept open per ledger version, and cursors."""

import base64
import binascii
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from fastapi import Depends, Query, Request

from api.errors import NotFound
from api.keys import account_key, home_secret
from tracer.casework.db import Cases, connect
from tracer.errors import UsageError
from tracer.flow.build import build_flow
from tracer.flow.store import Flow
from tracer.ledger import Ledger
from tracer.names import Names

if TYPE_CHECKING:
    from tracer.recipients.unmatched import Unmatched
    from tracer.recipients.unpaid import Unpaid

LIMIT_MAX = 500
LIMIT = 100
_VERSIONS_KEPT = 2

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
Count = Annotated[bool, Query(description="Whether to count all.")]


@dataclass
class Volume:
    """One version of the ledger, its tables read once."""

    ledger: Ledger
    version: int
    secret: bytes

    def __post_init__(self) -> None:
        self._tables: dict[str, pa.Table] = {}
        self._lock = threading.Lock()

    def table(self, name: str) -> pa.Table:
        """All current rows of a table, in input order."""
        with self._lock:
            if name not in self._tables:
                self._tables[name] = self.ledger.read(name, version=self.version)
            return self._tables[name]

    def one(self, table: str, column: str, value: str) -> dict[str, Any]:
        """The row with this identifier; raises `NotFound`."""
        rows = self.table(table)
        found = rows.filter(pc.equal(rows[column], value))
        if not len(found):
            raise NotFound("账本里没有这个编号 / the ledger has no such identifier")
        row: dict[str, Any] = found.slice(0, 1).to_pylist()[0]
        return row

    @cached_property
    def names(self) -> Names:
        """Which names are persons' and which are organisations'."""
        return Names(self.ledger, self.version)

    def account_key(self, account: str | None) -> str | None:
        """The name of an account in the API: a keyed digest, so that no address shows its number."""
        if not account:
            return None
        return account if account == "CASH" else account_key(self.secret, account)

    def account_of(self, key: str, flow: Flow | None = None) -> str:
        """The account of a key, listed or only named in the flow; raises `NotFound`."""
        for account in self.table("accounts")["account_no"].to_pylist():
            if self.account_key(account) == key:
                return str(account)
        for account in flow.holder_names.take(np.arange(flow.holders)) if flow else ():
            if self.account_key(account) == key:
                return account
        raise NotFound("账本里没有这个账户 / the ledger has no such account")


class Books:
    """The home folder, as the routes see it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ledger = Ledger(home)
        self._volumes: dict[int, Volume] = {}
        self._scans: dict[tuple[int, date, str], dict[str, Any]] = {}
        self._unmatched: tuple[tuple[int, date, tuple[int, ...]], Unmatched] | None = None
        self._unpaid: tuple[tuple[int, date], Unpaid] | None = None
        self._lock = threading.Lock()

    def volume(self, version: int | None = None) -> Volume:
        """A version of the ledger, by default the newest; raises `UsageError` for one that is not there."""
        newest = self.ledger.version
        number = newest if version is None else version
        if not 0 <= number <= newest:
            raise UsageError("cursor 不属于这个账本 / the cursor is not of this ledger")
        with self._lock:
            if number not in self._volumes:
                self._volumes[number] = Volume(self.ledger, number, home_secret(self.home))
                for old in sorted(self._volumes)[:-_VERSIONS_KEPT]:
                    if old != number:
                        del self._volumes[old]
            return self._volumes[number]

    def flow(self, method: str, as_of: date | None) -> Flow:
        """The flow of the newest version; raises `NotFound` while there are no data."""
        if not self.ledger.version:
            raise NotFound("账本是空的 / the ledger is empty")
        return build_flow(self.home, method, as_of)

    def scan(self, as_of: date, method: str) -> dict[str, Any]:
        """The findings of the newest version on a day, kept for the pages that follow."""
        from tracer.casework.feed import feed_ledger
        from tracer.rules.scan import scan

        feed_ledger(self.home)
        key = (self.ledger.version, as_of, method)
        with self._lock:
            if key not in self._scans:
                self._scans = {known: kept for known, kept in self._scans.items() if known[0] == key[0]}
                self._scans[key] = scan(self.home, as_of, method=method)
            return self._scans[key]

    def unmatched(self, as_of: date) -> "Unmatched":
        """Who of the recipients is in the register, kept for the pages that follow."""
        from tracer.recipients.matching import standing
        from tracer.recipients.unmatched import unmatched

        key = (self.ledger.version, as_of, tuple(one.number for one in standing(self.home)))
        with self._lock:
            if self._unmatched is None or self._unmatched[0] != key:
                self._unmatched = key, unmatched(self.home, as_of)
            return self._unmatched[1]

    def unpaid(self, as_of: date) -> "Unpaid":
        """Who is entitled and unpaid, kept for the pages that follow."""
        from tracer.recipients.unpaid import unpaid

        key = (self.ledger.version, as_of)
        with self._lock:
            if self._unpaid is None or self._unpaid[0] != key:
                self._unpaid = key, unpaid(self.home, as_of)
            return self._unpaid[1]

    @cached_property
    def cases(self) -> Cases:
        """The database of alerts, kept open."""
        return connect(self.home)


def books_of(request: Request) -> Books:
    """The books of the running app."""
    books: Books = request.app.state.books
    return books


def known_parameters(request: Request) -> None:
    """Raise `UsageError` for a query parameter that the route does not know: a filter with a slip is none."""
    known = {field.alias for field in request.scope["route"].dependant.query_params}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        names = ", ".join(unknown)
        raise UsageError(f"没有这个查询参数 / no such query parameter: {names}")


OpenBooks = Annotated[Books, Depends(books_of)]


def write_cursor(version: int, after: int) -> str:
    """A cursor: the ledger version that is read and the last row that was given."""
    return base64.urlsafe_b64encode(json.dumps([version, after]).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> tuple[int | None, int]:
    """Version and last row of a cursor; raises `UsageError` for a text that is none."""
    if not cursor:
        return None, -1
    try:
        version, after = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise UsageError("cursor 无效 / not a cursor") from error
    if type(version) is not int or type(after) is not int or not 0 <= after < 2**63:
        raise UsageError("cursor 无效 / not a cursor")
    return version, after


@dataclass(frozen=True)
class Slice:
    """A page of rows of a table, before they are masked."""

    rows: list[dict[str, Any]]
    next: str | None
    count: int | None
    volume: Volume


def page(
    books: Books, table: str, cursor: str | None, limit: int, count: bool, where: Mapping[str, str | None]
) -> Slice:
    """The rows after the cursor in input order; `where` names columns and the value that they must have."""
    version, after = read_cursor(cursor)
    volume = books.volume(version)
    rows = volume.table(table)
    for column, value in where.items():
        if value is not None:
            rows = rows.filter(pc.equal(rows[column], value))
    start = int(np.searchsorted(rows["_seq"].to_numpy(), after, side="right"))
    part = rows.slice(start, limit)
    more = start + limit < len(rows)
    following = write_cursor(volume.version, part["_seq"][-1].as_py()) if more else None
    return Slice(part.to_pylist(), following, len(rows) if count else None, volume)
