"""Walks find every value of interest with its place, and nothing else."""

from typing import Any

from domain.claims import Citation, Claim
from domain.event import Event, Place
from domain.fields import Names, Text
from domain.vocabulary import ActorRegistered, BattleReported, Side
from domain.vocabulary.actors import OtherName
from domain.walk import Look, walk_of

BATTLE = Event(
    id="0198f2c0-0000-7000-8000-000000000001",
    occurred="2024-07-27",
    data=BattleReported(
        sides=(Side(parties=("a", "b")), Side(parties=("c",), supporters=("d",))),
        methods=("ambush",),
    ),
    claim=Claim(claimant="e", citations=(Citation(title="One"), Citation(url="Two"))),
    place=Place(name="Here"),
)


def _named(marker: Any) -> Look | None:
    return str if marker == Names("actor") else None


def test_what_is_found_comes_in_the_order_of_the_fields() -> None:
    assert walk_of(_named)(BATTLE) == ["a", "b", "c", "d", "e"]


def test_places_are_json_pointers_through_lists_and_objects() -> None:
    assert walk_of(_named, lambda pointer, found: (pointer, found))(BATTLE) == [
        ("/data/sides/0/parties/0", "a"),
        ("/data/sides/0/parties/1", "b"),
        ("/data/sides/1/parties/0", "c"),
        ("/data/sides/1/supporters/0", "d"),
        ("/claim/claimant", "e"),
    ]


def test_places_lead_through_the_keys_of_objects_and_use_the_names_of_the_wire() -> None:
    def short(marker: Any) -> Look | None:
        return (lambda value: len(value) < 3) if isinstance(marker, Text) else None

    event = Event(
        id="0198f2c0-0000-7000-8000-000000000002",
        occurred="2024",
        data=ActorRegistered(
            actor="a",
            kind="state",
            name="A",
            names=(OtherName(name="AA"),),
            identifiers={"gw": "1"},
        ),
    )
    pointers = walk_of(short, lambda pointer, is_short: (pointer, is_short))(event)
    assert ("/data/name", True) in pointers
    assert ("/data/names/0/name", True) in pointers
    assert ("/data/identifiers/gw", True) in pointers


def test_dataclasses_are_looked_at_before_what_is_in_them_and_none_is_passed_by() -> None:
    def sides(marker: Any) -> Look | None:
        if marker is Side:
            return lambda side: len(side.supporters) or None
        return _named(marker)

    assert walk_of(sides)(BATTLE) == ["a", "b", 1, "c", "d", "e"]


def test_no_text_of_an_event_comes_into_the_walk() -> None:
    event = Event(
        id='"); raise SystemExit  #', occurred="{event}", data=BATTLE.data, note="'''\\n}{"
    )
    assert walk_of(_named)(event) == ["a", "b", "c", "d"]
