"""From an event to its effects: the policy's rules applied to the actors it names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, permutations
from typing import Any, NamedTuple, cast

from domain import policy
from domain.policy import LineKind, Rule, When
from domain.vocabulary import BattleReported, EventData, Side

ANY = "*"
"""Stands in a close for every source or target; never a slug."""


class Line(NamedTuple):
    """What an effect moves. `programme` is "" except on sanction lines, and None in a close of every one."""

    kind: LineKind
    source: str
    target: str
    programme: str | None = ""


class Effect(NamedTuple):
    """A level set on a line, or the levels `low`..`high` closed on it (for a set they are equal).

    `rule` names the policy's rule, as `TYPE/n` counted from 1.
    """

    rule: str
    move: policy.Move
    line: Line
    low: int
    high: int
    rank: int
    alleged: bool


def effects_of(data: EventData) -> list[Effect]:
    """The effects of an event in the order of the policy's rules; none moves an actor's line to itself."""
    effects: list[Effect] = []
    for name, rule in _rules_of(data.TYPE):
        if not all(_holds(when, data) for when in rule.when):
            continue
        programme = _programme(rule, data)
        to_itself = rule.kind in ("membership", "obligation")
        for source, target in _ends(rule, data):
            if source != target or to_itself:
                line = Line(rule.kind, source, target, programme)
                effects.append(
                    Effect(name, rule.move, line, rule.low, rule.high, rule.rank, rule.alleged)
                )
    return effects


@cache
def _rules_of(type_name: str) -> list[tuple[str, Rule]]:
    """The policy's rules for an event type, with their names."""
    rules = policy.RULES.get(type_name, ())
    return [(f"{type_name}/{number}", rule) for number, rule in enumerate(rules, start=1)]


def _holds(when: When, data: EventData) -> bool:
    value = getattr(data, when.field)
    values = value if isinstance(value, tuple) else (value,)
    return any(one in when.values for one in values) != when.negated


def _programme(rule: Rule, data: EventData) -> str | None:
    if rule.kind != "sanction":
        return ""
    named: str | None = getattr(data, rule.programme) if rule.programme else None
    return named or ("" if rule.move == "set" else None)


def _ends(rule: Rule, data: EventData) -> Iterator[tuple[str, str]]:
    """The (source, target) pairs that a rule touches."""
    match rule.between:
        case "source":
            yield from ((one, ANY) for one in _values(data, rule.source))
        case "target":
            yield from ((ANY, one) for one in _values(data, rule.source))
        case "every two":
            yield from permutations(_values(data, rule.source), 2)
        case "across sides":
            yield from _across(cast("BattleReported", data).sides)
        case "within sides":
            yield from _within(cast("BattleReported", data).sides)
        case "each" | "mutual":
            for source in _values(data, rule.source):
                for target in _values(data, rule.target):
                    yield source, target
                    if rule.between == "mutual":
                        yield target, source


def _values(data: EventData, field: str) -> tuple[str, ...]:
    value: Any = getattr(data, field)
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _across(sides: tuple[Side, ...]) -> Iterator[tuple[str, str]]:
    for one, other in permutations(sides, 2):
        for source in one.parties + one.supporters:
            for target in other.parties + other.supporters:
                yield source, target


def _within(sides: tuple[Side, ...]) -> Iterator[tuple[str, str]]:
    """Party with party and party with supporter, both ways; never supporter with supporter."""
    for side in sides:
        together = [
            *combinations(side.parties, 2),
            *((p, s) for p in side.parties for s in side.supporters),
        ]
        for one, other in together:
            yield one, other
            yield other, one
