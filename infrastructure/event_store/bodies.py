"""What each event of the log says, without the columns that prove it: for whoever reads all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select

from infrastructure.bulk import among_bound
from infrastructure.event_store.stretch import fetched
from infrastructure.schema.log import events


class Body(NamedTuple):
    """An event of the log. Without an id it is another application's, without a salt it was erased."""

    position: int
    id: str | None
    type: str
    schema_version: int
    data: bytes | None
    salt: bytes | None

    @property
    def silent(self) -> bool:
        """Whether it says nothing to Foedus."""
        return not self.id or self.salt is None


def between(conn: Connection, *, after: int, upto: int) -> list[Body]:
    """Return the events after one position up to and including another, in order."""
    return _bodies(conn, _BETWEEN, {"after": after, "upto": upto})


def at(conn: Connection, positions: Iterable[int]) -> list[Body]:
    """Return the events at these positions, in order."""
    return _bodies(conn, _AT, {"positions": list(positions)})


def by_ids(conn: Connection, ids: Iterable[str]) -> list[Body]:
    """Return the events of these ids that the log has, in order."""
    return _bodies(conn, _BY_IDS, {"ids": list(ids)})


def _bodies(conn: Connection, statement: Select[Any], values: dict[str, Any]) -> list[Body]:
    return list(map(Body._make, fetched(conn, statement, values)))


def _where(condition: ColumnElement[bool]) -> Select[Any]:
    columns = (events.c[name] for name in _COLUMNS)
    return select(*columns).where(condition).order_by(events.c.position)


_COLUMNS = ("position", "event_id", "type", "schema_version", "data", "salt")
_BETWEEN = _where(
    (events.c.position > bindparam("after")) & (events.c.position <= bindparam("upto"))
)
_AT = _where(among_bound(events.c.position, "positions"))
_BY_IDS = _where(among_bound(events.c.event_id, "ids"))
