"""An invented county, or a province of them: its money, its planted cases and the answer key.

Everything is drawn from a seed and plainly unreal: 示例县, 虚构公司, ID numbers of no existing county.
"""

from pathlib import Path

import numpy as np

from ingest.county.books import AnswerKey, Books, Expected
from ingest.county.budget import Budget
from ingest.county.households import pay, payments_per_household, settle
from ingest.county.office import write_office
from ingest.county.paperwork import file_papers
from ingest.county.places import AS_OF, build_places
from ingest.county.planted import plant
from ingest.county.planted_budget import note_low_rates, plant_budget
from ingest.county.planted_exempt import plant_exempt
from ingest.county.planted_people import set_standards
from ingest.county.planted_rolls import approve_lists, plant_rolls
from ingest.county.planted_spending import plant_spending
from ingest.county.planted_walks import PETTY
from ingest.county.works import Clerk, build_works

__all__ = ["AS_OF", "PAYMENTS_PER_COUNTY", "SEED", "AnswerKey", "Books", "Expected", "build", "generate"]

SEED = 2020
PAYMENTS_PER_COUNTY = 5_000
_WORKS_PER_COUNTY = 170
"""Roughly the payments of a county that are no household payments."""
_PLANTED_EVERY = 10
"""Every tenth county has the planted cases."""
_PLANTED_PAYMENTS = 2 * PETTY + 450
"""Roughly the payments of these."""


def build(payments: int = PAYMENTS_PER_COUNTY, seed: int = SEED) -> Books:
    """Invent the books of a province with about `payments` payments, planted cases included."""
    counties = max(1, round(payments / PAYMENTS_PER_COUNTY))
    planted = -(-counties // _PLANTED_EVERY)
    others = counties * _WORKS_PER_COUNTY + planted * _PLANTED_PAYMENTS
    households = max(50 * counties, int((payments - others) / payments_per_household()))
    rng = np.random.default_rng(seed)
    books = Books()
    province = build_places(books, counties)
    set_standards(books)
    budget = Budget(books, province)
    people = settle(books, province, households, rng)
    pay(books, budget, people, rng)
    for county in province.counties:
        clerk = Clerk(books, budget, county)
        build_works(clerk, rng)
        file_papers(books, county)
        approve_lists(books, county, people)
        if county.index % _PLANTED_EVERY == 0:
            plant(clerk, people)
            plant_spending(clerk, people)
            plant_rolls(clerk, people)
            plant_budget(clerk)
            plant_exempt(clerk, people)
    note_low_rates(books)
    budget.close()
    return books


def _in_order(cases: list[Expected]) -> tuple[Expected, ...]:
    return tuple(sorted(cases, key=lambda case: (case.rule_id, case.subject)))


def generate(folder: Path, payments: int = PAYMENTS_PER_COUNTY, seed: int = SEED) -> AnswerKey:
    """Write the office files of an invented province into `folder`, with `answer-key.json` beside them.

    `payments` is met within a few percent; the same arguments give the same files, byte by byte.
    """
    books = build(payments, seed)
    key = AnswerKey(
        as_of=AS_OF.isoformat(),
        seed=seed,
        payments=books.table("payments").num_rows,
        expected=_in_order(books.expected),
        suppressed=_in_order(books.suppressed),
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_office(books, folder / "办公文件")
    key.write(folder / "answer-key.json")
    return key
