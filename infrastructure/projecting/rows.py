"""The rows that one event adds to the read models, as the tables of `schema.read_models` have them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import product
from typing import Any, NamedTuple, cast

from domain.dates import Span
from domain.effects import Effect, effects_of
from domain.event import Event
from domain.policy import UNCOUNTED_MODALITIES
from domain.vocabulary import (
    ActorRegistered,
    ActorRenamed,
    ActorSucceeded,
    AllianceFormed,
    ReportCorroborated,
    ReportDenied,
)
from infrastructure.keys import key
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
    event, claim, span = placed.event, placed.event.claim, placed.event.span
    about = event.id, event.type, placed.place, event.occurred
    claimed = (
        *_days(span),
        claim.claimant,
        claim.voice,
        claim.modality,
        claim.reliability,
        claim.credibility,
        *_known(placed),
    )
    ended = placed.ended_by, placed.ended_how
    rows = [("reports", (*about, claim.publisher, claim.origin, *ended, *claimed))]
    for number, effect in enumerate(effects_of(event.data)):
        line = effect.line
        moved = effect.rule, line.kind, line.source, line.target, line.programme
        told = (number, *about, *moved, int(effect.alleged), *claimed)
        move = _set if effect.move == "set" else _close
        rows.append(move(span, placed.place, effect, told))
    more = _ROWS.get(type(event.data))
    if more and (type(event.data) in _ALWAYS or claim.modality not in UNCOUNTED_MODALITIES):
        rows.extend(more(placed))
    return rows


def _days(span: Span) -> tuple[int, int, int]:
    return span.earliest.toordinal(), span.latest.toordinal(), span.ended.toordinal()


def _known(placed: Placed) -> tuple[int, int]:
    return placed.position, placed.known_to


def _dated(placed: Placed) -> Values:
    return placed.event.occurred, placed.place, *_days(placed.event.span), *_known(placed)


def _set(span: Span, place: int, effect: Effect, told: Values) -> tuple[str, Values]:
    begin_key = key(span.earliest, 0, place)
    end_key = key(span.ended, 0, place)
    return "sets", (*told, effect.low, begin_key, end_key)


def _close(span: Span, place: int, effect: Effect, told: Values) -> tuple[str, Values]:
    earliest_key = key(span.earliest, effect.rank, place)
    latest_key = key(span.latest, effect.rank, place)
    return "closes", (*told, effect.low, effect.high, effect.rank, earliest_key, latest_key)


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


def _formation(placed: Placed) -> Iterator[tuple[str, Values]]:
    data = cast(AllianceFormed, placed.event.data)
    told = data.alliance, data.name, placed.event.claim.modality, placed.place
    yield "formations", (*told, *_days(placed.event.span), *_known(placed))


def _reaction(placed: Placed) -> Iterator[tuple[str, Values]]:
    event, claim = placed.event, placed.event.claim
    name = "denials" if isinstance(event.data, ReportDenied) else "corroborations"
    yield name, (placed.reported, event.id, claim.claimant, claim.voice, *_known(placed))


_ROWS: dict[type, Callable[[Placed], Iterator[tuple[str, Values]]]] = {
    ActorRegistered: _registration,
    ActorRenamed: _renaming,
    ActorSucceeded: _succession,
    AllianceFormed: _formation,
    ReportDenied: _reaction,
    ReportCorroborated: _reaction,
}
_ALWAYS: frozenset[type] = frozenset({AllianceFormed, ReportDenied, ReportCorroborated})
"""Rows of any modality: a formation forms its alliance, and curation acts, whatever it is."""
