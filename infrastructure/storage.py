"""Whether a database could not write for want of room, whichever database it is."""

import sqlite3

import psycopg

_SQLITE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
_POSTGRESQL = frozenset({"53100", "58030"})
"""SQLSTATE disk_full, and io_error."""


def is_out_of_room(error: BaseException) -> bool:
    """Whether a driver said, at the root of this error, that its disk is full or refuses writes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, sqlite3.Error):
            return getattr(cause, "sqlite_errorcode", None) in _SQLITE
        if isinstance(cause, psycopg.Error):
            return cause.sqlstate in _POSTGRESQL
        # SQLAlchemy keeps the driver's error also where the chain of causes was cut.
        cause = cause.__cause__ or getattr(cause, "orig", None)
    return False
