"""Deriving every read model from the log again, stretch by stretch, and comparing.

Each stretch is read in a short transaction of its own: the log's rows never change, and of the
read models' rows only `known_to`, whose later values are masked. So neither PostgreSQL's vacuum
nor SQLite's write-ahead log waits for a replay. Where the sets of read models are swapped
meanwhile, the replay begins again with the new one. The log itself is proven by
`infrastructure.event_store.verification`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from domain.event import Event
from domain.viewpoint import Viewpoint
from infrastructure.audit.answers import compare_answers
from infrastructure.audit.comparing import Compared, Stretch, agreed, beyond, compare
from infrastructure.audit.curation import Places, endings, naming, without_its_end
from infrastructure.audit.results import (
    AnswerDifference,
    Answered,
    Difference,
    Progress,
    Replayed,
    Step,
    Unreadable,
)
from infrastructure.audit.saying import nothing, said
from infrastructure.audit.segments import compare_segments, unmarked
from infrastructure.audit.subjects import Subjects
from infrastructure.audit.texts import Texts, held
from infrastructure.collector import no_search_for_cycles
from infrastructure.database import Database
from infrastructure.event_store import bodies
from infrastructure.questions.partners import Pair
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import AheadOfReadModel
from infrastructure.schema.read_models import ReadModels

BATCH = 2_000
"""Events in one stretch: twice as many are held in memory."""
STRETCHES = 25
"""After so many stretches the marks of their pairs are looked at, all with one statement."""

Events = Mapping[int, Event]


class _Swapped(Exception):
    """The read models compared so far are not the live ones any more."""


def replay(
    database: Database, position: int | None = None, valid_at: date | None = None
) -> Iterator[Step]:
    """Compare the read models, as they were at `position` (default: now), with the log.

    With `valid_at` also the answers for that day, with those that the reference fold gives.
    Yields progress after each stretch and the result last. Raises AheadOfReadModel.
    """
    with database.read() as conn:
        held = Snapshot.of(conn).position
    until = held if position is None else position
    if until > held:
        raise AheadOfReadModel(until, held)
    while True:
        try:
            yield from _Replay(database, until, valid_at).run()
        except _Swapped:
            continue
        return


class _Found(NamedTuple):
    """What the database itself says: a stretch's texts, and the first pair up to it not marked."""

    texts: Texts | None
    unmarked: Difference | None


class _Replay:
    """One attempt at comparing one set of read models."""

    def __init__(self, database: Database, until: int, valid_at: date | None) -> None:
        self._database = database
        self._until = until
        self._valid_at = valid_at
        self._subjects = None if valid_at is None else Subjects()
        self._models: ReadModels | None = None
        self._places = Places()
        self._compared = 0

    def run(self) -> Iterator[Step]:
        """Compare rows, then answers. Raises _Swapped."""
        try:
            for after, upto, found in self._stretches():
                compared = self._stretch(after, upto, found.texts)
                if difference := compared.difference or found.unmarked:
                    yield self._result(difference)
                    return
                self._compared += compared.rows
                yield Progress(upto, self._until)
            if difference := self._beyond() or self._segments():
                yield self._result(difference)
            elif self._subjects is None or self._valid_at is None:
                yield self._result(None)
            else:
                yield from self._answers(self._subjects, self._valid_at)
        except Unreadable as unreadable:
            yield self._result(unreadable.difference)

    def _stretches(self) -> Iterator[tuple[int, int, _Found]]:
        """Each stretch with what the database found while the one before was compared."""
        starts = range(0, self._until, BATCH)
        with ThreadPoolExecutor(1, "foedus-replay") as database:
            coming = [database.submit(self._found, after) for after in starts[:1]]
            for after in starts:
                found = coming.pop().result()
                if after + BATCH < self._until:
                    coming = [database.submit(self._found, after + BATCH)]
                yield after, self._upto(after), found

    def _upto(self, after: int) -> int:
        return min(self._until, after + BATCH)

    def _found(self, after: int) -> _Found:
        upto = self._upto(after)
        with self._database.read() as conn:
            texts = held(self._live(conn), after, upto, self._until)
        first = after - after % (STRETCHES * BATCH)
        if upto < min(self._until, first + STRETCHES * BATCH):
            return _Found(texts, None)
        with self._database.read() as conn:
            return _Found(texts, unmarked(self._live(conn), first, upto))

    def _answers(self, subjects: Subjects, valid_at: date) -> Iterator[Step]:
        answers = 0
        viewpoint = Viewpoint(valid_at=valid_at, position=self._until)
        for found in compare_answers(self._database, subjects, viewpoint):
            if isinstance(found, AnswerDifference):
                yield self._result(found, answers)
                return
            answers += found
            yield Answered(answers)
        yield self._result(None, answers)

    def _stretch(self, after: int, upto: int, texts: Texts | None) -> Compared:
        with self._database.read() as conn, no_search_for_cycles():
            snapshot = self._live(conn)
            events, erased = self._read(conn, after, upto)
            places = self._places.learn(conn, events, erased)
            ends = () if texts is None else texts.ends
            ended = endings(conn, events, ends, self._until)
            stretch = Stretch(after, upto, events, places, ended)
            rows = None if texts is None else agreed(snapshot, stretch, texts)
            if rows is None:
                return self._one_by_one(snapshot, stretch)
            for position in without_its_end(snapshot, ended, after, self._until):
                compared = self._again(snapshot, position)
                if compared.difference:
                    return compared
            return Compared(rows, None)

    def _read(self, conn: Connection, after: int, upto: int) -> tuple[Events, dict[str, int]]:
        """The events of a stretch by position, and the positions of its erased ones by id."""
        events: dict[int, Event] = {}
        erased: dict[str, int] = {}
        for body in bodies.between(conn, after=after, upto=upto):
            event = said(body)
            if event is not None:
                events[body.position] = event
            elif body.id:
                erased[body.id] = body.position
            if self._subjects is not None and body.id:
                self._subjects.add(body.position, event or nothing(body))
        return events, erased

    def _one_by_one(self, snapshot: Snapshot, stretch: Stretch) -> Compared:
        """Compare the rows themselves, with the ends that the log knows of, all looked up."""
        events, conn = stretch.events, snapshot.conn
        ended = endings(conn, events, naming(conn, events), self._until)
        return compare(snapshot, stretch._replace(ended=ended), self._until)

    def _again(self, snapshot: Snapshot, position: int) -> Compared:
        """Compare an earlier event, which ended only after its stretch."""
        [body] = bodies.at(snapshot.conn, [position])
        event = said(body)
        events = {} if event is None else {position: event}
        places = self._places.learn(snapshot.conn, events, {})
        stretch = Stretch(position - 1, position, events, places, {})
        return self._one_by_one(snapshot, stretch)

    def _beyond(self) -> Difference | None:
        """No read model may hold rows beyond its checkpoint."""
        with self._database.read() as conn:
            return beyond(self._live(conn))

    def _segments(self) -> Difference | None:
        """Segments are what the rows on their pairs' lines give."""
        pair: Pair | None = ("", "")
        while pair is not None:
            with self._database.read() as conn, no_search_for_cycles():
                difference, pair = compare_segments(self._live(conn), pair)
            if difference:
                return difference
        return None

    def _live(self, conn: Connection) -> Snapshot:
        """The live read models, which are those of the first stretch. Raises _Swapped."""
        snapshot = Snapshot.of(conn)
        if self._models is None:
            self._models = snapshot.models
        if snapshot.models is not self._models:
            raise _Swapped
        if snapshot.position < self._until:
            raise AheadOfReadModel(self._until, snapshot.position)
        return snapshot

    def _result(
        self, difference: Difference | AnswerDifference | None, answers: int | None = None
    ) -> Replayed:
        return Replayed(difference is None, self._until, self._compared, difference, answers)
