"""PostgreSQL's sessions: how their transactions begin, and which of them are gone."""

from __future__ import annotations

import select
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from infrastructure.prepared import told


def refuse_if_closed(_raw: Any, record: ConnectionPoolEntry, _fairy: Any) -> None:
    """Let the pool replace a connection that was closed while it rested.

    A server that was asked nothing says nothing unless it closes, so it need not be asked whether
    it is there: that would take as long as a small statement.
    """
    resting: Any = record.driver_connection
    if not resting.closed:
        said = select.poll()
        said.register(resting.pgconn.socket, select.POLLIN)
        if not said.poll(0):
            return
    raise DisconnectionError("closed while it rested")


def begin_writing(conn: Connection) -> None:
    """Begin a transaction each of whose statements sees what was committed before it."""
    told(conn, "BEGIN ISOLATION LEVEL READ COMMITTED", in_rows=False)


def begin_snapshot(conn: Connection) -> None:
    """Begin a transaction that sees what was committed before its first statement."""
    told(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", in_rows=False)
