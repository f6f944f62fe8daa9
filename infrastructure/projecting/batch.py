"""A batch of the log turned into rows of one set of read models, and then written.

Rows are only added; a retraction or a correction sets `known_to` of the rows of the event that
it ends. Applying the log in batches of any size gives the same rows. Turning events into rows
takes longer than writing them, and needs no write transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, Update, bindparam, select, update

from domain.event import Event
from domain.tags import targets_of
from domain.vocabulary import CurationData, ReportRetracted
from infrastructure.bulk import among, insert_rows
from infrastructure.codec import event_of
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.projecting.rows import Placed, Row, rows_of
from infrastructure.schema.log import events as log
from infrastructure.schema.read_models import ReadModels


class Unprojectable(Exception):
    """An event gives no rows: its data are not what this program can read."""

    def __init__(self, stored: StoredEvent, error: Exception) -> None:
        super().__init__(
            f"position {stored.position}, {stored.event.type} {stored.id}: "
            f"{type(error).__name__}: {error}"
        )
        self.position = stored.position


class Batch:
    """The rows of some consecutive events, and the ends that they put to earlier ones.

    Events of other applications and erased ones are passed over. At an event that cannot be
    projected it ends: `failure` says why, and `upto` is the position before it.
    """

    def __init__(self, models: ReadModels, after: int) -> None:
        self._models = models
        self._known: dict[str, tuple[int, int]] = {}
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._rows_at: dict[int, list[Row]] = defaultdict(list)
        self._report_at: dict[int, Row] = {}
        self._ended_before: list[Row] = []
        self.upto = after
        self.failure: Unprojectable | None = None

    @classmethod
    def of(
        cls, conn: Connection, models: ReadModels, stored: Sequence[StoredEvent], after: int
    ) -> Batch:
        """Turn the events after a position, which the set holds the log up to, into rows."""
        batch = cls(models, after)
        try:
            batch._take(conn, stored)
        except Unprojectable as failure:
            batch.failure = failure
        return batch

    def write(self, conn: Connection) -> None:
        """Write the rows, inside the caller's transaction."""
        for name, rows in self._rows.items():
            insert_rows(conn, self._models.tables[name], rows)
        for ended in self._ended_before:
            for table in self._models.tables.values():
                conn.execute(_end(table), ended)

    def _take(self, conn: Connection, stored: Sequence[StoredEvent]) -> None:
        events, unreadable = _read(stored)
        self._look_up(conn, (event for _, event in events if event))
        for one, event in events:
            if event is not None:
                try:
                    self._add(one.position, event)
                except (KeyError, ValueError) as error:  # it names an event that is not there
                    raise Unprojectable(one, error) from error
            self.upto = one.position
        if unreadable is not None:
            raise unreadable

    def _look_up(self, conn: Connection, events: Iterable[Event]) -> None:
        """Learn the positions and places of the events that these curate."""
        targets = {target for event in events for target in targets_of(event)}
        if not targets:
            return
        reports = self._models.reports
        columns = reports.c.event_id, reports.c.position, reports.c.place
        found = conn.execute(select(*columns).where(among(reports.c.event_id, targets)))
        self._known.update({event_id: (position, place) for event_id, position, place in found})
        if erased := targets.difference(self._known):  # their places went with their data
            columns = log.c.event_id, log.c.position, log.c.position
            rows = conn.execute(select(*columns).where(among(log.c.event_id, erased)))
            self._known.update({event_id: (at, place) for event_id, at, place in rows})

    def _add(self, position: int, event: Event) -> None:
        place = self._known[event.supersedes][1] if event.supersedes else position
        reported = (
            self._known[event.data.event][1] if isinstance(event.data, CurationData) else None
        )
        rows = list(rows_of(Placed(event, position, place, reported)))  # all of them, or none
        self._known[event.id] = (position, place)
        for name, row in rows:
            self._rows[name].append(row)
            self._rows_at[position].append(row)
            if name == "reports":
                self._report_at[position] = row
        if event.supersedes:
            self._end(event.supersedes, position, event.id, "superseded")
        if isinstance(event.data, ReportRetracted):
            self._end(event.data.event, position, event.id, "retracted")

    def _end(self, target: str, known_to: int, ended_by: str, ended_how: str) -> None:
        position = self._known[target][0]
        if position in self._report_at:
            for row in self._rows_at[position]:
                row["known_to"] = known_to
            self._report_at[position].update(ended_by=ended_by, ended_how=ended_how)
        else:
            self._ended_before.append(
                {"at": position, "until": known_to, "by": ended_by, "how": ended_how}
            )


def _read(
    stored: Sequence[StoredEvent],
) -> tuple[list[tuple[StoredEvent, Event | None]], Unprojectable | None]:
    """The events up to the first that is of a type or a form that is not known here."""
    events: list[tuple[StoredEvent, Event | None]] = []
    for one in stored:
        try:
            events.append((one, event_of(one) if one.id and not one.erased else None))
        except (KeyError, ValueError) as error:
            return events, Unprojectable(one, error)
    return events, None


@cache
def _end(table: Table) -> Update:
    """Put an end to the rows of the event at a position."""
    values: dict[str, Any] = {"known_to": bindparam("until")}
    if "ended_by" in table.c:
        values |= {"ended_by": bindparam("by"), "ended_how": bindparam("how")}
    return update(table).where(table.c.position == bindparam("at")).values(values)
