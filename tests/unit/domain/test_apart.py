"""Which fields of which type must name different actors (DESIGN section 3)."""

from dataclasses import fields
from typing import Any

import pytest

from domain.checks import problems
from domain.vocabulary import EVENT_TYPES
from tests.builders import event

# Field values that make a valid event of the type; the actors are all different.
TWO_ACTORS: dict[str, tuple[str, str]] = {
    "MembershipStarted": ("umbrella", "member"),
    "MembershipEnded": ("umbrella", "member"),
    "RelationsSevered": ("initiator", "target"),
    "RelationsDowngraded": ("initiator", "target"),
    "SanctionImposed": ("sender", "target"),
    "SanctionLifted": ("sender", "target"),
    "AccusationMade": ("accuser", "accused"),
    "AgreementBroken": ("accuser", "accused"),
    "ForcesDeployed": ("sender", "host"),
    "ForcesExpelled": ("host", "expelled"),
    "ForcesWithdrawn": ("sender", "host"),
    "AttackReported": ("attacker", "target"),
    "PrisonersTaken": ("captor", "captives_of"),
    "PrisonersReleased": ("captor", "captives_of"),
    "EquipmentSeized": ("seizer", "owner"),
    "AircraftLost": ("operator", "shooter"),
    "CasualtiesReported": ("suffered_by", "inflicted_by"),
    "TerritoryChanged": ("gainer", "loser"),
    "SupportProvided": ("supporter", "recipient"),
}
# Lists of actors that may not hold one of another field.
AGAINST: dict[str, tuple[str, str]] = {
    "CoupOccurred": ("perpetrators", "ousted"),
    "ForcesDeployed": ("sender", "against"),
    "SupportProvided": ("supporter", "against"),
}
# Three actors, of whom neither accuses nor harms nor helps itself.
THREE_ACTORS: dict[str, tuple[tuple[str, str], ...]] = {
    "SupportAlleged": (("supporter", "recipient"),),
    "AbuseAlleged": (("perpetrator", "victims"),),
}
OTHER_FIELDS: dict[str, dict[str, Any]] = {
    "RelationsDowngraded": {"measure": "downgraded"},
    "AircraftLost": {"cause": "unknown"},
    "TerritoryChanged": {"by_force": True},
    "SupportProvided": {"kinds": ("arms",)},
    "CoupOccurred": {"state": "a-state", "outcome": "success"},
    "ForcesDeployed": {"host": "a-host"},
}
PAIRS = [
    *TWO_ACTORS.items(),
    *AGAINST.items(),
    *((name, pair) for name, pairs in THREE_ACTORS.items() for pair in pairs),
]


def filled(name: str, actors: dict[str, Any]) -> Any:
    """Data of the type with every actor field filled, by itself or as given."""
    cls = EVENT_TYPES[name]
    known = {pair_field for pair in dict(PAIRS).values() for pair_field in pair}
    several = {"perpetrators", "ousted", "against"}
    single = {
        field.name: (field.name.replace("_", "-"),)
        if field.name in several
        else field.name.replace("_", "-")
        for field in fields(cls)
        if field.name in known | {"accuser", "supporter", "recipient"}
    }
    return cls(**single | OTHER_FIELDS.get(name, {}) | actors)


@pytest.mark.parametrize(("name", "pair"), PAIRS)
def test_the_two_must_be_different(name: str, pair: tuple[str, str]) -> None:
    one, other = pair
    several = other in ("ousted", "against")
    first = ("mali",) if one == "perpetrators" else "mali"
    assert problems(event(filled(name, {one: first}))) == []
    twice = event(filled(name, {one: first, other: ("third", "mali") if several else "mali"}))
    assert [problem.pointer for problem in problems(twice)] == [f"/data/{other}"]


def test_no_other_type_keeps_actors_apart() -> None:
    """A rule on actors is written down here, so that none is added or lost unseen."""
    here: dict[str, set[frozenset[str]]] = {}
    for name, pair in PAIRS:
        here.setdefault(name, set()).add(frozenset(pair))
    there = {
        name: {frozenset(group) for group in data.APART}
        for name, data in EVENT_TYPES.items()
        if data.APART
    }
    assert there == here


@pytest.mark.parametrize("name", ["AircraftLost", "CasualtiesReported"])
def test_an_actor_that_is_not_named_is_no_other(name: str) -> None:
    optional = TWO_ACTORS[name][1]
    assert problems(event(filled(name, {optional: None}))) == []
