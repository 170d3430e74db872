"""Recipients, persons of the register and why they may be one: as JSON has them, as people may see them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tracer.calendar import date_of
from tracer.mask import mask_account, mask_id, mask_person, mask_text
from tracer.messages import TEXTS, Language, say
from tracer.money import format_yuan

DAYS = {"first_day": "first_on", "last_day": "last_on"}
MASKS = {
    "beneficiary_id": mask_id,
    "person_id": mask_id,
    "name": mask_person,
    "person_name": mask_person,
    "account": mask_account,
    "household_id": mask_text,
    "village": mask_text,
    "fund": mask_text,
    "project": mask_text,
    "benefit": mask_text,
    "period": mask_text,
    "paid_payment_id": mask_text,
    "beneficiary_name": mask_person,
    "payee_account": mask_account,
    "reason": mask_text,
    "decided_by": mask_person,
}
"""How each column is masked; a recipient counts as a person whatever the name looks like."""

REASONS_SHOWN = 3


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its days as dates in ISO, in place of day numbers."""
    return {
        DAYS.get(name, name): date_of(value).isoformat() if name in DAYS and value is not None else value
        for name, value in row.items()
    }


def masked_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as people may see it."""
    return {
        name: MASKS[name](value) if name in MASKS and value is not None else value
        for name, value in row.items()
    }


def plain_candidate(row: Mapping[str, Any]) -> dict[str, Any]:
    """A candidate without the key by which its rows are one person's, which is ours."""
    return {name: value for name, value in row.items() if name != "person_key"}


def share_text(basis_points: int | None) -> str:
    """A share as a percentage: 12.34%; empty for a share of nothing."""
    return "" if basis_points is None else f"{basis_points // 100}.{basis_points % 100:02}%"


def bits_text(bits: float) -> str:
    """A weight with its sign, in bits."""
    return f"{bits:+.1f}"


def word(kind: str, name: str | None, lang: Language) -> str:
    """What matching calls something (a basis, a reason or a level), in words of the catalogue."""
    key = f"match_{kind}_{re.sub('[^a-z0-9]+', '_', name or '')}"
    return say(key, lang) if key in TEXTS else name or ""


def reason_text(reason: Mapping[str, Any], lang: Language) -> str:
    """One reason: what was compared, how it came out."""
    level = word("level", reason["level"], lang)
    return f"{word('reason', reason['reason'], lang)}{f' {level}' if level else ''}"


def reasons_text(reasons: Iterable[Mapping[str, Any]], lang: Language) -> str:
    """The reasons with the most weight, with their weights; not the odds beforehand, which all share."""
    told = (one for one in reasons if one["bits"] and one["reason"] != "people")
    heavy = sorted(told, key=lambda one: -abs(one["bits"]))
    texts = (f"{reason_text(one, lang)} {bits_text(one['bits'])}" for one in heavy[:REASONS_SHOWN])
    return ("; " if lang == "en" else "；").join(texts)


def candidate_text(candidates: list[dict[str, Any]], lang: Language) -> str:
    """The best candidate, masked, with its weight and reasons, and how many more there are."""
    if not candidates:
        return ""
    best = candidates[0]
    who = f"{mask_person(best['name'])} {mask_id(best['person_id'])}"
    text = f"{who} {bits_text(best['total_bits'])}: {reasons_text(best['reasons'], lang)}"
    more = say("more_candidates", lang, count=len(candidates) - 1) if len(candidates) > 1 else ""
    return text + more


def shown_sums(row: Mapping[str, Any]) -> dict[str, str]:
    """The amounts of a row for people, by their names without the unit."""
    return {
        name.removesuffix("_fen"): format_yuan(value) for name, value in row.items() if name.endswith("_fen")
    }
