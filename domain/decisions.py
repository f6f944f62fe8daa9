"""Whether the log may accept an event: the preconditions of DESIGN section 3, and where they look.

Pure: the caller reads the events of a boundary, lets a Register evolve over them in order, and
asks. What a Register says stays true as long as nothing matching the boundary is appended, which
is what the append condition guards. A claim that contradicts another is never refused.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

from domain.event import Event
from domain.policy import UNCOUNTED_MODALITIES
from domain.tags import actors_named, references, tags_of, targets_of
from domain.vocabulary import ActorRegistered, AllianceFormed, ReportRetracted

MOST_TAGS = 1_000
"""No event is filed under more."""

ConflictKind = Literal["actor-exists", "event-ended", "actor-in-use"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event is not accepted: invalid, or in conflict with what the log holds."""

    pointer: str
    message: str
    conflict: ConflictKind | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """Events of any of these types (none given: all types) that carry all of these tags."""

    types: frozenset[str]
    tags: frozenset[str]


@dataclass(slots=True)
class Register:
    """What the events of a boundary say: which actors, alliances and events there are."""

    events: MutableMapping[str, Event] = field(default_factory=dict)
    tags: MutableMapping[str, Sequence[str]] = field(default_factory=dict)
    ended: MutableMapping[str, Literal["retracted", "superseded"]] = field(default_factory=dict)
    registrations: MutableMapping[str, tuple[Event, ...]] = field(default_factory=dict)
    formations: MutableMapping[str, tuple[Event, ...]] = field(default_factory=dict)

    def fork(self) -> Register:
        """A register that knows what this one does; what it takes in is its own until adopted."""
        return Register(*(ChainMap({}, getattr(self, one.name)) for one in fields(self)))

    def adopt(self, fork: Register) -> None:
        """Take in what a fork of this register has taken in."""
        for one in fields(self):
            getattr(self, one.name).update(getattr(fork, one.name).maps[0])

    def evolve(self, event: Event, tags: Sequence[str]) -> None:
        """Take in the next event of the log, or of the batch."""
        self.events[event.id] = event
        self.tags[event.id] = tags
        if event.supersedes is not None:
            self.ended[event.supersedes] = "superseded"
        match event.data:
            case ReportRetracted(event=target):
                self.ended[target] = "retracted"
            case ActorRegistered(actor=actor) if _counts(event):
                self.registrations[actor] = (*self.registrations.get(actor, ()), event)
            case AllianceFormed(alliance=alliance):
                self.formations[alliance] = (*self.formations.get(alliance, ()), event)
            case _:
                pass

    def tags_for(self, event: Event) -> list[str]:
        """The tags an event is filed under, with those of the events it curates.

        Of `event:` tags only those of the events it names itself: a chain of corrections would
        otherwise carry ever more of them.
        """
        carried = (tag for target in targets_of(event) for tag in self.tags.get(target, ()))
        return tags_of(event, (tag for tag in carried if not tag.startswith("event:")))

    def is_live(self, event: Event) -> bool:
        """Neither retracted nor superseded."""
        return event.id not in self.ended

    def registration(self, actor: str) -> Event | None:
        """The live registration of an actor that counts."""
        return next(filter(self.is_live, self.registrations.get(actor, ())), None)

    def is_formed(self, alliance: str) -> bool:
        """Whether a live formation forms the alliance."""
        return any(map(self.is_live, self.formations.get(alliance, ())))


def identity(events: Iterable[Event]) -> list[Criterion]:
    """Where to look first: for the events that these curate, and for what defines their names.

    For the events themselves the caller looks by their ids, of which the log has each but once.
    """
    criteria: dict[Criterion, None] = {}
    for event in events:
        for named in targets_of(event):
            criteria[Criterion(frozenset(), frozenset({f"event:{named}"}))] = None
        for reference in references(event):
            definition = _DEFINITIONS.get(reference.marker.kind)
            if definition is not None:
                tag = f"{reference.marker.kind}:{reference.value}"
                criteria[Criterion(definition, frozenset({tag}))] = None
    return list(criteria)


def definitions(tags: Iterable[str]) -> list[Criterion]:
    """Where to look for what defines the actors and alliances among these tags."""
    return [
        Criterion(types, frozenset({tag}))
        for tag in tags
        if (types := _DEFINITIONS.get(tag.partition(":")[0])) is not None
    ]


def boundary(
    batch: Sequence[Event], named: Iterable[Criterion], known: Mapping[str, Event]
) -> list[Criterion]:
    """Everything that the decisions on these events depend on.

    `named`: what `identity` says of them; `known`: the events that it finds.
    """
    criteria = dict.fromkeys(named)
    by_id = dict(known) | {event.id: event for event in batch}
    for event in by_id.values():
        if isinstance(event.data, ActorRegistered | AllianceFormed):
            criteria[Criterion(_RETRACTIONS, frozenset({f"event:{event.id}"}))] = None
    for event in batch:
        target = by_id.get(_ended_by(event))
        if target is not None and isinstance(target.data, ActorRegistered):
            criteria[Criterion(frozenset(), frozenset({f"actor:{target.data.actor}"}))] = None
    return list(criteria)


def decide(event: Event, register: Register) -> list[Refusal]:
    """Every reason to refuse the event; empty when the log may accept it."""
    return [
        *_too_many_tags(event, register),
        *_unknown_names(event, register),
        *_retraction(event, register),
        *_correction(event, register),
    ] or [
        *_registration(event, register),
        *_unregistration(event, register),
    ]


_DEFINITIONS = {
    "actor": frozenset({ActorRegistered.TYPE}),
    "alliance": frozenset({AllianceFormed.TYPE}),
}
"""What defines a name. A retraction of it is looked for by its id: an actor much named has many others."""
DEFINED = tuple(f"{kind}:" for kind in _DEFINITIONS)
"""So begin the tags of names that something must define; of others nobody asks whether they are there."""
_RETRACTIONS = frozenset({ReportRetracted.TYPE})


def _counts(event: Event) -> bool:
    return event.claim.modality not in UNCOUNTED_MODALITIES


def _ended_by(event: Event) -> str:
    """The id of the event that this one takes out without a successor that counts, or ""."""
    if isinstance(event.data, ReportRetracted):
        return event.data.event
    return "" if event.supersedes is None or _counts(event) else event.supersedes


def _too_many_tags(event: Event, register: Register) -> Iterator[Refusal]:
    """A chain of reports on reports gathers the names of all of them, up to a point."""
    if not targets_of(event):
        return  # the names that it has of its own are bounded
    count = len(register.tags_for(event))
    if count > MOST_TAGS:
        pointer = "/supersedes" if event.supersedes else "/data/event"
        yield Refusal(
            pointer,
            f"it would carry {count} tags of what it leads to; at most {MOST_TAGS} are allowed",
        )


def _unknown_names(event: Event, register: Register) -> Iterator[Refusal]:
    """Every actor must be registered, every alliance formed, every event present."""
    defined = ""
    if isinstance(event.data, ActorRegistered):
        defined = f"actor:{event.data.actor}"
    elif isinstance(event.data, AllianceFormed):
        defined = f"alliance:{event.data.alliance}"
    for pointer, marker, value in references(event):
        if f"{marker.kind}:{value}" == defined or pointer == "/id":
            continue
        if marker.kind == "actor" and register.registration(value) is None:
            yield Refusal(pointer, f"no actor is registered as {value}")
        if marker.kind == "alliance" and not register.is_formed(value):
            yield Refusal(pointer, f"no alliance is formed as {value}")
        if marker.kind == "event" and value not in register.events:
            yield Refusal(pointer, f"no event has the id {value}")


def _retraction(event: Event, register: Register) -> Iterator[Refusal]:
    """A retraction has the claimant of its target, or none; it is final (DESIGN section 3)."""
    if not isinstance(event.data, ReportRetracted):
        return
    target = register.events.get(event.data.event)
    if target is not None:
        yield from _ends(target, "/data/event", register)
        if event.claim.claimant not in (None, target.claim.claimant):
            yield _rivals_claim(target)


def _correction(event: Event, register: Register) -> Iterator[Refusal]:
    """A superseding event repeats the type and the claimant of its target, and a registration's actor."""
    target = register.events.get(event.supersedes or "")
    if target is None:
        return
    yield from _ends(target, "/supersedes", register)
    if target.type != event.type:
        yield Refusal(
            "/supersedes", f"that event is a {target.type}; a correction is of the same type"
        )
    if event.claim.claimant != target.claim.claimant:
        yield _rivals_claim(target)
    match target.data, event.data:
        case ActorRegistered(actor=before), ActorRegistered(actor=after) if before != after:
            yield Refusal("/data/actor", f"the registration to correct is that of {before}")
        case _:
            pass


def _ends(target: Event, pointer: str, register: Register) -> Iterator[Refusal]:
    if isinstance(target.data, ReportRetracted):
        yield Refusal(pointer, "a retraction is final: it can be neither retracted nor superseded")
    elif target.id in register.ended:
        yield Refusal(pointer, f"that event is already {register.ended[target.id]}", "event-ended")


def _rivals_claim(target: Event) -> Refusal:
    whose = target.claim.claimant or "the recorder"
    return Refusal(
        "/claim/claimant",
        f"that claim is {whose}'s, and only who made it corrects or withdraws it: "
        "to contradict it use ReportDenied",
    )


def _registration(event: Event, register: Register) -> Iterator[Refusal]:
    """An actor id is registered once; a correction of its own registration is no second one."""
    if not isinstance(event.data, ActorRegistered):
        return
    other = register.registration(event.data.actor)
    if other is not None and other.id != event.supersedes:
        yield Refusal(
            "/data/actor", f"an actor is already registered as {event.data.actor}", "actor-exists"
        )


def _unregistration(event: Event, register: Register) -> Iterator[Refusal]:
    """A registration goes only while no other live event names the actor, claimants included."""
    target = register.events.get(_ended_by(event))
    if target is None or not isinstance(target.data, ActorRegistered):
        return
    actor = target.data.actor
    own = {target.id, event.id} if event.supersedes else {target.id}
    for other in (*filter(register.is_live, register.events.values()), event):
        if other.id not in own and actor in actors_named(other):
            pointer = "/supersedes" if event.supersedes else "/data/event"
            yield Refusal(pointer, f"{actor} is still named by event {other.id}", "actor-in-use")
            return
