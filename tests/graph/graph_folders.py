"""Small random build folders: every label and edge type of the model, awkward text, nulls, parallel edges."""

import random
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tracer.graph.content import TABLES, Table
from tracer.graph.model import BOOL, INT, NODE, TEXT

WORDS = [
    "",
    "甲",
    "农 户",
    "o'Neil",
    'say "x"',
    "back\\slash",
    "line\nbreak",
    "𠮷野",
    "a`b",
    "$x",
    "3301",
    "//",
    "é",
]
NEVER_NULL = ("id", "ref", "kind", "fen", "amount_fen", "day")


def random_folder(folder: Path, seed: int, nodes: int = 12) -> Path:
    """Write a build folder; same seed, same content. Edges run from low to high, so there are no cycles."""
    folder.mkdir(parents=True)
    chance = random.Random(seed)
    keys = {label: _keys(chance, label, 1 if label == "Build" else nodes) for label in NODE}
    for table in TABLES:
        if table.ends:
            start, end = (keys[label] for label in table.ends)
            rows = [_edge(chance, table, start, end) for _ in range(nodes * 2)]
            rows += chance.choices(rows, k=nodes // 2)
        else:
            rows = [_properties(chance, table, {"key": key}) for key in keys[table.name]]
        write(folder, table, rows)
    return folder


def write(folder: Path, table: Table, rows: Iterable[dict[str, object]]) -> None:
    """Write the Parquet file of one table."""
    pq.write_table(pa.Table.from_pylist(list(rows), schema=table.schema), folder / table.file)


def read(folder: Path, table: Table) -> list[dict[str, object]]:
    """Read the Parquet file of one table."""
    rows: list[dict[str, object]] = pq.read_table(folder / table.file).to_pylist()
    return rows


def _keys(chance: random.Random, label: str, count: int) -> list[object]:
    numbers = chance.sample(range(1, count * 5), count)
    return sorted(numbers) if NODE[label].key_type == INT else sorted(f"{label}:{n:06d}" for n in numbers)


def _edge(chance: random.Random, table: Table, start: list[object], end: list[object]) -> dict[str, object]:
    if start is end:
        low, high = sorted(chance.sample(range(len(start)), 2))
        ends = {"from_key": start[low], "to_key": start[high]}
    else:
        ends = {"from_key": chance.choice(start), "to_key": chance.choice(end)}
    return _properties(chance, table, ends)


def _properties(chance: random.Random, table: Table, given: dict[str, object]) -> dict[str, object]:
    makers = {
        TEXT: lambda name: (
            chance.choice(WORDS) + (f"-{chance.randrange(40)}" if name in ("id", "ref") else "")
        ),
        INT: lambda name: chance.choice(
            [0, 1, -1, chance.randrange(20_000), chance.randrange(-(10**15), 10**15)]
        ),
        BOOL: lambda name: chance.random() < 0.5,
    }
    row = {
        name: makers[kind](name) if name in NEVER_NULL or chance.random() > 0.2 else None
        for name, kind in table.columns.items()
    }
    return {**row, **given}
