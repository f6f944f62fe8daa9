"""A batch of the log applied to the read models, inside the caller's transaction.

Rows are only added; a retraction or a correction sets `known_to` of the rows of the event that
it ends. Applying the log in batches of any size gives the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, bindparam, select, update

from domain.event import Event
from domain.tags import targets_of
from domain.vocabulary import CurationData, ReportRetracted
from infrastructure.bulk import among, insert_rows
from infrastructure.codec import event_of
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.projecting.rows import Placed, Row, rows_of
from infrastructure.schema import read_models as rm
from infrastructure.schema.log import events as log


class Unprojectable(Exception):
    """The event at `position` gives no rows: its data are not what this program can read."""

    def __init__(self, position: int, error: Exception) -> None:
        super().__init__(f"position {position}: {type(error).__name__}: {error}")
        self.position = position


class Batch:
    """The rows of some consecutive events, and the ends that they put to earlier ones."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._known: dict[str, tuple[int, int]] = {}
        self._rows: dict[Table, list[Row]] = defaultdict(list)
        self._rows_at: dict[int, list[Row]] = defaultdict(list)
        self._report_at: dict[int, Row] = {}
        self._ended_before: list[Row] = []

    def apply(self, stored: Sequence[StoredEvent]) -> None:
        """Project the events; events of other applications and erased ones are passed over.

        Raises Unprojectable before anything is written.
        """
        events = [(one.position, _read(one)) for one in stored if one.id and not one.erased]
        self._look_up(event for _, event in events)
        for position, event in events:
            try:
                self._add(position, event)
            except (KeyError, ValueError) as error:  # it names an event that is not there
                raise Unprojectable(position, error) from error
        self._write()

    def _look_up(self, events: Iterable[Event]) -> None:
        """Learn the positions and places of the events that these curate."""
        targets = {target for event in events for target in targets_of(event)}
        if not targets:
            return
        columns = rm.reports.c.event_id, rm.reports.c.position, rm.reports.c.place
        found = self._conn.execute(select(*columns).where(among(rm.reports.c.event_id, targets)))
        self._known.update({event_id: (position, place) for event_id, position, place in found})
        if erased := targets.difference(self._known):  # their places went with their data
            columns = log.c.event_id, log.c.position, log.c.position
            rows = self._conn.execute(select(*columns).where(among(log.c.event_id, erased)))
            self._known.update({event_id: (at, place) for event_id, at, place in rows})

    def _add(self, position: int, event: Event) -> None:
        place = self._known[event.supersedes][1] if event.supersedes else position
        self._known[event.id] = (position, place)
        reported = (
            self._known[event.data.event][1] if isinstance(event.data, CurationData) else None
        )
        for table, row in rows_of(Placed(event, position, place, reported)):
            self._rows[table].append(row)
            self._rows_at[position].append(row)
            if table is rm.reports:
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

    def _write(self) -> None:
        for table, rows in self._rows.items():
            insert_rows(self._conn, table, rows)
        for ended in self._ended_before:
            for table in rm.TABLES:
                self._conn.execute(_END[table], ended)


def _read(stored: StoredEvent) -> Event:
    try:
        return event_of(stored)
    except (KeyError, ValueError) as error:  # of a type or a form that is not known here
        raise Unprojectable(stored.position, error) from error


_END = {
    table: update(table)
    .where(table.c.position == bindparam("at"))
    .values(
        {"known_to": bindparam("until")}
        | (
            {"ended_by": bindparam("by"), "ended_how": bindparam("how")}
            if table is rm.reports
            else {}
        )
    )
    for table in rm.TABLES
}
