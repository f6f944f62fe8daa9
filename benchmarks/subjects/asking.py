"""Our questions in process, as the server asks them, and the log with its read models.

An answer is whole: with what decides each pair, how it is borne out and how fresh it is; only
its JSON is left out. Peers give alignment, cooperation and conflict.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from benchmarks.machine import peak_megabytes
from benchmarks.questions import MATRIX, PARTNERS, Answer, Asked, Question, timed
from benchmarks.relations import Relations
from benchmarks.subjects.filling import BATCH
from benchmarks.subjects.ours import new_event
from domain.answers import PairAlignment
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.projecting import Projector
from infrastructure.projecting.sweeping import sweep_all
from infrastructure.questions.alignments import alignments
from infrastructure.questions.matrix import every_pair, pairs_with, stretches
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest, resolve


class RelationsFiller:
    """Appends the history's events to our store and brings the read models to its head."""

    def fill(self, url: str, actors: int, after: int, count: int) -> float:
        """Bring the log from `after` events to `count`; return the seconds it took."""
        database = Database(url)
        recorder = SqlRecorder(database)
        started = time.perf_counter()
        try:
            drafts = Relations(actors).drafts(count, after=after)
            while batch := list(islice(drafts, BATCH)):
                recorder.append([new_event(draft) for draft in batch])
            Projector(database, recorder).catch_up()
            sweep_all(database)
        finally:
            recorder.close()
            database.dispose()
        return time.perf_counter() - started


class OurAnswers:
    """Foedus asked in process; one for each database."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def measure(self, questions: Sequence[Question], seconds: float) -> Asked:
        """Ask them one after another."""
        return timed(self._answer, questions, seconds)

    def answers(self, questions: Sequence[Question]) -> list[Answer]:
        """What peers answer too."""
        return [
            {
                pair.actors: (pair.alignment, pair.cooperation, pair.conflict)
                for pair in self._answer(question)
                if pair.alignment != "unknown"
            }
            for question in questions
        ]

    def peak_megabytes(self) -> float:
        """The most memory that this process has held."""
        return peak_megabytes()

    def close(self) -> None:
        self._database.dispose()

    def _answer(self, question: Question) -> list[PairAlignment]:
        now = datetime.now(UTC)
        asked = ViewpointRequest(
            valid_at=question.day,
            known_at=question.position,
            according_to=question.according_to,
            reliability=question.reliability,
            alleged=question.alleged,
        )
        with self._database.read() as conn:
            snapshot = Snapshot.of(conn)
            viewpoint = resolve(snapshot, asked, today=now.date(), now=now)
            if question.kind in (PARTNERS, MATRIX):
                source = every_pair if question.kind == MATRIX else pairs_with(*question.actors)
                found = stretches(snapshot, viewpoint, source)
                return [pair for stretch in found for pair in stretch.pairs]
            return alignments(snapshot, viewpoint, question.actors)[1]
