"""The log as Parquet: a row an event, with columns for what every event has.

What only its type has stands in `data`, as JSON: it has the canonical text's members and order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec
import pyarrow as pa

from domain.event import Event
from infrastructure.codec import client_fields
from infrastructure.exporting.forms import Origin
from infrastructure.exporting.log import Events
from infrastructure.exporting.parquet import AsParquet
from infrastructure.questions import events as log

_TEXT, _DAY = pa.string(), pa.date32()
_AS_JSON = ("claim", "data")


def _claim(name: str) -> Callable[[Event], Any]:
    return lambda event: getattr(event.claim, name)


def _place(name: str) -> Callable[[Event], Any]:
    return lambda event: event.place and getattr(event.place, name)


_OF_EVENT: dict[str, tuple[Any, Callable[[Event], Any]]] = {
    "occurred": (_TEXT, lambda event: event.occurred),
    "earliest": (_DAY, lambda event: event.span.earliest),
    "latest": (_DAY, lambda event: event.span.latest),
    "ended": (_DAY, lambda event: event.span.ended),
    "claimant": (_TEXT, _claim("claimant")),
    "modality": (_TEXT, _claim("modality")),
    "reported_on": (_DAY, lambda event: _day(event.claim.reported_on)),
    "publisher": (_TEXT, _claim("publisher")),
    "reliability": (_TEXT, _claim("reliability")),
    "credibility": (pa.int8(), _claim("credibility")),
    "origin": (_TEXT, _claim("origin")),
    "incident": (_TEXT, lambda event: event.incident),
    "place": (_TEXT, _place("name")),
    "latitude": (pa.float64(), _place("latitude")),
    "longitude": (pa.float64(), _place("longitude")),
    "place_precision": (_TEXT, _place("precision")),
    "country": (_TEXT, _place("country")),
    "supersedes": (_TEXT, lambda event: event.supersedes),
    "reason": (_TEXT, lambda event: event.reason),
    "note": (_TEXT, lambda event: event.note),
}
"""Columns that are empty where the event was lawfully erased."""

SCHEMA = pa.schema(
    {
        "position": pa.int64(),
        "id": _TEXT,
        "type": _TEXT,
        "recorded_at": pa.timestamp("us", tz="UTC"),
        "recorded_by": _TEXT,
        "hash": _TEXT,
        "schema_version": pa.int32(),
        "actors": pa.list_(_TEXT),
        **{name: kind for name, (kind, _) in _OF_EVENT.items()},
        **dict.fromkeys(_AS_JSON, _TEXT),
    }
)


class LogParquet(AsParquet[Events]):
    """Events in the order of their positions."""

    def __init__(self, origin: Origin) -> None:
        super().__init__(origin, SCHEMA)

    def columns(self, rows: Events) -> Mapping[str, Any]:
        events = [log.recorded(one).event for one in rows]
        written = [{} if one is None else client_fields(one) for one in events]
        return {
            "position": [one.position for one in rows],
            "id": [one.id for one in rows],
            "type": [one.event.type for one in rows],
            "recorded_at": [one.recorded_us for one in rows],
            "recorded_by": [one.recorded_by for one in rows],
            "hash": [one.hash.hex() for one in rows],
            "schema_version": [one.schema_version for one in rows],
            "actors": [_actors(one.event.tags) for one in rows],
            **{
                name: [None if one is None else value(one) for one in events]
                for name, (_, value) in _OF_EVENT.items()
            },
            **{name: [_json(one.get(name)) for one in written] for name in _AS_JSON},
        }


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _actors(tags: list[str]) -> list[str]:
    return sorted(tag.removeprefix("actor:") for tag in tags if tag.startswith("actor:"))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
