"""Whose name is a person's: what the ledger itself says, before a name is masked by its looks."""

import pyarrow as pa
import pyarrow.compute as pc

from tracer.ledger import Ledger
from tracer.mask import mask_name, mask_person, mask_text

_PUBLIC_TYPES = frozenset({"treasury", "special", "pool", "unit", "clearing"})
_ORGANISATIONS = ("agency", "enterprise", "cooperative", "village")


class Names:
    """The names of persons and of organisations in one version of a ledger."""

    def __init__(self, ledger: Ledger, version: int | None = None) -> None:
        accounts = ledger.read("accounts", ["holder_name", "holder_kind", "account_type"], version)
        kinds, sorts = accounts["holder_kind"], accounts["account_type"]
        is_person = pc.or_(pc.equal(kinds, "person"), pc.equal(sorts, "personal"))
        is_organisation = pc.and_(pc.is_in(kinds, pa.array(_ORGANISATIONS)), pc.invert(is_person))
        holders = accounts["holder_name"]
        persons = holders.filter(is_person).to_pylist()
        persons += ledger.read("register", ["name"], version)["name"].to_pylist()
        persons += (
            ledger.read("payments", ["beneficiary_name"], version)["beneficiary_name"].unique().to_pylist()
        )
        organisations = holders.filter(is_organisation).to_pylist()
        organisations += ledger.read("agencies", ["agency_name"], version)["agency_name"].to_pylist()
        self.persons = frozenset(filter(None, persons))
        self.organisations = frozenset(organisations) - self.persons

    def mask(self, name: str | None) -> str:
        """A name as people may see it."""
        return mask_person(name) if name in self.persons else mask_name(name, self.organisations)

    def holder(self, name: str, account_type: str) -> str:
        """The holder of an account, whose type settles it; an account that is not listed has an empty one."""
        if account_type == "personal":
            return mask_person(name)
        return mask_text(name) if account_type in _PUBLIC_TYPES else self.mask(name)
