"""The offices of the graph: agencies, and the accounts and organisations that are theirs."""

import re
import unicodedata
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tracer.compared import distinct, text_key
from tracer.graph.draft import Draft
from tracer.ledger import Ledger
from tracer.match.identity import id_key
from tracer.seen import seen


def read_offices(draft: Draft, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make agencies known, with the texts that rules compare."""
    agencies = seen(ledger, version, as_of, "agencies")
    agencies = agencies.append_column("id_key", id_key(agencies["agency_id"]))
    draft.add("agencies", agencies.append_column("name_key", text_key(agencies["agency_name"])))


def make_issuers(draft: Draft) -> None:
    """Keep in `finance_issuers` the issuers of indicators that name a finance office among others (ZC26).

    Offices that issue jointly are separated by 、，,/; or blanks. Needs `indicators` and `agencies`.
    """
    finance = pc.equal(draft.tables["agencies"]["kind"], "finance").fill_null(False)
    names = set(draft.tables["agencies"].filter(finance)["name_key"].to_pylist())
    issuers = distinct(draft.tables["indicators"]["issuer"]).to_pylist()
    found = [issuer for issuer in issuers if any(_is_finance(part, names) for part in _parts(issuer))]
    draft.add("finance_issuers", pa.table({"issuer": pa.array(found, pa.string())}))


def _parts(issuer: str) -> list[str]:
    return re.split(r"[、,/;\s]+", unicodedata.normalize("NFKC", issuer).upper())


def _is_finance(part: str, names: set[str]) -> bool:
    return "财政" in part or part in names


def write_offices(draft: Draft) -> None:
    """Write agencies and their edges; needs `account_nodes` and `party_nodes`."""
    draft.nodes(
        "Agency",
        """
        SELECT row AS key, agency_id AS id, 'agencies#' || _seq AS ref, agency_name AS name, name_key, level,
            region_code, kind
        FROM agencies
        """,
    )
    draft.edges("OF_AGENCY", "Account", "Agency", _OF_AGENCY)
    draft.edges(
        "KNOWN_AS",
        "Agency",
        "Party",
        "SELECT a.row AS from_key, p.key AS to_key FROM agencies a JOIN party_nodes p ON p.id = a.id_key",
    )


# By code where some agency has the holder's, else by name.
_OF_AGENCY = """
WITH by_code AS (
    SELECT n.key AS from_key, a.row AS to_key FROM account_nodes n JOIN agencies a ON a.id_key = n.holder_id
)
FROM by_code
UNION ALL
SELECT n.key, a.row FROM account_nodes n JOIN agencies a ON a.name_key = n.holder_key
WHERE n.key NOT IN (SELECT from_key FROM by_code)
"""
