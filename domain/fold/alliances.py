"""Alliances on a day: members, obligations, whether in force, and their history."""

from __future__ import annotations

from typing import Literal

from domain.answers import AllianceMember, AllianceState, AllianceStep
from domain.effects import ANY, effects_of
from domain.event import Recorded
from domain.fold.ledger import Ledger, Moved, Reading, left_out
from domain.fold.standing import obligations_of, strength_of
from domain.policy import UNCOUNTED_MODALITIES
from domain.vocabulary import AllianceFormed


def known_alliances(ledger: Ledger) -> list[str]:
    """The alliances that a live formation forms, by id."""
    live = (recorded.event.data for recorded in ledger.history.live())
    return sorted({data.alliance for data in live if isinstance(data, AllianceFormed)})


def alliance_state(ledger: Ledger, alliance: str) -> AllianceState:
    """The alliance on the viewpoint's day."""
    obligations = obligations_of(ledger, alliance, Reading.CERTAIN)
    members = _members(ledger, alliance)
    return AllianceState(
        id=alliance,
        name=_name(ledger, alliance),
        obligations=obligations,
        strength=strength_of(obligations),
        members=members,
        in_force=sum(member.certainty == "certain" for member in members) >= 2,
    )


def alliance_history(ledger: Ledger, alliance: str) -> list[AllianceStep]:
    """Formations, joinings, departures, dissolved members and ends, by (earliest, place) and member.

    Only live events; one that the viewpoint does not admit is marked so.
    """
    history = ledger.history
    moves = [
        (recorded, effect)
        for recorded in history.live()
        for effect in effects_of(recorded.event.data)
        if effect.line.kind == "membership"
    ]
    ever_in = {
        effect.line.target
        for _, effect in moves
        if effect.move == "set" and effect.line.source == alliance
    }
    steps = []
    for recorded, effect in moves:
        line = effect.line
        if line.source == alliance or (line.source == ANY and line.target in ever_in):
            order = (recorded.event.span.earliest, history.place[recorded.event.id])
            admitted = left_out(history, ledger.viewpoint, recorded, effect) is None
            steps.append((order, _step(recorded, line.target, admitted=admitted)))
    return [step for _, step in sorted(steps, key=lambda pair: (pair[0], pair[1].member or ""))]


def _step(recorded: Recorded, member: str, *, admitted: bool) -> AllianceStep:
    event = recorded.event
    return AllianceStep(
        event.id, event.type, event.occurred, None if member == ANY else member, admitted
    )


def _members(ledger: Ledger, alliance: str) -> tuple[AllianceMember, ...]:
    """Certain members, and those that are members in the possible reading only, by actor."""
    certain = _since(ledger.open_sets(Reading.CERTAIN, ("membership",)), alliance)
    possible = _since(ledger.open_sets(Reading.POSSIBLE, ("membership",)), alliance)
    members = []
    for actor in sorted(certain.keys() | possible.keys()):
        certainty: Literal["certain", "possible"] = "certain" if actor in certain else "possible"
        members.append(AllianceMember(actor, certain.get(actor) or possible[actor], certainty))
    return tuple(members)


def _since(memberships: list[Moved], alliance: str) -> dict[str, str]:
    """Each member's earliest open set, as its event gives the date."""
    since: dict[str, str] = {}
    for one in memberships:
        if one.effect.line.source == alliance:
            since.setdefault(one.effect.line.target, one.recorded.event.occurred)
    return since


def _name(ledger: Ledger, alliance: str) -> str | None:
    """The name of the latest live formation begun by the day that gives one, else of the first that does."""
    day = ledger.viewpoint.valid_at
    named = [
        (
            (
                recorded.event.span.latest,
                ledger.history.place[recorded.event.id],
                recorded.position,
            ),
            recorded.event.data.name,
        )
        for recorded in ledger.history.live()
        if isinstance(recorded.event.data, AllianceFormed)
        and recorded.event.data.alliance == alliance
        and recorded.event.data.name is not None
        and recorded.event.claim.modality not in UNCOUNTED_MODALITIES
    ]
    begun = [one for one in named if one[0][0] <= day]
    if begun:
        return max(begun)[1]
    return min(named)[1] if named else None
