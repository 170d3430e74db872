"""How near the name of an indicator's fund is to a name of the catalogue (rule ZB10)."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Codes = npt.NDArray[np.int32]
Lengths = npt.NDArray[np.int64]

_CONTAINED_LENGTH = 6
"""A name of so many characters that is part of the other is near to it, whatever follows."""

_TYPO_LENGTH = 5
"""One character may differ in names of which the longer has so many, whatever the share."""

_CELLS = 4_000_000
"""So many cells of distance tables are worked on at once."""


def nearest_names(names: pa.Array, catalogue: pa.Array) -> pa.Table:
    """For each name the nearest one of the catalogue: `text`, `near`, `percent`, in the order of names.

    `percent` is the least whole share, in percent of the longer length, that allows the distance (rounded
    down, and at least one character in names of 5): 0 where a part or one character makes them near anyway.
    Of equals the one at the least distance, then the first as text. A name of the catalogue is left out.
    """
    known = sorted({text for text in catalogue.to_pylist() if text})
    asked = sorted({text for text in names.to_pylist() if text}.difference(known))
    schema = pa.schema([("text", pa.string()), ("near", pa.string()), ("percent", pa.int64())])
    if not known:
        return schema.empty_table()
    codes, lengths = _padded(known)
    chunk = max(1, _CELLS // codes.size)
    rows = []
    by_length = sorted(asked, key=len)
    for start in range(0, len(by_length), chunk):
        for text, distances in _distances(by_length[start : start + chunk], codes, lengths):
            place, percent = _nearest(text, known, distances, lengths)
            rows.append({"text": text, "near": known[place], "percent": percent})
    return pa.Table.from_pylist(rows, schema=schema)


def _nearest(text: str, known: list[str], distances: Lengths, lengths: Lengths) -> tuple[int, int]:
    longer, shorter = np.maximum(lengths, len(text)), np.minimum(lengths, len(text))
    percent = -(-100 * distances // longer)
    percent[(distances <= 1) & (longer >= _TYPO_LENGTH)] = 0
    contained = np.array([text in other or other in text for other in known])
    percent[contained & (shorter >= _CONTAINED_LENGTH)] = 0
    place = int(np.lexsort((distances, percent))[0])
    return place, int(percent[place])


def _padded(texts: list[str]) -> tuple[Codes, Lengths]:
    lengths = np.array([len(text) for text in texts], np.int64)
    codes = np.full((len(texts), int(lengths.max())), -1, np.int32)
    for row, text in zip(codes, texts, strict=True):
        row[: len(text)] = [ord(character) for character in text]
    return codes, lengths


def _distances(texts: list[str], codes: Codes, lengths: Lengths) -> list[tuple[str, Lengths]]:
    """The Levenshtein distance of each text to each row of codes: one row of all tables at a time."""
    asked, sizes = _padded(texts)
    steps = np.arange(codes.shape[1] + 1, dtype=np.int32)
    table = np.broadcast_to(steps, (len(texts), *codes.shape[:1], len(steps))).copy()
    found = np.zeros((len(texts), len(codes)), np.int64)
    ends = np.broadcast_to(lengths[:, None], (len(texts), len(codes), 1))
    for n in range(asked.shape[1]):
        other = (codes[None] != asked[:, n, None, None]).astype(np.int32)
        row = np.empty_like(table)
        row[..., 0] = n + 1
        row[..., 1:] = np.minimum(table[..., 1:] + 1, table[..., :-1] + other)
        # An insertion costs one a step, so the best one is the least of what lies before it, less its step.
        table = np.minimum.accumulate(row - steps, axis=-1) + steps
        done = sizes == n + 1
        found[done] = np.take_along_axis(table[done], ends[done], axis=-1)[..., 0]
    return list(zip(texts, found, strict=True))
