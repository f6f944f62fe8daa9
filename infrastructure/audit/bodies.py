"""The log as a replay reads it: what each event says, without the columns that prove it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select

from domain.event import Event
from domain.vocabulary import ActorsJudged
from infrastructure.audit.results import Unreadable
from infrastructure.bulk import among_bound
from infrastructure.codec import StoredForm, decode
from infrastructure.event_store.stretch import fetched
from infrastructure.schema.log import events

_NOTHING = ActorsJudged(actors=("", ""), judgement="unsure")
"""What an erased event says: a judgement moves no line."""


class Body(NamedTuple):
    """What an event says. Without an id it is another application's, without data it was erased."""

    position: int
    id: str | None
    type: str
    schema_version: int
    data: bytes | None
    salt: bytes | None

    def read(self) -> Event | None:
        """The event; None of another application or erased. Raises Unreadable."""
        if not self.id or self.salt is None:
            return None
        try:
            return decode(self.id, StoredForm(self.type, self.schema_version, self.data or b""))
        except (KeyError, ValueError) as error:
            raise Unreadable(self.position, error) from error

    def silent(self) -> Event:
        """An erased event, which keeps its id and its place, and says nothing."""
        return Event(id=self.id or "", occurred="0001", data=_NOTHING)


def between(conn: Connection, *, after: int, upto: int) -> list[Body]:
    """The events after one position up to and including another, in order."""
    return _bodies(conn, _BETWEEN, {"after": after, "upto": upto})


def at(conn: Connection, positions: Iterable[int]) -> list[Body]:
    """The events at these positions, in order."""
    return _bodies(conn, _AT, {"positions": list(positions)})


def by_ids(conn: Connection, ids: Iterable[str]) -> list[Body]:
    """The events of these ids that the log has, in order."""
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
