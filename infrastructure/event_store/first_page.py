"""The first page of what a query of one item matches, in one statement.

Most queries have one item and match few events: this is all there is to read for them. The
statement sees the log at one moment, so it needs no transaction around it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, intersect, select, true

from infrastructure.bulk import among_bound
from infrastructure.event_store.conditions import Item, of_any_type
from infrastructure.event_store.envelope import StoredEvent, from_row
from infrastructure.prepared import fetch
from infrastructure.schema.log import event_tags, events


class FirstPage(NamedTuple):
    """The log's last position (0 while it is empty), and the first events that match."""

    head: int
    events: list[StoredEvent]


def first_page(conn: Connection, item: Item, *, after: int, size: int) -> FirstPage:
    """Return up to ``size`` events that have every tag of the item, beyond ``after``."""
    values: dict[str, Any] = {f"tag_{number}": tag for number, tag in enumerate(sorted(item.tags))}
    values |= {"after": after, "size": size, "types": sorted(item.types)}
    rows = fetch(conn, _page(len(item.tags), bool(item.types), after > 0), values)
    return FirstPage(rows[0][0] or 0, [from_row(row[1:]) for row in rows if row[1] is not None])


@cache
def _page(tags: int, typed: bool, beyond: bool) -> Select[Any]:  # noqa: FBT001 - a statement's shape
    each = [_positions(number, typed, beyond) for number in range(tags)]
    # Not a join: it would look for the second tag at every position of the first, page after page.
    matching = each[0] if tags == 1 else intersect(*each)
    found = matching.order_by("position").limit(bindparam("size")).subquery("matching_places")
    page = select(*events.c).join(found, found.c.position == events.c.position).subquery("matching")
    head = select(func.max(events.c.position).label("head")).subquery("log_head")
    both = head.outerjoin(page, true())
    return select(head.c.head, *page.c).select_from(both).order_by(page.c.position)


def _positions(number: int, typed: bool, beyond: bool) -> Select[int]:  # noqa: FBT001 - as above
    """Where the tag of this number stands."""
    found = select(event_tags.c.position).where(
        event_tags.c.tag == bindparam(f"tag_{number}"), event_tags.c.position > bindparam("after")
    )
    if typed:
        return found.where(among_bound(event_tags.c.type, "types"))
    return found.where(of_any_type(event_tags.c.type)) if beyond else found
