"""What a question says to the database, heard on the connection itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import psycopg
from sqlalchemy import Connection


@contextmanager
def said(conn: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Every statement of a connection; on SQLite as it reaches the database, values and all."""
    statements: list[tuple[str, Any]] = []
    raw: Any = conn.connection.driver_connection
    if conn.dialect.name == "sqlite":
        raw.set_trace_callback(lambda statement: statements.append((statement, ())))
        try:
            yield statements
        finally:
            raw.set_trace_callback(None)
        return

    class Heard(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Self:
            statements.append((query, params))
            return super().execute(query, params, **more)

    silent, raw.cursor_factory = raw.cursor_factory, Heard
    try:
        yield statements
    finally:
        raw.cursor_factory = silent
