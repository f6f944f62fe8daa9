"""Appending events: read what the decision depends on, decide, append on condition.

If something of it moved in between, decide again. Idempotent by event id, which is checked first: what is already recorded with the same content gets its first receipt (DESIGN section 7).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem

from domain.checks import problems
from domain.decisions import Criterion, Refusal, Register, boundary, decide, identity
from domain.event import Event
from infrastructure.codec import encode, event_of
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import NewEvent, StoredEvent
from infrastructure.event_store.errors import AppendConditionFailed, DuplicateEventId


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an event is in the log: where, since when, and the chain's hash there (hex)."""

    id: str
    position: int
    recorded_at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class Appended:
    """One receipt for each event given, in order; `new` of them were not in the log before."""

    receipts: list[Receipt]
    new: int


class Refused(Exception):
    """Some events may not be appended, so none was. `refusals` come with the event's index."""

    def __init__(self, refusals: list[tuple[int, Refusal]]) -> None:
        super().__init__(
            "; ".join(f"event {index}: {refusal.message}" for index, refusal in refusals)
        )
        self.refusals = refusals

    @property
    def is_conflict(self) -> bool:
        """Whether every refusal is a conflict with the log, none an invalid event."""
        return all(refusal.conflict for _, refusal in self.refusals)


class PositionConflict(Exception):
    """An event touching the same actors was appended after the position expected."""

    def __init__(self, expected: int, position: int) -> None:
        super().__init__(
            f"position {position}, after the expected {expected}, touches the same actors"
        )
        self.expected = expected
        self.position = position


class ExpectedPositionAhead(Exception):
    """The position expected is beyond the log's head: it was seen in another log."""

    def __init__(self, expected: int, head: int) -> None:
        super().__init__(f"position {expected} is ahead of the log, which ends at {head}")
        self.expected = expected
        self.head = head


class ContentConflict(Exception):
    """An id of the batch is recorded already with another content. `ids` come with indexes."""

    def __init__(self, ids: list[tuple[int, str]]) -> None:
        super().__init__(
            "recorded with other content: " + ", ".join(event_id for _, event_id in ids)
        )
        self.ids = ids


class EventLog:
    """The one way by which events enter the log."""

    def __init__(self, recorder: SqlRecorder) -> None:
        self._recorder = recorder

    def append(
        self,
        events: Sequence[Event],
        *,
        expected_position: int | None = None,
        recorded_by: str | None = None,
    ) -> Appended:
        """Append the events together or not at all; blocks until they are durable.

        Raises ValueError for an event invalid in itself or an id given twice, Refused, PositionConflict,
        ExpectedPositionAhead and ContentConflict.
        """
        _require_valid(events)
        while True:
            attempt = _Attempt(self._recorder, events)
            if not attempt.new:
                return Appended(attempt.receipts([]), 0)
            attempt.decide()
            attempt.expect(expected_position)
            try:
                stored = attempt.record(recorded_by)
            except (AppendConditionFailed, DuplicateEventId):
                continue  # something of the boundary was appended meanwhile: decide again
            return Appended(attempt.receipts(stored), len(stored))


class _Attempt:
    """One reading of the boundary, with the decisions taken on it."""

    def __init__(self, recorder: SqlRecorder, events: Sequence[Event]) -> None:
        self._recorder = recorder
        self._events = events
        self._head = recorder.head().position
        self._register = Register()
        named = self._read(identity(events))
        ids = [event.id for event in events]
        self._recorded = {one.id: one for one in recorder.by_ids(ids) if one.id}
        self._refuse_other_content()
        self.new = [event for event in events if event.id not in self._recorded]
        self._criteria = boundary(
            self.new, {one.id: event_of(one) for one in named if one.id and not one.erased}
        )
        self._tags: list[list[str]] = []

    def decide(self) -> None:
        """Let the log decide on the new events in order. Raises Refused."""
        for stored in self._read(self._criteria):
            if stored.erased:
                continue
            self._register.evolve(event_of(stored), stored.event.tags)
        index = {event.id: number for number, event in enumerate(self._events)}
        refusals: list[tuple[int, Refusal]] = []
        for event in self.new:
            found = decide(event, self._register)
            refusals += [(index[event.id], refusal) for refusal in found]
            self._tags.append(self._register.tags_for(event))
            if not found:
                self._register.evolve(event, self._tags[-1])
        if refusals:
            raise Refused(refusals)

    def expect(self, position: int | None) -> None:
        """Refuse if an event touching the new events' actors came after `position`."""
        if position is None:
            return
        if position > self._head:
            raise ExpectedPositionAhead(position, self._head)
        actors = {tag for tags in self._tags for tag in tags if tag.startswith("actor:")}
        touching = [Criterion(frozenset(), frozenset({tag})) for tag in sorted(actors)]
        if touching:
            for stored in self._recorder.read(_query(touching), after=position, limit=1):
                raise PositionConflict(position, stored.position)
            self._criteria += touching

    def record(self, recorded_by: str | None) -> list[StoredEvent]:
        """Append the new events unless the boundary has moved since it was read."""
        condition = DCBAppendCondition(_query(self._criteria), after=self._head)
        drafts = [
            _draft(event, tags, recorded_by)
            for event, tags in zip(self.new, self._tags, strict=True)
        ]
        return self._recorder.record(drafts, condition)

    def receipts(self, stored: Iterable[StoredEvent]) -> list[Receipt]:
        """The receipts of all events, those recorded before included."""
        by_id = self._recorded | {one.id: one for one in stored}
        return [_receipt(event.id, by_id[event.id]) for event in self._events]

    def _read(self, criteria: Sequence[Criterion]) -> list[StoredEvent]:
        if not criteria:
            return []
        found = cast("Iterable[StoredEvent]", self._recorder.read(_query(criteria)))
        return [one for one in found if one.id]

    def _refuse_other_content(self) -> None:
        other = [
            (index, event.id)
            for index, event in enumerate(self._events)
            if event.id in self._recorded and not _is(self._recorded[event.id], event)
        ]
        if other:
            raise ContentConflict(other)


def _require_valid(events: Sequence[Event]) -> None:
    seen: set[str] = set()
    for event in events:
        if broken := problems(event):
            raise ValueError(f"event {event.id}: {broken[0].pointer} {broken[0].message}")
        if event.id in seen:
            raise ValueError(f"event {event.id} is given twice")
        seen.add(event.id)


def new_id() -> str:
    """A new UUIDv7 (RFC 9562): ids made later sort later, to the millisecond."""
    stamp = time.time_ns() // 1_000_000
    number = stamp << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 7 << 76
    return str(UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


def _query(criteria: Iterable[Criterion]) -> DCBQuery:
    return DCBQuery([DCBQueryItem(sorted(one.types), sorted(one.tags)) for one in criteria])


def _is(stored: StoredEvent, event: Event) -> bool:
    """Whether the log holds just this event under its id; of an erased one nobody can say."""
    return not stored.erased and event_of(stored) == event


def _draft(event: Event, tags: list[str], recorded_by: str | None) -> NewEvent:
    form = encode(event)
    return NewEvent(form.type, form.data, tags, event.id, form.schema_version, recorded_by)


def _receipt(event_id: str, stored: StoredEvent) -> Receipt:
    return Receipt(event_id, stored.position, stored.recorded_at, stored.hash.hex())
