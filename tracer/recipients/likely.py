"""Who of the register the recipient of one payment may be, and why: for the case note of a finding."""

from datetime import date
from typing import Any

import pyarrow.compute as pc

from tracer.ledger import Ledger
from tracer.recipients.matching import matched

ABOUT_PERSONS = ("RH01", "RH02", "RH13")
"""Rules on payments that find that a recipient is not in the register, or not under this name."""


def likely(ledger: Ledger, version: int, as_of: date, payment_id: str) -> dict[str, Any] | None:
    """Answer, basis and candidates (best first, with their reasons) of a payment's recipient.

    None where the payment counts as nobody's.
    """
    payments = ledger.read("payments", ["payment_id"], version)
    (seq,) = payments.filter(pc.equal(payments["payment_id"], payment_id))["_seq"].to_pylist()
    matches = matched(ledger.home, as_of, version)
    rows = matches.payments.filter(pc.equal(matches.payments["_seq"], seq))["row"]
    if not len(rows):
        return None
    (one,) = matches.recipients.filter(pc.equal(matches.recipients["row"], rows[0])).to_pylist()
    candidates = matches.candidates.filter(pc.equal(matches.candidates["recipient"], one["recipient"]))
    ordered = sorted(candidates.to_pylist(), key=lambda row: row["rank"])
    return {"answer": one["answer"], "basis": one["basis"], "candidates": ordered}
