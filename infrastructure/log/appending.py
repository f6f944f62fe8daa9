"""Appending events: read what the decision depends on, decide, append on condition.

If something of it moved in between, decide again. Idempotent by event id, which is checked first:
what is already recorded with the same content gets its first receipt (DESIGN section 7).
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from uuid import UUID

from eventsourcing.persistence import DataError, IntegrityError

from domain.checks import problems
from domain.event import Event
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.errors import AppendConditionFailed, DuplicateEventId
from infrastructure.event_store.gathering import Gathering
from infrastructure.log.attempt import Attempt
from infrastructure.log.outcomes import Appended, Outcome, Submission


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
        [outcome] = self.append_each([Submission(events, expected_position, recorded_by)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def append_each(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Append what several submit, each with an outcome of its own, in one reading and one commit.

        They are decided in order, each with those before it in sight. Raises nothing but what
        ends the process.
        """
        outcomes: list[Outcome | None] = [_flaw(submission) for submission in submissions]
        waiting = [index for index, outcome in enumerate(outcomes) if outcome is None]
        while waiting:
            # What depends on a position is told alone: in a group nobody has one yet.
            together = [n for n in waiting if submissions[n].expected_position is None]
            group = together or waiting[:1]
            found = self._decided([submissions[index] for index in group])
            for index, outcome in zip(group, found, strict=True):
                outcomes[index] = outcome
            waiting = [index for index in waiting if outcomes[index] is None]
        return [outcome for outcome in outcomes if outcome is not None]

    def _decided(self, group: Sequence[Submission]) -> list[Outcome | None]:
        """The outcomes of a group; None for one that must wait for another of the same ids."""
        while True:
            try:
                attempt = Attempt(self._recorder, group)
                attempt.decide()
                attempt.record()
            except (AppendConditionFailed, DuplicateEventId):
                continue  # something of the boundary was appended meanwhile: decide again
            except (IntegrityError, DataError) as error:
                if len(group) == 1:
                    return [error]
                return [outcome for one in group for outcome in self._decided([one])]
            except Exception as error:  # noqa: BLE001 - each submission's outcome
                return [error] * len(group)
            return attempt.outcomes


class GatheredLog(Gathering[Submission, Appended]):
    """`EventLog.append` for callers in an event loop: what they submit is decided in rounds."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(log.append_each, lambda submission: len(submission.events))


def _flaw(submission: Submission) -> ValueError | None:
    """What is wrong with the events in themselves."""
    if submission.checked:
        return None
    try:
        _require_valid(submission.events)
    except ValueError as error:
        return error
    return None


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
