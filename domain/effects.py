"""From an event to its effects: the policy's rules applied to the actors it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import combinations, permutations, product
from typing import Any, NamedTuple, cast

from domain import policy
from domain.policy import Between, LineKind, Rule, When
from domain.vocabulary import BattleReported, EventData, Side

Pairs = Iterable[tuple[str, str]]
Ends = Callable[[EventData, Rule], Pairs]
"""Finds the (source, target) pairs that a rule touches."""

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
    for name, rule, ends in _rules_of(data.TYPE):
        if rule.when and not _hold(rule.when, data):
            continue
        kind = rule.kind
        programme = _programme(rule, data) if kind == "sanction" else ""
        for source, target in ends(data, rule):
            if source != target or kind in _TO_THEMSELVES:
                line = Line(kind, source, target, programme)
                effects.append(
                    Effect(name, rule.move, line, rule.low, rule.high, rule.rank, rule.alleged)
                )
    return effects


@cache
def _rules_of(type_name: str) -> list[tuple[str, Rule, Ends]]:
    """The policy's rules for an event type, with their names and what finds the lines they move."""
    rules = policy.RULES.get(type_name, ())
    return [
        (f"{type_name}/{number}", rule, _ENDS[rule.between])
        for number, rule in enumerate(rules, start=1)
    ]


def _hold(conditions: Iterable[When], data: EventData) -> bool:
    """Whether all conditions of a rule hold."""
    for when in conditions:
        value = getattr(data, when.field)
        among = (
            any(map(when.values.__contains__, value))
            if isinstance(value, tuple)
            else value in when.values
        )
        if among == when.negated:
            return False
    return True


def _programme(rule: Rule, data: EventData) -> str | None:
    named: str | None = getattr(data, rule.programme) if rule.programme else None
    return named or ("" if rule.move == "set" else None)


def _from_each(data: EventData, rule: Rule) -> Pairs:
    return [(one, ANY) for one in _values(data, rule.source)]


def _to_each(data: EventData, rule: Rule) -> Pairs:
    return [(ANY, one) for one in _values(data, rule.source)]


def _every_two(data: EventData, rule: Rule) -> Pairs:
    return permutations(_values(data, rule.source), 2)


def _each(data: EventData, rule: Rule) -> Pairs:
    source, target = getattr(data, rule.source), getattr(data, rule.target)
    if type(source) is type(target) is str:  # as nearly always
        return ((source, target),)
    return product(_several(source), _several(target))


def _mutual(data: EventData, rule: Rule) -> Pairs:
    return [ends for a, b in _each(data, rule) for ends in ((a, b), (b, a))]


def _values(data: EventData, field: str) -> tuple[str, ...]:
    return _several(getattr(data, field))


def _several(value: Any) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _across(data: EventData, _: Rule) -> Pairs:
    return [
        ends
        for one, other in permutations(cast("BattleReported", data).sides, 2)
        for ends in product(one.parties + one.supporters, other.parties + other.supporters)
    ]


def _within(data: EventData, _: Rule) -> Pairs:
    """Party with party and party with supporter, both ways; never supporter with supporter."""
    return [
        ends
        for side in cast("BattleReported", data).sides
        for a, b in _together(side)
        for ends in ((a, b), (b, a))
    ]


def _together(side: Side) -> Pairs:
    return (*combinations(side.parties, 2), *product(side.parties, side.supporters))


_ENDS: dict[Between, Ends] = {
    "each": _each,
    "mutual": _mutual,
    "every two": _every_two,
    "across sides": _across,
    "within sides": _within,
    "source": _from_each,
    "target": _to_each,
}
_TO_THEMSELVES = frozenset[LineKind]({"membership", "obligation"})
"""Lines that run between an alliance and what bears a name of its own, which may be the same."""
