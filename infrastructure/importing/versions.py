"""What the log must learn so that it says of a source's records what the file says.

For each claim the log is asked for its versions, by their ids. If it has none, the claim is new; if
the last one says the same, nothing is to be done; if it says another thing, it is superseded; if the record
makes the claim no more, the event is retracted. What people have corrected or retracted by hand since is
left to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from domain.claims import Citation, Claim
from domain.event import Event
from domain.vocabulary import ReportRetracted
from infrastructure.codec import event_of
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.importing.ids import event_id, withdrawal_id
from infrastructure.importing.records import Assertion, Dataset, Record

MOST_QUOTED = 5_000
"""A citation quotes so many characters at most: a longer row is named, not quoted."""

CHANGED = "changed in "
"""So begins why an import supersedes an event; who corrects one by hand has a reason of his own."""


class Wanted(NamedTuple):
    """A claim as a record makes it, under the id of its first version; None: it does not make it."""

    record: Record
    part: str
    event: Event | None


class Standing(NamedTuple):
    """An event that nothing has ended, the one that an import made of its claim, and their record."""

    event: Event
    imported: Event
    key: str

    @property
    def by_hand(self) -> bool:
        """Whether a person has corrected what was imported."""
        return self.event.id != self.imported.id


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
    quoted: list[tuple[str, int, str]] = field(default_factory=list)
    """For each record with a quoting event: its part, how much is quoted, and the record's key."""

    def append(self, record: Record, event: Event) -> None:
        self.events.append(event)
        self.records.append(record)


ByIds = Callable[[Iterable[str]], Sequence[StoredEvent]]


@dataclass(frozen=True, slots=True)
class Differences:
    """Tells a source's records from what the log has of them."""

    dataset: Dataset
    release: str | None
    parts: Sequence[str]
    by_ids: ByIds

    def steps(self, records: Sequence[Record]) -> Steps:
        """What to append so that the log says what these records say."""
        wanted = [claim for record in records for claim in self._wanted(record)]
        found = self._found(wanted)
        steps = Steps()
        for record in records:
            for registration in record.registrations:
                steps.append(record, registration)
                steps.registered += 1
        for claim in wanted:
            self._step(claim, found, steps)
            if claim.event is not None and (quote := claim.event.claim.citations[0].quote):
                steps.quoted.append((claim.part, len(quote), claim.record.key))
        return steps

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
        return f"{self.dataset.title}, record {key}"

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

    def _step(self, claim: Wanted, found: Mapping[str, StoredEvent], steps: Steps) -> None:
        version = 0
        while self._id(claim, version) in found:
            version += 1
        event = claim.event
        if version == 0:
            if event is not None:
                steps.append(claim.record, event)
                steps.kept.append(event.id)
                steps.new += 1
            return
        last = self._id(claim, version - 1)
        if withdrawal_id(last) in found:
            if event is not None:
                self._again(claim, event, version, steps)
            return
        before = event_of(found[last])
        if event is None:
            steps.append(claim.record, self.withdrawal(before, claim.record.deleted))
            steps.ended.append(last)
            steps.withdrawn += 1
        elif _content(before) == _content(event):
            steps.kept.append(last)
            steps.unchanged += 1
        elif before.type != event.type:
            steps.append(claim.record, self.withdrawal(before))
            steps.ended.append(last)
            self._again(claim, event, version, steps, corrected=True)
        else:
            corrected = replace(
                event,
                id=self._id(claim, version),
                supersedes=last,
                reason=CHANGED + self._release,
            )
            steps.append(claim.record, corrected)
            steps.kept.append(corrected.id)
            steps.ended.append(last)
            steps.corrected += 1

    def _again(
        self, claim: Wanted, event: Event, version: int, steps: Steps, *, corrected: bool = False
    ) -> None:
        """A claim made anew after its withdrawal: it supersedes nothing."""
        again = replace(event, id=self._id(claim, version))
        steps.append(claim.record, again)
        steps.kept.append(again.id)
        steps.corrected += corrected
        steps.new += not corrected

    def standing(self, ids: Iterable[str]) -> Iterator[Standing]:
        """Those of the events that go back to an import of this source."""
        titles = self.title_of("")
        for stored in self.by_ids(ids):
            event = event_of(stored)
            imported = self._imported(event)
            cited = imported.claim.citations
            title = (cited[0].title or "") if cited else ""
            if title.startswith(titles):
                yield Standing(event, imported, title.removeprefix(titles))

    def _imported(self, event: Event) -> Event:
        """The event that a person's corrections go back to; the event itself if it is none."""
        title = self.dataset.title
        ours = (f"{CHANGED}{title}", f"{CHANGED}the file of {title}")
        while event.supersedes is not None and not (event.reason or "").startswith(ours):
            [stored] = self.by_ids([event.supersedes])
            event = event_of(stored)
        return event

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


def _content(event: Event) -> Event:
    """What an event says, without its id and what it corrects."""
    return replace(event, id="", supersedes=None, reason=None)
