"""The first page of what a query of one item matches, in one statement.

Most queries have one item and match few events: this is all there is to read for them. The
statement sees the log at one moment, so it needs no transaction around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select, true

from infrastructure.bulk import among_bound
from infrastructure.event_store.conditions import Item, of_any_type
from infrastructure.event_store.envelope import StoredEvent, from_row
from infrastructure.schema.log import event_tags, events


class FirstPage(NamedTuple):
    """The log's last position (0 while it is empty), and the first events that match."""

    head: int
    events: list[StoredEvent]


def first_page(conn: Connection, item: Item, *, after: int, size: int) -> FirstPage:
    """Return up to ``size`` events that have every tag of the item, beyond ``after``."""
    values: dict[str, Any] = {f"tag_{number}": tag for number, tag in enumerate(sorted(item.tags))}
    values |= {"after": after, "size": size, "types": sorted(item.types)}
    rows: Sequence[Any] = conn.execute(
        _page(len(item.tags), bool(item.types), after > 0), values
    ).all()
    return FirstPage(rows[0][0] or 0, [from_row(row[1:]) for row in rows if row[1] is not None])


@cache
def _page(tags: int, typed: bool, beyond: bool) -> Select[Any]:  # noqa: FBT001 - a statement's shape
    first = event_tags.alias()
    found = select(*events.c).join(first, first.c.position == events.c.position)
    found = found.where(first.c.tag == bindparam("tag_0"), first.c.position > bindparam("after"))
    if typed:
        found = found.where(among_bound(first.c.type, "types"))
    elif beyond:
        found = found.where(of_any_type(first.c.type))
    for number in range(1, tags):
        other = event_tags.alias()
        same = (other.c.position == first.c.position) & (other.c.tag == bindparam(f"tag_{number}"))
        found = found.join(other, same)
    page = found.order_by(first.c.position).limit(bindparam("size")).subquery("matching")
    head = select(func.max(events.c.position).label("head")).subquery("log_head")
    return select(head.c.head, *page.c).select_from(head.outerjoin(page, true()))
