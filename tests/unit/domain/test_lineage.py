"""Predecessors' alignments beside a successor's: shown, never counted (DESIGN section 6)."""

from typing import Any

import pytest

from domain.answers import LINEAGE_SHOWN, LINEAGE_STEPS, InheritedAlignment
from domain.event import Event
from domain.vocabulary import ActorSucceeded, AttackReported
from domain.vocabulary.actors import Continuity
from tests.builders import event
from tests.unit.domain.asking import explained, pair

DAY = "2021-01-01"


def follows(predecessor: str, successor: str, occurred: str = "2020", **fields: Any) -> Event:
    continuity: Continuity = fields.pop("continuity", "full")
    data = ActorSucceeded(
        predecessors=(predecessor,), successors=(successor,), continuity=continuity
    )
    return event(data, occurred, **fields)


def shown(events: list[Event], at: str = DAY, **fields: Any) -> list[tuple[str, int, str, str]]:
    """(actor, steps, predecessor, alignment) of each entry."""
    return [
        (one.actor, one.steps, one.predecessor, one.alignment)
        for one in explained(events, at, **fields).lineage
    ]


FOUGHT = event(AttackReported(attacker="old", target="b"), "2020-06-01")


def test_an_entry_tells_the_link_and_how_the_predecessor_stands() -> None:
    [entry] = explained([FOUGHT, follows("old", "a", "2020-12", continuity="partial")], DAY).lineage
    assert entry == InheritedAlignment(
        actor="a",
        steps=1,
        successor="a",
        predecessor="old",
        continuity="partial",
        from_="2020-12",
        alignment="hostile",
        cooperation=0,
        conflict=3,
        certainty="certain",
        last_evidence="2020-06-01",
        stale_since=None,
    )


def test_it_changes_nothing_in_the_answer() -> None:
    with_it = [FOUGHT, follows("old", "a"), follows("b", "c")]
    assert pair(with_it, "a", "b", DAY) == pair([FOUGHT], "a", "b", DAY)
    assert pair(with_it, "a", "b", DAY).alignment == "unknown"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([follows("old", "a")], [("a", 1, "old", "hostile")]),
        ([follows("old", "b")], [("b", 1, "old", "unknown")]),
        ([follows("x", "a"), follows("old", "x")], [("a", 1, "x", "unknown"), ("a", 2, "old", "hostile")]),
        ([follows("a", "old")], []),
        ([follows("b", "a")], []),
        ([follows("b", "a"), follows("old", "b")],
         [("a", 2, "old", "hostile"), ("b", 1, "old", "unknown")]),
        ([follows("a", "x"), follows("x", "a")], [("a", 1, "x", "unknown")]),
        ([follows("old", "a", "2021-01-02")], []),
        ([follows("old", "a", "2021")], [("a", 1, "old", "hostile")]),
        ([follows("old", "a", modality="denied")], []),
        ([follows("old", "a", modality="alleged")], [("a", 1, "old", "hostile")]),
    ],
)  # fmt: skip
def test_predecessors_are_followed_back(
    events: list[Event], expected: list[tuple[str, int, str, str]]
) -> None:
    assert shown([FOUGHT, *events]) == expected


def test_rival_accounts_of_a_succession_stand_side_by_side() -> None:
    events = [
        follows("old", "a", claimant="a", continuity="full"),
        follows("old", "a", claimant="b", continuity="disputed"),
    ]
    assert [one.continuity for one in explained(events, DAY).lineage] == ["full", "disputed"]


def test_it_ends_after_so_many_steps_and_entries() -> None:
    chain = [follows(f"x{n + 1}", f"x{n}") for n in range(9)]
    assert len(shown([*chain, follows("x0", "a")])) == LINEAGE_STEPS
    many = [follows(f"x{n}", "a") for n in range(LINEAGE_SHOWN + 1)]
    assert len(shown(many)) == LINEAGE_SHOWN


def test_a_viewpoint_counts_for_predecessors_too() -> None:
    events = [event(AttackReported(attacker="old", target="b"), claimant="x"), follows("old", "a")]
    assert shown(events, according_to="y") == [("a", 1, "old", "unknown")]
