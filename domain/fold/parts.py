"""Whom an actor stands for with include=parts: itself, its umbrellas and its members (DESIGN section 5).

Upwards and downwards through memberships certainly open on the day asked, never up and down
again, so that no sibling is among them. A membership under an international organisation makes
neither of the two stand for the other.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.answers import PARTS_SHOWN, ActorGroup, PartsAlignment
from domain.fold.actors import registered_as
from domain.fold.ledger import Ledger, Reading
from domain.fold.standing import Group
from domain.policy import Alignment

EXCLUDED_KIND = "international-organisation"


def group_of(ledger: Ledger, actor: str) -> Group:
    """The actor with all that it stands for."""
    lines = [one.effect.line for one in ledger.open_sets(Reading.CERTAIN, ("umbrella",))]
    stays = [
        (line.source, line.target)
        for line in lines
        if registered_as(ledger, line.source) != EXCLUDED_KIND
    ]
    umbrellas = _reached(actor, [(member, umbrella) for umbrella, member in stays])
    return umbrellas | _reached(actor, stays)


def sides(ledger: Ledger, a: str, b: str) -> tuple[Group, Group]:
    """Whom each of a pair stands for: only itself where parts are not included, or the groups overlap."""
    if ledger.viewpoint.parts:
        one, other = group_of(ledger, a), group_of(ledger, b)
        if one.isdisjoint(other):
            return one, other
    return frozenset({a}), frozenset({b})


def parts_alignment(ledger: Ledger, alignment: Alignment, a: str, b: str) -> PartsAlignment:
    """What including parts answers, and for whom the two stand."""
    groups = {actor: group_of(ledger, actor) for actor in (a, b)}
    return PartsAlignment(
        alignment=alignment,
        overlap=not groups[a].isdisjoint(groups[b]),
        groups=tuple(
            ActorGroup(actor, tuple(sorted(group))[:PARTS_SHOWN], len(group))
            for actor, group in groups.items()
        ),
    )


def _reached(start: str, steps: Iterable[tuple[str, str]]) -> Group:
    """Everybody that some steps lead to, the start included; going in circles ends."""
    reached = {start}
    ways = list(steps)
    while new := {end for begin, end in ways if begin in reached} - reached:
        reached |= new
    return frozenset(reached)
