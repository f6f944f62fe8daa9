"""The same questions answered by a plain replay: read the log, decode and fold what names the actors.

The fold is the reference that our answers are held against in tests. It is slow and obvious, so it
is asked of a short log only, and not for the whole matrix.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.machine import peak_megabytes
from benchmarks.questions import PARTNERS, Answer, Asked, Question, timed
from domain.answers import PairAlignment
from domain.event import Recorded
from domain.fold.alignment import alignments, pair_alignment
from domain.fold.ledger import Ledger
from domain.tags import actors_named
from domain.viewpoint import Viewpoint
from domain.vocabulary import AllianceEnded, AllianceFormed, AllianceJoined, AllianceLeft
from infrastructure.codec import event_of
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""The fold goes by positions."""
_ALLIANCES = {one.TYPE for one in (AllianceFormed, AllianceJoined, AllianceLeft, AllianceEnded)}


class ReplayAnswers:
    """Our log and our reference fold."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self._recorder = SqlRecorder(self._database)

    def measure(self, questions: Sequence[Question], seconds: float) -> Asked:
        """Ask them one after another."""
        return timed(self._answer, questions, seconds)

    def answers(self, questions: Sequence[Question]) -> list[Answer]:
        """What the others answer too."""
        return [self._answer(question) for question in questions]

    def peak_megabytes(self) -> float:
        """The most memory that this process has held."""
        return peak_megabytes()

    def close(self) -> None:
        self._recorder.close()
        self._database.dispose()

    def _answer(self, question: Question) -> Answer:
        log, head = self._log_of(question)
        viewpoint = Viewpoint(
            valid_at=question.day,
            position=question.position or head,
            according_to=question.according_to,
            reliability=question.reliability,
            alleged=question.alleged,
        )
        pairs = (_with_each if question.kind == PARTNERS else alignments)(
            log, viewpoint, question.actors
        )
        return {
            one.actors: (one.alignment, one.cooperation, one.conflict)
            for one in pairs
            if one.alignment != "unknown"
        }

    def _log_of(self, question: Question) -> tuple[list[Recorded], int]:
        """What concerns the actors of the whole log, and where that ends.

        Curation carries the tags of what it is about.
        """
        asked = {f"actor:{actor}" for actor in question.actors}
        least = min(2, len(asked))
        found, position = [], 0
        for stored in self._recorder.stream():
            position = stored.position
            concerns = len(asked.intersection(stored.event.tags)) >= least
            if concerns or stored.event.type in _ALLIANCES:
                event = event_of(stored)
                found.append(Recorded(position=position, recorded_at=_ANY_TIME, event=event))
        return found, position


def _with_each(
    log: Sequence[Recorded], viewpoint: Viewpoint, actors: Sequence[str]
) -> list[PairAlignment]:
    """The actor with everybody whom its events name."""
    [actor] = actors
    ledger = Ledger.of(log, viewpoint)
    named = {one for recorded in log for one in actors_named(recorded.event)}
    return [pair_alignment(ledger, *sorted((actor, other))) for other in sorted(named - {actor})]
