"""A made-up ledger in the shape of a country: centre, provinces, pools of counties, projects, people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracer.flow.codes import ACCOUNT, INDICATOR, Columns, Int8, Int64

PROVINCES, POOLS, DAYS, HUB_ROWS = 31, 2_800, 1_096, 100_000
CENTRE, PROVINCE, POOL, HUB, PROJECT, BENEFICIARY = range(6)
Generator = np.random.Generator


@dataclass(frozen=True)
class Tree(Columns):
    """A ledger as columns, with the level of each holder."""

    level: Int8


@dataclass
class Rows:
    """Rows while they are made; `line` is the indicator that the money comes from."""

    day: Int64
    payer: Int64
    payee: Int64
    amount: Int64
    line: Int64
    tagged: NDArray[np.bool_]

    def pick(self, which: Any) -> "Rows":
        return Rows(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def shares(rng: Generator, parents: Rows, children: int) -> tuple[Int64, Int64, Int64]:
    """Deal `children` payments to the parents; return parent, day and amount, in all what the parents got."""
    per = 1 + rng.multinomial(
        max(children - len(parents.day), 0), np.full(len(parents.day), 1 / len(parents.day))
    )
    parent = np.repeat(np.arange(len(per)), per)
    weight = rng.random(len(parent)) + 0.05
    last = np.cumsum(per) - 1
    running = np.cumsum(weight)
    before = np.concatenate(([0.0], running[last[:-1]]))
    share = (running - before[parent]) / (running[last] - before)[parent]
    upto = np.floor(share * parents.amount[parent]).astype(np.int64)
    upto[last] = parents.amount
    amount = np.diff(upto, prepend=0)
    first = last - per + 1
    amount[first] = upto[first]
    delay = 1 + rng.exponential(20, len(parent)).astype(np.int64)
    return parent, parents.day[parent] + delay, amount


def grow(rows: int, *, plain: bool, seed: int = 1) -> Tree:
    """Make a tree of about `rows` rows; `plain`: without refunds, shortfalls and tags."""
    rng = np.random.default_rng(seed)
    documents = int(1_550 * (rows / 1e6) ** 0.5) + 1
    provinces = documents + np.arange(documents * PROVINCES)
    pools = provinces[-1] + 1 + np.arange(POOLS)
    hub = pools[-1] + 1
    projects = hub + 1 + np.arange(max(rows * 3 // 100, POOLS))
    beneficiaries = projects[-1] + 1 + np.arange(rows // 2)
    issued = rng.lognormal(25, 1.2, documents).astype(np.int64) + 10**9
    issue_day = np.sort(rng.integers(0, DAYS - 200, documents))
    born = Rows(
        issue_day,
        np.zeros(documents, np.int64),
        np.arange(documents),
        issued,
        np.arange(documents),
        np.zeros(documents, bool),
    )

    def level(parents: Rows, children: int, choose: Callable[[Int64, Int64], Int64]) -> Rows:
        parent, day, amount = shares(rng, parents, children)
        payer = parents.payee[parent]
        made = Rows(day, payer, choose(parent, payer), amount, parents.line[parent], np.zeros(len(day), bool))
        return made.pick((made.day < DAYS) & (made.amount > 0))

    splits = level(
        born,
        documents * PROVINCES,
        lambda parent, payer: provinces[payer * PROVINCES + rng.integers(0, PROVINCES, len(payer))],
    )
    per_province = POOLS // PROVINCES
    to_pools = level(
        splits,
        rows // 10,
        lambda parent, payer: pools[
            (payer - documents) % PROVINCES * per_province + rng.integers(0, per_province, len(payer))
        ],
    )
    to_pools.line = to_pools.payer
    per_pool = len(projects) // POOLS
    to_projects = level(
        to_pools,
        rows * 3 // 10,
        lambda parent, payer: projects[(payer - pools[0]) * per_pool + rng.integers(0, per_pool, len(payer))],
    )
    to_projects.tagged = rng.random(len(to_projects.day)) < 0.3
    through_hub = rng.random(len(to_projects.day)) < min(HUB_ROWS, rows // 10) / len(to_projects.day)
    to_hub, direct = to_projects.pick(through_hub), to_projects.pick(~through_hub)
    wanted = to_hub.payee.copy()
    to_hub.payee[:] = hub
    from_hub = level(to_hub, len(wanted), lambda parent, payer: wanted[parent])
    last = Rows(
        *(np.concatenate((getattr(direct, n), getattr(from_hub, n))) for n in direct.__dataclass_fields__)
    )
    per_project = len(beneficiaries) // len(projects)
    to_people = level(
        last,
        rows - rows * 4 // 10,
        lambda parent, payer: beneficiaries[
            (payer - projects[0]) * per_project + rng.integers(0, per_project, len(payer))
        ],
    )
    parts = [splits, to_pools, to_hub, direct, from_hub, to_people]
    if not plain:
        back = direct.pick(rng.random(len(direct.day)) < rows / 100 / len(direct.day))
        back = Rows(
            back.day + rng.integers(1, 60, len(back.day)),
            back.payee,
            back.payer,
            back.amount // 2 + 1,
            back.line,
            np.ones(len(back.day), bool),
        )
        parts.append(back.pick(back.day < DAYS))
        late = rng.random(len(to_people.day)) < 0.002  # paid before the money came: partly unexplained
        to_people.day[late] = np.maximum(to_people.day[late] - 60, 0)
    return _tree(
        rng,
        parts,
        documents,
        issued,
        issue_day,
        [documents, len(provinces), POOLS, 1, len(projects), len(beneficiaries)],
    )


def _tree(
    rng: Generator, parts: list[Rows], documents: int, issued: Int64, issue_day: Int64, sizes: list[int]
) -> Tree:
    day, payer, payee, amount, line = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("day", "payer", "payee", "amount", "line")
    )
    tagged = np.concatenate([part.tagged for part in parts])
    splits_first = np.lexsort((day, np.arange(len(day)) >= len(parts[0].day)))
    timed = rng.random(len(day)) < 0.1
    holders = sum(sizes)
    level = np.repeat(np.arange(len(sizes)), sizes).astype(np.int8)
    return Tree(
        day[splits_first].astype(np.int32),
        np.where(timed, rng.integers(8 * 3600, 18 * 3600, len(day)) * 1000, 0).astype(np.int32),
        payer[splits_first].astype(np.int32),
        payee[splits_first].astype(np.int32),
        amount[splits_first],
        np.where(tagged, line, -1)[splits_first].astype(np.int32),
        np.where(level <= PROVINCE, INDICATOR, ACCOUNT).astype(np.int8),
        np.concatenate((issued, np.zeros(holders - documents, np.int64))),
        np.concatenate((issue_day, np.zeros(holders - documents, np.int64))).astype(np.int32),
        np.zeros(holders, np.int64),
        level,
    )
