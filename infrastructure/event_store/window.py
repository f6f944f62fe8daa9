"""The last events' types and tags, kept in memory to test append conditions against.

Nearly every condition looks no further back than the few events that its writer has not
seen, so that it costs no statement. Below the window's floor the log itself is asked.
"""

from collections import deque
from collections.abc import Sequence

from sqlalchemy import Connection, select

from infrastructure.event_store import reading
from infrastructure.event_store.conditions import Criteria
from infrastructure.event_store.envelope import Head, NewEvent, StoredEvent, tags_of_text
from infrastructure.schema.log import events

MOST_EVENTS = 1_000
"""How many events a window holds."""

MOST_TAGS = 50_000
"""How many tags it holds, if its events have very many."""


class Window:
    """Every event of the log in ``(floor, head.position]``."""

    def __init__(self, head: Head, most: int | None = None) -> None:
        self._most = MOST_EVENTS if most is None else most
        self._bounded = most is None
        self._begin_at(head)

    def _begin_at(self, head: Head) -> None:
        self.head = head
        self.floor = head.position
        self._events: deque[tuple[int, str, frozenset[str]]] = deque()
        self._latest: dict[str, int] = {}
        self._tags = 0

    def follow(self, conn: Connection) -> None:
        """Take in what other processes have appended since; forget all if that is much."""
        head = reading.head(conn)
        if head.position - self.head.position > self._most:
            self._begin_at(head)
        elif head.position != self.head.position:
            where = events.c.position > self.head.position, events.c.position <= head.position
            unseen = select(events.c.position, events.c.type, events.c.tags).where(*where)
            for position, type_, tags in conn.execute(unseen.order_by(events.c.position)):
                self._add(position, type_, tags_of_text(tags))
            self.head = head

    def extend(self, stored: Sequence[StoredEvent]) -> None:
        """Take in events that follow the head."""
        for one in stored:
            self._add(one.position, one.event.type, one.event.tags)
        self.head = Head(stored[-1].position, stored[-1].hash, stored[-1].recorded_at)

    def anticipate(self, drafts: Sequence[NewEvent]) -> None:
        """Take in events that will follow the last ones taken in."""
        last = self._events[-1][0] if self._events else self.head.position
        for position, draft in enumerate(drafts, last + 1):
            self._add(position, draft.type, draft.tags)

    def holds(self, criteria: Criteria, *, after: int) -> bool:
        """Tell whether an event of the window beyond ``after`` is asked for."""
        if not criteria.may_match(self._latest, after):
            return False
        for position, type_, tags in reversed(self._events):
            if position <= after:
                return False
            if criteria.match(type_, tags):
                return True
        return False

    def _add(self, position: int, type_: str, tags: Sequence[str]) -> None:
        held = frozenset(tags)
        self._events.append((position, type_, held))
        self._tags += len(held)
        for tag in held:
            self._latest[tag] = position
        while len(self._events) > self._most or (self._tags > MOST_TAGS and self._bounded):
            self._forget_first()

    def _forget_first(self) -> None:
        position, _, tags = self._events.popleft()
        self.floor = position
        self._tags -= len(tags)
        for tag in tags:
            if self._latest[tag] == position:
                del self._latest[tag]


def unmet(criteria: Criteria, after: int, window: Window, conn: Connection) -> bool:
    """Tell whether an event beyond ``after`` and up to the window's head is asked for.

    The log below the window never changes, so ``conn`` may read it at any time.
    """
    if after >= window.head.position:
        return False
    if window.holds(criteria, after=after):
        return True
    return after < window.floor and criteria.found(conn, after=after, upto=window.floor)
