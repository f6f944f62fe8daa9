"""Statements compiled once, and run with as little as can be between them and the driver.

A question asks a handful of small statements, and of the time that they take SQLAlchemy's own
part is the larger. A statement that is built once and kept is compiled here once for each
dialect; after that, running it is binding its values and fetching its rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError

Rows = Sequence[Any]
"""Named tuples: a statement's columns by name."""
Treatment = Callable[[Any], Any]


def fetch(conn: Connection, statement: Select[Any], values: Mapping[str, Any]) -> Rows:
    """Run a statement that is kept for good, inside a transaction, and return all its rows.

    `values` may hold more than the statement uses; KeyError where it holds too little. A row has
    what the driver gives, so the columns are of types that need no treatment: text, integers and
    bytes. Raises what SQLAlchemy raises.
    """
    held = statement, conn.dialect.name
    prepared = _PREPARED.get(held)
    if prepared is None:
        prepared = _PREPARED[held] = _prepare(conn, statement, values)
    bound = prepared.bind(values)
    if prepared.positions is None:
        return conn.exec_driver_sql(prepared.text, bound).all()
    return _fetch_from_sqlite(conn, prepared, tuple(map(bound.__getitem__, prepared.positions)))


class _Prepared(NamedTuple):
    """A compiled statement. `positions`: the names of its values in order, where they have no names."""

    text: str
    constants: dict[str, Any]
    asked: tuple[tuple[str, Treatment | None], ...]
    positions: Sequence[str] | None
    row: Callable[[tuple[Any, ...]], Any]

    def bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """All values of the statement by name, in the driver's form."""
        bound = dict(self.constants)
        for name, treatment in self.asked:
            bound[name] = values[name] if treatment is None else treatment(values[name])
        return bound


_PREPARED: dict[tuple[Select[Any], str], _Prepared] = {}


def _prepare(conn: Connection, statement: Select[Any], values: Mapping[str, Any]) -> _Prepared:
    compiled = statement.compile(dialect=conn.dialect)
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
        row=row._make,
    )


def _fetch_from_sqlite(conn: Connection, prepared: _Prepared, bound: tuple[Any, ...]) -> Rows:
    """Ask the driver itself; its connection begins no transaction, so one must have begun."""
    if not conn.in_transaction():
        return conn.exec_driver_sql(prepared.text, bound).all()
    driver = conn.connection.driver_connection
    try:
        found = driver.execute(prepared.text, bound).fetchall()  # type: ignore[union-attr]
    except sqlite3.Error as error:
        raise DBAPIError.instance(prepared.text, None, error, sqlite3.Error) from error
    return list(map(prepared.row, found))
