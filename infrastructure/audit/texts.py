"""The rows of a stretch as one text for each table, made by the database and by us alike.

Texts that are equal hold equal rows, and a database writes them in a fraction of the time that
rows take to become objects here. Texts that differ say nothing yet: how a character is escaped
is nobody's finding, and `comparing` looks at the rows themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    Table,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.exc import DBAPIError

from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.read_models import BOTH, FOREVER

Values = tuple[Any, ...]


class Texts(NamedTuple):
    """What the read models hold of a stretch, as it was at the position compared.

    `ends`: where events of the stretch were ended by then, by the read models' word.
    """

    tables: Mapping[str, str]
    ends: Sequence[int]


def held(snapshot: Snapshot, after: int, upto: int, until: int) -> Texts | None:
    """What the database holds after a position, up to another one, as it was at `until`.

    None where a table holds what no text can, such as bytes.
    """
    bounds = {
        # Nothing comes before the first event: a row there is found with the first stretch.
        "after": after or -FOREVER,
        "upto": upto,
        "until": until,
        "held": snapshot.position,
    }
    statement = _texts(snapshot.models.name, snapshot.conn.dialect.name)
    try:
        *texts, ends = snapshot.conn.execute(statement, bounds).one()
    except DBAPIError:
        return None
    return Texts(dict(zip(snapshot.models.tables, texts, strict=True)), msgspec.json.decode(ends))


def text_of(table: Table, rows: Sequence[Values], dialect: Dialect) -> str:
    """The text that a database of this kind makes of these rows, if it has them in this table."""
    if sorting := _sorting(table):
        rows = sorted(rows, key=sorting)
    written = _encode(rows)
    if dialect.name == "postgresql":
        written = msgspec.json.format(written, indent=0)
    return written.decode()


_encode = msgspec.json.Encoder().encode


@cache
def _sorting(table: Table) -> itemgetter[Any] | None:
    """What puts rows in the text's order, unless events give them in that order anyway."""
    names = [column.name for column in _order(table)]
    if names in (["position"], ["position", "number"]):
        return None
    return itemgetter(*map(table.c.keys().index, names))


def _order(table: Table) -> list[ColumnElement[Any]]:
    position = table.c.position
    return [position, *(one for one in table.primary_key if one is not position)]


@cache
def _texts(models: str, dialect: str) -> Select[Any]:
    """One row with a text for each table, and one with where rows of the stretch were ended."""
    tables = BOTH[models].tables.values()
    text = _text_on_postgresql if dialect == "postgresql" else _text_on_sqlite
    ends = union_all(
        *(
            select(table.c.known_to).where(*_within(table), table.c.known_to <= bindparam("until"))
            for table in tables
        )
    ).subquery()
    array = func.json_agg if dialect == "postgresql" else func.json_group_array
    all_ends = select(func.coalesce(cast(array(ends.c.known_to), Text), "[]"))
    return select(*(text(table).scalar_subquery() for table in tables), all_ends.scalar_subquery())


def _text_on_sqlite(table: Table) -> Select[Any]:
    rows = select(*_columns(table)).where(*_within(table)).order_by(*_order(table)).subquery()
    return select(func.json_group_array(func.json_array(*rows.c)))


def _text_on_postgresql(table: Table) -> Select[Any]:
    row = cast(func.json_build_array(*_columns(table)), Text)
    rows = func.string_agg(row, aggregate_order_by(literal(", "), *_order(table)))
    return select("[" + func.coalesce(rows, "") + "]").where(*_within(table))


def _within(table: Table) -> tuple[ColumnElement[bool], ...]:
    position = table.c.position
    return position > bindparam("after"), position <= bindparam("upto")


def _columns(table: Table) -> list[ColumnElement[Any]]:
    """The columns, as they were before an end that came later than what is compared."""
    known_to = table.c.known_to
    later = (known_to > bindparam("until")) & (known_to <= bindparam("held"))
    before = {"known_to": FOREVER, "ended_by": null(), "ended_how": null()}
    return [
        case((later, before[column.name]), else_=column).label(column.name)
        if column.name in before
        else column
        for column in table.c
    ]
