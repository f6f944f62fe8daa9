"""Statements compiled once, and run with as little as can be between them and the driver.

A question asks a handful of small statements, and of the time that they take SQLAlchemy's own
part is the larger. A statement that is built once and kept is compiled here once for each
dialect; after that, running it is binding its values and fetching its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from sqlalchemy import BindParameter, CompoundSelect, Connection, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import replacement_traverse

Statement = Select[Any] | CompoundSelect[Any]
Rows = Sequence[Any]
"""Named tuples: a statement's columns by name."""
Treatment = Callable[[Any], Any]
Values = Mapping[str, Any] | Sequence[Any]


def fetch(conn: Connection, statement: Statement, values: Mapping[str, Any]) -> Rows:
    """Run a statement that is kept for good, inside a transaction, and return all its rows.

    `values` may hold more than the statement uses; KeyError where it holds too little. A row has
    what the driver gives, so the columns are of types that need no treatment: text, integers and
    bytes. Raises what SQLAlchemy raises.
    """
    if not conn.in_transaction():
        conn.begin()
    prepared = _kept(conn, statement, values)
    told_rows = told(conn, prepared.text, prepared.bind(values))
    # What a named tuple's `_make` does, without a call of Python for each row.
    return list(map(tuple.__new__, repeat(prepared.row), told_rows))


def glimpsed(
    conn: Connection, statement: Statement, values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Run such a statement alone, outside a transaction, and return its rows as plain tuples.

    Not for an event loop's connection.
    """
    prepared = _kept(conn, statement, values)
    return told(conn, prepared.text, prepared.bind(values), cursor=_PLAIN[conn.dialect.name])


class _Prepared(NamedTuple):
    """A compiled statement. `positions`: the names of its values in order, where they have no names.

    `constants`: what the dialect's compiler adds of its own.
    """

    text: str
    constants: dict[str, Any]
    asked: tuple[tuple[str, Treatment | None], ...]
    positions: Sequence[str] | None
    row: type[tuple[Any, ...]]

    def bind(self, values: Mapping[str, Any]) -> Values:
        """All values of the statement, in the driver's form."""
        bound = dict(self.constants)
        for name, treatment in self.asked:
            bound[name] = values[name] if treatment is None else treatment(values[name])
        return bound if self.positions is None else tuple(bound[name] for name in self.positions)


_PLAIN: dict[str, dict[str, Any]] = {"sqlite": {}, "postgresql": {"binary": True}}
"""What makes a cursor give rows as the server holds them: bytes need not be written out and read."""

_PREPARED: dict[tuple[Statement, str], _Prepared] = {}


def _kept(conn: Connection, statement: Statement, values: Mapping[str, Any]) -> _Prepared:
    held = statement, conn.dialect.name
    prepared = _PREPARED.get(held)
    if prepared is None:
        prepared = _PREPARED[held] = _prepare(conn, statement, values)
    return prepared


def _prepare(conn: Connection, statement: Statement, values: Mapping[str, Any]) -> _Prepared:
    compiled = _with_constants_written_out(statement).compile(dialect=conn.dialect)
    asked = {name: bind for name, bind in compiled.binds.items() if bind.required}
    state = compiled.construct_expanded_state({name: values[name] for name in asked})
    treatments = (
        (name, bind.type.dialect_impl(conn.dialect).bind_processor(conn.dialect))
        for name, bind in asked.items()
    )
    columns = [(str(column.key), Any) for column in statement.selected_columns]
    row: Any = NamedTuple("Row", columns)  # type: ignore[misc]  # known only now
    return _Prepared(
        text=state.statement,
        constants={name: one for name, one in state.parameters.items() if name not in asked},
        asked=tuple(treatments),
        positions=state.positiontup,
        row=row,
    )


def _with_constants_written_out(statement: Statement) -> Statement:
    """Write the statement's own constants into its text; what it is asked for stays bound.

    SQLite would plan the statement anew at each run, as it looks at a value that decides whether a
    partial index holds the rows; PostgreSQL's plan for all values knows no bound ones.
    """

    def written_out(element: ClauseElement, **_: Any) -> ClauseElement | None:
        if isinstance(element, BindParameter) and not element.required:
            return element.render_literal_execute()
        return None

    return cast(Statement, replacement_traverse(statement, {}, written_out))


def told(
    conn: Connection,
    text: str,
    values: Values = (),
    *,
    in_rows: bool = True,
    cursor: Mapping[str, Any] = MappingProxyType({}),
) -> list[tuple[Any, ...]]:
    """Run a text by the driver's own cursor, in the transaction if there is one, and return its rows.

    `in_rows`: it has rows to give; asking psycopg describes every column. `cursor`: what the
    driver's cursor is made with. Raises what SQLAlchemy raises.
    """
    running = conn.connection.cursor(**cursor)
    try:
        running.execute(text, values)
        return list(running.fetchall()) if in_rows else []
    except conn.dialect.loaded_dbapi.Error as error:
        lost = conn.dialect.is_disconnect(error, conn.connection.dbapi_connection, running)
        if lost:
            conn.invalidate(error)
        base = conn.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(
            text, None, error, base, connection_invalidated=lost, dialect=conn.dialect
        ) from error
    finally:
        running.close()
