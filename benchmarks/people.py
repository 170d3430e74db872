"""Invented people of a register, with names as common as names are, and payments that write them wrongly.

Numbers carry the county code 229999, which no county has. Every corruption changes a clean row (number, name
and own account as the register has them) in one way, or in two where it says so; some leave nobody, or nobody
in particular, who could be meant.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from opencc import OpenCC
from pypinyin import Style, pinyin

from ingest.county.numbers import REGION, account_numbers, with_checks
from tracer.schema import TABLES

Ints = npt.NDArray[np.int64]
Row = tuple[str | None, str | None, str | None]
"""Number, name and account of a recipient as a payment writes them."""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任"
    "卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红玲芬燕彬健梅琴云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼"
    "勤珍贞莉叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琳蕊薇菁梦岚苑婕馨瑗琰韵融园艺"
    "咏卿聪澜纯毓悦昭冰爽琬茗羽希宁欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思俊峰毅斌旭鹏辉力鑫建文"
    "德志国永生成元东春海龙玮纬炜利俐鸣铭桦钧洁蕾彦艺灵凌智文雯宏洪虹鸿霖琳慧惠诚冬鑫欣梓紫宇雨家昊浩"
)
PARTS = (
    *(
        "买买提",
        "吐尔逊",
        "阿不都",
        "热合曼",
        "艾合买提",
        "古丽",
        "努尔",
        "阿依",
        "帕提古丽",
        "卡德尔",
        "依明",
    ),
    *("玉素甫", "扎西", "次仁", "卓玛", "央金", "多吉", "达娃", "尼玛", "平措"),
)
_SPAN_DAYS, _FIRST_BIRTH = 30_000, np.datetime64("1935-01-01")
_VILLAGE_PEOPLE = 350
_CARD = 77
_CLEAN = 0.4
"""Share of recipients whose row is as the register has it."""


@dataclass(frozen=True)
class People:
    """Persons as columns; those from `registered` on are in no register."""

    ids: npt.NDArray[np.object_]
    names: npt.NDArray[np.object_]
    cards: npt.NDArray[np.object_]
    household: Ints
    village: Ints
    registered: int


@dataclass(frozen=True)
class Recipients:
    """Recipients as payments write them; `person` is the place of him who is meant, -1 where nobody is."""

    rows: list[Row]
    person: Ints
    kind: npt.NDArray[np.object_]
    decidable: npt.NDArray[np.bool_]
    """Whether the row can only mean that person."""


def settle(count: int, strangers: int, rng: np.random.Generator) -> People:
    """Invent registered people in households and villages, and strangers who live alone."""
    n = count + strangers
    code = rng.choice(_SPAN_DAYS * 900, n, replace=False)
    birth = np.char.replace((_FIRST_BIRTH + (code // 900).astype("timedelta64[D]")).astype("U10"), "-", "")
    ids = with_checks(np.char.add(np.char.add(REGION, birth), (100 + code % 900).astype("U3")))
    household = np.searchsorted(np.cumsum(rng.integers(1, 6, n)), np.arange(n), side="right")
    # In three households of ten everybody has an account of his own.
    own = rng.random(household[-1] + 1)[household] < 0.3
    first = np.searchsorted(household, household)
    holder = np.where(own | (np.arange(n) >= count), np.arange(n), first)
    cards = account_numbers(_CARD, np.zeros(n, np.int64), holder + 1)
    return People(
        np.array(ids.to_pylist(), object),
        _names(n, rng),
        np.array(cards.to_pylist(), object),
        household,
        household // (_VILLAGE_PEOPLE // 3),
        count,
    )


def _names(n: int, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """A few surnames and characters are very common, as in any county; one in twenty is a minority name."""

    def some(pool: Sequence[str], exponent: float) -> npt.NDArray[np.object_]:
        weight = 1 / np.arange(2, len(pool) + 2) ** exponent
        return np.array(list(pool), object)[rng.choice(len(pool), n, p=weight / weight.sum())]

    given = sorted(set(GIVEN), key=GIVEN.index)
    short = rng.random(n) < 0.15
    names = some(SURNAMES, 0.9) + some(given, 0.6) + np.where(short, "", some(given, 0.6))
    minority = some(PARTS, 0.5) + "·" + some(PARTS, 0.5)
    found: npt.NDArray[np.object_] = np.where(rng.random(n) < 0.05, minority, names).astype(object)
    return found


def register_rows(people: People) -> pa.Table:
    """The register with the ledger's columns."""
    n = people.registered
    columns = {
        "person_id": people.ids[:n],
        "name": people.names[:n],
        "household_id": [f"HU{number:07d}" for number in people.household[:n].tolist()],
        "village": [f"{_village(number)}" for number in people.village[:n].tolist()],
        "card_account": people.cards[:n],
    }
    since = pa.array(np.full(n, np.datetime64("2016-01-01")))
    return _table("register", n, columns | {"valid_from": since})


def _village(number: int) -> str:
    digits = "零一二三四五六七八九"
    return "第" + "".join(digits[int(digit)] for digit in f"{number:04d}") + "村"


def payment_rows(people: People, recipients: Recipients, times: int) -> tuple[pa.Table, pa.Table]:
    """Payments, each recipient so many times, and their projects: every other one names the village."""
    n = len(recipients.rows)
    villages = int(people.village.max()) + 1
    place = np.where(recipients.person < 0, np.arange(n) % villages, people.village[recipients.person])
    project = np.where(np.arange(n) % 2 == 0, place, villages)
    numbers = np.tile(np.arange(n), times)
    written = [pa.array([row[i] for row in recipients.rows], pa.string()) for i in range(3)]
    of = pa.array(numbers)
    same = pa.array(np.zeros(n * times, np.int64))
    columns = {
        "payment_id": pa.array(np.char.add("PZ", np.arange(n * times).astype("U9"))),
        "payer_name": pa.array(["某县财政局"]).take(same),
        "payer_account": pa.array(["9999"]).take(same),
        "amount_fen": pa.array(10_000 + numbers % 7 * 100),
        "paid_at": pa.array(
            np.datetime64("2020-06-01T00:00:00.000") + (numbers % 90).astype("timedelta64[D]")
        ),
        "purpose": pa.array(["补助"]).take(same),
        "settlement_method": pa.array(["transfer"]).take(same),
        "payment_method": pa.array(["direct"]).take(same),
        "payee_name": written[1].take(of),
        "payee_account": written[2].take(of),
        "beneficiary_id": written[0].take(of),
        "beneficiary_name": written[1].take(of),
        "project_id": pa.array([f"XM{number}" for number in range(villages + 1)]).take(
            pa.array(project[numbers])
        ),
    }
    places = [*(f"某县{_village(number)}" for number in range(villages)), "某县"]
    projects = {
        "project_id": [f"XM{number}" for number in range(villages + 1)],
        "project_name": ["补助"] * (villages + 1),
        "project_kind": ["household"] * (villages + 1),
        "place": places,
    }
    return _table("payments", n * times, columns), _table("projects", villages + 1, projects)


def _table(name: str, rows: int, columns: dict[str, Any]) -> pa.Table:
    schema = TABLES[name].arrow
    arrays = []
    for field in schema:
        values = columns.get(field.name)
        given = pa.nulls(rows) if values is None else pa.array(values)
        arrays.append(given.cast(field.type))
    return pa.table(arrays, schema=schema).append_column("_seq", pa.array(np.arange(rows)))


class _Writer:
    """Writes persons wrongly, each in one of the ways."""

    def __init__(self, people: People, rng: np.random.Generator) -> None:
        self.people, self.rng = people, rng
        self.traditional = OpenCC("s2t")
        self.homophones: dict[str, list[str]] = {}
        pool = sorted(set(GIVEN))
        sounds = {char: pinyin(char, style=Style.NORMAL)[0][0] for char in pool}
        for char in pool:
            self.homophones[char] = [c for c in pool if sounds[c] == sounds[char] and c != char]

    def clean(self, i: int) -> Row:
        return self.people.ids[i], self.people.names[i], self.people.cards[i]

    def other_account(self) -> str:
        """An account that nobody of the register has, or, every third time, one that somebody has."""
        if self.rng.random() < 1 / 3:
            return str(self.people.cards[int(self.rng.integers(self.people.registered))])
        return f"888800000{int(self.rng.integers(10**10)):010d}"

    def transposed(self, number: str) -> str | None:
        at = [k for k in range(6, 16) if number[k] != number[k + 1]]
        k = at[int(self.rng.integers(len(at)))] if at else None
        return None if k is None else number[:k] + number[k + 1] + number[k] + number[k + 2 :]

    def wrong_digit(self, number: str) -> str:
        k = int(self.rng.integers(17))
        digit = str((int(number[k]) + int(self.rng.integers(1, 10))) % 10)
        return number[:k] + digit + number[k + 1 :]

    def homophone(self, name: str) -> str | None:
        at = [k for k in range(1, len(name)) if self.homophones.get(name[k])]
        if not at or "·" in name:
            return None
        k = at[int(self.rng.integers(len(at)))]
        choices = self.homophones[name[k]]
        return name[:k] + choices[int(self.rng.integers(len(choices)))] + name[k + 1 :]


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _apart(text: str, blank: str) -> str:
    return blank.join((text[:1], text[1:]))


def _changed(new: str, old: str) -> str | None:
    return new if new != old else None


def corruptions(people: People, rng: np.random.Generator) -> dict[str, Callable[[int], Row | None]]:
    """Each corruption of a registered person's row; None where it does not apply to that person."""
    w = _Writer(people, rng)

    def number(change: Callable[[str], str | None]) -> Callable[[int], Row | None]:
        def row(i: int) -> Row | None:
            new = change(people.ids[i])
            return None if new is None else (new, people.names[i], people.cards[i])

        return row

    def name(change: Callable[[str], str | None]) -> Callable[[int], Row | None]:
        def row(i: int) -> Row | None:
            new = change(people.names[i])
            return None if new is None else (people.ids[i], new, people.cards[i])

        return row

    def elsewhere(write: Callable[[int], Row | None]) -> Callable[[int], Row | None]:
        def row(i: int) -> Row | None:
            written = write(i)
            return None if written is None else (written[0], written[1], w.other_account())

        return row

    def unnumbered(write: Callable[[int], Row | None]) -> Callable[[int], Row | None]:
        def row(i: int) -> Row | None:
            written = write(i)
            return None if written is None else (None, written[1], written[2])

        return row

    def separator(text: str) -> str | None:
        signs = "・•‧. "
        return text.replace("·", signs[int(rng.integers(len(signs)))].strip()) if "·" in text else None

    old = number(lambda n: n[:6] + n[8:17] if n[6:8] == "19" else None)
    traditional = name(lambda n: _changed(w.traditional.convert(n), n))
    masked = number(lambda n: "***" + n[-4:])
    return {
        "full width": lambda i: (_full_width(people.ids[i]), people.names[i], _full_width(people.cards[i])),
        "blanks": lambda i: (
            f" {people.ids[i][:6]} {people.ids[i][6:]}", _apart(people.names[i], "　"), people.cards[i]
        ),
        "x for X": number(lambda n: n.lower() if n[-1] == "X" else None),
        "15 digits": old,
        "traditional characters": traditional,
        "separator of the name": name(separator),
        "same sound": name(w.homophone),
        "digits transposed": number(w.transposed),
        "one digit wrong": number(w.wrong_digit),
        "masked tail": masked,
        "masked middle": number(lambda n: n[:6] + "*" * 8 + n[-4:]),
        "wrong account": elsewhere(w.clean),
        "no number": unnumbered(w.clean),
        "no number, traditional": unnumbered(traditional),
        "no name": lambda i: (people.ids[i], None, people.cards[i]),
        "transposed, wrong account": elsewhere(number(w.transposed)),
        "15 digits, one wrong": lambda i: _then(old(i), lambda n: w.wrong_digit(n + "00")[:15]),
        "masked tail, wrong account": elsewhere(masked),
        "no number, wrong account": unnumbered(elsewhere(w.clean)),
        "no number, same sound": unnumbered(name(w.homophone)),
        "number of another": lambda i: (
            people.ids[int(rng.integers(people.registered))], people.names[i], people.cards[i]
        ),
    }  # fmt: skip


def _then(row: Row | None, change: Callable[[str], str]) -> Row | None:
    return None if row is None or row[0] is None else (change(row[0]), row[1], row[2])


def strangers(people: People, rng: np.random.Generator) -> dict[str, Callable[[int], Row | None]]:
    """Rows of people who are in no register: nobody is meant, so every match is wrong."""
    w = _Writer(people, rng)

    def member(i: int) -> int:
        return i % people.registered

    return {
        "stranger": w.clean,
        "stranger without number": lambda i: (None, *w.clean(i)[1:]),
        "stranger, masked tail": lambda i: ("***" + people.ids[i][-4:], *w.clean(i)[1:]),
        "stranger into a member's account": lambda i: (None, people.names[i], people.cards[member(i)]),
        "namesake without number": lambda i: (None, people.names[member(i)], people.cards[i]),
        "namesake with number": lambda i: (people.ids[i], people.names[member(i)], people.cards[i]),
        "namesake, masked tail": lambda i: (
            "***" + people.ids[i][-4:],
            people.names[member(i)],
            people.cards[i],
        ),
    }


UNDECIDABLE = frozenset({"no number, wrong account", "no number, same sound", "number of another"})
"""Corruptions after which nobody could be told from others who may be meant."""


def write_recipients(people: People, count: int, rng: np.random.Generator) -> Recipients:
    """Invent recipients, equally many of each corruption and of each kind of stranger, the others clean."""
    writers = corruptions(people, rng)
    outside = strangers(people, rng)
    each = int(count * (1 - _CLEAN)) // (len(writers) + len(outside))
    rows: list[Row] = []
    person: list[int] = []
    kinds: list[str] = []
    for kind, write in ({"clean": _Writer(people, rng).clean} | writers).items():
        wanted = count - each * (len(writers) + len(outside)) if kind == "clean" else each
        for i in _persons(people.registered, rng):
            if wanted == 0:
                break
            row = write(i)
            if row is not None:
                rows.append(row)
                person.append(i)
                kinds.append(kind)
                wanted -= 1
    for kind, write in outside.items():
        for i in range(each):
            row = write(people.registered + i % (len(people.ids) - people.registered))
            assert row is not None, "every stranger can be written in every way"
            rows.append(row)
            person.append(-1)
            kinds.append(kind)
    kind_of = np.array(kinds, object)
    return Recipients(rows, np.array(person), kind_of, _decidable(people, np.array(person), kind_of))


def _persons(count: int, rng: np.random.Generator) -> Ints:
    """Everybody in some order, three times: few have what a rare corruption needs."""
    return np.tile(rng.permutation(count), 3)


def _decidable(people: People, person: Ints, kind: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Who can be told: of masked numbers with a wrong account those whose name and last digits nobody shares.

    Without a number the name must be the only one of the account's household.
    """
    registered = range(people.registered)
    tails = _counts((people.names[i], people.ids[i][-4:]) for i in registered)
    cards = _counts((people.names[i], people.cards[i]) for i in registered)
    found = np.zeros(len(person), np.bool_)
    for at, (i, what) in enumerate(zip(person.tolist(), kind, strict=True)):
        if i < 0:
            continue
        if what == "masked tail, wrong account":
            found[at] = tails[people.names[i], people.ids[i][-4:]] == 1
        elif what in ("no number", "no number, traditional"):
            found[at] = cards[people.names[i], people.cards[i]] == 1
        else:
            found[at] = what not in UNDECIDABLE
    return found


def _counts(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts
