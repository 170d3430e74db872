"""Masking of personal data: names 张*, ID numbers 3+4, accounts the last 4; everywhere but in machine output.

Masks are one-way and need no key. What a name belongs to is not always recorded, so a name counts as a
person's unless it is known or recognised as an organisation's: a firm that is hidden costs less than a
person who is shown.
"""

import re
import unicodedata
from collections.abc import Collection

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "巫马",
        "公西",
        "颛孙",
        "壤驷",
        "公良",
        "漆雕",
        "乐正",
        "宰父",
        "谷梁",
        "拓跋",
        "夹谷",
        "轩辕",
        "令狐",
        "段干",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "公户",
        "公玉",
        "梁丘",
        "左丘",
        "东门",
        "西门",
        "第五",
    ]
)
"""Surnames of two characters, which stay whole in a masked name."""

_ORGANISATION_WORDS = re.compile(
    "公司|合作社|集团|银行|信用社|商业|政府|财政|扶贫|委员会|居委|村委|办公室|中心|学校|小学|中学|大学|医院|卫生院|"
    "学院|研究|协会|基金|农场|林场|牧场|专户|专账|账户|国库|指标|资金|工程|建设|建筑|超市|商行|商店|经营部|"
    "服务部|加工厂|养殖场|专业社|事务所|管理|人民|单位|收款|付款|联合社|联社|企业|工厂|基地|园区|幼儿园|"
    "党委|党组|党支部|纪委|监委|工委|大队|支队|总队|街道|开发区|示范区|乡镇|有限|分公司|商会|联合会|工会|"
    "残联|妇联|办事处|部门|本级|服务队|施工队|物业|酒店|宾馆|药房|门市部|批发部|营业部|分行|支行|"
    "..(?:县|区|乡|镇|街道).+(?:村|社区)$"
)
_ORGANISATION_ENDINGS = tuple("局办站所处厂店厅院校账组司署")
_ORGANISATION_LATIN = re.compile(
    r"(?i)\b(?:ministry|bank|fund|ltd|co|inc|llc|plc|company|office|bureau|department|agency|government|program(?:me)?|"
    r"project|organi[sz]ation|association|foundation|committee|university|commission|council|county|district|city|"
    r"institute|school|hospital|trust|union|group|corporation|society|centre|center|service[s]?|secretariat|account|pool)\b"
)
_LONGEST_HAN_NAME = 5
_DOTS = "·•・‧．."

NAME_COLUMNS = frozenset({"holder_name", "payer_name", "payee_name", "actor"})
PERSON_COLUMNS = frozenset({"beneficiary_name", "name", "person", "leader"})
ID_COLUMNS = frozenset({"holder_id", "beneficiary_id", "person_id", "person_a", "person_b"})
ACCOUNT_COLUMNS = frozenset(
    {"account_no", "payer_account", "payee_account", "from_account", "to_account", "card_account"}
)
"""Columns of the input tables that hold names of persons or firms, of persons, numbers, and accounts."""

_BIRTH_DATE = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTIFIERS = re.compile(
    rf"(?<!\d)\d{{6}}{_BIRTH_DATE}\d{{3}}[\dXx](?!\d)|(?<!\d)\d{{16,30}}(?!\d)"
    r"|(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{12,15}|1[3-9]\d{9})(?![0-9A-Za-z])"
)
"""Runs of digits that can be an ID, account or mobile number; short ones where no letter touches them."""
_SPACED_ACCOUNT = re.compile(r"(?<!\d)\d{4}(?:[ -]\d{4}){2,5}(?:[ -]\d{1,3})?(?!\d)")


def mask_name(name: str | None, organisations: Collection[str] = ()) -> str:
    """A person's name as its surname and `*` (张*, 欧阳*, J*); an organisation's name as it is.

    `organisations` are names known to be no persons'. Empty gives an empty text.
    """
    text = (name or "").strip()
    known = text in organisations or shows_organisation(text)
    return mask_text(text) if known else mask_person(text)


def mask_person(name: str | None) -> str:
    """The name of somebody known to be a person: surname and `*`."""
    text = (name or "").strip()
    if not text:
        return ""
    folded = unicodedata.normalize("NFKC", text)
    return f"{folded[:2]}*" if folded[:2] in COMPOUND_SURNAMES and len(folded) > 2 else f"{folded[0]}*"


def is_organisation(name: str) -> bool:
    """Whether a name is more likely an organisation's: it shows a mark, or has more Han than most names.

    For matching only: where a name is masked its length must not uncover it.
    """
    folded = unicodedata.normalize("NFKC", name).strip()
    is_long = sum("\u3400" <= char <= "\u9fff" for char in folded) > _LONGEST_HAN_NAME
    return shows_organisation(name) or (is_long and not any(dot in folded.strip(_DOTS) for dot in _DOTS))


def shows_organisation(name: str) -> bool:
    """Whether a name shows a mark of an organisation: a word or an ending. Its length is none."""
    folded = unicodedata.normalize("NFKC", name).strip()
    if any(dot in folded.strip(_DOTS) for dot in _DOTS) and not _ORGANISATION_LATIN.search(folded):
        return bool(_ORGANISATION_WORDS.search(folded))
    han = sum("\u3400" <= char <= "\u9fff" for char in folded)
    if not han:
        return bool(_ORGANISATION_LATIN.search(folded))
    return bool(_ORGANISATION_WORDS.search(folded) or (han >= 3 and folded.endswith(_ORGANISATION_ENDINGS)))


def mask_id(number: str | None) -> str:
    """An ID card number or credit code with its first 3 and last 4 characters: `220***********123X`."""
    text = (number or "").strip()
    if len(text) <= 8:
        return "*" * len(text)
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"


def mask_account(number: str | None) -> str:
    """An account number by its last four characters: `…3312`; CASH stays."""
    text = (number or "").strip()
    return text if text in ("", "CASH") else f"…{text[-4:]}"


def mask_text(text: str | None) -> str:
    """Free text with every run of digits masked that can be an ID, account or mobile number."""
    spaced = _SPACED_ACCOUNT.sub(lambda found: mask_account(re.sub("[ -]", "", found.group())), text or "")
    return _IDENTIFIERS.sub(_masked_run, spaced)


def _masked_run(found: re.Match[str]) -> str:
    run = found.group()
    if len(run) in (15, 18):
        return mask_id(run)
    return f"{run[:3]}****{run[-4:]}" if len(run) == 11 else mask_account(run)


def mask_cell(column: str | None, value: object) -> str:
    """A cell of an input table as people may see it, by what its column holds."""
    text = "" if value is None else str(value)
    if column in PERSON_COLUMNS:
        return mask_person(text)
    if column in NAME_COLUMNS:
        return mask_name(text)
    if column in ID_COLUMNS:
        return mask_id(text)
    return mask_account(text) if column in ACCOUNT_COLUMNS else mask_text(text)


def mask_holder(name: str, indicators: Collection[str] = ()) -> str:
    """A holder or an origin of money: indicators stay, accounts show their last four characters.

    Origins such as `opening:ACCOUNT` keep their kind. `indicators` are the names known as indicators.
    """
    kind, colon, rest = name.partition(":")
    if colon and kind in ("opening", "cash", "unexplained"):
        return f"{kind}:{mask_holder(rest, indicators)}"
    if colon and kind in ("unnamed-payee", "unnamed-payer"):
        return name
    return name if name in indicators else mask_account(name)
