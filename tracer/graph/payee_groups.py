"""Who is paid by a county's projects, firms with a common owner or legal representative together (ZC22)."""

import numpy as np
import pyarrow as pa

from tracer.compared import text_key
from tracer.flow.codes import Int64
from tracer.graph.draft import Draft

UTILITIES = ("供电", "电网", "自来水", "燃气", "通信")
"""Words in the names of suppliers that a county has one of; they form no group."""


def make_project_counties(draft: Draft) -> None:
    """Keep in `project_counties` the county of each listed project: six characters of its region, or null."""
    projects = draft.tables["projects"]
    regions = {"seq": projects["_seq"], "region_key": text_key(projects["region_code"])}
    draft.add("project_regions", pa.table(regions))
    draft.make("project_counties", _COUNTIES)


def write_payee_groups(draft: Draft) -> None:
    """Write the groups and their accounts.

    Needs `project_payments`, `project_counties`, `account_nodes`, `account_holders`, `accounts`, `relations`.
    """
    draft.make("firm_accounts", _FIRM_ACCOUNTS)
    draft.make("firm_receipts_by_project", _RECEIPTS)
    draft.make("county_payees", _COUNTY_PAYEES)
    payees = draft.rows(
        "SELECT payee, county, holder_no, is_utility FROM county_payees "
        "WHERE county IS NOT NULL ORDER BY payee"
    )
    free = payees.filter(np.logical_not(payees["is_utility"].to_numpy()))
    draft.add("free_payees", free)
    links = draft.rows(_LINKS)
    nodes, places = np.unique(
        np.concatenate([links["payee"].to_numpy(), links["through"].to_numpy()]), return_inverse=True
    )
    half = len(places) // 2
    smallest = components(len(nodes), places[:half], places[half:])
    group = dict(zip(nodes.tolist(), nodes[smallest].tolist(), strict=True))
    members = free["payee"].to_pylist()
    of_members = {"payee": members, "part": [group.get(payee, payee) for payee in members]}
    draft.add("group_members", pa.table(of_members, schema=_MEMBERS))
    draft.make("payee_groups", _GROUPS)
    draft.nodes("PayeeGroup", _NODES)
    draft.edges("IN_GROUP", "Account", "PayeeGroup", _IN_GROUP)


def components(size: int, a: Int64, b: Int64) -> Int64:
    """For each of `size` nodes the smallest node that edges `a`-`b` join it to, in any number of steps."""
    label = np.arange(size)
    while True:
        low = np.minimum(label[a], label[b])
        lower = label.copy()
        np.minimum.at(lower, a, low)
        np.minimum.at(lower, b, low)
        lower = lower[lower]
        if np.array_equal(lower, label):
            return label
        label = lower


_COUNTIES = """
SELECT k.key AS project_key, left(r.region_key, 6) AS county, p.project_kind
FROM project_keys k JOIN projects p ON p._seq = k.seq JOIN project_regions r USING (seq)
"""

_MEMBERS = pa.schema([("payee", pa.int64()), ("part", pa.int64())])

_FIRM_ACCOUNTS = f"""
SELECT a.key, h.holder_no, a.party_key, c.holder_id, c.holder_name,
    {" OR ".join(f"contains(a.holder_key, '{word}')" for word in UTILITIES)} AS is_utility
FROM account_nodes a JOIN account_holders h USING (key) JOIN accounts c ON c._seq = a.seq
WHERE a.holder_kind IN ('enterprise', 'cooperative', 'merchant')
"""

# What each firm got of each project in all; nothing where it was all returned.
_RECEIPTS = """
SELECT j.county, a.holder_no, c.project_key, sum(c.fen) AS fen
FROM project_payments c JOIN payments p USING (key) JOIN firm_accounts a ON a.key = p.payee_key
    JOIN project_counties j ON j.project_key = c.project_key
WHERE j.project_kind <> 'household' GROUP BY ALL HAVING sum(c.fen) > 0
"""

_COUNTY_PAYEES = """
SELECT row_number() OVER (ORDER BY r.county NULLS LAST, r.holder_no) - 1 AS payee, r.county, r.holder_no,
    coalesce(min(h.holder_id), min(h.holder_name)) AS id, bool_or(h.is_utility) AS is_utility
FROM (SELECT DISTINCT county, holder_no FROM firm_receipts_by_project) r
    JOIN firm_accounts h USING (holder_no)
GROUP BY r.county, r.holder_no
"""

# Each payee and, in its county, each party that it is related to: another payee where the party is one, else
# a number of its own, below 0.
_LINKS = """
WITH ties AS (
    SELECT a.key AS party, b.key AS other
    FROM relations r JOIN party_nodes a ON a.id = r.a JOIN party_nodes b ON b.id = r.b
    WHERE r.relation_key IN ('法定代表人', '股东')
),
both_ways AS (SELECT party, other FROM ties UNION SELECT other, party FROM ties),
parties AS (SELECT DISTINCT party_key, holder_no FROM firm_accounts WHERE party_key IS NOT NULL),
related AS (
    SELECT p.payee, p.county, t.other FROM free_payees p JOIN parties h USING (holder_no)
        JOIN both_ways t ON t.party = h.party_key
),
counties AS (SELECT county, row_number() OVER (ORDER BY county) - 1 AS number
    FROM (SELECT DISTINCT county FROM free_payees))
SELECT r.payee, coalesce(q.payee, -1 - r.other - c.number * (SELECT count(*) FROM party_nodes)) AS through
FROM related r JOIN counties c USING (county) LEFT JOIN parties h ON h.party_key = r.other
    LEFT JOIN free_payees q ON q.county = r.county AND q.holder_no = h.holder_no
"""

_GROUPS = """
SELECT row_number() OVER (ORDER BY m.part) - 1 AS key, m.part, p.county, min(p.id) AS id,
    count(DISTINCT p.payee) AS payees
FROM group_members m JOIN county_payees p USING (payee) GROUP BY m.part, p.county
"""

_NODES = """
WITH totals AS (
    SELECT county, sum(fen) AS fen, count(DISTINCT holder_no) AS payees
    FROM firm_receipts_by_project GROUP BY ALL
),
got AS (
    SELECT m.part, sum(r.fen) AS fen, count(DISTINCT r.project_key) AS projects
    FROM group_members m JOIN county_payees p USING (payee)
        JOIN firm_receipts_by_project r ON r.county = p.county AND r.holder_no = p.holder_no
    GROUP BY ALL
)
SELECT g.key, g.id, g.county, g.payees, r.fen AS received_fen, r.projects, t.fen AS county_fen,
    t.payees AS county_payees
FROM payee_groups g JOIN got r USING (part) JOIN totals t USING (county)
UNION ALL BY NAME
SELECT (SELECT count(*) FROM payee_groups) + row_number() OVER (ORDER BY payee) - 1 AS key, id, 1 AS payees
FROM county_payees WHERE county IS NULL
"""

_IN_GROUP = """
SELECT a.key AS from_key, g.key AS to_key
FROM payee_groups g JOIN group_members m USING (part) JOIN county_payees p USING (payee)
    JOIN firm_accounts a USING (holder_no)
"""
