"""The rows that one event adds to the read models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import product
from typing import Any, NamedTuple, cast

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

Row = dict[str, Any]


class Placed(NamedTuple):
    """An event with its position and place; `reported` is the place that a report on a report names."""

    event: Event
    position: int
    place: int
    reported: int | None


def rows_of(placed: Placed) -> Iterator[tuple[str, Row]]:
    """Every row of an event, with the short name of its table."""
    yield "reports", _report(placed)
    for number, effect in enumerate(effects_of(placed.event.data)):
        yield _effect(placed, number, effect)
    counts = placed.event.claim.modality not in UNCOUNTED_MODALITIES
    for data_type, rows in _ROWS.items():
        if isinstance(placed.event.data, data_type) and (counts or data_type in _ALWAYS):
            yield from rows(placed)


def _known(placed: Placed) -> Row:
    return {"position": placed.position, "known_to": FOREVER}


def _span(placed: Placed) -> Row:
    span = placed.event.span
    return {
        "earliest": span.earliest.toordinal(),
        "latest": span.latest.toordinal(),
        "ended": span.ended.toordinal(),
    }


def _claim(placed: Placed) -> Row:
    claim = placed.event.claim
    return {
        "claimant": claim.claimant,
        "voice": claim.voice,
        "modality": claim.modality,
        "reliability": claim.reliability,
        "credibility": claim.credibility,
    }


def _report(placed: Placed) -> Row:
    event = placed.event
    return {
        "event_id": event.id,
        "type": event.type,
        "place": placed.place,
        "occurred": event.occurred,
        "publisher": event.claim.publisher,
        "origin": event.claim.origin,
        "ended_by": None,
        "ended_how": None,
        **_span(placed),
        **_claim(placed),
        **_known(placed),
    }


def _effect(placed: Placed, number: int, effect: Effect) -> tuple[str, Row]:
    event, span, place = placed.event, placed.event.span, placed.place
    row = {
        "number": number,
        "event_id": event.id,
        "type": event.type,
        "place": place,
        "occurred": event.occurred,
        "rule": effect.rule,
        "kind": effect.line.kind,
        "source": effect.line.source,
        "target": effect.line.target,
        "programme": effect.line.programme,
        "alleged": int(effect.alleged),
        **_span(placed),
        **_claim(placed),
        **_known(placed),
    }
    if effect.move == "set":
        keys = {"begin_key": key(span.earliest, 0, place), "end_key": key(span.ended, 0, place)}
        return "sets", row | keys | {"level": effect.low}
    keys = {
        "earliest_key": key(span.earliest, effect.rank, place),
        "latest_key": key(span.latest, effect.rank, place),
    }
    return "closes", row | keys | {"low": effect.low, "high": effect.high, "rank": effect.rank}


def _registration(placed: Placed) -> Iterator[tuple[str, Row]]:
    data = cast(ActorRegistered, placed.event.data)
    yield (
        "registrations",
        {
            "actor": data.actor,
            "kind": data.kind,
            "name": data.name,
            "country": data.country,
            "names": json.dumps([asdict(name) for name in data.names], ensure_ascii=False),
            "identifiers": json.dumps(data.identifiers, ensure_ascii=False, sort_keys=True),
            "occurred": placed.event.occurred,
            "place": placed.place,
            **_span(placed),
            **_known(placed),
        },
    )
    yield from _words(placed, data.actor, (data.name, *(name.name for name in data.names)))


def _renaming(placed: Placed) -> Iterator[tuple[str, Row]]:
    data = cast(ActorRenamed, placed.event.data)
    yield (
        "renamings",
        {
            "actor": data.actor,
            "name": data.name,
            "language": data.language,
            "occurred": placed.event.occurred,
            "place": placed.place,
            **_span(placed),
            **_known(placed),
        },
    )
    yield from _words(placed, data.actor, (data.name,))


def _words(placed: Placed, actor: str, names: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    for word in dict.fromkeys(word for name in names for word in words_of(name)):
        yield "name_words", {"word": word, "actor": actor, **_known(placed)}


def _succession(placed: Placed) -> Iterator[tuple[str, Row]]:
    data = cast(ActorSucceeded, placed.event.data)
    pairs = product(data.predecessors, data.successors)
    for number, (predecessor, successor) in enumerate(pairs):
        yield (
            "successions",
            {
                "number": number,
                "predecessor": predecessor,
                "successor": successor,
                "continuity": data.continuity,
                "occurred": placed.event.occurred,
                "place": placed.place,
                **_span(placed),
                **_known(placed),
            },
        )


def _formation(placed: Placed) -> Iterator[tuple[str, Row]]:
    data = cast(AllianceFormed, placed.event.data)
    yield (
        "formations",
        {
            "alliance": data.alliance,
            "name": data.name,
            "modality": placed.event.claim.modality,
            "place": placed.place,
            **_span(placed),
            **_known(placed),
        },
    )


def _reaction(placed: Placed) -> Iterator[tuple[str, Row]]:
    table = "denials" if isinstance(placed.event.data, ReportDenied) else "corroborations"
    claim = placed.event.claim
    yield (
        table,
        {
            "place": placed.reported,
            "event_id": placed.event.id,
            "claimant": claim.claimant,
            "voice": claim.voice,
            **_known(placed),
        },
    )


_ROWS: dict[type, Callable[[Placed], Iterator[tuple[str, Row]]]] = {
    ActorRegistered: _registration,
    ActorRenamed: _renaming,
    ActorSucceeded: _succession,
    AllianceFormed: _formation,
    ReportDenied: _reaction,
    ReportCorroborated: _reaction,
}
_ALWAYS: frozenset[type] = frozenset({AllianceFormed, ReportDenied, ReportCorroborated})
"""Rows of any modality: a formation forms its alliance, and curation acts, whatever it is."""
