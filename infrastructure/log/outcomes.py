"""What may be asked of the log, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.decisions import Refusal
from domain.event import Event


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


@dataclass(frozen=True, slots=True)
class Submission:
    """Events to append together or not at all, and on which condition.

    `checked`: whether the events are known to be valid in themselves, and their ids to differ.
    """

    events: Sequence[Event]
    expected_position: int | None = None
    recorded_by: str | None = None
    checked: bool = False


Outcome: TypeAlias = Appended | Exception
"""Receipts, or why nothing was appended."""
