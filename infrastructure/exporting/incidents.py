"""Incidents as files: NDJSON, CSV, or GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from domain.event import Place
from domain.incidents import IncidentFilter, IncidentSummary
from domain.viewpoint import Viewpoint
from infrastructure.answering import plain, viewpoint_json
from infrastructure.exporting.cells import BETWEEN, guarded, lines
from infrastructure.exporting.forms import Export, Form, Origin, Stretch, Writer, forms
from infrastructure.questions.incident_list import incidents
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import AheadOfReadModel

AT_ONCE = 500
EVERYTHING = IncidentFilter()

Incidents = Sequence[IncidentSummary]


@dataclass(frozen=True, slots=True)
class ExportedIncidents(Export):
    """The incidents that the origin's viewpoint sees and a filter keeps, by id."""

    wanted: IncidentFilter = EVERYTHING

    @property
    def viewpoint(self) -> Viewpoint:
        """From where it is told."""
        assert self.origin.viewpoint is not None  # noqa: S101 - incidents are answers
        return self.origin.viewpoint

    @property
    def stem(self) -> str:
        return f"incidents-{self.viewpoint.valid_at}-{self.viewpoint.position}"

    def stretch(self, conn: Connection, at: str | None) -> Stretch:
        """Raises AheadOfReadModel if the read models have gone back."""
        snapshot = Snapshot.of(conn)
        if snapshot.position < self.viewpoint.position:
            raise AheadOfReadModel(self.viewpoint.position, snapshot.position)
        found, last = incidents(snapshot, self.viewpoint, self.wanted, after=at, limit=AT_ONCE)
        return Stretch(found, len(found), last)


class AsNdjson(Writer[Incidents]):
    """An incident a line, as the API has it in `items`."""

    def __init__(self, _origin: Origin) -> None:
        pass

    def write(self, rows: Incidents) -> bytes:
        return b"".join(msgspec.json.encode(plain(one)) + b"\n" for one in rows)


COLUMNS = (
    *("id", "first_day", "last_day", "places", "countries"),
    *("latitude", "longitude", "precision", "actors", "claimants", "account_count"),
)
"""Of the CSV. `latitude`, `longitude` and `precision` are of the first place that has a point."""


class AsCsv(Writer[Incidents]):
    """An incident a row; several places, actors or claimants of a cell have `; ` between them."""

    def __init__(self, _origin: Origin) -> None:
        pass

    def begin(self) -> bytes:
        return lines([COLUMNS])

    def write(self, rows: Incidents) -> bytes:
        return lines(map(_row, rows))


def _row(one: IncidentSummary) -> list[Any]:
    point = next((place for place in one.places if _has_point(place)), Place())
    return [
        *(one.id, one.first_day, one.last_day),
        guarded(_joined(place.name for place in one.places)),
        _joined(dict.fromkeys(place.country for place in one.places)),
        *(point.latitude, point.longitude, guarded(point.precision or "")),
        *(_joined(one.actors), _joined(one.claimants), one.account_count),
    ]


def _joined(texts: Any) -> str:
    return BETWEEN.join(text for text in texts if text)


class AsGeojson(Writer[Incidents]):
    """A feature an incident; its geometry is of the places with a point, null where there are none.

    The collection has the viewpoint and the store as members of its own, as the format allows.
    """

    def __init__(self, origin: Origin) -> None:
        told = viewpoint_json(origin.viewpoint) if origin.viewpoint else None
        self._about = {"viewpoint": told, "source": origin.source}
        self._begun = False

    def begin(self) -> bytes:
        about = json.dumps(self._about, separators=(",", ":"))[1:-1]
        return f'{{"type":"FeatureCollection",{about},"features":[\n'.encode()

    def write(self, rows: Incidents) -> bytes:
        pieces = [msgspec.json.encode(_feature(one)) for one in rows]
        before = b",\n" if self._begun and pieces else b""
        self._begun = self._begun or bool(pieces)
        return before + b",\n".join(pieces)

    def end(self) -> bytes:
        return b"\n]}\n"


def _feature(one: IncidentSummary) -> Mapping[str, Any]:
    properties = plain(one)
    return {
        "type": "Feature",
        "id": properties.pop("id"),
        "geometry": _geometry([place for place in one.places if _has_point(place)]),
        "properties": properties,
    }


def _geometry(places: Sequence[Place]) -> Mapping[str, Any] | None:
    """Longitude comes first (RFC 7946, section 3.1.1)."""
    points = [[place.longitude, place.latitude] for place in places]
    if not points:
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "MultiPoint", "coordinates": points}


def _has_point(place: Place) -> bool:
    return place.latitude is not None and place.longitude is not None


INCIDENT_FORMS = forms(
    Form("ndjson", "application/x-ndjson", (".ndjson", ".jsonl"), AsNdjson),
    Form("csv", "text/csv", (".csv",), AsCsv),
    Form("geojson", "application/geo+json", (".geojson",), AsGeojson),
)
