"""Twenty-three rules read from rules-exact.md once more, as plain loops over rows: what the graph must find.

Slow and simple on purpose: no SQL, no Cypher, nothing of the product but the names of columns. Texts are
taken as they are; that they are compared without width and blanks is the case book's matter.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from plain_books import Books, Row, day_of, has_word

Found = dict[str, tuple[str, int]]
"""Level and fen by subject."""

KIN = ("监护人", "配偶", "父母", "子女", "祖父母", "孙子女", "代领人")


def payee_key(payment: Row) -> str | None:
    account = payment["payee_account"]
    return f"#{account}" if account and account != "CASH" else payment["payee_name"]


def died_before(books: Books, person: str, day: date) -> bool:
    months = [r["died_on"].year * 12 + r["died_on"].month for r in books.register[person] if r["died_on"]]
    return any(day.year * 12 + day.month > month for month in months)


def rh01(b: Books) -> Found:
    return {
        p["payment_id"]: ("yellow", p["amount_fen"])
        for p, person, day in b.benefits
        if b.register_only(p) and not any(r["valid_from"] <= day for r in b.register[person])
    }


def rh02(b: Books) -> Found:
    found = {}
    for p, person, _ in b.benefits:
        name, names = p["beneficiary_name"] or p["payee_name"], {r["name"] for r in b.register[person]}
        if name and names and name not in names:
            found[p["payment_id"]] = ("yellow", p["amount_fen"])
    return found


def rh04(b: Books) -> Found:
    words = ("丧葬", "抚恤", "遗属", "补发")
    return {
        p["payment_id"]: ("yellow", p["amount_fen"])
        for p, person, day in b.benefits
        if died_before(b, person, day) and not has_word(words, p["purpose"], p["benefit"])
    }


def rh13(b: Books) -> Found:
    dead, found = rh04(b), {}
    for p, person, day in b.benefits:
        rows = [r for r in b.register[person] if r["valid_from"] <= day]
        if rows and b.register_only(p) and not b.entries_on(person, day) and p["payment_id"] not in dead:
            found[p["payment_id"]] = ("yellow", p["amount_fen"])
    return found


def _with_period(b: Books) -> list[tuple[Row, str, date]]:
    return [it for it in b.benefits if it[0]["benefit"] and it[0]["period"]]


def rh05(b: Books) -> Found:
    seen, found = set(), {}
    for p, person, _ in _with_period(b):
        if has_word(("补发", "补差"), p["purpose"], p["benefit"]):
            continue
        key = person, p["benefit"], p["period"]
        if key in seen:
            found[p["payment_id"]] = ("yellow", p["amount_fen"])
        seen.add(key)
    return found


def rh06(b: Books) -> Found:
    of_households = {s["benefit"] for s in b.rows("standards") if s["per"] == "household"}
    first: dict[Any, str] = {}
    found = {}
    for p, person, day in _with_period(b):
        home = b.household(person, day)
        if p["benefit"] not in of_households or not home:
            continue
        if has_word(("补发", "补差"), p["purpose"], p["benefit"]):
            continue
        if first.setdefault((home, p["benefit"], p["period"]), person) != person:
            found[p["payment_id"]] = ("yellow", p["amount_fen"])
    return found


def rh07(b: Books) -> Found:
    pairs = {frozenset((x["benefit_a"], x["benefit_b"])) for x in b.rows("exclusions")}
    found, rows = {}, _with_period(b)
    for n, (later, person, _) in enumerate(rows):
        for earlier, other, _ in rows[:n]:
            periods = later["period"], earlier["period"]
            one_year = 4 in map(len, periods) and periods[0][:4] == periods[1][:4]
            is_pair = frozenset((later["benefit"], earlier["benefit"])) in pairs
            if person == other and is_pair and (periods[0] == periods[1] or one_year):
                found[later["payment_id"]] = ("yellow", later["amount_fen"])
    return found


def rh08(b: Books) -> Found:
    groups = defaultdict(list)
    for p, person, day in b.benefits:
        account = p["payee_account"]
        if account and account != "CASH" and b.account(account).get("account_type") != "clearing":
            groups[account].append((person, b.household(person, day) or person, p["amount_fen"]))
    return {
        account: ("yellow", sum(fen for *_, fen in rows))
        for account, rows in groups.items()
        if len({person for person, *_ in rows}) >= 3 and len({home for _, home, _ in rows}) >= 2
    }


def rh09(b: Books) -> Found:
    years: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for p, person, day in b.benefits:
        years[person, day.year].append(p)
    found = {}
    for (person, _), rows in sorted(years.items(), key=lambda it: it[0][1]):
        if len({p["payee_account"] for p in rows} - {None, "", "CASH"}) >= 3:
            found[person] = ("info", sum(p["amount_fen"] for p in rows))
    return found


def rh10(b: Books) -> Found:
    return {
        p["payment_id"]: ("yellow", p["amount_fen"])
        for p, person, day in b.benefits
        if _is_asked(b, p) and not _is_own(b, p, person, day)
    }


def _is_asked(b: Books, p: Row) -> bool:
    number, account = p["payee_account"], b.account(p["payee_account"])
    if not number or number == "CASH" or (not account and not p["payee_name"]):
        return False
    kinds = ("person", "merchant", "village")
    return not account or (account["account_type"] != "clearing" and account["holder_kind"] in kinds)


def _is_own(b: Books, p: Row, person: str, day: date) -> bool:
    number, account = p["payee_account"], b.account(p["payee_account"])
    family = b.members(person, day) | {person}
    holder = account.get("holder_id")
    if holder in family:
        return True
    if not holder:
        name = account["holder_name"] if account else p["payee_name"]
        names = {r["name"] for member in b.members(person, day) for r in b.register[member]}
        if name in names | {p["beneficiary_name"] or p["payee_name"]}:
            return True
    if any(r["card_account"] == number for member in family for r in b.register[member]):
        return True
    ends = {frozenset((r["person_a"], r["person_b"])) for r in b.rows("relations") if r["relation"] in KIN}
    return bool(holder) and frozenset((holder, person)) in ends


def _period(text: str | None) -> tuple[date, date] | None:
    if not text:
        return None
    year, month = int(text[:4]), int(text[5:] or 1)
    after = date(year + 1, 1, 1) if len(text) == 4 or month == 12 else date(year, month + 1, 1)
    return date(year, month, 1), after - timedelta(1)


def rh14(b: Books) -> Found:
    found: dict[str, int] = defaultdict(int)
    paid = {(p["benefit"], p["period"]) for p, *_ in _with_period(b)}
    for s in b.rows("standards"):
        for period in [period for benefit, period in paid if benefit == s["benefit"]]:
            first, last = _period(period) or (b.as_of, b.as_of)
            in_force = s["valid_from"] <= first <= (s["valid_to"] or first)
            if s["entitled"] == "all" and in_force and last + timedelta(30) < b.as_of:
                for person in _left_out(b, s, period, first, last):
                    found[person] += s["amount_fen"]
    return {person: ("yellow", fen) for person, fen in found.items()}


def _left_out(b: Books, s: Row, period: str, first: date, last: date) -> list[str]:
    paid = [it for it in _with_period(b) if (it[0]["benefit"], it[0]["period"]) == (s["benefit"], period)]
    villages = {r["village"] for _, who, day in paid for r in b.entries_on(who, day)} - {None}
    entitled: list[tuple[str, Row]] = []
    for person, rows in b.register.items():
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        dead = any(r["died_on"] and r["died_on"] <= last for r in rows)
        if not dead and all(b.entries_on(person, day) for day in days):
            entitled.append((person, b.entries_on(person, last)[-1]))
    entitled = [(person, row) for person, row in entitled if row["village"] in villages]
    if s["per"] != "household":
        return [person for person, _ in entitled if person not in {who for _, who, _ in paid}]
    homes = {b.household(who, on) for _, who, day in paid for on in (day, last)}
    firsts: dict[str, tuple[bool, str]] = {}
    for person, row in entitled:
        if row["household_id"] not in homes:
            mine = (row["relation"] != "户主", person)
            firsts[row["household_id"]] = min(firsts.get(row["household_id"], mine), mine)
    return [person for _, person in firsts.values()]


def rh15(b: Books) -> Found:
    found = {}
    for p, _, day in b.benefits:
        on = (_period(p["period"]) or (day, day))[0]
        fens = [
            s["amount_fen"]
            for s in b.rows("standards")
            if s["benefit"] == p["benefit"] and s["valid_from"] <= on <= (s["valid_to"] or on)
        ]
        gap = min((abs(fen - p["amount_fen"]) for fen in fens), default=0)
        if gap and not has_word(("补发", "补差", "折算", "部分"), p["purpose"]):
            found[p["payment_id"]] = ("yellow", gap)
    return found


def zc02(b: Books) -> Found:
    found = {}
    for number, indicator in b.indicators.items():
        run = 0
        names = {p["payment_id"] for p in b.plain if p["indicator_id"] == number and b.is_draw(p)}
        for p in b.payments:
            if p["refund_of"] in names:
                run -= p["amount_fen"]
            elif p["payment_id"] in names and not p["refund_of"]:
                run += p["amount_fen"]
                left = indicator["amount_fen"] - b.passed_on(number, day_of(p["paid_at"]))
                if run > left:
                    found[p["payment_id"]] = ("red", run - left)
                    break
    return found


def zc03(b: Books) -> Found:
    over = {n: b.paid_for(n) - (j["approved_amount_fen"] or 0) for n, j in b.projects.items()}
    return {
        n: ("yellow", fen)
        for n, fen in over.items()
        if fen > 0 and b.projects[n]["approved_amount_fen"] is not None
    }


def zc06(b: Books) -> Found:
    words = ("公益岗位", "公益性岗位", "征地", "青苗", "补偿", "劳务费", "劳务报酬", "务工")
    found = {}
    for p in b.plain:
        payer, payee = p["payer_account"], b.account(p["payee_account"])
        project = b.projects.get(p["project_id"] or "", {})
        if (
            b.net(p) > 0
            and not b.person(p)
            and (b.is_public(payer) or b.account(payer).get("holder_kind") == "village")
            and (payee.get("account_type"), payee.get("holder_kind")) == ("personal", "person")
            and project.get("project_kind") != "household"
            and not has_word(words, p["purpose"])
        ):
            found[p["payment_id"]] = ("yellow", p["amount_fen"])
    return found


def zc09(b: Books) -> Found:
    runs: dict[Any, int] = defaultdict(int)
    found = {}
    for p in b.plain:
        key = p["payer_account"], p["payee_name"], day_of(p["paid_at"])
        if p["settlement_method"] == "cash" and all(key) and not has_word(("收购", "差旅"), p["purpose"]):
            runs[key] += p["amount_fen"]
            if runs[key] > 100_000:
                found[p["payment_id"]] = ("yellow", p["amount_fen"])
    return found


def zc10(b: Books) -> Found:
    limit = 20_000_000
    groups: dict[Any, list[list[Row]]] = defaultdict(list)
    for p in b.plain:
        is_near = limit * 80 <= p["amount_fen"] * 100 and p["amount_fen"] < limit
        if not is_near or b.net(p) <= 0 or b.person(p) or not p["payer_account"] or not payee_key(p):
            continue
        series = groups[p["payer_account"], payee_key(p), p["project_id"]]
        if not series or day_of(p["paid_at"]) > day_of(series[-1][0]["paid_at"]) + timedelta(30):
            series.append([])
        series[-1].append(p)
    found = {}
    for group in (group for series in groups.values() for group in series):
        contracts = {p["contract_no"] for p in group}
        total = sum(p["amount_fen"] for p in group)
        if len(group) >= 2 and total >= limit and (len(contracts) > 1 or None in contracts):
            sums = [sum(p["amount_fen"] for p in group[: n + 1]) for n in range(len(group))]
            at = next(n for n in range(1, len(group)) if sums[n] >= limit)
            found[group[at]["payment_id"]] = ("yellow", total)
    return found


def zc12(b: Books) -> Found:
    names = ("period", "beneficiary_id", "indicator_id", "project_id", "contract_no")
    last: dict[Any, date] = {}
    found = {}
    for p in b.plain:
        if b.net(p) <= 0 or not p["payer_account"] or not payee_key(p) or not p["purpose"]:
            continue
        key = p["payer_account"], payee_key(p), p["amount_fen"], p["purpose"], *(p[name] for name in names)
        day = day_of(p["paid_at"])
        if key in last and (day - last[key]).days <= 7:
            found[p["payment_id"]] = ("yellow", p["amount_fen"])
        last[key] = day
    return found


def zc15(b: Books) -> Found:
    return {
        p["payment_id"]: ("yellow", p["amount_fen"])
        for p in b.plain
        if b.net(p) > 0
        and b.account(p["payer_account"]).get("account_type") == "treasury"
        and b.account(p["payee_account"]).get("account_type") in ("special", "unit")
        and b.account(p["payee_account"]).get("holder_kind") == "agency"
    }


def zc18(b: Books) -> Found:
    found = {}
    for number, project in b.projects.items():
        left, done = b.arranged(number) - b.paid_for(number), project["accepted_on"]
        if done and left > 0 and b.as_of >= done + timedelta(30):
            found[number] = ("yellow" if b.as_of > done + timedelta(90) else "bell", left)
    return found


def zc21(b: Books) -> Found:
    found = {}
    for number, indicator in b.indicators.items():
        draws = [p for p in b.plain if p["indicator_id"] == number and b.is_draw(p)]
        years = [p["paid_at"].year for p in draws if date(p["paid_at"].year, 12, 31) <= b.as_of]
        if not years:
            continue
        of_year = [p for p in draws if p["paid_at"].year == max(years)]
        december = sum(p["amount_fen"] for p in of_year if p["paid_at"].month == 12)
        received = indicator["received_on"] or indicator["registered_on"] or indicator["issued_on"]
        too_late = received >= date(max(years), 12, 1)
        if december * 100 > 30 * sum(p["amount_fen"] for p in of_year) and len(of_year) >= 3 and not too_late:
            found[number] = ("yellow", december)
    return found


def zb15(b: Books) -> Found:
    found = {}
    for number, indicator in b.indicators.items():
        end = date(indicator["issued_on"].year + 1, 12, 31)
        left = indicator["amount_fen"] - b.passed_on(number, end) - b.drawn(number, end)
        if b.as_of > end and left > 0:
            found[number] = ("red", left)
    return found


def zb16(b: Books) -> Found:
    found = {}
    parents = {row["parent_indicator_id"] for row in b.rows("splits")}
    for number, i in b.indicators.items():
        received = i["received_on"] or i["registered_on"] or i["issued_on"]
        year = received.year + (received.month >= 10)
        if i["level"] not in ("county", "township") or number in parents or i["amount_fen"] <= 0:
            continue
        if year > b.as_of.year:
            continue
        first, last = date(b.as_of.year, 1, 1), date(b.as_of.year, 12, 31)
        days, gone = (last - first).days + 1, (b.as_of - first).days + 1
        is_over = year < b.as_of.year or b.as_of >= last
        line, whole = (90, 1) if is_over else (gone * 100 - 20 * days, days)
        drawn = b.drawn(number, b.as_of)
        if line > 0 and drawn * 100 * whole < i["amount_fen"] * line:
            found[number] = ("yellow", i["amount_fen"] - drawn)
    return found


ORACLE: dict[str, Callable[[Books], Found]] = {
    name.upper(): rule
    for name, rule in list(globals().items())
    if callable(rule) and name[:2] in ("rh", "zb", "zc") and name[2:].isdigit()
}
