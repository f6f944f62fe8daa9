"""Appending very many events one batch after another: what was learned for one serves the next.

Each batch is decided as any append is, by the rules of `domain.decisions`. But who is registered and
what is formed is read from the log once for each name, and remembered; the condition under which a
batch is appended is that nothing has defined or ended a name since. Should something have, or
should a batch be refused by what is remembered, all is forgotten and the log decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem

from domain.decisions import DEFINED, Register, boundary, decide, definitions
from domain.event import Event
from domain.tags import targets_of
from domain.vocabulary import ActorRegistered, AllianceFormed, ReportRetracted
from infrastructure.codec import encode, event_of
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import NewEvent
from infrastructure.event_store.errors import AppendConditionFailed, DuplicateEventId
from infrastructure.log.appending import EventLog
from infrastructure.log.attempt import matching
from infrastructure.log.outcomes import Submission

_DEFINING = (ActorRegistered.TYPE, AllianceFormed.TYPE, ReportRetracted.TYPE)
"""Of these types is whatever defines a name, corrects its definition or ends it."""
_NOTHING_DEFINED = DCBQuery([DCBQueryItem(list(_DEFINING))])


class BulkLog:
    """Appends batches of events that are valid in themselves. Not for several threads at once."""

    def __init__(self, recorder: SqlRecorder) -> None:
        self._recorder = recorder
        self._log = EventLog(recorder)
        self._forget()

    def append(self, events: Sequence[Event]) -> None:
        """Append the events, or those of them that the log does not have, together or not at all.

        Blocks until they are durable. Raises Refused, ContentConflict, and what the recorder raises.
        """
        appended = False
        try:
            appended = not any(map(targets_of, events)) and self._appended(events)
        finally:
            if not appended:
                self._forget()
        if not appended:
            [outcome] = self._log.append_each([Submission(events, checked=True)])
            if isinstance(outcome, Exception):
                raise outcome

    def _forget(self) -> None:
        self._register = Register()
        self._looked: set[str] = set()
        self._after: int | None = None

    def _appended(self, events: Sequence[Event]) -> bool:
        """Append by what is remembered; False if that refuses the events, or does not hold any more."""
        filed = [self._register.tags_for(event) for event in events]
        self._look_up({tag for tags in filed for tag in tags if tag.startswith(DEFINED)})
        register = self._register
        for event, tags in zip(events, filed, strict=True):
            if decide(event, register):
                return False  # by what is remembered: the log itself has the last word
            if event.type in _DEFINING:
                register.evolve(event, tags)
        drafts = [_draft(event, tags) for event, tags in zip(events, filed, strict=True)]
        condition = DCBAppendCondition(_NOTHING_DEFINED, after=self._after)
        try:
            stored = self._recorder.record(drafts, condition)
        except (AppendConditionFailed, DuplicateEventId):
            return False
        self._after = stored[-1].position
        return True

    def _look_up(self, names: set[str]) -> None:
        """Learn how names that were not asked for before are defined."""
        if names <= self._looked:
            return
        with self._recorder.snapshot() as log:
            if self._after is None or log.holds(_NOTHING_DEFINED, after=self._after):
                self._forget()
            self._after = log.position
            named = definitions(sorted(names - self._looked))
            found = matching(log, named)
            known = {one.id: event_of(one) for one in found if one.id}
            found += matching(log, boundary([], [], known))
        for stored in sorted(found, key=lambda one: one.position):
            self._register.evolve(event_of(stored), stored.event.tags)
        self._looked |= names


def _draft(event: Event, tags: list[str]) -> NewEvent:
    form = encode(event)
    return NewEvent(form.type, form.data, tags, event.id, form.schema_version)
