"""The rules, as their files state them."""

from fastapi import APIRouter

from api.errors import NotFound
from api.schemas import Rule
from tracer.rules import spec
from tracer.rules.load import load_rules, rule_page

router = APIRouter(tags=["rules"])


@router.get("/rules")
def rules() -> list[Rule]:
    """All rules that ship, in order of identifier."""
    return [_rule(rule) for rule in load_rules().values()]


@router.get("/rules/{rule_id}")
def rule(rule_id: str) -> Rule:
    """One rule with its basis, parameters and query."""
    found = load_rules().get(rule_id)
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
