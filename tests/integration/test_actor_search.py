"""Actors are found as they were known at the position asked, whatever came later."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.viewpoint import Viewpoint
from domain.vocabulary import ActorRegistered, ActorRenamed
from domain.vocabulary.actors import OtherName
from infrastructure.questions.actors import actors
from infrastructure.questions.snapshots import Snapshot
from tests.builders import event, registered, retracted
from tests.property.comparing import World

VIEWPOINT = Viewpoint(valid_at=date(2020, 1, 1), position=4)
MANY = tuple(OtherName(name=f"alpha{n} beta{n} gamma{n}") for n in range(60))


@pytest.fixture
def told(world: World) -> World:
    many = ActorRegistered(actor="d", kind="umbrella", name="Delta", names=MANY)
    world.log.append([registered("a"), registered("b"), registered("c"), event(many)])
    corrected = ActorRegistered(actor="b", kind="rebel-group", name="Bravo")
    world.log.append(
        [
            event(ActorRenamed(actor="a", name="Zeppelin Écarlate"), "2019"),
            event(corrected, corrects="registration of b"),
            registered("late"),
            retracted("registration of c"),
        ]
    )
    world.projector.catch_up()
    return world


def found(world: World, position: int, **asked: Any) -> list[str]:
    with world.database.read() as conn:
        page, following = actors(Snapshot.of(conn), replace(VIEWPOINT, position=position), **asked)
    assert following is None
    return [actor.id for actor in page]


@pytest.mark.parametrize(
    ("asked", "then", "now"),
    [
        ({}, ["a", "b", "c", "d"], ["a", "b", "d", "late"]),
        ({"name": "zeppelin"}, [], ["a"]),
        ({"name": "ecar ZEPP"}, [], ["a"]),
        ({"name": "eppelin"}, [], []),
        ({"kind": "rebel-group"}, [], ["b"]),
        ({"name": "alpha59"}, ["d"], ["d"]),
        ({"name": "!!!"}, [], []),
    ],
)
def test_actors_are_those_known_then(
    told: World, asked: dict[str, str], then: list[str], now: list[str]
) -> None:
    assert found(told, 4, **asked) == then
    assert found(told, 8, **asked) == now
