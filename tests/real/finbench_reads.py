"""Reads 1, 2 and 5 of FinBench, asked with the packaged `queries/views`, and the expected answers.

What the graph has no place for is joined here from the files: who owns an account, and which blocked medium
signed in to one and when. A loan's balance has no place either, so read 2 is asked for what was lent.
"""

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tracer.graph.base import Parameter, Row, Store
from tracer.settings import queries_folder

Answers = set[tuple[str | int, ...]]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def expected(data: Path) -> dict[str, Answers]:
    """The answers that came with the data: by read, one tuple per row, amounts in fen."""
    one, two, five = (rows(data / f"answers/tcr{n}_expected.csv") for n in (1, 2, 5))
    return {
        "read 1": {
            (r["id"], int(r["accountDistance"]), r["otherId"], r["mediumId"], r["mediumType"]) for r in one
        },
        "read 2": {(r["id"], r["otherId"], int(Decimal(r["sumLoanAmount"]) * 100)) for r in two},
        "read 5": {(r["id"], *r["path"].split(">")) for r in five},
    }


def asked(store: Store, data: Path) -> dict[str, Answers]:
    """The answers of the graph to the same reads: all parameters that came with the data."""
    return {"read 1": _read_1(store, data), "read 2": _read_2(store, data), "read 5": _read_5(store, data)}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


def _read_1(store: Store, data: Path) -> Answers:
    subjects, (after_ms, before_ms) = _parameters(data, 1)
    media = {row["mediumId"]: row for row in rows(data / "snapshot/Medium.csv")}
    signed_in = defaultdict(set)
    for row in rows(data / "snapshot/MediumSignInAccount.csv"):
        if media[row["mediumId"]]["isBlocked"] == "true" and after_ms < _ms(row["createTime"]) < before_ms:
            signed_in[row["accountId"]].add(row["mediumId"])
    found = _view(store, "reached_in_time", subjects, (after_ms, before_ms))
    return {
        (
            str(row["asked"]),
            int(str(row["distance"])),
            str(row["reached"]),
            medium,
            media[medium]["mediumType"],
        )
        for row in found
        for medium in signed_in[str(row["reached"])]
    }


def _read_2(store: Store, data: Path) -> Answers:
    persons, window = _parameters(data, 2)
    owner = _owners(data, persons)
    found = _view(store, "lent_upstream", sorted(owner), window, lending="loan deposit")
    return {(owner[str(row["asked"])], str(row["source"]), int(str(row["lent_fen"]))) for row in found}


def _read_5(store: Store, data: Path) -> Answers:
    persons, window = _parameters(data, 5)
    owner = _owners(data, persons)
    found = _view(store, "ways_in_time", sorted(owner), window)
    steps = ("asked", "first", "second", "third")
    return {(owner[str(row["asked"])], *(str(row[step]) for step in steps if row[step])) for row in found}


def _view(
    store: Store, name: str, accounts: list[str], window: tuple[int, int], **others: Parameter
) -> list[Row]:
    after_ms, before_ms = window
    text = (queries_folder() / "views" / f"{name}.cypher").read_text(encoding="utf-8")
    given: dict[str, Parameter] = {"purpose": "transfer", "after_ms": after_ms, "before_ms": before_ms}
    return store.run(text, {"accounts": accounts, **given, **others})


def _parameters(data: Path, read: int) -> tuple[list[str], tuple[int, int]]:
    """The subjects of a read and the window of time that they share."""
    given = rows(data / f"read_params/complex_{read}_param.csv")
    (window,) = {(int(row["startTime"]), int(row["endTime"])) for row in given}
    return [row["id"] for row in given], window


def _owners(data: Path, persons: list[str]) -> dict[str, str]:
    """By account the one person who owns it."""
    owned = [row for row in rows(data / "snapshot/PersonOwnAccount.csv") if row["personId"] in set(persons)]
    owner = {row["accountId"]: row["personId"] for row in owned}
    assert len(owner) == len(owned)
    return owner


def _ms(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
