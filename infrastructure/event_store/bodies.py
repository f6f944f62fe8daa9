"""What each event of the log says, without the columns that prove it: for whoever reads all of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

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
    rows: list[Any] = list(conn.execute(_BETWEEN, {"after": after, "upto": upto}))
    return list(map(Body._make, rows))


_COLUMNS = (
    events.c.position,
    events.c.event_id,
    events.c.type,
    events.c.schema_version,
    events.c.data,
    events.c.salt,
)
_BETWEEN = (
    select(*_COLUMNS)
    .where(events.c.position > bindparam("after"), events.c.position <= bindparam("upto"))
    .order_by(events.c.position)
)
