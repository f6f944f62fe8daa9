"""Replay for audits: derive every read model's rows from the log again and compare them.

Read models are disposable and proven, never trusted: whatever was changed in them, or lost, is
found and located. The log itself is proven by `infrastructure.event_store.verification`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select

from domain.event import Event
from domain.vocabulary import CurationData, ReportRetracted
from infrastructure.codec import event_of
from infrastructure.database import Database
from infrastructure.event_store import reading
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.projecting.rows import Placed, rows_of
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import AheadOfReadModel
from infrastructure.schema.read_models import FOREVER

BATCH = 1_000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the replay has come; `until` is where it ends."""

    position: int
    until: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The first event whose rows differ: what the log says, and what the read model holds."""

    table: str
    position: int
    expected: list[Row]
    found: list[Row]


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result: `compared` rows up to `position` agree, or the first difference."""

    ok: bool
    position: int
    compared: int
    first_difference: Difference | None


@dataclass(slots=True)
class _Chains:
    """What curation says up to a position: each event's place, and how it ended."""

    place: dict[str, int] = field(default_factory=dict)
    ended: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def add(self, position: int, event: Event) -> None:
        """Take in the next event of the log."""
        self.place[event.id] = self.place[event.supersedes] if event.supersedes else position
        if event.supersedes:
            self.ended[event.supersedes] = (position, event.id, "superseded")
        if isinstance(event.data, ReportRetracted):
            self.ended[event.data.event] = (position, event.id, "retracted")


def replay(database: Database, position: int | None = None) -> Iterator[Progress | Replayed]:
    """Compare the read models, as they were at `position` (default: now), with the log.

    Yields progress after each batch and the result last. Raises AheadOfReadModel.
    """
    with database.read() as conn:
        snapshot = Snapshot.of(conn)
        held, tables = snapshot.position, snapshot.models.tables
        until = held if position is None else position
        if until > held:
            raise AheadOfReadModel(until, held)
        compared = 0
        try:
            chains = _curation(conn, until)
        except _Unreadable as unreadable:
            yield Replayed(
                ok=False, position=until, compared=0, first_difference=unreadable.difference
            )
            return
        for after in range(0, until, BATCH):
            upto = min(until, after + BATCH)
            expected = _expected(conn, chains, after, upto)
            for name, table in tables.items():
                found = _found(conn, table, after, upto, until)
                difference = _difference(table, expected[name], found)
                if difference:
                    yield Replayed(
                        ok=False, position=until, compared=compared, first_difference=difference
                    )
                    return
                compared += sum(map(len, found.values()))
            yield Progress(upto, until)
        yield from _beyond(snapshot, until, compared)


class _Unreadable(Exception):
    """An event of the log is not what this program can read: it was changed, or is newer."""

    def __init__(self, position: int, error: Exception) -> None:
        super().__init__(str(error))
        self.difference = Difference("events", position, [], [{"unreadable": str(error)}])


def _read(stored: StoredEvent) -> Event:
    try:
        return event_of(stored)
    except (KeyError, ValueError) as error:
        raise _Unreadable(stored.position, error) from error


def _curation(conn: Connection, until: int) -> _Chains:
    """Read the log once for its corrections and retractions."""
    chains = _Chains()
    for after in range(0, until, BATCH):
        for stored in reading.between(conn, after=after, upto=min(until, after + BATCH)):
            if stored.id and stored.erased:
                chains.place[stored.id] = stored.position  # the rest went with its data
            elif stored.id:
                event = _read(stored)
                try:
                    chains.add(stored.position, event)
                except KeyError as error:  # it names an event that is not there
                    raise _Unreadable(stored.position, error) from error
    return chains


def _expected(
    conn: Connection, chains: _Chains, after: int, upto: int
) -> dict[str, dict[int, list[Row]]]:
    """The rows that the log's events between two positions must have, by table and position."""
    rows: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for stored in reading.between(conn, after=after, upto=upto):
        if not stored.id or stored.erased:
            continue
        event = _read(stored)
        reported = chains.place[event.data.event] if isinstance(event.data, CurationData) else None
        ending = chains.ended.get(event.id)
        placed = Placed(event, stored.position, chains.place[event.id], reported)
        for name, row in rows_of(placed):
            if ending:
                row["known_to"] = ending[0]
                if "ended_by" in row:
                    row.update(ended_by=ending[1], ended_how=ending[2])
            rows[name][stored.position].append(row)
    return rows


def _found(
    conn: Connection, table: Table, after: int, upto: int, until: int
) -> dict[int, list[Row]]:
    """The rows that a read model holds, as they were at `until`."""
    where = table.c.position > after, table.c.position <= upto
    rows: dict[int, list[Row]] = defaultdict(list)
    for found in conn.execute(select(table).where(*where)).mappings():
        row = dict(found)
        if row["known_to"] > until:
            row["known_to"] = FOREVER
            if "ended_by" in row:
                row.update(ended_by=None, ended_how=None)
        rows[row["position"]].append(row)
    return rows


def _difference(
    table: Table, expected: dict[int, list[Row]], found: dict[int, list[Row]]
) -> Difference | None:
    for position in sorted(expected.keys() | found.keys()):
        ours, theirs = _sorted(expected.get(position, ())), _sorted(found.get(position, ()))
        if ours != theirs:
            return Difference(table.name, position, ours, theirs)
    return None


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def _beyond(snapshot: Snapshot, until: int, compared: int) -> Iterator[Replayed]:
    """No read model may hold rows beyond its checkpoint."""
    for table in snapshot.models.tables.values():
        extra = snapshot.conn.execute(
            select(table)
            .where(table.c.position > snapshot.position)
            .order_by(table.c.position)
            .limit(1)
        ).mappings()
        for row in extra:
            difference = Difference(table.name, row["position"], [], [dict(row)])
            yield Replayed(ok=False, position=until, compared=compared, first_difference=difference)
            return
    yield Replayed(ok=True, position=until, compared=compared, first_difference=None)
