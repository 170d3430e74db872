"""What every office of the invented counties files and keeps beside its money: reports, and old alerts."""

from datetime import date, timedelta

from ingest.county.books import Books
from ingest.county.budget import WAN
from ingest.county.places import AS_OF, YEARS, County

FIRST_REPORT = date(YEARS[-1], 1, 1)


def file_papers(books: Books, county: County) -> None:
    """Enter the monthly reports, rule proposals and settled alerts of a county, all of them in time."""
    file_reports(books, county.agency_id)
    for year in YEARS:
        propose_rules(books, county.agency_id, year + 1, date(year, 10, 12))
    for n, (level, days) in enumerate((("bell", 12), ("yellow", 3), ("red", 8))):
        opened = date(YEARS[0], 9, 2 + n)
        books.add(
            "alert_log", alert_id=f"YJ{YEARS[0]}-{county.index:03d}-{n + 1}", rule_id="ZB16",
            subject=f"{YEARS[0]}X{county.index:03d}-F{n + 1}", level=level, opened_on=opened,
            responded_on=opened + timedelta(days=days), result="normal", amount_fen=(n + 1) * WAN,
        )  # fmt: skip


def file_reports(
    books: Books, office: str, first: date = FIRST_REPORT, late: dict[str, date | None] | None = None
) -> None:
    """Enter an office's monthly reports from the month of `first` on, each sent on the third.

    `late` gives another day for a month, such as `2020-06`; None means that it was never sent.
    """
    month = first
    while (following := (month + timedelta(days=31)).replace(day=1)) <= AS_OF:
        period = f"{month:%Y-%m}"
        sent = (late or {}).get(period, following.replace(day=3))
        if sent:
            books.add("filings", office_id=office, kind="monthly_report", period=period, sent_on=sent)
        month = following


def propose_rules(books: Books, office: str, year: int, sent: date | None) -> None:
    """Enter an office's rule proposal for a budget year."""
    books.add("filings", office_id=office, kind="rule_proposal", period=str(year), sent_on=sent)
