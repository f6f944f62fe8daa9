"""A log with every kind of event, and what a database holds of its log."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.dcb.api import DCBEvent
from sqlalchemy import select, update

from infrastructure.backup import back_up, open_backup, restore
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import NewEvent
from infrastructure.schema.log import event_tags, events, store

ERASED = 4

Rows = dict[str, list[tuple[Any, ...]]]

EVENTS: list[DCBEvent] = [
    NewEvent("Coup", b'{"n":1}', ["shared", "own:1"], "id-1", 1, "ann"),
    NewEvent("Coup", '{"place":"Tinzaouaten\u00e9 \u2028 \U0001f30d"}'.encode(), [], "id-2", 2),
    DCBEvent("Foreign", b"\x00\xff\n\r", ["z", "shared", "shared", "a\nb"]),
    NewEvent("Coup", b'{"n":"erased"}', ["shared", "own:4"], "id-4", 1, "ann"),
    DCBEvent("Foreign", b"", []),
    DCBEvent("Foreign", b'{"end":true}', ['{"end":true}']),
    # Of ours, but nothing that could stand in a line as it is.
    NewEvent("Odd", b'{ "n" : 1 }\n', ["own:7"], "id-7", 1),
    NewEvent("Odd", b'{"two\n":"lines"}', ["own:8"], "id-8", 1),
    NewEvent("Odd", b'{"not":UTF-8\xff}', ["own:9"], "id-9", 1),
    NewEvent("Odd", b"", ["own:10"], "id-10", 1),
    NewEvent("Spaced", b'{"n": 1.0e2 }', ["own:11"], "id-11", 1, "b\u00e9a"),
    NewEvent("Coup", b"{}", ["shared"], "id-12", 1),
]


def fill(database: Database) -> SqlRecorder:
    """Record every kind of event, and erase one of them."""
    recorder = SqlRecorder(database)
    recorder.append(EVENTS)
    with database.write() as conn:
        erased = update(events).where(events.c.position == ERASED)
        conn.execute(erased.values(data=None, salt=None))
    return recorder


def held(database: Database) -> Rows:
    """Every row of the log's tables."""
    with database.read() as conn:
        return {
            table.name: sorted(
                (tuple(row) for row in conn.execute(select(table))), key=lambda row: row[:2]
            )
            for table in (store, events, event_tags)
        }


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


def backed_up(database: Database, file: Path) -> Path:
    back_up(database, file)
    return file


def restored(database: Database, file: Path) -> None:
    with open_backup(file) as backup:
        restore(database, backup)
