"""A batch of the log turned into rows of one set of read models, and then written.

Rows are only added; a retraction or a correction sets `known_to` of the rows of the event that
it ends. Applying the log in batches of any size gives the same rows. Turning events into rows
takes longer than writing them, and needs no write transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, Update, bindparam, select, update

from domain.event import Event
from domain.tags import targets_of
from domain.vocabulary import CurationData, ReportRetracted
from infrastructure.bulk import among, insert_tuples
from infrastructure.codec import StoredForm, decode
from infrastructure.event_store.bodies import Body
from infrastructure.projecting.marking import Touched
from infrastructure.projecting.rows import Placed, Values, rows_of
from infrastructure.schema.log import events as log
from infrastructure.schema.read_models import ReadModels


class Unprojectable(Exception):
    """An event gives no rows: its data are not what this program can read."""

    def __init__(self, body: Body, error: Exception) -> None:
        super().__init__(
            f"position {body.position}, {body.type} {body.id}: {type(error).__name__}: {error}"
        )
        self.position = body.position


class Ending(NamedTuple):
    """At which position an event was retracted or superseded, and by which event."""

    known_to: int
    ended_by: str
    ended_how: str


class Batch:
    """The rows of some consecutive events, and the ends that they put to earlier ones.

    Events of other applications and erased ones are passed over. At an event that cannot be
    projected it ends: `failure` says why, and `upto` is the position before it. `marks`: whether it
    marks the pairs that it touches; else that is left to `Touched.mark_stretch`.
    """

    def __init__(self, models: ReadModels, after: int, *, marks: bool) -> None:
        self._models = models
        self._after = after
        self._marks = marks
        self._known: dict[str, tuple[int, int]] = {}
        self._rows: dict[str, list[Values]] = {name: [] for name in models.tables}
        self._ended: dict[int, Ending] = {}
        self._touched = Touched(models)
        self.upto = after
        self.failure: Unprojectable | None = None

    @classmethod
    def of(
        cls,
        conn: Connection,
        models: ReadModels,
        bodies: Sequence[Body],
        after: int,
        *,
        marks: bool = True,
    ) -> Batch:
        """Turn the events after a position, which the set holds the log up to, into rows."""
        batch = cls(models, after, marks=marks)
        try:
            batch._take(conn, bodies)
        except Unprojectable as failure:
            before = [one for one in bodies if one.position < failure.position]
            batch = cls.of(conn, models, before, after, marks=marks)
            batch.failure = batch.failure or failure
        return batch

    def write(self, conn: Connection) -> None:
        """Write the rows, inside the caller's transaction."""
        tables = self._models.tables
        for name, rows in self._rows.items():
            insert_tuples(conn, tables[name], rows)
        earlier = [(at, end) for at, end in self._ended.items() if at <= self._after]
        if earlier:
            ends = [
                {"at": at, "until": end.known_to, "by": end.ended_by, "how": end.ended_how}
                for at, end in earlier
            ]
            for table in tables.values():
                conn.execute(_end(table), ends)
        self._touched.write(conn)

    def _take(self, conn: Connection, bodies: Sequence[Body]) -> None:
        events = [(one, _event(one)) for one in bodies if not one.silent]
        self._look_up(conn, (event for _, event in events))
        placed = [(one, self._place(one, event)) for one, event in events]
        for body, each in placed:
            ending = self._ended.get(each.position)
            try:
                rows = rows_of(each._replace(**ending._asdict()) if ending else each)
            except (KeyError, ValueError) as error:
                raise Unprojectable(body, error) from error
            for name, row in rows:
                self._rows[name].append(row)
        if self._marks:
            self._touch(conn)
        if bodies:
            self.upto = bodies[-1].position

    def _touch(self, conn: Connection) -> None:
        """Learn whose lines the rows move, and those of the earlier events that these end."""
        for name in ("sets", "closes"):
            self._touched.take(self._models.tables[name], self._rows[name])
        earlier = {at: end.known_to for at, end in self._ended.items() if at <= self._after}
        self._touched.take_ended(conn, earlier)

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

    def _place(self, body: Body, event: Event) -> Placed:
        """Give the event its place in its correction chain, and end the one that it ends."""
        position, data = body.position, event.data
        reported = None
        try:
            place = self._known[event.supersedes][1] if event.supersedes else position
            if isinstance(data, CurationData):
                reported = self._known[data.event][1]
        except KeyError as error:  # it names an event that is not there
            raise Unprojectable(body, error) from error
        self._known[event.id] = (position, place)
        if event.supersedes:
            self._ended[self._known[event.supersedes][0]] = Ending(position, event.id, "superseded")
        if isinstance(data, ReportRetracted):
            self._ended[self._known[data.event][0]] = Ending(position, event.id, "retracted")
        return Placed(event, position, place, reported)


def _event(body: Body) -> Event:
    try:
        return decode(body.id or "", StoredForm(body.type, body.schema_version, body.data or b""))
    except (KeyError, ValueError) as error:  # of a type or a form that is not known here
        raise Unprojectable(body, error) from error


@cache
def _end(table: Table) -> Update:
    """Put an end to the rows of the event at a position."""
    values: dict[str, Any] = {"known_to": bindparam("until")}
    if "ended_by" in table.c:
        values |= {"ended_by": bindparam("by"), "ended_how": bindparam("how")}
    return update(table).where(table.c.position == bindparam("at")).values(values)
