"""Many values in one statement, whatever their number, on both databases.

A list travels as one bound value: an array on PostgreSQL, JSON text on SQLite. So a
statement's text does not depend on how many values it is given, no limit on bound values
is ever met, and both SQLAlchemy and the server can keep the compiled statement.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import chain, islice
from typing import Any

import msgspec
import psycopg
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    LargeBinary,
    Select,
    Subquery,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeEngine

COPIED_FROM = 300
"""From so many rows on, PostgreSQL's COPY is faster than a JSON text."""


class ListOf(TypeDecorator[list[Any]]):
    """A list of texts or of integers as a single bound value."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(self.item.dialect_impl(dialect)))
        return dialect.type_descriptor(Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[Iterable[Any] | None], str | None]:
        written = _array_text if dialect.name == "postgresql" else _list_text

        def process(value: Iterable[Any] | None) -> str | None:
            return None if value is None else written(value)

        return process


def _array_text(values: Iterable[str | int]) -> str:
    """The values as PostgreSQL writes an array: half of the time that the driver takes for a list."""
    return "{" + ",".join(map(_array_item, values)) + "}"


def _array_item(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _list_text(values: Iterable[str | int]) -> str:
    return _json(list(values)).decode()


_json = msgspec.json.Encoder().encode


class one_of(FunctionElement[Any]):  # noqa: N801 - reads as SQL where it is used
    """``one_of(column, bound list)``: the column equals an item of the list."""

    # Not Boolean(): SQLite, which has no booleans, would be asked whether it "= 1".
    type: TypeEngine[Any] = NullType()
    inherit_cache = True
    name = "one_of"


@compiles(one_of)
def _one_of_an_array(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **kw)} = ANY ({compiler.process(values, **kw)})"


@compiles(one_of, "sqlite")
def _one_of_a_json_text(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    named, listed = compiler.process(column, **kw), compiler.process(values, **kw)
    return f"{named} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - compiled parts


def among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Return the condition that ``column`` equals one of ``values`` (none of them: false)."""
    return one_of(column, bindparam(None, list(values), ListOf(column.type)))


def among_bound(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the same condition for the list that a statement is given as ``name`` when it runs."""
    return one_of(column, bindparam(name, type_=ListOf(column.type)))


class _Rows(TypeDecorator[list[tuple[str | int, ...]]]):
    """A list of rows of texts and integers as a single bound value."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[Any] | None, _dialect: Dialect) -> Any:
        return None if value is None else _compact(list(value))


class _each(FunctionElement[Any]):  # noqa: N801 - reads as SQL where it is used
    """``_each(JSON text)``: the items of a JSON list as the column ``value``."""

    inherit_cache = True
    name = "each"


class _part(FunctionElement[str]):  # noqa: N801 - reads as SQL where it is used
    """``_part(item, n)``: the item's own item n, as text."""

    type = Text()
    inherit_cache = True
    name = "part"


@compiles(_each)
def _each_of_jsonb(element: _each, compiler: SQLCompiler, **kw: Any) -> str:
    return f"jsonb_array_elements(CAST({compiler.process(element.clauses, **kw)} AS JSONB))"


@compiles(_each, "sqlite")
def _each_of_a_json_text(element: _each, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(_part)
def _part_of_jsonb(element: _part, compiler: SQLCompiler, **kw: Any) -> str:
    item, number = element.clauses
    return f"({compiler.process(item, **kw)} ->> {compiler.process(number, **kw)})"


@compiles(_part, "sqlite")
def _part_of_a_json_text(element: _part, compiler: SQLCompiler, **kw: Any) -> str:
    item, number = element.clauses
    return f"json_extract({compiler.process(item, **kw)}, '$[{compiler.process(number, **kw)}]')"


def pairs_bound(name: str) -> Subquery:
    """Return the pairs of texts that a statement is given as ``name``, as columns ``a`` and ``b``.

    To be joined: a condition on two columns at once goes by no index.
    """
    return rows_bound(name, {"a": Text(), "b": Text()})


def rows_bound(name: str, columns: Mapping[str, TypeEngine[Any]]) -> Subquery:
    """Return the rows of texts and integers that a statement is given as ``name``, to be joined."""
    items = _each(bindparam(name, type_=_Rows())).table_valued("value")
    parts = (
        (_part(items.c.value, literal_column(str(number))), named, type_)
        for number, (named, type_) in enumerate(columns.items())
    )
    return select(
        *(
            (part if isinstance(type_, Text) else cast(part, type_)).label(named)
            for part, named, type_ in parts
        )
    ).subquery()


def insert_tuples(conn: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert ``rows``, each with every column in the table's order, as fast as the driver can.

    Values go as they are to the driver. Many rows are sent to PostgreSQL as they come. Raises
    what SQLAlchemy raises.
    """
    coming = iter(rows)
    if conn.dialect.name == "sqlite":
        if given := list(coming):
            conn.exec_driver_sql(_insert_text(table), given)
        return
    first = list(islice(coming, COPIED_FROM))
    if len(first) == COPIED_FROM:
        _copy(conn, table, chain(first, coming))
    elif first:
        conn.execute(_insert_json(table), {table.name: json_rows(first)})


def json_rows(rows: Iterable[tuple[Any, ...]]) -> str:
    """Return the rows as the one JSON text that `given_rows` reads: bytes in hexadecimal."""
    return _compact([[_plain(value) for value in row] for row in rows])


def given_rows(table: Table) -> Select[Any]:
    """Return the rows of a table that the bound JSON text of its name holds. PostgreSQL only.

    A tenth of what lists of values cost the driver.
    """
    lists = func.jsonb_array_elements(cast(bindparam(table.name, type_=Text), JSONB))
    row = lists.table_valued("value").render_derived()
    return select(*(_cell(row.c.value, index, one) for index, one in enumerate(table.c)))


def _cell(row: ColumnElement[Any], index: int, column: Column[Any]) -> ColumnElement[Any]:
    text = row.op("->>")(literal_column(str(index)))
    if isinstance(column.type, LargeBinary):
        return func.decode(text, "hex").label(column.name)
    return cast(text, column.type).label(column.name)


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _copy(conn: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Send the rows by PostgreSQL's COPY, which SQLAlchemy has no words for."""
    statement = f"COPY {table.name} ({', '.join(table.c.keys())}) FROM STDIN"
    driver = conn.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[union-attr]
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        if driver.closed:  # type: ignore[union-attr]
            conn.invalidate(error)
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


@cache
def _insert_json(table: Table) -> Insert:
    return insert(table).from_select(table.c.keys(), given_rows(table))


@cache
def _insert_text(table: Table) -> str:
    values = ", ".join("?" * len(table.c))
    return f"INSERT INTO {table.name} ({', '.join(table.c.keys())}) VALUES ({values})"  # noqa: S608 - the schema's own names
