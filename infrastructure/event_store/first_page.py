"""The first page of what a query of one item matches, in one statement.

Most queries have one item and match few events: this is all there is to read for them. The
statement sees the log at one moment, so it needs no transaction around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    func,
    intersect,
    null,
    select,
    union_all,
)

from infrastructure.bulk import among_bound
from infrastructure.event_store.conditions import Item, of_any_type
from infrastructure.event_store.envelope import StoredEvent, from_row
from infrastructure.prepared import glimpsed
from infrastructure.schema.log import event_tags, events

Places: TypeAlias = "Select[int, str]"

_NO_LIMIT = -1
_TYPE = list(events.c).index(events.c.type)


class FirstPage(NamedTuple):
    """The log's last position (0 while it is empty), and the first events that match."""

    head: int
    events: list[StoredEvent]


def first_page(conn: Connection, item: Item, *, after: int, size: int) -> FirstPage:
    """Return up to ``size`` events that have every tag of the item, beyond ``after``."""
    values: dict[str, Any] = {f"tag_{number}": tag for number, tag in enumerate(sorted(item.tags))}
    values |= {"after": after, "size": size, "types": sorted(item.types)}
    page = _page(len(item.tags), bool(item.types), after > 0, conn.dialect.name)
    rows = glimpsed(conn, page, values)
    found = [from_row(row) for row in rows if row[_TYPE] is not None]
    [head] = (row[0] for row in rows if row[_TYPE] is None)
    # No order is promised for both together, and one given in SQL would sort whole rows again.
    return FirstPage(head or 0, sorted(found, key=attrgetter("position")))


@cache
def _page(tags: int, typed: bool, beyond: bool, dialect: str) -> CompoundSelect[Any]:  # noqa: FBT001 - a statement's shape
    """The log's last position in a row that has nothing else, and the rows of the events."""
    each = [_places(number, typed, beyond) for number in range(tags)]
    matching = each[0] if tags == 1 else _MEETING[dialect](each)
    found = matching.order_by("position").limit(bindparam("size")).subquery("matching_places")
    page = select(*events.c).join(found, found.c.position == events.c.position)
    head = func.max(events.c.position).label("position")
    absent = (null().label(column.name) for column in list(events.c)[1:])
    both: CompoundSelect[Any] = union_all(select(head, *absent), page)
    return both


def _places(number: int, typed: bool, beyond: bool) -> Places:  # noqa: FBT001 - as above
    """Where the tag of this number stands, and with which type."""
    found = select(event_tags.c.position, event_tags.c.type)
    found = found.where(event_tags.c.tag == bindparam(f"tag_{number}"))
    if beyond:
        found = found.where(event_tags.c.position > bindparam("after"))
    if typed:
        return found.where(among_bound(event_tags.c.type, "types"))
    return found.where(of_any_type(event_tags.c.type)) if beyond else found


def _intersected(each: Sequence[Places]) -> Select[int]:
    """Both lists as the index has them, merged without sorting.

    SQLite's joins look in the table for each place instead, and without a limit it would forget
    the order, and sort.
    """
    found = intersect(*each).order_by("type", "position").limit(_NO_LIMIT)
    return select(found.subquery("matching_both").c.position)


def _merged(each: Sequence[Places]) -> Select[int]:
    """The same as a join, which PostgreSQL merges."""
    first, *others = (one.subquery() for one in each)
    found = select(first.c.position)
    for other in others:
        same = (other.c.type == first.c.type) & (other.c.position == first.c.position)
        found = found.join(other, same)
    return found


_MEETING: dict[str, Callable[[Sequence[Places]], Select[int]]] = {
    "sqlite": _intersected,
    "postgresql": _merged,
}
"""How the places of several tags meet. A probe of the table for each place of the first tag would
touch as many pages of a long log."""
