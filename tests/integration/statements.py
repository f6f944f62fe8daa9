"""What a question says to the database, heard on the connection itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy import event as listeners


@contextmanager
def said(conn: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Every statement of a connection; on SQLite as it reaches the database, values and all."""
    statements: list[tuple[str, Any]] = []
    if conn.dialect.name == "sqlite":
        raw: Any = conn.connection.driver_connection
        raw.set_trace_callback(lambda statement: statements.append((statement, ())))
        try:
            yield statements
        finally:
            raw.set_trace_callback(None)
        return

    def hear(_c: Any, _cursor: Any, statement: str, values: Any, _ctx: Any, many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's signature
        statements.append((statement, values[0] if many else values))

    listeners.listen(Engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        listeners.remove(Engine, "before_cursor_execute", hear)
