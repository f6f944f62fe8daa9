"""Judgements whether two actors are the same: opinions side by side, which move no stance (section 3).

Like names and successions they count while live, whatever the viewpoint's filters, unless of
modality denied or planned. Of one claimant's judgements on two actors the last stands, by
(earliest, place); the others stay as what it said before.
"""

from __future__ import annotations

from typing import cast

from domain.answers import ActorName
from domain.event import Recorded
from domain.fold.counted import counting
from domain.fold.ledger import Ledger
from domain.identity import (
    JUDGED_SHOWN,
    TWINS_SHOWN,
    Judged,
    JudgementState,
    Opinions,
    Twin,
)
from domain.vocabulary import ActorsJudged


def judgements(
    ledger: Ledger, *, actor: str | None = None, judgement: str | None = None
) -> list[JudgementState]:
    """The judgements that count, by position; of one actor, or of one kind, if so asked."""
    events = sorted(_judging(ledger), key=lambda recorded: recorded.position)
    states = [_state(ledger, recorded) for recorded in events]
    return [
        one for one in states if actor in (None, *one.actors) and judgement in (None, one.judgement)
    ]


def judged(ledger: Ledger, actor: str) -> tuple[Judged, ...]:
    """The newest judgements on an actor, by (earliest, place)."""
    found = []
    for recorded in _judging(ledger):
        one = _state(ledger, recorded)
        if actor in one.actors:
            [other] = set(one.actors) - {actor}
            found.append(
                Judged(
                    other,
                    one.judgement,
                    one.event,
                    one.claimant,
                    one.modality,
                    one.occurred,
                    one.standing,
                )
            )
    return tuple(found[-JUDGED_SHOWN:])


def twins(ledger: Ledger, actor: ActorName, named: dict[str, ActorName]) -> tuple[Twin, ...]:
    """The actors that a standing judgement says are the same, by id. `named`: everybody's names."""
    counted: dict[str, list[str]] = {}
    for one in judgements(ledger, actor=actor.id):
        if one.standing:
            [other] = set(one.actors) - {actor.id}
            counted.setdefault(other, []).append(one.judgement)
    found = [
        Twin(
            other,
            named[other].name,
            named[other].kind,
            Opinions(given.count("same"), given.count("different"), given.count("unsure")),
        )
        for other, given in sorted(counted.items())
        if "same" in given
    ]
    return tuple(found[:TWINS_SHOWN])


def _judging(ledger: Ledger) -> list[Recorded]:
    """By (earliest, place)."""
    return [one for one in counting(ledger) if isinstance(one.event.data, ActorsJudged)]


def _state(ledger: Ledger, recorded: Recorded) -> JudgementState:
    data = cast(ActorsJudged, recorded.event.data)
    claim = recorded.event.claim
    same_question = [
        other
        for other in _judging(ledger)
        if set(cast(ActorsJudged, other.event.data).actors) == set(data.actors)
        and other.event.claim.claimant == claim.claimant
    ]
    first, second = sorted(data.actors)
    return JudgementState(
        actors=(first, second),
        judgement=data.judgement,
        event=recorded.event.id,
        position=recorded.position,
        claimant=claim.claimant,
        modality=claim.modality,
        occurred=recorded.event.occurred,
        standing=same_question[-1] is recorded,
    )
