"""What an import remembers of the records it has read, in a temporary file instead of in memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple


class Place(NamedTuple):
    """Where a record's row stands in the file, and which event quotes how much of it.

    `quoted` is 0 where no event of the log has the row's text.
    """

    key: str
    line: int
    part: str
    quoted: int


class Spool:
    """The keys of the records read so far, and the events that speak for them."""

    def __init__(self) -> None:
        # An empty name: SQLite keeps the database in a file that goes with the connection.
        self._conn = sqlite3.connect("", isolation_level=None)
        self._conn.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;"
            "CREATE TABLE records (key TEXT PRIMARY KEY, line INT, part TEXT, quoted INT)"
            " WITHOUT ROWID;"
            "CREATE TABLE kept (id TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE unread (key TEXT PRIMARY KEY) WITHOUT ROWID;"
        )

    def lines_of(self, keys: Sequence[str]) -> dict[str, int]:
        """The lines on which records of these keys came before, by key."""
        listed = "SELECT key, line FROM records WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self._conn.execute(listed, (json.dumps(keys),)).fetchall())

    def add(self, records: Iterable[tuple[str, int]]) -> None:
        """Remember records that were read: key and line."""
        self._conn.executemany("INSERT INTO records VALUES (?, ?, '', 0)", records)

    def quote(self, places: Iterable[tuple[str, int, str]]) -> None:
        """Remember which part's event quotes so much of a record's row: (part, length, key)."""
        self._conn.executemany("UPDATE records SET part = ?, quoted = ? WHERE key = ?", places)

    def keep(self, ids: Iterable[str]) -> None:
        """Remember events that need no withdrawal: they say what the file says, or are ended."""
        self._conn.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((one,) for one in ids))

    def unkept(self, ids: Sequence[str]) -> list[str]:
        """Those of the ids that are not kept, in order."""
        listed = "SELECT id FROM kept WHERE id IN (SELECT value FROM json_each(?))"
        kept = {row[0] for row in self._conn.execute(listed, (json.dumps(ids),))}
        return [one for one in ids if one not in kept]

    def leave_unread(self, key: str) -> None:
        """Remember a record whose row was rejected: what it says now, nobody knows."""
        self._conn.execute("INSERT OR IGNORE INTO unread VALUES (?)", (key,))

    def is_unread(self, key: str) -> bool:
        """Whether the record's row was rejected."""
        listed = "SELECT EXISTS (SELECT 1 FROM unread WHERE key = ?)"
        return bool(self._conn.execute(listed, (key,)).fetchone()[0])

    def places(self) -> Iterator[Place]:
        """Every record with a quoting event, in the order of the file."""
        told = self._conn.execute(
            "SELECT key, line, part, quoted FROM records WHERE quoted > 0 ORDER BY line"
        )
        return map(Place._make, told)

    def close(self) -> None:
        self._conn.close()


@contextmanager
def spooled() -> Iterator[Spool]:
    """Open a spool and remove it whatever happens."""
    spool = Spool()
    try:
        yield spool
    finally:
        spool.close()
