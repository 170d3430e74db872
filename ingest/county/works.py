"""Works of the invented counties: roads paid by the treasury, village and company projects from the pool."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ingest.county.books import Books
from ingest.county.budget import WAN, Budget, indicator_id
from ingest.county.places import YEARS, County, Party

_ROADS = ("村组道路硬化", "安全饮水管网", "灌溉渠修复", "村级活动场所改造")
_INSTALMENTS = ((5, 40), (7, 40), (9, 20))
"""Month and share in percent of the instalments of a contract."""

_ACCEPTED = date(YEARS[0], 12, 10)
"""Day on which the roads of the first year were accepted."""


@dataclass
class Clerk:
    """Enters payments of one county and plans what they need."""

    books: Books
    budget: Budget
    county: County

    def pay(
        self, payee: Party, fen: int, day: date, purpose: str, *, line: int | None, project: str | None,
        direct: bool = False, arranged: bool = True, **more: object,
    ) -> str:  # fmt: skip
        """Pay from the pooled account, or from the treasury (`direct`); gives the voucher number."""
        county = self.county
        payer = county.treasury if direct else county.pool
        payment_id = self.books.payment_id()
        row: dict[str, object] = {
            "payment_id": payment_id, "payer_name": payer.name, "payer_account": payer.account,
            "amount_fen": fen,
            "paid_at": day, "purpose": purpose, "settlement_method": "transfer",
            "payment_method": "direct" if direct else "authorised", "payee_name": payee.name,
            "payee_account": payee.account, "project_id": project,
        }  # fmt: skip
        if line is not None:
            row["indicator_id"] = indicator_id(day.year, "county", county.index, line)
            month = None if direct else day.month
            self.budget.spend(
                county.index, day.year, line, fen, month=month, project=project if arranged else None
            )
        self.books.add("payments", **row | more)
        return payment_id

    def give_back(self, payment: str, payer: Party, payee: Party, fen: int, day: date, purpose: str) -> str:
        """Enter that who was paid gives so much of a payment back; gives the voucher number."""
        payment_id = self.books.payment_id()
        self.books.add(
            "payments", payment_id=payment_id, payer_name=payer.name, payer_account=payer.account,
            payee_name=payee.name, payee_account=payee.account, amount_fen=fen, paid_at=day, purpose=purpose,
            settlement_method="transfer", payment_method="authorised", refund_of=payment,
        )  # fmt: skip
        return payment_id

    def move(self, payer: str, payee: str, fen: int, day: date, memo: str, voucher: str | None = None) -> str:
        """Enter a bank movement; gives its number."""
        transfer_id = self.books.transfer_id()
        self.books.add(
            "transfers", transfer_id=transfer_id, moved_at=day, memo=memo,
            from_account=payer, to_account=payee, amount_fen=fen, voucher_no=voucher,
        )  # fmt: skip
        return transfer_id


def build_works(clerk: Clerk, rng: np.random.Generator) -> None:
    """Build the works of both years in one county."""
    for year in YEARS:
        _roads(clerk, year, rng)
        _villages(clerk, year, rng)
        _companies(clerk, year, rng)


def _roads(clerk: Clerk, year: int, rng: np.random.Generator) -> None:
    county = clerk.county
    for n, name in enumerate(_ROADS):
        project = f"XM{year}-{county.index:03d}-JC{n + 1}"
        contractor = county.contractors[n]
        clerk.budget.project(
            project, county, year, "infrastructure", name, contractor=contractor.name,
            accepted_on=_ACCEPTED if year == _ACCEPTED.year else None,
        )  # fmt: skip
        if year == _ACCEPTED.year:
            village = county.villages[n]
            clerk.books.add(
                "assets", asset_id=f"ZCH-{project}", asset_name=name, project_id=project,
                operator=f"{village.name}股份经济合作社", benefit="改善生产生活条件",
                beneficiaries=f"{village.name}村民", supervision=f"{county.name}示例局",
            )  # fmt: skip
        contract = int(rng.integers(30, 80)) * WAN
        for part, (month, percent) in enumerate(_INSTALMENTS, start=1):
            fen = contract * percent // 100
            day = date(year, month, 6 + n)
            voucher = clerk.pay(
                contractor, fen, day, f"{name}第{part}期进度款", line=4, project=project, direct=True,
                contract_no=f"HT{year}-{county.index:03d}-{n + 1}",
            )  # fmt: skip
            clerk.move(county.treasury.account, contractor.account, fen, day, "工程款", voucher)
            supplier = county.suppliers[(n + part) % len(county.suppliers)]
            clerk.move(contractor.account, supplier.account, fen // 2, day + timedelta(days=10), "材料款")
        if year == YEARS[-1]:
            _settle(clerk, voucher, contractor, fen // 20, day + timedelta(days=8))


def _settle(clerk: Clerk, voucher: str, contractor: Party, fen: int, day: date) -> None:
    """Return what the audit of a road took off its bill; the money waits on its line for another project."""
    treasury = clerk.county.treasury
    back = clerk.give_back(voucher, contractor, treasury, fen, day, "审计核减退回")
    clerk.move(contractor.account, treasury.account, fen, day, "退回", back)


def _villages(clerk: Clerk, year: int, rng: np.random.Generator) -> None:
    county = clerk.county
    for n in range(3):
        village = county.villages[(n * 4 + year) % len(county.villages)]
        project = f"XM{year}-{county.index:03d}-CZ{n + 1}"
        clerk.budget.project(project, county, year, "village", f"{village.name}集体产业")
        fen, day = int(rng.integers(50, 100)) * WAN // 10, date(year, 7, 9 + n)
        clerk.pay(village, fen, day, "村集体产业资金", line=2, project=project)
        first = fen * 3 // 5
        for part, (share, days) in enumerate(((first, 8), (fen - first, 20))):
            supplier = county.suppliers[(n + part) % len(county.suppliers)]
            clerk.move(village.account, supplier.account, share, day + timedelta(days=days), "种苗款")


def _companies(clerk: Clerk, year: int, rng: np.random.Generator) -> None:
    county = clerk.county
    company = county.contractors[-1]
    for n in range(2):
        project = f"XM{year}-{county.index:03d}-QY{n + 1}"
        clerk.budget.project(
            project, county, year, "enterprise", f"示例产业基地{n + 1}", contractor=company.name
        )
        fen = int(rng.integers(60, 150)) * WAN // 10
        clerk.pay(company, fen, date(year, 8, 11 + n), "产业基地配套工程款", line=3, project=project)
    project = f"XM{year}-{county.index:03d}-PT"
    clerk.budget.project(project, county, year, "enterprise", "示例加工车间", contractor=company.name)
    if year == YEARS[0]:
        _round_off(clerk, year, project, company)
    else:
        clerk.pay(company, 2 * WAN, date(year, 9, 14), "加工车间首期工程款", line=3, project=project)


def _round_off(clerk: Clerk, year: int, project: str, company: Party) -> None:
    """Spend each pooled line of the first year to a whole 万元, so that nothing of it stays behind."""
    for line in range(4):
        spent = clerk.budget.total(clerk.county.index, year, line)
        fen = -(-spent // WAN) * WAN + 2 * WAN - spent
        clerk.pay(
            company, fen, date(year, 11, 14 + line), f"加工车间工程款{line + 1}", line=line, project=project
        )
