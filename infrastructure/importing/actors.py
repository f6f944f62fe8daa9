"""Who a source means: actors known by their outside ids, else by their exact names.

Nothing is ever guessed. A name that is only like a known one makes a new actor, unless a person has
judged the two to be the same (`infrastructure.importing.review`).
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, select

from domain.claims import Claim
from domain.event import Event
from domain.vocabulary import ActorRegistered
from domain.vocabulary.actors import ActorKind, IdentifierScheme
from infrastructure.importing.ids import registration_id, slug
from infrastructure.live_models import live_models
from infrastructure.schema.read_models import FOREVER

Identifiers = Mapping[IdentifierScheme, str]

NOBODY: Identifiers = {}
LONGEST_NAME = 200
"""Characters that a name may have."""


@dataclass(slots=True)
class KnownActor:
    """An actor of the log: what it was ever called, its outside ids, and the event that registered it first."""

    id: str
    names: list[str]
    identifiers: dict[str, str]
    registration: str


class _Named(NamedTuple):
    name: str
    identifiers: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Actors:
    """The actors known so far, those registered by this import included."""

    source: str
    publisher: str
    judged: Mapping[str, str] = field(default_factory=dict)
    """Actor ids by the names that a person has judged to be theirs."""
    _known: dict[str, KnownActor] = field(default_factory=dict)
    _by_identifier: dict[tuple[str, str], str] = field(default_factory=dict)
    _by_name: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _found: dict[_Named, str] = field(default_factory=dict)
    _new: list[Event] = field(default_factory=list)
    _since: list[_Named] = field(default_factory=list)
    _made: set[str] = field(default_factory=set)

    def add(self, actor: KnownActor) -> None:
        """Take in an actor that the log knows."""
        self._known[actor.id] = actor
        for scheme_and_id in actor.identifiers.items():
            self._by_identifier.setdefault(scheme_and_id, actor.id)
        for name in dict.fromkeys(map(_exact, actor.names)):
            self._by_name[name].append(actor.id)

    def has(self, actor: str) -> bool:
        """Whether there is an actor of this id."""
        return actor in self._known

    def names(self) -> Iterable[tuple[str, str]]:
        """Every name known, with its actor."""
        return ((name, actor) for name, actors in self._by_name.items() for actor in actors)

    def registered(self) -> dict[str, str]:
        """The names that this import registers, each with the outside ids that come with it."""
        return {
            known.names[0]: " ".join(map(":".join, known.identifiers.items()))
            for known in self._known.values()
            if known.id in self._made
        }

    def named(
        self,
        name: str,
        kind: ActorKind,
        *,
        seen: str,
        identifiers: Identifiers = NOBODY,
        country: str | None = None,
    ) -> str:
        """The id of the actor that a source calls so; a new one is registered as of `seen` (EDTF)."""
        wanted = _Named(name, tuple(identifiers.items()))
        actor = self._found.get(wanted)
        if actor is None:
            actor = self._look_up(name, identifiers) or self._register(
                ActorRegistered(
                    actor=self._free_id(name, identifiers),
                    kind=kind,
                    name=_short(name),
                    identifiers=dict(identifiers),
                    country=country,
                ),
                seen,
            )
            self._found[wanted] = actor
            self._since.append(wanted)
            for scheme_and_id in wanted.identifiers:
                self._by_identifier.setdefault(scheme_and_id, actor)
        return actor

    @property
    def new(self) -> Sequence[Event]:
        """The registrations of actors named for the first time since they were last taken."""
        return self._new

    def take_new(self) -> tuple[Event, ...]:
        """The registrations of actors named for the first time since this was last asked."""
        taken = tuple(self._new)
        self._new.clear()
        self._since.clear()
        return taken

    def forget_new(self) -> None:
        """Unlearn the actors named since: the record that named them is not to be imported."""
        made = {event.data.actor for event in self._new if isinstance(event.data, ActorRegistered)}
        for wanted in self._since:
            if self._found[wanted] in made:
                del self._found[wanted]
                for scheme_and_id in wanted.identifiers:
                    self._by_identifier.pop(scheme_and_id, None)
        self._made -= made
        for actor in made:
            for name in dict.fromkeys(map(_exact, self._known.pop(actor).names)):
                self._by_name[name].remove(actor)
        self.take_new()

    def claimant(self, registered: ActorRegistered, seen: str) -> tuple[Event, ...]:
        """The registration of who speaks in the source, if the log does not know it yet."""
        if registered.actor not in self._known:
            self._register(registered, seen)
        return self.take_new()

    def _look_up(self, name: str, identifiers: Identifiers) -> str | None:
        for scheme_and_id in identifiers.items():
            if (actor := self._by_identifier.get(scheme_and_id)) is not None:
                return actor
        if (judged := self.judged.get(name)) is not None:
            return judged
        alike = [
            self._known[actor]
            for actor in self._by_name.get(_short(name), ())
            if _agree(self._known[actor].identifiers, identifiers)
        ]
        if len(alike) > 1:  # of several the one that the source itself meant before
            alike = [one for one in alike if self._is_ours(one, identifiers)]
        return alike[0].id if len(alike) == 1 else None

    def _is_ours(self, known: KnownActor, identifiers: Identifiers) -> bool:
        """Whether an import of the source registered the actor for want of another, with these ids."""
        ours = registration_id(self.source, known.id)
        return known.registration == ours and known.identifiers == identifiers

    def _register(self, data: ActorRegistered, seen: str) -> str:
        names = [data.name, *(other.name for other in data.names)]
        identifiers = {str(scheme): one for scheme, one in data.identifiers.items()}
        event = Event(
            id=registration_id(self.source, data.actor),
            occurred=seen,
            data=data,
            claim=Claim(publisher=self.publisher),
        )
        self.add(KnownActor(data.actor, names, identifiers, event.id))
        self._made.add(data.actor)
        self._new.append(event)
        return data.actor

    def _free_id(self, name: str, identifiers: Identifiers) -> str:
        """The name as a slug; where another actor has it, with an outside id or a number."""
        plain = slug(name)
        outside = "-".join(slug(f"{scheme} {value}") for scheme, value in identifiers.items())
        tried = [plain, slug(f"{plain[: 79 - len(outside)]} {outside}") if outside else "", outside]
        for candidate in tried:
            if candidate and candidate not in self._known:
                return candidate
        number = 2
        while (candidate := f"{(plain or 'actor')[:70]}-{number}") in self._known:
            number += 1
        return candidate


def known_actors(conn: Connection) -> Iterable[KnownActor]:
    """The actors registered in the log, by the read models, each with all names it has had."""
    models, _ = live_models(conn)
    first, later = models.registrations, models.renamings
    renamed: dict[str, list[str]] = defaultdict(list)
    registrations: dict[str, str] = {}
    for actor, name in conn.execute(
        select(later.c.actor, later.c.name).where(later.c.known_to == FOREVER)
    ):
        renamed[actor].append(name)
    event = models.reports.c.event_id
    corrected = (
        select(first.c.actor, first.c.name, event)
        .join(models.reports, models.reports.c.position == first.c.position)
        .where(models.reports.c.ended_how == "superseded")
    )
    for actor, name, registration in conn.execute(corrected.order_by(first.c.position)):
        renamed[actor].append(name)
        registrations.setdefault(actor, registration)
    registered = (
        select(first.c.actor, first.c.name, first.c.names, first.c.identifiers, event)
        .join(models.reports, models.reports.c.position == first.c.position)
        .where(first.c.known_to == FOREVER)
    )
    for actor, name, names, identifiers, registration in conn.execute(
        registered.order_by(first.c.position)
    ):
        others = [other["name"] for other in json.loads(names)]
        yield KnownActor(
            actor,
            [name, *others, *renamed[actor]],
            json.loads(identifiers),
            registrations.get(actor, registration),
        )


def _agree(ours: Mapping[str, str], theirs: Mapping[IdentifierScheme, str]) -> bool:
    """Whether no scheme gives the two different ids."""
    return all(ours.get(scheme, value) == value for scheme, value in theirs.items())


def _exact(name: str) -> str:
    """A name without what cannot be seen: spaces around and doubled, forms of the same letter."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def _short(name: str) -> str:
    """A name as it can be registered: of one that is too long its beginning and a number of its own."""
    shown = _exact(name)
    if len(shown) <= LONGEST_NAME:
        return shown
    number = hashlib.sha1(shown.encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{shown[: LONGEST_NAME - 10]}… {number}"
