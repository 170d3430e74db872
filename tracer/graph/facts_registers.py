"""Rows of other offices' registers that household payments meet, and the days for which none answers."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tracer.calendar import day_number
from tracer.compared import text_key
from tracer.graph.draft import Draft
from tracer.graph.facts_households import household_on
from tracer.match.identity import id_key
from tracer.registers.classes import PERSON
from tracer.registers.store import Import, Registers

_ALWAYS = -(2**40)
"""The first day of what tells all days before its as-of day."""


def write_registers(draft: Draft, registers: Registers, as_of: date | None) -> None:
    """Write what the registers seen on a day say of the persons of household payments; empty without any.

    Needs `asked_payments`, `payment_households`, `entries` and `party_nodes`. Of the versions that answer for
    a day the one with the latest as-of day is asked, of equal ones the later import.
    """
    seen = registers.seen(as_of)
    if not seen:
        draft.nothing("OtherRegister", "Record", "ON_RECORD", "UNANSWERED")
        return
    draft.add("register_rows", pa.concat_tables(_rows(registers, n, one) for n, one in enumerate(seen)))
    draft.add("register_versions", _versions(registers, seen))
    classes = list(dict.fromkeys(one.register for one in seen))
    rules = [registers.classes[name].rule for name in classes]
    draft.add("register_names", pa.table({"key": range(len(classes)), "id": classes, "rule": rules}))
    draft.make("register_days", _DAYS)
    draft.make("records", _RECORDS)
    draft.make("own_records", _OWN)
    draft.make("asked_of_households", _MEMBERS)
    draft.make("household_records", _HOUSEHOLD)
    draft.nodes("OtherRegister", "FROM register_names")
    draft.nodes("Record", _NODES)
    draft.edges(
        "ON_RECORD",
        "Transfer",
        "Record",
        "SELECT n AS from_key, record AS to_key, true AS is_own FROM own_records"
        " UNION ALL SELECT n, record, false FROM household_records",
    )
    draft.edges("UNANSWERED", "Transfer", "OtherRegister", _UNANSWERED)


def _rows(registers: Registers, version: int, one: Import) -> pa.Table:
    """The rows of a version by what their columns mean."""
    known, rows = registers.classes[one.register], registers.rows(one)
    texts = [_texts(rows[name]) for name in known.roles.get("detail", ())]
    detail = pc.binary_join_element_wise(*texts, " ") if texts else pa.nulls(len(rows), pa.string())
    kind, amount = known.column("kind"), known.column("amount")
    first, last = (known.column(role) for role in ("from", "to"))
    nothing = pa.chunked_array([pa.nulls(len(rows), pa.string())])
    return pa.table(
        {
            "version": pa.repeat(version, len(rows)),
            "place": range(len(rows)),
            "person": id_key(rows[PERSON]).cast(pa.string()),
            "kind": _kinds(rows[kind], is_enum=known.table.by_name[kind].kind == "enum") if kind else nothing,
            "detail_key": text_key(pa.chunked_array([detail])).cast(pa.string()),
            "amount_fen": rows[amount].cast(pa.int64()) if amount else pa.nulls(len(rows), pa.int64()),
            "from_day": _days(rows, first),
            "to_day": _days(rows, last),
        }
    )


def _texts(column: pa.ChunkedArray) -> pa.Array:
    return column.fill_null("").combine_chunks()


def _kinds(column: pa.ChunkedArray, *, is_enum: bool) -> pa.ChunkedArray:
    return column if is_enum else text_key(column).cast(pa.string())


def _days(rows: pa.Table, column: str | None) -> pa.ChunkedArray | pa.Array:
    if column is None:
        return pa.nulls(len(rows), pa.int64())
    return rows[column].cast(pa.date32()).cast(pa.int32()).cast(pa.int64())


def _versions(registers: Registers, seen: list[Import]) -> pa.Table:
    """Each version with the days for which it answers."""
    lines = []
    for version, one in enumerate(seen):
        known, said = registers.classes[one.register], one.provenance
        as_of = day_number(said.as_of)
        first = _ALWAYS if known.has_history and said.since is None else day_number(said.since or said.as_of)
        lines.append(
            {
                "version": version,
                "register": known.name,
                "rule": known.rule,
                "ref": f"{known.name}@{one.number}#",
                "as_of_day": as_of,
                "first_day": first,
                "last_day": as_of + known.fresh_days,
                "is_lasting": known.is_lasting,
            }
        )
    return pa.Table.from_pylist(lines)


# A register whose rows never end still proves what an older version says, but not that there is nothing.
_DAYS = """
SELECT v.register, d.day,
    max(v.version) FILTER (WHERE v.first_day <= d.day AND d.day <= v.last_day) AS answering,
    max(v.version) FILTER (WHERE v.is_lasting AND v.last_day < d.day) AS older
FROM (SELECT DISTINCT day FROM asked_payments) d CROSS JOIN register_versions v GROUP BY ALL
"""

_RECORDS = """
SELECT row_number() OVER (ORDER BY r.version, r.place) - 1 AS record, p.key AS party_key, v.register, v.rule,
    v.ref || r.place AS ref, v.as_of_day, r.*
FROM register_rows r JOIN register_versions v USING (version) JOIN party_nodes p ON p.id = r.person
"""

_HOLDS = """
    d.register = r.register AND r.version = coalesce(d.answering, d.older)
    AND coalesce(r.from_day, r.as_of_day) <= d.day AND (r.to_day IS NULL OR r.to_day >= d.day)
"""

_OWN = f"""
SELECT a.n, r.record, r.register
FROM asked_payments a JOIN records r USING (party_key) JOIN register_days d ON d.day = a.day AND {_HOLDS}
"""

# Others who ever were of the household and are on some record; whether they are of it that day comes next.
_MEMBERS = """
SELECT row_number() OVER () AS n, of_n, party_key, day, household_key FROM (
    SELECT DISTINCT a.n AS of_n, e.party_key, a.day, h.household_key
    FROM asked_payments a JOIN payment_households h USING (n) JOIN entries e USING (household_key)
    WHERE e.party_key <> a.party_key AND e.party_key IN (SELECT party_key FROM records)
)
"""

_HOUSEHOLD = f"""
SELECT m.of_n AS n, r.record
FROM asked_of_households m JOIN ({household_on("asked_of_households")}) h
    ON h.n = m.n AND h.household_key = m.household_key
    JOIN records r ON r.party_key = m.party_key JOIN register_days d ON d.day = m.day AND {_HOLDS}
"""

_NODES = """
SELECT record AS key, ref, register, rule, kind, detail_key, amount_fen, from_day,
    month_of(from_day) AS from_month, to_day, as_of_day
FROM records
    SEMI JOIN (SELECT record FROM own_records UNION ALL SELECT record FROM household_records) USING (record)
"""

# A row that does not say since when it holds is known to hold from its as-of day on; before, nobody knows.
_UNANSWERED = """
WITH unknown AS (
    SELECT a.n, d.register FROM asked_payments a JOIN register_days d USING (day) WHERE d.answering IS NULL
    UNION
    SELECT a.n, r.register FROM asked_payments a JOIN records r USING (party_key)
        JOIN register_days d ON d.day = a.day AND d.register = r.register AND d.answering = r.version
    WHERE r.from_day IS NULL AND a.day < r.as_of_day
)
SELECT u.n AS from_key, k.key AS to_key
FROM unknown u JOIN register_names k ON k.id = u.register
    ANTI JOIN own_records o ON o.n = u.n AND o.register = u.register
"""
