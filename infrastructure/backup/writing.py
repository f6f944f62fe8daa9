"""Writing a backup: whole under its name or not at all, while others go on appending.

A log up to a position never changes, so its portable form needs no long transaction: the head
is read first, and then page by page what stands before it. The copy of an SQLite file is made
by SQLite's online backup within one read transaction: unlike VACUUM INTO it can tell how far it
is and be interrupted, and it holds no writer up.
"""

import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from infrastructure.backup import form
from infrastructure.backup.errors import DamagedLog, UnfitForm
from infrastructure.backup.following import BrokenChain, Following
from infrastructure.database import Database
from infrastructure.event_store import reading
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.whole_files import FileInTheWay, whole

PAGE = 1_000
"""How many events, or pages of an SQLite file, are held at a time."""

_COMPRESSION = 6

Progress = Callable[[int, int], None]
"""Called with how many events are written, of how many; of a copied file, as if each were as large."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where the log ends that a backup holds."""

    position: int
    hash: bytes


def back_up(
    database: Database, file: Path, *, replace: bool = False, progress: Progress | None = None
) -> Written:
    """Write a backup in the form that the name's ending tells, and return what it holds.

    Raises FileInTheWay, UnfitForm, DamagedLog and OSError; then the name is as it was.
    """
    write = _form(database, file)
    _refuse_the_database_itself(database, file)
    with whole(file, replace=replace) as part:
        return write(database, part, progress or _say_nothing)


def _write_log(database: Database, part: Path, progress: Progress) -> Written:
    with part.open("wb") as file:
        return _write_lines(database, file, progress)


def _write_compressed_log(database: Database, part: Path, progress: Progress) -> Written:
    with (
        part.open("wb") as file,
        # Neither name nor time in the file: the same log gives the same bytes.
        gzip.GzipFile("", "wb", _COMPRESSION, file, mtime=0) as packed,
    ):
        return _write_lines(database, cast("BinaryIO", packed), progress)


def _write_lines(database: Database, file: BinaryIO, progress: Progress) -> Written:
    with database.read() as conn:
        head, store_id = reading.head(conn), reading.store_id(conn)
    digest = sha256()

    def write(line: bytes) -> None:
        digest.update(line)
        file.write(line)

    write(form.header_line(store_id, head.position, head.hash))
    following = Following(store_id)
    for after in range(0, head.position, PAGE):
        upto = min(head.position, after + PAGE)
        for stored in _page(database, after, upto):
            try:
                following.take(stored)
                write(form.event_line(stored))
            except (BrokenChain, AttributeError, TypeError, *form.UNREADABLE) as broken:
                raise DamagedLog(following.position + 1, str(broken)) from broken
        progress(upto, head.position)
    if (following.position, following.hash) != (head.position, head.hash):
        raise DamagedLog(following.position + 1, "there is no event at this position")
    file.write(form.trailer_line(head.position, head.hash, digest.digest()))
    return Written(head.position, head.hash)


def _page(database: Database, after: int, upto: int) -> list[StoredEvent]:
    try:
        with database.read() as conn:
            return reading.between(conn, after=after, upto=upto)
    except (TypeError, ValueError) as error:
        raise DamagedLog(after + 1, f"from here to {upto:,} a column cannot be read") from error


def _copy_file(database: Database, part: Path, progress: Progress) -> Written:
    with database.read() as conn, closing(sqlite3.connect(part, isolation_level=None)) as copy:
        head = reading.head(conn)  # the snapshot begins here
        original = cast("sqlite3.Connection", conn.connection.driver_connection)
        try:
            copy.execute("PRAGMA journal_mode = OFF")
            original.backup(
                copy,
                pages=PAGE,
                progress=lambda _, left, all_: progress(
                    head.position * (all_ - left) // all_, head.position
                ),
            )
            # The copy is one file, which can be read where nothing can be written.
            copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise OSError(None, str(error), str(part)) from error
        return Written(head.position, head.hash)


Writing = Callable[[Database, Path, Progress], Written]

FORMS: dict[str, Writing] = {
    ".ndjson": _write_log,
    ".ndjson.gz": _write_compressed_log,
    ".sqlite3": _copy_file,
    ".sqlite": _copy_file,
    ".db": _copy_file,
}
"""What each ending of a file's name asks for."""


def _form(database: Database, file: Path) -> Writing:
    write = next((FORMS[ending] for ending in FORMS if file.name.endswith(ending)), None)
    if write is None:
        raise UnfitForm(f"the name must end in {', '.join(FORMS)}")
    if write is _copy_file and database.dialect != "sqlite":
        raise UnfitForm(
            "only an SQLite database can be copied as a file; name it *.ndjson.gz, "
            "which holds the log of any database"
        )
    return write


def _refuse_the_database_itself(database: Database, file: Path) -> None:
    kept = Path(str(database.url.database))
    if database.dialect == "sqlite" and file.exists() and file.samefile(kept):
        raise FileInTheWay(f"{file} is the database itself")


def _say_nothing(_done: int, _total: int) -> None:
    pass
