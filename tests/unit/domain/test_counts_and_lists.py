"""Counts, lists of actors and the sides of a battle (DESIGN section 3), each rule with its pointer."""

from dataclasses import replace
from typing import Any

import pytest

from domain.checks import problems
from domain.event import Event
from domain.fields import MOST_ENTRIES, MOST_WHOLE, Count
from domain.vocabulary import (
    AircraftLost,
    AllianceFormed,
    AttackReported,
    BattleReported,
    CasualtiesReported,
    CeasefireAgreed,
    CoupOccurred,
    EquipmentSeized,
    EventData,
    PrisonersTaken,
    RelationsRestored,
    Side,
    StatementMade,
    SupportProvided,
)
from domain.vocabulary.forces import SeizedItem
from tests.builders import event

ATTACK = AttackReported(attacker="mali", target="jnim")


def pointers(checked: Event) -> list[str]:
    return [problem.pointer for problem in problems(checked)]


def battle(*sides: Side, **fields: Any) -> Event:
    return event(BattleReported(sides=sides, **fields))


@pytest.mark.parametrize(
    "count",
    [
        Count(low=0),
        Count(best=0),
        Count(high=MOST_WHOLE),
        Count(text="dozens"),
        Count(low=1, high=1),
        Count(low=1, best=2, high=3, text="a few"),
    ],
)
def test_counts_give_at_least_one_figure(count: Count) -> None:
    assert problems(event(replace(ATTACK, killed=count))) == []


@pytest.mark.parametrize(
    ("count", "found"),
    [
        (Count(), ["/data/killed"]),
        (Count(low=2, best=1), ["/data/killed"]),
        (Count(best=3, high=2), ["/data/killed"]),
        (Count(low=3, high=2), ["/data/killed"]),
        (Count(low=2, best=1, high=3, text="a few"), ["/data/killed"]),
        (Count(low=-1), ["/data/killed/low"]),
        (Count(best=MOST_WHOLE + 1), ["/data/killed/best"]),
        (Count(high=10**30), ["/data/killed/high"]),
    ],
)
def test_counts_are_in_order(count: Count, found: list[str]) -> None:
    assert pointers(event(replace(ATTACK, killed=count))) == found


EMPTY = Count()


@pytest.mark.parametrize(
    ("checked", "pointer"),
    [
        (battle(Side(parties=("a",)), Side(parties=("b",), missing=EMPTY)), "/data/sides/1/missing"),
        (battle(Side(parties=("a",)), Side(parties=("b",)), civilians_killed=EMPTY),
         "/data/civilians_killed"),
        (event(PrisonersTaken(captor="a", captives_of="b", count=EMPTY)), "/data/count"),
        (event(EquipmentSeized(seizer="a", owner="b", items=(
            SeizedItem(what="guns"), SeizedItem(what="cars", count=EMPTY)))), "/data/items/1/count"),
        (event(CasualtiesReported(suffered_by="a", captured=EMPTY)), "/data/captured"),
        (event(AircraftLost(operator="a", cause="unknown", wounded=EMPTY)), "/data/wounded"),
    ],
)  # fmt: skip
def test_every_count_is_checked(checked: Event, pointer: str) -> None:
    assert pointers(checked) == [pointer]


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (CoupOccurred(state="a", perpetrators=(), outcome="failed"), "/data/perpetrators"),
        (StatementMade(speaker="a", about=(), tone="threat"), "/data/about"),
        (RelationsRestored(parties=("a",)), "/data/parties"),
        (RelationsRestored(parties=("a", "b", "c")), "/data/parties"),
        (CeasefireAgreed(parties=("a",)), "/data/parties"),
        (AllianceFormed(alliance="x", members=("a",), obligations=("defence",)), "/data/members"),
        (AllianceFormed(alliance="x", members=("a", "b"), obligations=()), "/data/obligations"),
        (BattleReported(sides=(Side(parties=("a",)),)), "/data/sides"),
        (BattleReported(sides=(Side(parties=("a",)), Side(parties=()))), "/data/sides/1/parties"),
        (SupportProvided(supporter="a", recipient="b", kinds=()), "/data/kinds"),
    ],
)
def test_lists_have_their_least_number_of_entries(data: EventData, pointer: str) -> None:
    assert pointers(event(data)) == [pointer]


def test_lists_are_bounded() -> None:
    several = tuple(f"a{n}" for n in range(MOST_ENTRIES + 1))
    coup = CoupOccurred(state="a0", perpetrators=several[:-1], outcome="failed", leaders=several)
    assert pointers(event(coup)) == ["/data/leaders"]
    crowd = tuple(f"a{n}" for n in range(CeasefireAgreed.MOST_ACTORS))
    assert pointers(event(CeasefireAgreed(parties=crowd))) == []
    assert pointers(event(CeasefireAgreed(parties=crowd, mediators=("swiss",)))) == ["/data"]
    assert pointers(event(CeasefireAgreed(parties=crowd), claimant="swiss")) == ["/data"]


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (CoupOccurred(state="a", perpetrators=("b", "b"), outcome="failed"), "/data/perpetrators"),
        (CoupOccurred(state="a", perpetrators=("b",), ousted=("c", "c"), outcome="success"),
         "/data/ousted"),
        (StatementMade(speaker="a", about=("b", "c", "b"), tone="threat"), "/data/about"),
        (RelationsRestored(parties=("a", "a")), "/data/parties"),
        (CeasefireAgreed(parties=("a", "b", "a")), "/data/parties"),
        (CeasefireAgreed(parties=("a", "b"), mediators=("c", "c")), "/data/mediators"),
        (CeasefireAgreed(parties=("a", "b"), guarantors=("c", "c")), "/data/guarantors"),
        (AllianceFormed(alliance="x", members=("a", "a"), obligations=("defence",)),
         "/data/members"),
        (SupportProvided(supporter="a", recipient="b", kinds=("arms",), against=("c", "c")),
         "/data/against"),
        (BattleReported(sides=(Side(parties=("a", "a")), Side(parties=("b",)))),
         "/data/sides/0/parties"),
    ],
)  # fmt: skip
def test_no_list_of_actors_holds_one_twice(data: EventData, pointer: str) -> None:
    assert pointers(event(data)) == [pointer]


@pytest.mark.parametrize(
    ("sides", "pointer"),
    [
        ((Side(parties=("a",)), Side(parties=("a",))), "/data/sides/1/parties"),
        ((Side(parties=("a",)), Side(parties=("b",), supporters=("a",))), "/data/sides/1/supporters"),
        ((Side(parties=("a",), supporters=("b",)), Side(parties=("b",))), "/data/sides/1/parties"),
        ((Side(parties=("a",), supporters=("c",)), Side(parties=("b",), supporters=("c",))),
         "/data/sides/1/supporters"),
        ((Side(parties=("a",)), Side(parties=("b",)), Side(parties=("c", "a"))),
         "/data/sides/2/parties"),
    ],
)  # fmt: skip
def test_an_actor_stands_on_one_side_of_a_battle(sides: tuple[Side, ...], pointer: str) -> None:
    assert pointers(battle(*sides)) == [pointer]
