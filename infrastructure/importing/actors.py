"""Who a source means: actors known by their outside ids, else by their exact names.

Nothing is ever guessed. A name that is only like a known one makes a new actor, unless a person has
judged the two to be the same (`infrastructure.importing.review`).
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
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


@dataclass(slots=True)
class KnownActor:
    """An actor of the log: what it is called, and its outside ids."""

    id: str
    names: list[str]
    identifiers: dict[str, str]


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
            actor
            for actor in self._by_name.get(_exact(name), ())
            if _agree(self._known[actor].identifiers, identifiers)
        ]
        return alike[0] if len(alike) == 1 else None

    def _register(self, data: ActorRegistered, seen: str) -> str:
        names = [data.name, *(other.name for other in data.names)]
        self.add(
            KnownActor(
                data.actor, names, {str(scheme): one for scheme, one in data.identifiers.items()}
            )
        )
        self._made.add(data.actor)
        self._new.append(
            Event(
                id=registration_id(self.source, data.actor),
                occurred=seen,
                data=data,
                claim=Claim(publisher=self.publisher),
            )
        )
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
    for actor, name in conn.execute(
        select(later.c.actor, later.c.name).where(later.c.known_to == FOREVER)
    ):
        renamed[actor].append(name)
    registered = select(first.c.actor, first.c.name, first.c.names, first.c.identifiers).where(
        first.c.known_to == FOREVER
    )
    for actor, name, names, identifiers in conn.execute(registered.order_by(first.c.position)):
        others = [other["name"] for other in json.loads(names)]
        yield KnownActor(actor, [name, *others, *renamed[actor]], json.loads(identifiers))


def _agree(ours: Mapping[str, str], theirs: Mapping[IdentifierScheme, str]) -> bool:
    """Whether no scheme gives the two different ids."""
    return all(ours.get(scheme, value) == value for scheme, value in theirs.items())


def _exact(name: str) -> str:
    """A name without what cannot be seen: spaces around and doubled, forms of the same letter."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def _short(name: str) -> str:
    shown = _exact(name)
    return shown if len(shown) <= 200 else shown[:199] + "…"
