"""What is worked out about each account: who holds it, whether its code is right, how its amounts begin."""

from typing import Any

import numpy as np
import pyarrow as pa

from tracer.compared import dictionary_of, text_key
from tracer.flow.codes import Bool
from tracer.graph.draft import Draft

_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
_CODE_LENGTH = 18


def make_account_facts(draft: Draft) -> None:
    """Keep `account_holders`, `wrong_codes` and `first_digits`.

    Needs `accounts`, `account_nodes`, `payments` and `payment_natures`.
    """
    draft.make("account_holders", _HOLDERS)
    accounts = draft.tables["accounts"]
    codes = dictionary_of(text_key(accounts["holder_id"]))
    right = pa.array(np.append(are_credit_codes(codes.dictionary), True))  # nothing is not wrong
    is_right = right.take(codes.indices.fill_null(len(codes.dictionary)))
    draft.add("code_checks", pa.table({"seq": accounts["_seq"], "is_right": is_right}))
    draft.make("wrong_codes", "SELECT seq, true AS is_wrong FROM code_checks WHERE NOT is_right")
    draft.make("first_digits", _FIRST_DIGITS)


def are_credit_codes(texts: pa.Array) -> Bool:
    """Whether each compared text is a valid unified social credit code (GB 32100)."""
    place = np.full(256, -1, np.int64)
    place[np.frombuffer(_CODE_CHARACTERS.encode(), np.uint8)] = np.arange(len(_CODE_CHARACTERS))
    encoded = [text.encode() for text in texts.to_pylist()]
    fits = np.array([len(text) == _CODE_LENGTH for text in encoded], np.bool_)
    characters = np.frombuffer(b"".join(text for text in encoded if len(text) == _CODE_LENGTH), np.uint8)
    values = place[characters.reshape(-1, _CODE_LENGTH)]
    size = len(_CODE_CHARACTERS)
    check = (size - values[:, :-1] @ _CODE_WEIGHTS % size) % size
    right: Any = np.zeros(len(encoded), np.bool_)
    right[fits] = (values >= 0).all(axis=1) & (values[:, -1] == check)
    return right  # type: ignore[no-any-return]


# Accounts of one holder get one number: those with equal ID, and those without an ID whose name is that of
# one ID only; others without an ID by their name, and accounts that nobody is known to hold one by one.
_HOLDERS = """
WITH by_name AS (
    SELECT holder_key, min(holder_id) AS holder_id FROM account_nodes
    WHERE holder_id IS NOT NULL AND holder_key IS NOT NULL
    GROUP BY ALL HAVING min(holder_id) = max(holder_id)
)
SELECT a.key, dense_rank() OVER (ORDER BY
    CASE WHEN coalesce(a.holder_id, n.holder_id) IS NOT NULL THEN 0
        WHEN a.holder_key IS NOT NULL THEN 1 ELSE 2 END,
    coalesce(a.holder_id, n.holder_id, a.holder_key, a.id)) - 1 AS holder_no
FROM account_nodes a LEFT JOIN by_name n ON a.holder_id IS NULL AND n.holder_key = a.holder_key
"""

# The statistic of the chi-square test of the first digits against log10(1 + 1/d), in thousandths. It is
# rounded up, so that it is above a limit given in thousandths exactly when the true value is.
_FIRST_DIGITS = """
WITH digits AS (
    SELECT p.payer_key AS key, left(p.amount_fen::VARCHAR, 1)::INTEGER AS digit, count(*) AS n
    FROM payments p JOIN payment_natures r USING (key)
    WHERE p.payer_key IS NOT NULL AND NOT r.is_refund AND NOT r.is_household_payment
    GROUP BY ALL
)
SELECT key, sum(n)::BIGINT AS tested_payments,
    ceil((sum(n * n / log10(1 + 1 / digit)) / sum(n) - sum(n)) * 1000)::BIGINT AS digit_chi2_milli
FROM digits GROUP BY key
"""
