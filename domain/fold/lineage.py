"""Predecessors' alignments beside a successor's: shown, and never counted (DESIGN section 6).

They are answers of their own, asked after the pair's: nothing here is read by the pair's fold.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.answers import LINEAGE_SHOWN, LINEAGE_STEPS, InheritedAlignment
from domain.fold.alignment import pair_alignment
from domain.fold.counted import counting
from domain.fold.ledger import Ledger
from domain.vocabulary import ActorSucceeded


class Link(NamedTuple):
    """A succession of one actor by another that may have begun by the day asked."""

    predecessor: str
    successor: str
    continuity: str
    occurred: str


def lineage(ledger: Ledger, a: str, b: str) -> tuple[InheritedAlignment, ...]:
    """How the predecessors of each of a pair stand to the other, nearest first."""
    return tuple(
        _inherited(ledger, steps, link, actor, other)
        for actor, other in ((a, b), (b, a))
        for steps, link in _links(ledger, actor, other)
    )


def _links(ledger: Ledger, actor: str, other: str) -> list[tuple[int, Link]]:
    """The links back from an actor with the number of steps to each, apart from those to the pair."""
    found: list[tuple[int, Link]] = []
    reached, newest = {actor}, {actor}
    for steps in range(1, LINEAGE_STEPS + 1):
        links = [link for link in _successions(ledger) if link.successor in newest]
        found += [(steps, link) for link in links if link.predecessor not in (actor, other)]
        newest = {link.predecessor for link in links} - reached
        reached |= newest
    return found[:LINEAGE_SHOWN]


def _successions(ledger: Ledger) -> list[Link]:
    """The links that count, by (earliest, place) and as the event lists them."""
    return [
        Link(predecessor, successor, recorded.event.data.continuity, recorded.event.occurred)
        for recorded in counting(ledger)
        if isinstance(recorded.event.data, ActorSucceeded)
        and recorded.event.span.earliest <= ledger.viewpoint.valid_at
        for predecessor in recorded.event.data.predecessors
        for successor in recorded.event.data.successors
        if predecessor != successor
    ]


def _inherited(
    ledger: Ledger, steps: int, link: Link, actor: str, other: str
) -> InheritedAlignment:
    first, second = sorted((link.predecessor, other))
    answer = pair_alignment(ledger, first, second)
    return InheritedAlignment(
        actor=actor,
        steps=steps,
        successor=link.successor,
        predecessor=link.predecessor,
        continuity=link.continuity,
        from_=link.occurred,
        alignment=answer.alignment,
        cooperation=answer.cooperation,
        conflict=answer.conflict,
        certainty=answer.certainty,
        last_evidence=answer.last_evidence,
        stale_since=answer.stale_since,
    )
