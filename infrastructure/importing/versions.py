"""What the log must learn so that it says of a source's records what the file says.

For each claim the log is asked for its versions, by their ids. If it has none, the claim is new; if
the last one says the same, nothing is to be done; if it says another thing, it is superseded; if the record
makes the claim no more, the event is retracted. What people have corrected or retracted by hand since is
left to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple

from domain.claims import Citation, Claim
from domain.event import Event
from domain.vocabulary import ActorRegistered, ReportRetracted
from infrastructure.codec import event_of
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.importing.claimed import Ended
from infrastructure.importing.ids import event_id, is_claim_of, registration_id, withdrawal_id
from infrastructure.importing.records import Assertion, Dataset, Record

MOST_QUOTED = 5_000
"""A citation quotes so many characters at most: a longer row is named, not quoted."""

_RECORD = ", record "
"""Stands in a citation between the dataset's title and the record's key."""


class Wanted(NamedTuple):
    """A claim as a record makes it, under the id of its first version; None: it does not make it."""

    record: Record
    part: str
    event: Event | None


class Standing(NamedTuple):
    """An event that an import made and no import ended, and its record.

    `by_hand` is the event by which a person corrected it.
    """

    event: Event
    key: str
    by_hand: str | None


@dataclass(slots=True)
class Steps:
    """What to append for a batch of records, and which events say what the file says."""

    events: list[Event] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    """The record of each of the events."""
    kept: list[str] = field(default_factory=list)
    """The ids of the events that speak for the records, once those are appended."""
    ended: list[str] = field(default_factory=list)
    """The ids of the events that they supersede or retract."""
    new: int = 0
    corrected: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    registered: int = 0
    by_hand: list[str] = field(default_factory=list)
    """The ids of the events by which people ended what the records say otherwise now, or no more."""
    quoted: list[tuple[str, int, str]] = field(default_factory=list)
    """For each record with a quoting event: its part, how much is quoted, and the record's key."""

    def append(self, record: Record, event: Event) -> None:
        self.events.append(event)
        self.records.append(record)

    def keep(self, claim: Wanted, event: str) -> None:
        """The claim is made by the event of this id, which quotes what the claim's event does."""
        self.kept.append(event)
        if claim.event is not None and (quote := claim.event.claim.citations[0].quote):
            self.quoted.append((claim.part, len(quote), claim.record.key))


ByIds = Callable[[Iterable[str]], Sequence[StoredEvent]]
Ends = Callable[[Iterable[str]], Mapping[str, Ended]]


@dataclass(frozen=True, slots=True)
class Differences:
    """Tells a source's records from what the log has of them."""

    dataset: Dataset
    release: str | None
    parts: Sequence[str]
    by_ids: ByIds
    ends: Ends

    def steps(self, records: Sequence[Record]) -> Steps:
        """What to append so that the log says what these records say."""
        wanted = [claim for record in records for claim in self._wanted(record)]
        found = self._found(wanted)
        ends = self.ends(found) if found else {}
        steps = Steps()
        for record, registration in self._registrations(records):
            steps.append(record, registration)
            steps.registered += 1
        for claim in wanted:
            self._step(claim, found, ends, steps)
        return steps

    def _registrations(self, records: Iterable[Record]) -> Iterator[tuple[Record, Event]]:
        """The registrations of each record, under ids that the log does not have."""
        named = [(record, event) for record in records for event in record.registrations]
        there = {one.id for one in self.by_ids([one.id for _, one in named])} if named else ()
        for record, event in named:
            yield record, self._registered_again(event) if event.id in there else event

    def _registered_again(self, event: Event) -> Event:
        """The registration of an actor that nobody is any more: somebody took the former back."""
        assert isinstance(event.data, ActorRegistered)  # noqa: S101 - it registers an actor
        actor = event.data.actor
        ids = (registration_id(self.dataset.name, actor, version) for version in count(1))
        return replace(event, id=next(one for one in ids if not self.by_ids([one])))

    def _wanted(self, record: Record) -> Iterator[Wanted]:
        made: set[str] = set()
        for number, assertion in enumerate(record.assertions):
            made.add(assertion.part)
            yield Wanted(record, assertion.part, self._event(record, assertion, quoted=not number))
        for part in self.parts:
            if part not in made:
                yield Wanted(record, part, None)

    def _event(self, record: Record, assertion: Assertion, *, quoted: bool) -> Event:
        text = record.quotable
        return Event(
            id=event_id(self.dataset.name, record.key, assertion.part, 0),
            occurred=assertion.occurred,
            data=assertion.data,
            claim=Claim(
                claimant=self.dataset.claimant.actor,
                modality=assertion.modality,
                reported_on=assertion.reported_on,
                publisher=self.dataset.title,
                citations=(
                    Citation(
                        url=self.dataset.url,
                        title=self.title_of(record.key),
                        quote=text if quoted and 0 < len(text) <= MOST_QUOTED else None,
                    ),
                ),
            ),
            incident=assertion.incident,
            place=assertion.place,
            note=assertion.note,
        )

    def title_of(self, key: str) -> str:
        """How an event cites its record."""
        return f"{self.dataset.title}{_RECORD}{key}"

    def _found(self, wanted: Iterable[Wanted]) -> dict[str, StoredEvent]:
        """All versions, and withdrawals of versions, that the log has of the claims."""
        found: dict[str, StoredEvent] = {}
        version, looked = 0, list(wanted)
        while looked:
            ids = {self._id(claim, version): claim for claim in looked}
            there = {one.id: one for one in self.by_ids(ids) if one.id}
            found |= there
            withdrawn = self.by_ids(map(withdrawal_id, there)) if there else ()
            found |= {one.id: one for one in withdrawn if one.id}
            version, looked = version + 1, [ids[one] for one in there]
        return found

    def _id(self, claim: Wanted, version: int) -> str:
        if version == 0 and claim.event is not None:
            return claim.event.id
        return event_id(self.dataset.name, claim.record.key, claim.part, version)

    def _step(
        self,
        claim: Wanted,
        found: Mapping[str, StoredEvent],
        ends: Mapping[str, Ended],
        steps: Steps,
    ) -> None:
        event, version, last = claim.event, 0, ""
        while (this := self._id(claim, version)) in found:
            version, last = version + 1, this
        if version == 0 or withdrawal_id(last) in found:
            if event is not None:
                self._anew(claim, event, version, steps)
                steps.new += 1
            return
        before = event_of(found[last])
        if event is not None and _content(before) == _content(event):
            steps.keep(claim, last)
            steps.unchanged += 1
        elif last in ends:
            steps.kept.append(last)
            if event is not None or not ends[last].retracted:
                steps.by_hand.append(ends[last].by)
        else:
            self._change(claim, before, version, steps)

    def _change(self, claim: Wanted, before: Event, version: int, steps: Steps) -> None:
        """Supersede the event that speaks for a claim, or withdraw it."""
        event = claim.event
        steps.ended.append(before.id)
        if event is None:
            steps.append(claim.record, self.withdrawal(before, claim.record.deleted))
            steps.withdrawn += 1
            return
        steps.corrected += 1
        if before.type == event.type:
            reason = f"changed in {self._release}"
            event = replace(event, supersedes=before.id, reason=reason)
        else:
            steps.append(claim.record, self.withdrawal(before))
        self._anew(claim, event, version, steps)

    def _anew(self, claim: Wanted, event: Event, version: int, steps: Steps) -> None:
        """Make the claim by an event of its next version."""
        made = replace(event, id=self._id(claim, version)) if version else event
        steps.append(claim.record, made)
        steps.keep(claim, made.id)

    def standing(self, claimed: Mapping[str, str | None]) -> Iterator[Standing]:
        """Of this source's claims those that no import has ended, nor a person retracted.

        `claimed`: the events that ended them, by their ids; None for those that nothing ended.
        """
        stored = self.by_ids([*claimed, *filter(None, claimed.values())])
        events = {one.id: event_of(one) for one in stored}
        for one, ended_by in claimed.items():
            end = events.get(ended_by or "")
            if end is None or not (_retracts(end) or is_claim_of(self.dataset.name, end.id)):
                yield Standing(events[one], _key(events[one]), ended_by)

    def withdrawal(self, event: Event, why: str | None = None) -> Event:
        """The retraction of an event that its source claims no more."""
        return Event(
            id=withdrawal_id(event.id),
            occurred=event.occurred,
            data=ReportRetracted(event=event.id, reason=why or f"not in {self._release}"),
            claim=Claim(claimant=self.dataset.claimant.actor, publisher=self.dataset.title),
        )

    @property
    def _release(self) -> str:
        return (
            f"{self.dataset.title} {self.release}"
            if self.release
            else (f"the file of {self.dataset.title} imported last")
        )


def _key(event: Event) -> str:
    """The key of the record that a claim cites."""
    title = event.claim.citations[0].title or ""
    return title.removeprefix(f"{event.claim.publisher}{_RECORD}")


def _retracts(event: Event) -> bool:
    return isinstance(event.data, ReportRetracted)


def _content(event: Event) -> Event:
    """What an event says, without its id and what it corrects."""
    return replace(event, id="", supersedes=None, reason=None)
