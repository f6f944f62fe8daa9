"""The log as files: NDJSON, one batch of CloudEvents, or Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from infrastructure.event_store import reading
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.exporting.cloudevents import BATCH, CloudEvents
from infrastructure.exporting.forms import Export, Form, Origin, Stretch, Writer, forms
from infrastructure.questions import events as log

AT_ONCE = 1_000
EVERYTHING = log.EventFilter()

Events = Sequence[StoredEvent]
"""Rows of the log as they are stored: they are read by the writer, outside the transaction."""


class _At(NamedTuple):
    """Behind which position, and how many events there may still be; None: as many as there are."""

    after: int
    left: int | None


@dataclass(frozen=True, slots=True)
class ExportedLog(Export):
    """The events up to a position that a filter keeps, or the first so many of them."""

    upto: int
    wanted: log.EventFilter = EVERYTHING
    after: int = 0
    limit: int | None = None

    @classmethod
    def upto_head(cls, conn: Connection, form: Form) -> ExportedLog:
        """The whole log of this moment."""
        return cls(Origin.of(conn), form, reading.head(conn).position)

    @property
    def stem(self) -> str:
        return f"log-{self.upto}"

    @property
    def total(self) -> int | None:
        return self.upto if self.wanted == EVERYTHING else None

    def stretch(self, conn: Connection, at: _At | None) -> Stretch:
        """At most AT_ONCE events, and no more bytes than a page of events has."""
        after, left = at or _At(self.after, self.limit)
        most = AT_ONCE if left is None else min(left, AT_ONCE)
        found = log.events(conn, self.wanted, after=after, upto=self.upto, limit=most)
        left = None if left is None else left - len(found.stored)
        following = _At(found.upto, left) if found.full and left != 0 else None
        return Stretch(found.stored, len(found.stored), following)


class AsNdjson(Writer[Events]):
    """An event a line, in the flat form of the API."""

    def __init__(self, _origin: Origin) -> None:
        pass

    def write(self, rows: Events) -> bytes:
        return b"".join(msgspec.json.encode(log.recorded(one).fields()) + b"\n" for one in rows)


class AsCloudEvents(Writer[Events]):
    """All events in one batch."""

    def __init__(self, origin: Origin) -> None:
        self._written = CloudEvents.of(origin.store_id)
        self._begun = False

    def begin(self) -> bytes:
        return b"["

    def write(self, rows: Events) -> bytes:
        pieces = [msgspec.json.encode(self._written(log.recorded(one))) for one in rows]
        before = b",\n" if self._begun and pieces else b""
        self._begun = self._begun or bool(pieces)
        return before + b",\n".join(pieces)

    def end(self) -> bytes:
        return b"]\n"


def _parquet(origin: Origin) -> Writer[Events]:
    # Here and not above: it is an optional part, and takes long to load.
    from infrastructure.exporting.log_parquet import LogParquet  # noqa: PLC0415

    return LogParquet(origin)


LOG_FORMS = forms(
    Form("ndjson", "application/x-ndjson", (".ndjson", ".jsonl"), AsNdjson),
    Form("cloudevents", BATCH, (".cloudevents.json",), AsCloudEvents),
    Form("parquet", "application/vnd.apache.parquet", (".parquet",), _parquet, extra="parquet"),
)
