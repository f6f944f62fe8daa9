"""Our questions in process, as the server asks them, and the log with its read models.

An answer is whole: with what decides each pair, how it is borne out and how fresh it is; only
its JSON is left out. Peers give alignment, cooperation and conflict, and so do we for the whole
matrix, which is asked in short.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from benchmarks.machine import peak_megabytes
from benchmarks.questions import MATRIX, PARTNERS, Answer, Asked, Pair, Question, Stance, timed
from benchmarks.relations import Relations
from benchmarks.subjects.filling import BATCH
from benchmarks.subjects.ours import new_event
from domain.answers import PairAlignment
from domain.viewpoint import Viewpoint
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.projecting import Projector
from infrastructure.projecting.sweeping import sweep_all
from infrastructure.questions.alignments import alignments
from infrastructure.questions.matrix import pairs_with, stretches
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.stances import InShort, in_short, stance
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
        return [dict(filter(None, map(_told, self._answer(question)))) for question in questions]

    def peak_megabytes(self) -> float:
        """The most memory that this process has held."""
        return peak_megabytes()

    def close(self) -> None:
        self._database.dispose()

    def _answer(self, question: Question) -> Sequence[PairAlignment | InShort]:
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
            if question.kind == MATRIX:
                return _everybody(snapshot, viewpoint)
            if question.kind == PARTNERS:
                found = stretches(snapshot, viewpoint, pairs_with(*question.actors))
                return [pair for stretch in found for pair in stretch.pairs]
            return alignments(snapshot, viewpoint, question.actors)[1]


def _everybody(snapshot: Snapshot, viewpoint: Viewpoint) -> list[InShort]:
    stretch = in_short(snapshot, viewpoint, None)
    found = stretch.pairs
    while stretch.upto is not None:
        stretch = in_short(snapshot, viewpoint, stretch.upto)
        found += stretch.pairs
    return found


def _told(pair: PairAlignment | InShort) -> tuple[Pair, Stance] | None:
    """How a pair stands, in short; None for `unknown`."""
    if isinstance(pair, PairAlignment):
        known = pair.alignment != "unknown"
        return (pair.actors, (pair.alignment, pair.cooperation, pair.conflict)) if known else None
    a, b, cooperation, conflict = pair
    return (a, b), (stance(cooperation, conflict).alignment, cooperation, conflict)
