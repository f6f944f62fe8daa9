"""The policy as data: its numbers, its verdicts, and what the SQL answers may rely on."""

from dataclasses import fields
from typing import get_args

import pytest

from domain import policy
from domain.effects import ANY, Line, effects_of
from domain.fold.ledger import matches
from domain.vocabulary import EVENT_TYPES
from domain.vocabulary.alliances import Obligation
from tests.unit.domain.test_effects import TABLE

# DESIGN section 4, read row by row; C down, F across, without and with an open neutral line.
ALIGNMENTS = {
    (0, 0): "unknown", (0, 1): "strained", (0, 2): "strained", (0, 3): "hostile",
    (1, 0): "cooperating", (1, 1): "strained", (1, 2): "strained", (1, 3): "hostile",
    (2, 0): "cooperating", (2, 1): "cooperating", (2, 2): "mixed", (2, 3): "mixed",
    (3, 0): "allied", (3, 1): "allied", (3, 2): "mixed", (3, 3): "mixed",
}  # fmt: skip


@pytest.mark.parametrize(("levels", "alignment"), ALIGNMENTS.items())
def test_the_first_row_that_holds_is_the_alignment(levels: tuple[int, int], alignment: str) -> None:
    assert policy.verdict(*levels, neutral=False).alignment == alignment
    with_neutral = "neutral" if alignment == "unknown" else alignment
    assert policy.verdict(*levels, neutral=True).alignment == with_neutral


def test_each_alignment_is_decided_by_its_own_lines() -> None:
    deciding = {
        verdict.alignment: verdict.deciding
        for levels in ALIGNMENTS
        for neutral in (False, True)
        for verdict in (policy.verdict(*levels, neutral=neutral),)
    }
    assert deciding == {
        "mixed": "both",
        "hostile": "conflict",
        "strained": "conflict",
        "allied": "cooperation",
        "cooperating": "cooperation",
        "neutral": "neutral",
        "unknown": "none",
    }


def test_the_numbers_of_the_policy() -> None:
    assert policy.VERSION == 1
    assert {"defence", "offence", "joint-operations"} == policy.STRONG_OBLIGATIONS
    assert set(get_args(Obligation)) - policy.STRONG_OBLIGATIONS == {
        "neutrality", "non-aggression", "consultation", "security-assistance",
    }  # fmt: skip
    assert policy.COMMITMENT_LEVELS == {"strong": 3, "weak": 1}
    assert policy.SANCTION_LEVEL == 2
    assert policy.STALE_AFTER_DAYS == {1: 365, 2: 730, 3: 365}
    assert policy.STALE_AFTER_DAYS_NEUTRAL == 365
    assert {"asserted", "acknowledged"} == policy.ADMITTED_MODALITIES
    assert {"alleged", "speculated"} == policy.ALLEGED_MODALITIES
    assert {"denied", "planned"} == policy.UNCOUNTED_MODALITIES


def test_rules_name_types_and_fields_that_exist() -> None:
    for name, rules in policy.RULES.items():
        known = {field.name for field in fields(EVENT_TYPES[name])}
        for rule in rules:
            named = {rule.source, rule.target, rule.programme or ""} - {""}
            named |= {when.field for when in rule.when}
            assert named <= known, name


def test_levels_are_those_of_their_lines() -> None:
    """Cooperation and conflict have levels 1-3; every other line has level 1 only."""
    for name, rules in policy.RULES.items():
        for rule in rules:
            assert 1 <= rule.low <= rule.high <= 3, name
            if rule.move == "set":
                assert rule.low == rule.high, name
                assert rule.rank == 0, name
                assert rule.high == 1 or rule.kind in ("cooperation", "conflict"), name


def may_name_one_line(a: Line, b: Line) -> bool:
    return matches(a, b) or matches(b, a)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_no_event_closes_a_line_that_it_sets(name: str) -> None:
    """An index of sets and closes need not know which event an effect came from."""
    for data, _ in TABLE:
        if name == data.TYPE:
            effects = effects_of(data)
            sets = [one.line for one in effects if one.move == "set"]
            closes = [one.line for one in effects if one.move == "close"]
            assert not [(a, b) for a in sets for b in closes if may_name_one_line(a, b)]


def test_only_closes_are_ranked_or_name_every_line() -> None:
    for data, _ in TABLE:
        for one in effects_of(data):
            everywhere = ANY in (one.line.source, one.line.target, one.line.programme)
            assert one.move == "close" or (not everywhere and one.rank == 0)
            assert (one.line.source, one.line.target) != (ANY, ANY)


def test_only_battles_and_broken_regimes_act_first_and_only_the_end_of_an_actor_last() -> None:
    ranks = {
        (name, rule.rank)
        for name, rules in policy.RULES.items()
        for rule in rules
        if rule.rank != 0
    }
    assert ranks == {("BattleReported", -1), ("RegimeChanged", -1), ("ActorDissolved", 1)}


def test_only_accusations_have_alleged_effects() -> None:
    alleged = {name for name, rules in policy.RULES.items() for rule in rules if rule.alleged}
    assert alleged == {"SupportAlleged", "AbuseAlleged"}


def test_rules_are_named_by_type_and_number() -> None:
    for data, _ in TABLE:
        numbers = [int(one.rule.removeprefix(f"{data.TYPE}/")) for one in effects_of(data)]
        assert numbers == sorted(numbers)
        assert set(numbers) <= set(range(1, len(policy.RULES.get(data.TYPE, ())) + 1))
