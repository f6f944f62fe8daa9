"""Actors as known: their names over time, memberships and lineage.

Registrations, names, successions and umbrella memberships always count while live, unless of
modality denied or planned: a viewpoint's filters are for claims about relations (section 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from domain.answers import ActorName, ActorState, DatedName, Succession, UmbrellaMembership
from domain.event import Event, Recorded
from domain.fold.counted import counting, counts
from domain.fold.judgements import judged
from domain.fold.ledger import UMBRELLA_KINDS, Ledger, Moved, Reading
from domain.history import History
from domain.vocabulary import (
    ActorDissolved,
    ActorRegistered,
    ActorRenamed,
    ActorSucceeded,
    MembershipStarted,
)


def registration_of(log: Iterable[Recorded], position: int, actor: str) -> Recorded | None:
    """The registration that speaks for an actor at a position: the one live then, else the first after it.

    An actor counts as known from the log's start once it is registered anywhere in `log`, which
    reaches up to the read model (DESIGN section 3). None: nobody of this id is known.
    """
    records = list(log)
    history = History.of(records, position)
    live = [recorded for recorded in history.live() if _registers(recorded.event, actor)]
    if live:
        return live[-1]
    later = [one for one in records if one.position > position and _registers(one.event, actor)]
    return later[0] if later else None


def registered_as(ledger: Ledger, actor: str) -> str | None:
    """The kind that the actor's live registration gives it; None where there is none."""
    live = (one.event for one in ledger.whole.live() if _registers(one.event, actor))
    return next((cast(ActorRegistered, one.data).kind for one in live), None)


def actor_name(ledger: Ledger, registration: Recorded) -> ActorName:
    """The actor's name in force on the viewpoint's day: the last one taken by then.

    A later name is taken when its event has certainly begun, the registration's when it may
    have; before any was, it is the registration's.
    """
    data = _registered(registration)
    names = [(registration.event.span.earliest, _place(ledger, registration), data.name)]
    names += [
        (recorded.event.span.latest, _place(ledger, recorded), renamed.name)
        for recorded, renamed in _renamings(ledger, data.actor)
    ]
    taken = [one for one in names if one[0] <= ledger.viewpoint.valid_at]
    return ActorName(data.actor, max(taken)[2] if taken else data.name, data.kind)


def _place(ledger: Ledger, recorded: Recorded) -> int:
    """The event's place; one that is registered only later stands where it will."""
    return ledger.history.place.get(recorded.event.id, recorded.position)


def actor_state(ledger: Ledger, registration: Recorded) -> ActorState:
    """All that is known of an actor."""
    data = _registered(registration)
    named = actor_name(ledger, registration)
    umbrellas = [one for one in ledger.sets if one.effect.line.kind in UMBRELLA_KINDS]
    umbrellas.sort(key=lambda one: one.begin)
    return ActorState(
        id=data.actor,
        name=named.name,
        kind=data.kind,
        country=data.country,
        names=_names(ledger, registration.event, data),
        identifiers={str(scheme): text for scheme, text in sorted(data.identifiers.items())},
        memberships=tuple(
            _stay(ledger, one, one.effect.line.source)
            for one in umbrellas
            if one.effect.line.target == data.actor
        ),
        members=tuple(
            _stay(ledger, one, one.effect.line.target)
            for one in umbrellas
            if one.effect.line.source == data.actor
        ),
        predecessors=_successions(ledger, data.actor, before=True),
        successors=_successions(ledger, data.actor, before=False),
        dissolved=_dissolved(ledger, data.actor),
        judged=judged(ledger, data.actor),
    )


def _registered(registration: Recorded) -> ActorRegistered:
    return cast(ActorRegistered, registration.event.data)


def _registers(event: Event, actor: str) -> bool:
    return isinstance(event.data, ActorRegistered) and event.data.actor == actor and counts(event)


def _renamings(ledger: Ledger, actor: str) -> list[tuple[Recorded, ActorRenamed]]:
    return [
        (recorded, recorded.event.data)
        for recorded in counting(ledger)
        if isinstance(recorded.event.data, ActorRenamed) and recorded.event.data.actor == actor
    ]


def _names(ledger: Ledger, registration: Event, data: ActorRegistered) -> tuple[DatedName, ...]:
    """The registration's names, then every later one."""
    first = [DatedName(data.name, None, registration.occurred)]
    others = [DatedName(other.name, other.language, registration.occurred) for other in data.names]
    later = [
        DatedName(renamed.name, renamed.language, recorded.event.occurred)
        for recorded, renamed in _renamings(ledger, data.actor)
    ]
    return tuple(first + others + later)


def _stay(ledger: Ledger, opened: Moved, other: str) -> UmbrellaMembership:
    """A membership until the first event, in the order of effects, that ends it for certain."""
    data = cast(MembershipStarted, opened.recorded.event.data)
    forever = type(opened.recorded.event.span.latest).max
    ends = [
        close
        for close in ledger.closes
        if close.covers(opened) and close.shuts(opened, Reading.CERTAIN, forever)
    ]
    ends.sort(key=lambda close: (close.recorded.event.span.latest, close.effect.rank, close.place))
    to = ends[0].recorded.event.occurred if ends else None
    return UmbrellaMembership(other, data.as_, opened.recorded.event.occurred, to)


def _successions(ledger: Ledger, actor: str, *, before: bool) -> tuple[Succession, ...]:
    found = []
    for recorded in counting(ledger):
        data = recorded.event.data
        if isinstance(data, ActorSucceeded):
            mine, others = (
                (data.successors, data.predecessors)
                if before
                else (data.predecessors, data.successors)
            )
            if actor in mine:
                found += [
                    Succession(other, data.continuity, recorded.event.occurred) for other in others
                ]
    return tuple(found)


def _dissolved(ledger: Ledger, actor: str) -> str | None:
    """When the actor was first dissolved, as its event gives it."""
    for recorded in counting(ledger):
        if isinstance(recorded.event.data, ActorDissolved) and recorded.event.data.actor == actor:
            return recorded.event.occurred
    return None
