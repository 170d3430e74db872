"""Whether a fund or region is known, so that what is kept for a mistyped one does not lie there unseen."""

from pathlib import Path

import pyarrow.compute as pc

from tracer.funds.catalogue import catalogue
from tracer.ledger import Ledger
from tracer.rules.place import fund_key

_FUNDS = {"indicators": "fund_name", "funds": "fund_name"}
_REGIONS = {"agencies": "region_code", "projects": "region_code"}
"""Tables and columns that name the funds and regions by which kept values are chosen."""


def is_fund_known(home: Path, fund: str) -> bool:
    """Whether the ledger or a list of the documents names a fund so."""
    key = fund_key(fund)
    shipped = {name for listed in catalogue().values() for name in listed.names}
    return key in shipped or key in set(map(fund_key, _values(home, _FUNDS)))


def is_region_known(home: Path, region: str) -> bool:
    """Whether the ledger has a division that is this one or lies in it."""
    return any(code.startswith(region) for code in _values(home, _REGIONS))


def _values(home: Path, columns: dict[str, str]) -> set[str]:
    ledger = Ledger(home)
    return {
        value
        for table, column in columns.items()
        for value in pc.unique(ledger.read(table, [column])[column]).to_pylist()
        if value
    }
