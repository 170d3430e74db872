"""The rules, as their files state them."""

from fastapi import APIRouter

from api.deps import OpenBooks
from api.errors import NotFound
from api.schemas import Rule
from tracer.rules import spec
from tracer.rules.load import rule_page
from tracer.rules.packs import load_packs

router = APIRouter(tags=["rules"])


@router.get("/rules")
def rules(books: OpenBooks) -> list[Rule]:
    """The rules of the newest pack, in order of identifier."""
    return [_rule(rule) for rule in load_packs(books.home).newest.values()]


@router.get("/rules/{rule_id}")
def rule(books: OpenBooks, rule_id: str) -> Rule:
    """One rule with its basis, parameters and query."""
    found = load_packs(books.home).newest.get(rule_id)
    if found is None:
        raise NotFound("没有这条规则 / there is no such rule")
    return _rule(found)


def _rule(rule: spec.Rule) -> Rule:
    return Rule(
        rule_id=rule.id,
        version=rule.version,
        name={"zh": rule.name.zh, "en": rule.name.en},
        category=rule.category,
        level=rule.opens,
        status=rule.status,
        details=rule_page(rule),
    )
