"""The rows that one event adds to the read models, as the tables of `schema.read_models` have them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple, cast

import msgspec

from domain.dates import span_of
from domain.effects import effects_of
from domain.event import Event, Place
from domain.policy import UNCOUNTED_MODALITIES
from domain.telling import actors_in, as_json, told_by
from domain.vocabulary import (
    ActorRegistered,
    ActorRenamed,
    ActorsJudged,
    ActorSucceeded,
    AllianceFormed,
    CurationData,
    ReportCorroborated,
    ReportDenied,
)
from infrastructure.keys import breadth_of, key, strand
from infrastructure.schema.read_models import FOREVER
from infrastructure.words import words_of

Values = tuple[Any, ...]
"""A row: its values in the order of its table's columns."""


class Placed(NamedTuple):
    """An event with its position and place, and how it ended, if it did.

    `reported` is the place that a report on a report names.
    """

    event: Event
    position: int
    place: int
    reported: int | None
    known_to: int = FOREVER
    ended_by: str | None = None
    ended_how: str | None = None


def rows_of(placed: Placed) -> list[tuple[str, Values]]:
    """Every row of an event, with the short name of its table."""
    event, position, place, _, known_to, ended_by, ended_how = placed
    claim, data = event.claim, event.data
    earliest, latest, ended = days = days_of(event.occurred)
    about = event.id, data.TYPE, place, event.occurred
    claimed = (
        *days,
        claim.claimant,
        claim.voice,
        claim.modality,
        claim.reliability,
        claim.credibility,
        position,
        known_to,
    )
    rows: list[tuple[str, Values]] = [
        ("reports", (*about, claim.publisher, claim.origin, ended_by, ended_how, *claimed))
    ]
    begin, end, breadth = key(earliest, 0, place), key(ended, 0, place), breadth_of(earliest, ended)
    for number, (rule, move, line, low, high, rank, alleged) in enumerate(effects_of(data)):
        if move == "set":
            kind, source, target, _ = line
            on = strand(source, target, kind, low, breadth)
            moved = low, on, begin, end
            rows.append(("sets", (number, *about, rule, *line, int(alleged), *claimed, *moved)))
        else:
            told = number, *about, rule, *line, int(alleged), *claimed, low, high, rank
            keys = key(earliest, rank, place), key(latest, rank, place)
            rows.append(("closes", (*told, *keys)))
    if event.incident is not None and not isinstance(data, CurationData):
        rows.extend(_incident(placed, event.incident, claimed))
    more = _ROWS.get(type(data))
    if more and (type(data) in _ALWAYS or claim.modality not in UNCOUNTED_MODALITIES):
        rows.extend(more(placed))
    return rows


@lru_cache(maxsize=4_096)
def days_of(occurred: str) -> tuple[int, int, int]:
    """The columns `earliest`, `latest` and `ended` of what occurred then."""
    span = span_of(occurred)
    return span.earliest.toordinal(), span.latest.toordinal(), span.ended.toordinal()


def _known(placed: Placed) -> tuple[int, int]:
    return placed.position, placed.known_to


def _dated(placed: Placed) -> Values:
    occurred = placed.event.occurred
    return occurred, placed.place, *days_of(occurred), *_known(placed)


def _registration(placed: Placed) -> Iterator[tuple[str, Values]]:
    data = cast(ActorRegistered, placed.event.data)
    names = json.dumps([asdict(name) for name in data.names], ensure_ascii=False)
    identifiers = json.dumps(data.identifiers, ensure_ascii=False, sort_keys=True)
    told = data.actor, data.kind, data.name, data.country, names, identifiers
    yield "registrations", (*told, *_dated(placed))
    yield from _words(placed, data.actor, (data.name, *(name.name for name in data.names)))


def _renaming(placed: Placed) -> Iterator[tuple[str, Values]]:
    data = cast(ActorRenamed, placed.event.data)
    yield "renamings", (data.actor, data.name, data.language, *_dated(placed))
    yield from _words(placed, data.actor, (data.name,))


def _words(placed: Placed, actor: str, names: tuple[str, ...]) -> Iterator[tuple[str, Values]]:
    for word in dict.fromkeys(word for name in names for word in words_of(name)):
        yield "name_words", (word, actor, *_known(placed))


def _succession(placed: Placed) -> Iterator[tuple[str, Values]]:
    data = cast(ActorSucceeded, placed.event.data)
    for number, pair in enumerate(product(data.predecessors, data.successors)):
        yield "successions", (number, *pair, data.continuity, *_dated(placed))


def _judgement(placed: Placed) -> Iterator[tuple[str, Values]]:
    event, data = placed.event, cast(ActorsJudged, placed.event.data)
    begin_key = key(days_of(event.occurred)[0], 0, placed.place)
    said = data.judgement, event.claim.claimant, event.claim.modality, begin_key
    for number, pair in enumerate((data.actors, data.actors[::-1])):
        yield "judgements", (number, event.id, *pair, *said, *_dated(placed))


def _formation(placed: Placed) -> Iterator[tuple[str, Values]]:
    data = cast(AllianceFormed, placed.event.data)
    told = data.alliance, data.name, placed.event.claim.modality, placed.place
    yield "formations", (*told, *days_of(placed.event.occurred), *_known(placed))


def _reaction(placed: Placed) -> Iterator[tuple[str, Values]]:
    event, claim = placed.event, placed.event.claim
    name = "denials" if isinstance(event.data, ReportDenied) else "corroborations"
    yield name, (placed.reported, event.id, claim.claimant, claim.voice, *_known(placed))


def _incident(placed: Placed, incident: str, claimed: Values) -> Iterator[tuple[str, Values]]:
    """What an event reports of its incident; reports on reports are told by their own tables."""
    event = placed.event
    site = None if event.place is None else _compact(_on_the_map(event.place))
    told = _json(as_json(told_by(event.data))).decode()
    about = incident, event.id, event.type, placed.place, event.claim.publisher, site, told
    yield "incident_reports", (*about, placed.ended_by, placed.ended_how, *claimed)
    for actor in actors_in(event):
        yield "incident_actors", (actor, incident, *_known(placed))


def _on_the_map(place: Place) -> dict[str, Any]:
    return {name: getattr(place, name) for name in _PLACE}


_PLACE = tuple(field.name for field in fields(Place))
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_json = msgspec.json.Encoder().encode
"""Several times as fast, for what holds no numbers with a point: some of those it writes otherwise."""

_ROWS: dict[type, Callable[[Placed], Iterator[tuple[str, Values]]]] = {
    ActorRegistered: _registration,
    ActorRenamed: _renaming,
    ActorSucceeded: _succession,
    ActorsJudged: _judgement,
    AllianceFormed: _formation,
    ReportDenied: _reaction,
    ReportCorroborated: _reaction,
}
_ALWAYS: frozenset[type] = frozenset({AllianceFormed, ReportDenied, ReportCorroborated})
"""Rows of any modality: a formation forms its alliance, and curation acts, whatever it is."""
