"""The codes and shapes that the flow's parts share; nothing here imports numba."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from tracer.errors import DataRefusedError

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]
Float64 = NDArray[np.float64]
Number = TypeVar("Number", np.bool_, np.int8, np.int32, np.int64)

# Kinds of holders.
INDICATOR, ACCOUNT, TREASURY, CASH_HOLDER = 0, 1, 2, 3

# Kinds of origins; the origin of money is `kind * holders + holder`.
INDICATOR_MONEY, OPENING, CASH_IN, UNEXPLAINED = 0, 1, 2, 3

METHODS = ("linked", "fifo", "lifo", "pro-rata")
"""The methods that cut money into pieces (contract section 2)."""

BOUNDS = "bounds"
"""The method that says what is certain under any choice: least and most instead of one figure."""


POLICIES = ("own-first", "poison")
"""The policies that follow one claim forward (`claims.py`)."""

PIECES_MOST = 20_000_000
"""More pieces than this are not written out: with their indexes they would take more than 2 GB."""


NOT_EXACT = (
    "按比例展开的份数过多：各部分按混合比例推算并凑整，不精确到分；rows 列出经过的每一笔，未分环节 / "
    "too many pieces to write out: parts are computed from mixes and rounded, not exact to the fen; rows has "
    "each movement that the money went through, and no links are told apart"
)


class TooManyPiecesError(DataRefusedError):
    """By pro-rata a ledger has too many pieces to write out; `pieces` is an upper bound of them."""

    def __init__(self, pieces: int) -> None:
        super().__init__(
            f"按比例（pro-rata）展开这个账本最多要 {pieces:,} 份资金，超过上限 {PIECES_MOST:,}："
            "请用 trace 追踪单笔，或用 --as-of 提前日期、按县分开账本，或改用 linked、fifo、lifo / "
            f"by pro-rata this ledger has up to {pieces:,} pieces, above the limit of {PIECES_MOST:,}: trace "
            "single payments, choose an earlier --as-of, split the ledger by county, or use linked, fifo, "
            "lifo"
        )
        self.pieces = pieces


class MoneyColumns(Protocol):
    """What the kernel needs of the movements: m rows in input order, n holders."""

    @property
    def day(self) -> Int32:
        """Days since 1970-01-01, m."""

    @property
    def time_ms(self) -> Int32:
        """Milliseconds since midnight, 0 for none, m."""

    @property
    def payer(self) -> Int32:
        """Holder that pays, m."""

    @property
    def payee(self) -> Int32:
        """Holder that receives, m."""

    @property
    def amount(self) -> Int64:
        """Fen, not negative, m."""

    @property
    def tag(self) -> Int32:
        """Indicator that the row names, -1 for none, m."""

    @property
    def holder_kind(self) -> Int8:
        """INDICATOR, ACCOUNT, TREASURY or CASH_HOLDER, n."""

    @property
    def issue_fen(self) -> Int64:
        """Fen born at an indicator, 0 for none, n."""

    @property
    def issue_day(self) -> Int32:
        """Day on which they are born, n."""

    @property
    def opening_fen(self) -> Int64:
        """Fen born before everything, 0 for none, n."""


@dataclass(frozen=True)
class Columns:
    """These columns and nothing else."""

    day: Int32
    time_ms: Int32
    payer: Int32
    payee: Int32
    amount: Int64
    tag: Int32
    holder_kind: Int8
    issue_fen: Int64
    issue_day: Int32
    opening_fen: Int64


@dataclass(frozen=True)
class Pieces:
    """P pieces of money in the order in which they came to be, and where each of m rows has its own.

    `row`: row that carried it, -1 for a birth. `fen`: its amount. `parent`: piece that it was cut from,
    -1 for a birth or money born with its row. `origin`: `kind * n + holder`. `line`: indicator whose
    payment took it out of the budget, -1 for none, as it arrives. `left`: fen that its holder has not
    paid on. The pieces of row r are `start[r] … start[r] + count[r] - 1`.
    """

    row: Int64
    fen: Int64
    parent: Int64
    origin: Int64
    line: Int32
    left: Int64
    start: Int64
    count: Int32


def counting_holders(holder_kind: Int8) -> Bool:
    """Tell for n holders which have an order of their own: all but `CASH` and treasury accounts."""
    return np.isin(holder_kind, (INDICATOR, ACCOUNT))


def plain(column: NDArray[Number]) -> NDArray[Number]:
    """Return the column as compiled code wants it: writable, in one piece; copied only where it is not."""
    return np.require(column, requirements=["C", "W"])
