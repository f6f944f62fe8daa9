"""A stretch of the log, its rows checked against the chain one by one (see ``verification``)."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, Select, exc, select, type_coerce
from sqlalchemy.types import NullType

from infrastructure.event_store import chain, quick
from infrastructure.event_store.envelope import tags_text
from infrastructure.event_store.quick import JoinedTags, Link, StoredRow
from infrastructure.schema.log import event_tags, events

# As the driver gives them: a column of the wrong type is a finding, not an accident.
ROW = select(*(type_coerce(column, NullType()).label(column.name) for column in events.c))
_TAGS = select(*(type_coerce(column, NullType()).label(column.name) for column in event_tags.c))


DOUBLED = "two events hold this position"
STRAY = "event_tags names a position that cannot be, just before this one"


class Fault(NamedTuple):
    """The first position at which the log is not what was recorded, and in what."""

    position: int
    reason: str


class _Broken(Exception):
    """Says why the event at hand is not what was recorded."""


class Stretch:
    """The rows of the log between two positions, with what the index says of them."""

    def __init__(self, conn: Connection, after: int, upto: int) -> None:
        self._conn = conn
        self._range = range(after + 1, upto + 1)
        position = events.c.position
        within = ROW.where(position > after, position <= upto).order_by(position)
        self.rows: Sequence[StoredRow] = fetched(conn, within)
        joined = fetched(conn, _in_range(quick.joined_tags(conn.dialect), self._range))
        self._joined: Mapping[int, JoinedTags] = {each[0]: each for each in joined}
        self._out_of_place = {
            **{int(at) + 1: STRAY for at in self._joined.keys() - set(self._range)},
            **{row[0]: DOUBLED for row, other in pairwise(self.rows) if row[0] == other[0]},
        }
        """What keeps rows from lying one for each position, by the position where it is met."""
        self._exact: Mapping[int, list[tuple[str, str]]] | None = None

    def chained(self, link: Link) -> tuple[Link, Fault | None]:
        """Follow the chain through all rows, or to the event before the first fault."""
        index = 0
        while link.position < self._range[-1]:
            if not self._out_of_place:
                link, index = quick.follow(link, self.rows, index, self._joined)
                if link.position == self._range[-1]:
                    break
            position = link.position + 1
            if (reason := self._out_of_place.get(position)) is not None:
                return link, Fault(position, reason)
            try:
                link = _follow(link, self._row(index, position), self._tags_of(position))
            except _Broken as finding:
                return link, Fault(position, str(finding))
            except (TypeError, ValueError, AttributeError, OverflowError) as error:
                return link, Fault(position, f"a column cannot be understood: {error}")
            index += 1
        return link, None

    def _row(self, index: int, position: int) -> StoredRow:
        """Return the row of this position."""
        if index < len(self.rows) and self.rows[index][0] == position:
            return self.rows[index]
        raise _Broken("there is no event at this position")

    def _tags_of(self, position: int) -> list[tuple[str, str]]:
        """Return the rows of the index for this position, read one by one."""
        if self._exact is None:
            exact: dict[int, list[tuple[str, str]]] = defaultdict(list)
            for at, tag, type_ in fetched(self._conn, _in_range(_TAGS, self._range)):
                exact[at].append((tag, type_))
            self._exact = exact
        return self._exact.get(position, [])


def _follow(link: Link, row: StoredRow, indexed: Sequence[tuple[str, str]]) -> Link:
    """Return the next link of the chain; raise _Broken where the row does not give it."""
    position, event_id, type_, _, recorded_us, _, tags_json, _, _, kept_leaf, kept_hash = row
    tags = _tags(tags_json, ours=event_id is not None)
    leaf = _leaf(row, tags)
    if leaf != kept_leaf:
        raise _Broken("the leaf is not that of the row's columns")
    expected = chain.next_hash(link.hash, leaf)
    if expected != kept_hash:
        raise _Broken("the hash does not follow from the leaf and the hash before")
    if link.recorded_us is not None and recorded_us <= link.recorded_us:
        raise _Broken("recorded_at is not later than that of the event before")
    if sorted(indexed) != [(tag, type_) for tag in sorted(set(tags))]:
        raise _Broken("event_tags does not hold what the event's tags and type say")
    return Link(position, expected, recorded_us)


def _tags(written: str, *, ours: bool) -> list[str]:
    """Return the tags of a row, which has them written in one way only."""
    tags: list[str] = json.loads(written)
    if tags_text(tags) != written or not all(isinstance(tag, str) for tag in tags):
        raise _Broken("tags are not written as the store writes them")
    if ours and tags != sorted(set(tags)):
        raise _Broken("tags are not sorted")
    return tags


def _leaf(row: StoredRow, tags: Sequence[str]) -> bytes:
    """Return the leaf that the columns give, or the kept one of an erased event."""
    position, event_id, type_, version, recorded_us, recorded_by, _, data, salt, kept, _ = row
    if data is None and salt is None:
        return bytes(kept)
    if isinstance(data, str) or isinstance(salt, str):
        raise _Broken("the data or the salt was written as text, not as bytes")
    if data is None or salt is None or len(salt) != chain.SALT_BYTES:
        raise _Broken("the data or the salt was removed or cut")
    header = chain.header(
        position=position,
        id=event_id,
        type=type_,
        schema_version=version,
        recorded_at=recorded_us,
        recorded_by=recorded_by,
        tags=tags,
    )
    return chain.leaf_hash(salt, header, data)


def _in_range(statement: Select[*tuple[Any, ...]], positions: range) -> Select[*tuple[Any, ...]]:
    position = event_tags.c.position
    within = position > positions[0] - 1, position <= positions[-1]
    return statement.where(*within)


def fetched(
    conn: Connection, statement: Executable, values: Mapping[str, Any] | None = None
) -> Sequence[StoredRow]:
    """Return the rows as the driver makes them: the fastest way to read millions."""
    result = conn.execute(statement, values)
    try:
        rows: Sequence[StoredRow] = result.cursor.fetchall()
    except conn.dialect.loaded_dbapi.Error as error:
        raise exc.DataError(str(statement), None, error) from error
    finally:
        result.close()
    return rows
