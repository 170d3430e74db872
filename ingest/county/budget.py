"""The budget of the invented province: what every spending needs, and the money that comes down for it.

Spending is planned first. Then each line of each county gets its amount, in whole 万元, and the money is
passed down from where the fund starts, placed on projects, and drawn into the pooled account month by month.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from ingest.county.books import Books
from ingest.county.places import LEVELS, LINES, YEARS, County, Province

WAN = 1_000_000
"""Fen of one 万元."""

_TENDER = 20 * WAN
"""The limit below which a purchase needs no public tender, as ZC10 has it."""

STEPS = ("村级申报", "村级公示", "乡镇审核", "县级审核", "村级公示", "县级审核", "县级批复")
_ISSUED = {"central": (1, 10), "province": (1, 20), "city": (2, 10), "county": (3, 1)}
_ISSUED_SECOND = {"central": (2, 20), "province": (3, 1), "city": (3, 15), "county": (4, 1)}
"""Day on which each level gets the first and the second batch: inside every deadline of the rules."""


def indicator_id(year: int, level: str, place: int, line: int, batch: int = 0) -> str:
    """Identifier of a budget line, such as `2019X000-F1`."""
    letter = dict(zip(LEVELS, "ZPSX", strict=True))[level]
    return f"{year}{letter}{place:03d}-F{line + 1}" + (f"-{batch + 1}" if level != "county" else "")


@dataclass
class Budget:
    """Planned spending; `needs[county, year, line, month - 1]` is what the pooled account pays, in fen."""

    books: Books
    province: Province
    needs: npt.NDArray[np.int64] = field(init=False)
    by_project: dict[tuple[int, int, int], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    extra: dict[tuple[int, int, int], int] = field(default_factory=lambda: defaultdict(int))
    projects: dict[str, dict[str, object]] = field(default_factory=dict)
    _documents: int = 0

    def __post_init__(self) -> None:
        self.needs = np.zeros((len(self.province.counties), len(YEARS), len(LINES), 12), dtype=np.int64)

    def spend(
        self, county: int, year: int, line: int, fen: int, *, month: int | None, project: str | None
    ) -> None:
        """Plan a spending; `month` None: paid by the treasury itself; `project` None: not arranged."""
        if month is not None:
            self.needs[county, YEARS.index(year), line, month - 1] += fen
        if project is None:
            self.extra[county, year, line] += fen
            return
        spent = self.by_project[county, year, line]
        spent[project] = spent.get(project, 0) + fen

    def total(self, county: int, year: int, line: int) -> int:
        """All that a line of a county pays, in fen."""
        return sum(self.by_project[county, year, line].values()) + self.extra[county, year, line]

    def document(self, year: int) -> str:
        """A fresh document number."""
        self._documents += 1
        return f"示财农〔{year}〕{self._documents}号"

    def project(
        self, project_id: str, county: County, year: int, kind: str, name: str,
        approved: date | None = None, *, targets: bool = True, **more: object,
    ) -> None:  # fmt: skip
        """Plan a project with its nine published items and its way to approval, by default in March.

        `targets` gives it a report for each year.
        """
        approved = approved or date(year, 3, 5)
        self.projects[project_id] = {
            "project_id": project_id, "project_name": f"{county.name}{year}年{name}", "project_kind": kind,
            "region_code": county.region,
            "place": county.villages[len(self.projects) % len(county.villages)].name,
            "scale": "见批复", "content": name, "period": f"{year}年",
            "approval_no": f"示扶领〔{year}〕{project_id}号",
            "approved_on": approved, "started_on": approved + timedelta(days=40),
            "unit": f"{county.name}示例局",
            "leader": "示例领导", "person": "示例负责人", "hotline": "000-00000000",
        } | more  # fmt: skip
        for reported in range(year, YEARS[-1] + 1) if targets else ():
            self.books.add(
                "targets", project_id=project_id, measure="受益户数", direction="at_least", target_value=10,
                actual_value=10, reported_on=date(reported, 10, 5),
            )  # fmt: skip
        self.steps(project_id, approved)

    def steps(self, project_id: str, approved: date, steps: tuple[str, ...] = STEPS) -> None:
        """Enter the steps to a project's approval, three days each, the last on the day of approval."""
        for n, step in enumerate(steps):
            self.books.add(
                "events", subject_kind="project", subject_id=project_id, step=step, actor="示例经办",
                happened_at=approved - timedelta(days=3 * (len(steps) - 1 - n)),
            )  # fmt: skip

    def close(self) -> None:
        """Enter indicators, splits, arrangements, projects and the draws into the pooled accounts."""
        amounts = self._amounts()
        for y, year in enumerate(YEARS):
            for n in range(len(LINES)):
                self._pass_down(year, n, amounts[:, y, n])
        arranged = self._arrange(amounts)
        for project_id, row in self.projects.items():
            self.books.add("projects", **{"approved_amount_fen": arranged.get(project_id)} | row)
        self._draw()

    def _amounts(self) -> npt.NDArray[np.int64]:
        """Amount of each county line: the first year spends to the last fen, the second has a reserve."""
        amounts = np.zeros(self.needs.shape[:3], dtype=np.int64)
        for c, y, n in np.ndindex(*amounts.shape):
            spent = self.total(c, YEARS[y], n)
            amounts[c, y, n] = spent if y == 0 else -(-spent * 13 // (10 * WAN)) * WAN
        return amounts

    def _pass_down(self, year: int, n: int, amounts: npt.NDArray[np.int64]) -> None:
        """Enter one fund of one year at every level, with the splits from each level to the next."""
        line = LINES[n]
        cities = np.array([county.city for county in self.province.counties])
        levels = LEVELS[LEVELS.index(line.top) :]
        for batch in range(line.batches):
            first = amounts if line.batches == 1 else amounts * 6 // 10 // WAN * WAN
            share = amounts - first if batch else first
            by_city = np.zeros(len(self.province.cities), dtype=np.int64)
            np.add.at(by_city, cities, share)
            fens = {"county": share, "city": by_city}
            above: str | None = None
            for level in levels:
                for place, fen in enumerate(fens.get(level, share.sum(keepdims=True)).tolist()):
                    up = int(cities[place]) if above == "city" and level == "county" else 0
                    parent = indicator_id(year, above, up, n, batch) if above else None
                    if level != "county":
                        self._hold(year, n, level, place, batch, fen, parent)
                    else:
                        self._hold(year, n, level, place, batch, fen, parent, int(amounts[place]))
                above = level

    def _hold(
        self, year: int, n: int, level: str, place: int, batch: int, fen: int, parent: str | None,
        whole: int | None = None,
    ) -> None:  # fmt: skip
        """Enter a line and the split that brings it; a county has one line (`whole`) for all batches."""
        issued = date(year, *(_ISSUED_SECOND if batch else _ISSUED)[level])
        name = indicator_id(year, level, place, n, batch)
        if batch == 0 or level != "county":
            self.indicator(
                name, n, level, place, fen if whole is None else whole, issued, starts=parent is None
            )
        if parent is not None:
            self.books.add(
                "splits", parent_indicator_id=parent, child_indicator_id=name, amount_fen=fen, split_on=issued
            )

    def indicator(
        self, name: str, n: int, level: str, place: int, fen: int, issued: date, *, starts: bool
    ) -> None:
        """Enter a budget line that was received and registered in time; `starts`: it has no parent."""
        line = LINES[n]
        self.books.add(
            "indicators", indicator_id=name, doc_no=self.document(issued.year), fund_name=line.fund_name,
            fund_nature="一般公共预算", function_code=line.function_code, economic_code=line.economic_code,
            budget_item=line.budget_item, amount_fen=fen, level=level, issuer="虚构上级财政部门",
            receiver=self._receiver(level, place), issued_on=issued, received_on=issued + timedelta(days=2),
            registered_on=issued + timedelta(days=3), scan_file=f"{name}.pdf",
        )  # fmt: skip
        if starts:
            self.books.add(
                "events", subject_kind="indicator", subject_id=name, step="人大批准", happened_at=issued,
                actor="示例经办",
            )  # fmt: skip

    def _receiver(self, level: str, place: int) -> str:
        if level == "county":
            return f"{self.province.counties[place].name}财政局"
        if level == "city":
            return f"{self.province.cities[place]}财政局"
        return {"central": "虚构财政部", "province": "虚构省财政厅"}[level]

    def _arrange(self, amounts: npt.NDArray[np.int64]) -> dict[str, int]:
        """Place county lines on projects in full, the reserve on the largest; gives the sum per project."""
        arranged: dict[str, int] = defaultdict(int)
        for (c, year, n), spent in self.by_project.items():
            rest = int(amounts[c, YEARS.index(year), n]) - sum(spent.values())
            largest = max(spent, key=lambda name: spent[name])
            for project_id, fen in spent.items():
                placed = fen + (rest if project_id == largest else 0)
                arranged[project_id] += placed
                self.books.add(
                    "project_funds", indicator_id=indicator_id(year, "county", c, n), project_id=project_id,
                    amount_fen=placed, arranged_on=date(year, 4, 10),
                )  # fmt: skip
        return arranged

    def _draw(self) -> None:
        for c, y, n, m in np.argwhere(self.needs > 0).tolist():
            county, year = self.province.counties[c], YEARS[y]
            fen, line = int(self.needs[c, y, n, m]), indicator_id(year, "county", c, n)
            # Two draws just below the limit of public tenders would look like a contract cut up (ZC10).
            first = _TENDER // 2 if _TENDER * 8 // 10 <= fen < _TENDER else fen
            for part, share in enumerate((first, fen - first), start=1):
                if share:
                    batch = f"第{part}批" if share < fen else ""
                    self._draw_once(county, line, share, date(year, m + 1, 4), batch, n)

    def _draw_once(self, county: County, line: str, fen: int, day: date, batch: str, n: int) -> None:
        payment_id = self.books.payment_id()
        self.books.add(
            "payments", payment_id=payment_id, payer_name=county.treasury.name,
            payer_account=county.treasury.account, amount_fen=fen, paid_at=day,
            purpose=f"拨入统筹整合专账（{day.month}月{batch}）",
            settlement_method="transfer", payment_method="authorised", payee_name=county.pool.name,
            payee_account=county.pool.account, indicator_id=line,
        )  # fmt: skip
        self.books.add(
            "transfers", transfer_id=self.books.transfer_id(), moved_at=day + timedelta(days=n % 3),
            from_account=county.treasury.account, to_account=county.pool.account, amount_fen=fen,
            memo="拨款", voucher_no=None if day.month % 2 else payment_id,
        )  # fmt: skip
