"""The policy by which events move stances, as data."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from api.answering import answered
from api.documenting import NOT_MODIFIED, refusals
from api.parameters import only_documented
from api.planned import Planned
from api.schemas.answers import PolicyAnswer
from domain import policy
from domain.walk import wire_name

router = APIRouter(tags=["policy"], dependencies=[Depends(only_documented)], route_class=Planned)


@router.get(
    "/v1/policy",
    response_model=PolicyAnswer,
    responses=NOT_MODIFIED | refusals("invalid-parameter"),
    summary="The rules: how each event type moves stances",
)
async def show_policy(request: Request) -> Response:
    """Answers name the rules by these ids. Another table is another version of the policy."""
    return answered(request, _table())


@cache
def _table() -> dict[str, Any]:
    return {
        "policy": policy.VERSION,
        "rules": [
            _rule(f"{type_name}/{number}", type_name, rule)
            for type_name, rules in policy.RULES.items()
            for number, rule in enumerate(rules, start=1)
        ],
        "alignments": [
            _alignment(cooperation, conflict, neutral=neutral)
            for cooperation in range(4)
            for conflict in range(4)
            for neutral in (False, True)
        ],
        "strong_obligations": sorted(policy.STRONG_OBLIGATIONS),
        "commitment_levels": policy.COMMITMENT_LEVELS,
        "sanction_level": policy.SANCTION_LEVEL,
        "stale_after_days": {
            **{str(level): days for level, days in policy.STALE_AFTER_DAYS.items()},
            "neutral": policy.STALE_AFTER_DAYS_NEUTRAL,
        },
        "admitted_modalities": sorted(policy.ADMITTED_MODALITIES),
        "alleged_modalities": sorted(policy.ALLEGED_MODALITIES),
        "uncounted_modalities": sorted(policy.UNCOUNTED_MODALITIES),
    }


def _alignment(cooperation: int, conflict: int, *, neutral: bool) -> dict[str, Any]:
    found = policy.verdict(cooperation, conflict, neutral=neutral)
    return {
        "cooperation": cooperation,
        "conflict": conflict,
        "neutral": neutral,
        "alignment": found.alignment,
        "deciding": found.deciding,
    }


def _rule(rule_id: str, type_name: str, rule: policy.Rule) -> dict[str, Any]:
    return {
        "id": rule_id,
        "type": type_name,
        "move": rule.move,
        "line": rule.kind,
        "low": rule.low,
        "high": rule.high,
        "between": rule.between,
        "source": rule.source,
        "target": rule.target,
        "programme": rule.programme,
        "rank": rule.rank,
        "alleged": rule.alleged,
        "when": [
            {"field": wire_name(when.field), "values": list(when.values), "negated": when.negated}
            for when in rule.when
        ],
        "text": _sentence(rule),
    }


def _sentence(rule: policy.Rule) -> str:
    """The rule in words, as the documentation's table has it."""
    words = [_BETWEEN[rule.between].format(source=rule.source, target=rule.target)]
    levels = str(rule.high) if rule.low == rule.high else f"{rule.low}–{rule.high}"
    words.append(f"{rule.move} {rule.kind} {levels}")
    if rule.alleged:
        words.append("as alleged")
    words += [_condition(when) for when in rule.when]
    words += {-1: ["first of the day"], 1: ["last of the day"]}.get(rule.rank, [])
    return f"{words[0]}: {', '.join(words[1:])}"


_BETWEEN: dict[policy.Between, str] = {
    "each": "{source} → {target}",
    "mutual": "{source} ↔ {target}",
    "every two": "every two of {source}, both ways",
    "across sides": "members of different sides, both ways",
    "within sides": "party with party and with supporter of one side, both ways",
    "source": "{source} → everybody",
    "target": "everybody → {source}",
}


def _condition(when: policy.When) -> str:
    values = " or ".join(_value(value) for value in when.values)
    return f"{'unless' if when.negated else 'if'} {wire_name(when.field)} is {values}"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
