"""Lists of lists over columns, made once per build in linear time."""

import numpy as np
from numba import njit

from tracer.flow.codes import Int32, Int64
from tracer.flow.store import Bytes, Texts


@njit(cache=True)
def group(keys: Int64, groups: int) -> tuple[Int64, Int64]:
    """Sort places by key, keeping their order; a key below 0 belongs to no group.

    Returns `start`, `places`; group k is `places[start[k]:start[k + 1]]`.
    """
    start = np.zeros(groups + 1, np.int64)
    for key in keys:
        if key >= 0:
            start[key + 1] += 1
    for k in range(groups):
        start[k + 1] += start[k]
    places = np.empty(start[groups], np.int64)
    head = start.copy()
    for i in range(len(keys)):
        key = keys[i]
        if key >= 0:
            places[head[key]] = i
            head[key] += 1
    return start, places


@njit(cache=True)
def depths(parent: Int64) -> Int32:
    """How many ancestors each piece has; a parent comes before what was cut from it."""
    depth = np.zeros(len(parent), np.int32)
    for i in range(len(parent)):
        if parent[i] >= 0:
            depth[i] = depth[parent[i]] + 1
    return depth


def buckets_of(texts: Texts, buckets: int) -> Int64:
    """`store.bucket_of` of every text of a column."""
    codes: Int64 = _buckets(texts.starts, texts.data, buckets)
    return codes


@njit(cache=True)
def _buckets(starts: Int64, data: Bytes, buckets: int) -> Int64:
    codes = np.empty(len(starts) - 1, np.int64)
    for i in range(len(codes)):
        code = np.uint64(2166136261)
        for at in range(starts[i], starts[i + 1]):
            code = (code ^ np.uint64(data[at])) * np.uint64(16777619) & np.uint64(0xFFFFFFFF)
        codes[i] = (code ^ code >> np.uint64(15)) & np.uint64(buckets - 1)
    return codes


def has_equal_texts(start: Int64, places: Int64, texts: Texts, upto: int) -> bool:
    """Whether two of the first `upto` texts are equal; `start`, `places` group all texts by bucket."""
    found: bool = _has_equal(start, places, texts.starts, texts.data, upto)
    return found


@njit(cache=True)
def _has_equal(start: Int64, places: Int64, starts: Int64, data: Bytes, upto: int) -> bool:
    for k in range(len(start) - 1):
        for i in range(start[k], start[k + 1]):
            for j in range(start[k], i):  # places ascend within a group, so j's is the smaller one
                if places[i] < upto and _equal(starts, data, places[i], places[j]):
                    return True
    return False


@njit(cache=True)
def _equal(starts: Int64, data: Bytes, a: int, b: int) -> bool:
    length = starts[a + 1] - starts[a]
    if starts[b + 1] - starts[b] != length:
        return False
    same = True
    for at in range(length):
        same &= data[starts[a] + at] == data[starts[b] + at]
    return same
