"""What a query asks of the log, as SQL and as a test of one event.

A query is a list of items; an item asks for types (any, where it names none) and for tags
(all of them). The items of one query are sorted here by the way each is answered: those of
a single tag that share their types become one statement however many they are, those of
several tags meet on the index of tags, and those of none are answered by type.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem
from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, func, select, union

from infrastructure.bulk import among
from infrastructure.schema.log import event_tags, events

PositionsStatement: TypeAlias = Select[int] | CompoundSelect[int]

UNION_TERMS = 100
"""How many items of several tags share a statement; SQLite takes 500 terms at most."""


class Item(NamedTuple):
    """One way to match: any of these types (all, if none), and every one of these tags."""

    types: frozenset[str]
    tags: frozenset[str]

    def matches(self, type: str, tags: Collection[str]) -> bool:
        return (not self.types or type in self.types) and self.tags.issubset(tags)


class Criteria:
    """A query's items, each once, sorted by how they are answered."""

    def __init__(self, query: DCBQuery | None) -> None:
        self.everything = not (query and query.items)
        self._by_type = set[str]()
        self._by_tag: dict[frozenset[str], set[str]] = defaultdict(set)
        self._by_tags: dict[Item, None] = {}
        for item in query.items if query else ():
            self._add(item)
        self._starting: dict[str, list[Item]] = defaultdict(list)
        for one in self._by_tags:
            self._starting[min(one.tags)].append(one)

    def _add(self, item: DCBQueryItem) -> None:
        types = _storable_types(tuple(item.types))
        if bool(types) != bool(item.types) or not all(map(_storable, item.tags)):
            return  # nothing could match: no stored text holds what cannot be stored
        if len(item.tags) == 1:
            self._by_tag[types].add(item.tags[0])
        elif item.tags:
            self._by_tags[Item(types, frozenset(item.tags))] = None
        elif types:
            self._by_type |= types
        else:
            self.everything = True

    @property
    def alone(self) -> Item | None:
        """The only item, if there is but one and it asks for tags."""
        if self.everything or self._by_type or len(self._by_tag) + len(self._by_tags) != 1:
            return None
        for item in self._by_tags:
            return item
        for types, tags in self._by_tag.items():
            return Item(types, frozenset(tags)) if len(tags) == 1 else None
        return None

    def match(self, type: str, tags: Collection[str]) -> bool:
        """Tell whether an event of this type with these tags is asked for."""
        return (
            self.everything
            or type in self._by_type
            or any(
                not wanted.isdisjoint(tags) and (not types or type in types)
                for types, wanted in self._by_tag.items()
            )
            or any(item.matches(type, tags) for tag in tags for item in self._starting.get(tag, ()))
        )

    def may_match(self, latest: Mapping[str, int], after: int) -> bool:
        """Tell whether an event beyond ``after`` can be asked for, by each tag's last position."""
        return (
            self.everything
            or bool(self._by_type)
            or any(latest.get(tag, 0) > after for tags in self._by_tag.values() for tag in tags)
            or any(all(latest.get(tag, 0) > after for tag in item.tags) for item in self._by_tags)
        )

    def found(self, conn: Connection, *, after: int, upto: int) -> bool:
        """Tell whether the log holds an event that is asked for, in ``(after, upto]``."""
        if self.everything:
            return after < upto
        return any(
            conn.execute(statement.limit(1)).first() is not None
            for statement in self.statements(after, upto)
        )

    def positions(self, conn: Connection, *, after: int, limit: int | None) -> list[int]:
        """Return the positions beyond ``after`` that are asked for, ascending, ``limit`` at most.

        Not for a query that asks for everything: that is every position.
        """
        found = set[int]()
        for statement in self.statements(after):
            # An order that nobody needs could keep the index of types from being used.
            wanted = statement if limit is None else statement.order_by("position").limit(limit)
            found.update(conn.scalars(wanted))
        return sorted(found)[:limit]

    def statements(self, after: int, upto: int | None = None) -> Iterator[PositionsStatement]:
        """Yield the statements that together give every position asked for, each without repeats.

        They look at ``(after, upto]``, or at all beyond ``after``.
        """
        if self._by_type:
            yield _in(events.c.position, after, upto, _equals(events.c.type, self._by_type))
        for types, tags in self._by_tag.items():
            statement = _in(
                event_tags.c.position,
                after,
                upto,
                _equals(event_tags.c.tag, tags),
                *_of(event_tags.c.type, types, after),
            )
            yield statement if len(tags) == 1 else statement.distinct()
        items = list(self._by_tags)
        for start in range(0, len(items), UNION_TERMS):
            part = [_meeting(item, after, upto) for item in items[start : start + UNION_TERMS]]
            yield part[0] if len(part) == 1 else union(*part)


@lru_cache
def _storable_types(types: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(_storable, types))


def _storable(text: str) -> bool:
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _in(
    position: ColumnElement[int], after: int, upto: int | None, *conditions: ColumnElement[bool]
) -> Select[int]:
    statement = select(position.label("position")).where(*conditions, position > after)
    return statement if upto is None else statement.where(position <= upto)


def _equals(column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Return the test of one value where it is one, so that an index gives its order too."""
    if len(values) == 1:
        return column == next(iter(values))
    return among(column, sorted(values))


def _of(
    column: ColumnElement[str], types: Collection[str], after: int
) -> list[ColumnElement[bool]]:
    if types:
        return [_equals(column, types)]
    return [of_any_type(column)] if after else []


def of_any_type(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Return a test that every event of the log meets.

    The index of tags has the type before the position. With every type named it leads to what
    lies beyond a position at once, where else all that a tag ever had would be looked through.
    """
    return column.in_(_every_type())


@cache
def _every_type() -> Select[str]:
    """Every type of which the log has an event: one probe of the index of types for each."""
    first = select(func.min(events.c.type).label("type"))
    found = first.cte("log_types", recursive=True)
    following = select(func.min(events.c.type)).where(events.c.type > found.c.type)
    further = select(following.scalar_subquery()).where(found.c.type.is_not(None))
    found = found.union_all(further)
    return select(found.c.type).where(found.c.type.is_not(None))


def _meeting(item: Item, after: int, upto: int | None) -> Select[int]:
    """Return the statement for the events that have every tag of an item."""
    first, *others = sorted(item.tags)
    statement = _in(
        event_tags.c.position,
        after,
        upto,
        event_tags.c.tag == first,
        *_of(event_tags.c.type, item.types, after),
    )
    for tag in others:
        other = event_tags.alias()
        statement = statement.join(
            other, (other.c.position == event_tags.c.position) & (other.c.tag == tag)
        )
    return statement
