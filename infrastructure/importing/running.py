"""An import: reads a source's records in batches, and appends what the log does not say yet.

A batch is appended whole or not at all, and what it holds depends on the file and the log alone. So an
import that was killed is simply run again: it appends what is missing, in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from domain.event import Event
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.importing.actors import Actors
from infrastructure.importing.claimed import Ended, claimed, ends
from infrastructure.importing.records import Record, Source, Tally
from infrastructure.importing.releases import ImportedFile, Release, keep_release
from infrastructure.importing.rows import Rejected, RowFile, UnreadableSource
from infrastructure.importing.spool import Spool
from infrastructure.importing.versions import Differences, Standing, Steps
from infrastructure.log import BulkLog, Refused

BATCH = 1_000
"""So many records are told from the log, and appended, together."""

SINCE = "1946"
"""The claimants of datasets are registered as of the year in which the oldest of them begins."""

Progress = Callable[[Tally], None]
Reject = Callable[[Rejected], None]


@dataclass(frozen=True, kw_only=True)
class Import:
    """One file of a source on its way into the log.

    With a `release`, the file is all that the source says: what it says no more is withdrawn. With
    `dry` nothing is appended, and the tally says what would be.
    """

    database: Database
    recorder: SqlRecorder
    log: BulkLog
    source: Source
    file: RowFile
    actors: Actors
    spool: Spool
    release: str | None = None
    dry: bool = False
    reject: Reject
    tally: Tally = field(default_factory=Tally)

    def run(self, progress: Progress) -> None:
        """Import the file. Raises UnreadableSource and what the log raises; what is appended by then stays.

        `progress` is told after each step, and may end the import by what it raises.
        """
        before = self.file.path.stat()
        if self.release is not None:
            self._require_release()
        records = chain([self._claimant()], self._records())
        while batch := list(islice(records, BATCH)):
            self._take(self._first(batch))
            progress(self.tally)
        if self.release is not None:
            self._withdraw_missing(progress)
            if not self.dry:
                self.tally.replaced = keep_release(
                    self.database,
                    Release(self.source.dataset.name, self.release, self.recorder.head().position),
                    ImportedFile(self.file.path, before),
                    self.spool,
                )
        progress(self.tally)

    def _require_release(self) -> None:
        """Raise UnreadableSource where the file cannot be all that a release says."""
        if not self.file.quotable:
            raise UnreadableSource(
                f"{self.file.path}: is no text, so no release of it can be written again: "
                "import releases as CSV or JSON Lines"
            )
        if next(iter(self.file.rows()), None) is None:
            raise UnreadableSource(
                f"{self.file.path}: has no rows, and as a release it would withdraw all of them"
            )

    def _claimant(self) -> Record:
        """Who speaks in the source, to be registered first."""
        claimant = self.source.dataset.claimant
        return Record(key="", line=0, text="", registrations=self.actors.claimant(claimant, SINCE))

    def _records(self) -> Iterator[Record]:
        """The file's records; what is no record is rejected."""
        for one in self.source.records(self.file, self.actors):
            self.tally.rows += 1
            if isinstance(one, Rejected):
                self._reject_unread(one)
            elif not one.further:
                yield one

    def _first(self, batch: Sequence[Record]) -> list[Record]:
        """The records of a batch, each key once; one that came before is rejected."""
        lines = self.spool.lines_of([record.key for record in batch])
        records: list[Record] = []
        for record in batch:
            if (line := lines.setdefault(record.key, record.line)) != record.line:
                reason = f"record {record.key} came before, on line {line}"
                self._reject(Rejected(record.line, record.text, reason))
                records.append(_only_actors(record, record.registrations))
                continue
            if record.deleted is not None and self.release is not None:
                raise UnreadableSource(
                    f"{self.file.path}: lists deleted records, and is no release"
                )
            if record.skipped is not None:
                skipped = self.tally.skipped
                skipped[record.skipped] = skipped.get(record.skipped, 0) + 1
            records.append(record)
        self.spool.add((record.key, record.line) for record in records if record.key)
        return records

    def _reject(self, row: Rejected) -> None:
        self.tally.rejected += 1
        self.reject(row)

    def _reject_unread(self, row: Rejected) -> None:
        """Reject a row, so that nobody knows what its record says now."""
        self._reject(row)
        if self.release is not None:
            self.spool.leave_unread(row.key)

    def _take(self, records: Sequence[Record]) -> None:
        """Append what a batch of records says anew; records that the log refuses are rejected."""
        while records:
            steps = self._differences.steps(records)
            refused = {} if self.dry else self._append(steps)
            if not refused:
                self._count(steps)
                return
            records = [
                left
                for record in records
                for left in self._without_refused(record, refused.get(id(record), {}))
            ]

    def _without_refused(self, record: Record, why: Mapping[str, str]) -> Iterator[Record]:
        """What is left of a record: all, or the actors that it names first and may register."""
        if not why:
            yield record
            return
        if record.key:
            reason = f"the log refuses it: {next(iter(why.values()))}"
            self._reject_unread(Rejected(record.line, record.text, reason, record.key))
        registrations = [one for one in record.registrations if one.id not in why]
        if record.key or len(registrations) < len(record.registrations):
            yield _only_actors(record, registrations)

    def _append(self, steps: Steps) -> dict[int, dict[str, str]]:
        """Append the events, or return why which are refused, by the identities of their records."""
        if not steps.events:
            return {}
        why: dict[int, dict[str, str]] = {}
        try:
            self.log.append(steps.events)
        except Refused as refused:
            for index, refusal in refused.refusals:
                reasons = why.setdefault(id(steps.records[index]), {})
                reasons[steps.events[index].id] = f"{refusal.pointer} {refusal.message}"
        return why

    def _count(self, steps: Steps) -> None:
        tally = self.tally
        tally.registered += steps.registered
        tally.new += steps.new
        tally.corrected += steps.corrected
        tally.withdrawn += steps.withdrawn
        tally.unchanged += steps.unchanged
        tally.by_hand += steps.by_hand
        if self.release is not None:
            # The read models that say what is live do not know yet what these steps ended.
            self.spool.keep((*steps.kept, *steps.ended))
            self.spool.quote(steps.quoted)

    def _withdraw_missing(self, progress: Progress) -> None:
        """Retract what the log has of the source and the release has not."""
        for claims in claimed(self.database, self.source.dataset, BATCH):
            missing = self.spool.unkept([*claims])
            standing = self._differences.standing({one: claims[one] for one in missing})
            events = [
                self._differences.withdrawal(one.event) for one in standing if self._is_gone(one)
            ]
            self.tally.withdrawn += len(events) if self.dry else self._appended(events)
            progress(self.tally)

    def _appended(self, withdrawals: Sequence[Event]) -> int:
        """Append all withdrawals but those of claims that somebody put right meanwhile; how many."""
        left = withdrawals
        while left:
            try:
                self.log.append(left)
            except Refused as refused:
                ended = {index for index, _ in refused.refusals}
                left = [one for index, one in enumerate(left) if index not in ended]
            else:
                break
        return len(left)

    def _is_gone(self, claim: Standing) -> bool:
        """Whether the release has a claim no more, and no person has put it right."""
        # A row without a key may be any record's.
        if self.spool.is_unread(claim.key) or self.spool.is_unread(""):
            self.tally.unread += 1
            return False
        if claim.by_hand is not None:
            self.tally.by_hand += [one.by for one in self._ends([claim.event.id]).values()]
            return False
        return True

    def _ends(self, events: Iterable[str]) -> Mapping[str, Ended]:
        return ends(self.database, events)

    @property
    def _differences(self) -> Differences:
        return Differences(
            self.source.dataset,
            self.release,
            self.source.parts,
            self.recorder.by_ids,
            self._ends,
        )


def _only_actors(record: Record, registrations: Sequence[Event]) -> Record:
    """No record any more, only actors that it names first: others may name them too."""
    return Record(key="", line=record.line, text="", registrations=registrations)
