"""One attempt to append a group of submissions: one reading of the log, one commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem

from domain.decisions import Criterion, Refusal, Register, boundary, decide, identity
from domain.event import Event
from infrastructure.codec import encode, event_of
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import NewEvent, StoredEvent
from infrastructure.event_store.recorder import LogSnapshot
from infrastructure.log.outcomes import (
    Appended,
    ContentConflict,
    ExpectedPositionAhead,
    Outcome,
    PositionConflict,
    Receipt,
    Refused,
    Submission,
)


class _Accepted(NamedTuple):
    """A submission that the log may take, and its events that are new."""

    number: int
    new: list[Event]
    tags: list[list[str]]


class Attempt:
    """A group, of which the log decides by what it holds at one moment.

    `outcomes` has None for a submission that waits: it shares an id with one before it, whose
    fate must be known first. One with an `expected_position` is a group by itself.
    """

    def __init__(self, recorder: SqlRecorder, group: Sequence[Submission]) -> None:
        self.outcomes: list[Outcome | None] = [None] * len(group)
        self._recorder = recorder
        self._group = group
        self._register = Register()
        self._accepted: list[_Accepted] = []
        with recorder.snapshot() as log:
            self._after = log.position
            self._read([event for submission in group for event in submission.events], log)

    def _read(self, events: Sequence[Event], log: LogSnapshot) -> None:
        """Learn which of the events are recorded, and everything that the others depend on."""
        self._recorded = {one.id: one for one in log.by_ids(event.id for event in events) if one.id}
        self.new = [event for event in events if event.id not in self._recorded]
        named = identity(self.new)
        found = {one.position: (event_of(one), one) for one in matching(log, named)}
        self._criteria = boundary(self.new, named, {event.id: event for event, _ in found.values()})
        looked = set(named)
        further = [criterion for criterion in self._criteria if criterion not in looked]
        found |= {one.position: (event_of(one), one) for one in matching(log, further)}
        for _, (event, stored) in sorted(found.items()):
            self._register.evolve(event, stored.event.tags)

    def decide(self) -> None:
        """Let the log decide on the submissions in order, each with those accepted before it."""
        taken: set[str] = set()
        for index, submission in enumerate(self._group):
            new = [event for event in submission.events if event.id not in self._recorded]
            if other := self._of_other_content(submission):
                self.outcomes[index] = ContentConflict(other)
            elif not new:
                self.outcomes[index] = Appended(self._receipts(submission), 0)
            elif taken.isdisjoint(event.id for event in new):
                self.outcomes[index] = self._refusal(index, submission, new)
            taken.update(event.id for event in new)

    def record(self) -> None:
        """Append what was accepted, unless something that it depends on has moved.

        Raises AppendConditionFailed, DuplicateEventId, or what the recorder raises.
        """
        if not self._accepted:
            return
        drafts = [
            _draft(event, tags, self._group[accepted.number].recorded_by)
            for accepted in self._accepted
            for event, tags in zip(accepted.new, accepted.tags, strict=True)
        ]
        condition = DCBAppendCondition(_query(self._criteria), after=self._after)
        stored = self._recorder.record(drafts, condition)
        self._recorded |= {one.id: one for one in stored if one.id}
        for number, new, _ in self._accepted:
            self.outcomes[number] = Appended(self._receipts(self._group[number]), len(new))

    def _refusal(self, index: int, submission: Submission, new: list[Event]) -> Exception | None:
        """Why the log may not take the submission's new events; None when it was accepted."""
        numbers = {event.id: number for number, event in enumerate(submission.events)}
        alone = len(new) == 1
        register = self._register if alone else self._register.fork()
        refusals: list[tuple[int, Refusal]] = []
        filed: list[list[str]] = []
        for event in new:
            found = decide(event, register)
            refusals += [(numbers[event.id], refusal) for refusal in found]
            filed.append(register.tags_for(event))
            if not (found or alone):
                register.evolve(event, filed[-1])
        if refusals:
            return Refused(refusals)
        if moved := self._moved(submission.expected_position, filed):
            return moved
        if alone:
            register.evolve(new[0], filed[0])
        else:
            self._register.adopt(register)
        self._accepted.append(_Accepted(index, new, filed))
        return None

    def _moved(self, expected: int | None, filed: Iterable[list[str]]) -> Exception | None:
        """The conflict if an event touching the same actors came after the position expected."""
        if expected is None:
            return None
        if expected > self._after:
            return ExpectedPositionAhead(expected, self._after)
        actors = {tag for tags in filed for tag in tags if tag.startswith("actor:")}
        touching = [Criterion(frozenset(), frozenset({tag})) for tag in sorted(actors)]
        if touching:
            for stored in self._recorder.read(_query(touching), after=expected, limit=1):
                return PositionConflict(expected, stored.position)
            self._criteria += touching
        return None

    def _receipts(self, submission: Submission) -> list[Receipt]:
        """The receipts of all events of a submission, those recorded before included."""
        return [_receipt(event.id, self._recorded[event.id]) for event in submission.events]

    def _of_other_content(self, submission: Submission) -> list[tuple[int, str]]:
        return [
            (index, event.id)
            for index, event in enumerate(submission.events)
            if event.id in self._recorded and not _is(self._recorded[event.id], event)
        ]


def matching(log: LogSnapshot, criteria: Sequence[Criterion]) -> list[StoredEvent]:
    """The events of ours that any of the criteria asks for, less those erased."""
    found = log.matching(_query(criteria)) if criteria else []
    return [one for one in found if one.id and not one.erased]


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
