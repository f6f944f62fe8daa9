"""Reading a backup, whichever form it has: every event is checked before it is given out."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from sqlalchemy import URL, exc

from infrastructure.backup import form
from infrastructure.backup.errors import DamagedBackup, NotABackup
from infrastructure.backup.following import BrokenChain, Following
from infrastructure.database import Database
from infrastructure.event_store import reading
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.migrating import SchemaTooOld, check_schema

PAGE = 1_000

_GZIP = b"\x1f\x8b"
_SQLITE = b"SQLite format 3\x00"
_UNPACKING = (EOFError, gzip.BadGzipFile, zlib.error)
_CUT = "the file was cut: its last line is missing"


@dataclass(frozen=True, slots=True)
class Placed:
    """An event of a backup and the line it stands on, where there are lines."""

    stored: StoredEvent
    line: int | None


class Backup(Protocol):
    """The log that a file holds."""

    store_id: bytes
    position: int
    hash: bytes

    def events(self) -> Iterator[Placed]:
        """Yield the events in order, each found to follow from the one before.

        Raises DamagedBackup at the first that does not; the last is safe when this has ended.
        """


@contextmanager
def open_backup(file: Path) -> Iterator[Backup]:
    """Open a backup by what it holds, not by its name.

    Raises NotABackup, NewerBackup, SchemaTooNew and OSError.
    """
    with file.open("rb") as raw:
        start = raw.read(len(_SQLITE))
        raw.seek(0)
        if start == _SQLITE:
            with _database(file) as database:
                yield _FileBackup(database)
        elif start.startswith(_GZIP):
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield _LinesBackup(cast("BinaryIO", unpacked))
        else:
            yield _LinesBackup(raw)


class _LinesBackup:
    """A log in the portable form."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = sha256()
        try:
            line = file.readline(form.LONGEST_HEADER)
        except _UNPACKING as error:
            raise NotABackup("the file is packed, and cannot be unpacked") from error
        self._digest.update(line)
        try:
            header = form.read_header(line)
            self.store_id = bytes.fromhex(header.store_id)
            self.position = header.position
            self.hash = bytes.fromhex(header.hash)
        except form.UNREADABLE as error:
            raise DamagedBackup(str(error), line=1) from error

    def events(self) -> Iterator[Placed]:
        following = Following(self.store_id)
        for number in count(2):
            line = self._line(number, following.position)
            if line.startswith(form.TRAILER_STARTS):
                self._end(line, number, following)
                return
            self._digest.update(line)
            try:
                stored = form.read_event(line)
                following.take(stored)
            except (BrokenChain, *form.UNREADABLE) as broken:
                position = following.position + 1
                raise DamagedBackup(str(broken), line=number, position=position) from broken
            yield Placed(stored, number)

    def _line(self, number: int, position: int) -> bytes:
        try:
            line = self._file.readline()
        except EOFError:
            raise DamagedBackup(_CUT, line=number, position=position + 1) from None
        except _UNPACKING as error:
            reason = f"the file cannot be unpacked: {error}"
            raise DamagedBackup(reason, line=number, position=position + 1) from error
        if not line.endswith(b"\n"):
            raise DamagedBackup(_CUT, line=number, position=position + 1)
        return line

    def _end(self, line: bytes, number: int, following: Following) -> None:
        """Compare the end that was reached with what the trailer and the header say."""
        try:
            trailer = form.read_trailer(line)
        except form.UNREADABLE as error:
            raise DamagedBackup(str(error), line=number) from error
        reached = (following.position, following.hash.hex())
        said = (trailer.position, trailer.hash)
        if (self.position, self.hash.hex()) != said or trailer.events != trailer.position:
            raise DamagedBackup("the last line is not of the same log as the first", line=number)
        if reached != said:
            reason = f"the events end at position {reached[0]:,}, the log at {said[0]:,}"
            if reached[0] == said[0]:
                reason = "the hash of the last event is not that of the log"
            raise DamagedBackup(reason, line=number)
        if trailer.sha256 != self._digest.hexdigest():
            raise DamagedBackup("the SHA-256 of the lines before is another", line=number)
        if self._more():
            raise DamagedBackup("the file goes on after its last line", line=number + 1)

    def _more(self) -> bool:
        try:
            return bool(self._file.read(1))
        except _UNPACKING:
            return True


class _FileBackup:
    """The log of an SQLite database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        try:
            with database.read() as conn:
                self.store_id = reading.store_id(conn)
                head = reading.head(conn)
        except exc.SQLAlchemyError as error:
            raise NotABackup(f"the SQLite file holds no log: {_said(error)}") from error
        except (TypeError, ValueError, OverflowError) as error:
            raise DamagedBackup(f"the last event cannot be read: {error}") from error
        self.position, self.hash = head.position, head.hash

    def events(self) -> Iterator[Placed]:
        following = Following(self.store_id)
        for after in range(0, self.position, PAGE):
            for stored in self._page(after, following):
                try:
                    following.take(stored)
                except (BrokenChain, *form.UNREADABLE, AttributeError, TypeError) as broken:
                    raise DamagedBackup(str(broken), position=following.position + 1) from broken
                yield Placed(stored, None)
        if (following.position, following.hash) != (self.position, self.hash):
            reason = "there is no event at this position"
            raise DamagedBackup(reason, position=following.position + 1)

    def _page(self, after: int, following: Following) -> list[StoredEvent]:
        upto = min(self.position, after + PAGE)
        try:
            with self._database.read() as conn:
                return reading.between(conn, after=after, upto=upto)
        except (exc.DatabaseError, ValueError, TypeError) as error:
            raise DamagedBackup(
                f"an event up to position {upto:,} cannot be read: {_said(error)}",
                position=following.position + 1,
            ) from error


@contextmanager
def _database(file: Path) -> Iterator[Database]:
    database = Database(URL.create("sqlite", database=str(file)))
    try:
        try:
            check_schema(database)
        except SchemaTooOld:
            pass  # the log's own tables are those of every release
        except exc.DatabaseError as error:
            raise NotABackup(f"the SQLite file cannot be read: {_said(error)}") from error
        yield database
    finally:
        database.dispose()


def _said(error: Exception) -> str:
    """What the driver said, without the SQL around it."""
    return str(error.orig) if isinstance(error, exc.DBAPIError) else str(error)
