"""Answers for a day in SQL, held against the reference fold of the log.

The only module here that folds: questions and projecting never do, so that each proves the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime

from sqlalchemy import Connection

from domain.answers import AllianceState, PairAlignment
from domain.event import Recorded
from domain.fold.actors import registration_of
from domain.fold.alignment import alignments as folded_alignments
from domain.fold.alliances import alliance_state, known_alliances
from domain.fold.ledger import Ledger
from domain.viewpoint import Viewpoint
from domain.walk import wire_name
from infrastructure.answering import plain
from infrastructure.audit.results import AnswerDifference
from infrastructure.audit.saying import nothing, said
from infrastructure.audit.subjects import Subjects
from infrastructure.database import Database
from infrastructure.event_store import bodies
from infrastructure.questions.alignments import alignments
from infrastructure.questions.alliances import UnknownAlliance, alliance
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot

TOGETHER = 20
"""An actor's answers with so many others are asked for at once."""

_ANY_TIME = datetime.min.replace(tzinfo=UTC)
"""Stands for when an event was recorded, which no answer here depends on: its position is."""

Log = Mapping[int, Recorded]


def compare_answers(
    database: Database, subjects: Subjects, viewpoint: Viewpoint
) -> Iterator[int | AnswerDifference]:
    """Compare how every two actors stand, and every alliance; ends with the first difference.

    Yields how many answers agreed, a few at a time. Pairs that nothing was ever said of are
    unknown both ways, and are left out.
    """
    for actor, partners in subjects.pairs():
        for first in range(0, len(partners), TOGETHER):
            some = partners[first : first + TOGETHER]
            with database.read() as conn:
                difference = _pairs(conn, subjects, viewpoint, actor, some)
            yield difference or len(some)
    for one in subjects.alliances():
        with database.read() as conn:
            yield _alliance(conn, subjects, viewpoint, one) or 1


def _pairs(
    conn: Connection, subjects: Subjects, viewpoint: Viewpoint, actor: str, partners: Sequence[str]
) -> AnswerDifference | None:
    """Compare how an actor stands with some others of greater id."""
    bearing = {other: subjects.of_pair(actor, other) for other in partners}
    log = _read(conn, {at for positions in bearing.values() for at in positions})
    expected: dict[str, PairAlignment] = {}
    for other, positions in bearing.items():
        events = [log[at] for at in positions]
        if all(registration_of(events, viewpoint.position, one) for one in (actor, other)):
            [expected[other]] = folded_alignments(events, viewpoint, (actor, other))
    if not expected:
        return None
    try:
        _, found = alignments(Snapshot.of(conn), viewpoint, [actor, *expected])
    except UnknownActors as unknown:
        return AnswerDifference(list(unknown.ids), "registered", expected=True, found=False)
    answers = {one.actors: one for one in found}
    for other, told in expected.items():
        difference = _differing([actor, other], told, answers[actor, other])
        if difference:
            return difference
    return None


def _alliance(
    conn: Connection, subjects: Subjects, viewpoint: Viewpoint, alliance_id: str
) -> AnswerDifference | None:
    """Compare an alliance's members, obligations and whether it is in force."""
    positions = subjects.of_alliance(alliance_id)
    log = _read(conn, positions)
    ledger = Ledger.of([log[at] for at in positions], viewpoint)
    known = alliance_id in known_alliances(ledger)
    try:
        found, _ = alliance(Snapshot.of(conn), viewpoint, alliance_id)
    except UnknownAlliance:
        found = None
    if not known or found is None:
        if known == (found is not None):
            return None
        return AnswerDifference([alliance_id], "formed", expected=known, found=not known)
    return _differing([alliance_id], alliance_state(ledger, alliance_id), found)


def _differing(
    about: list[str], told: PairAlignment | AllianceState, found: PairAlignment | AllianceState
) -> AnswerDifference | None:
    """The first field that differs."""
    for one in fields(told):
        expected, held = getattr(told, one.name), getattr(found, one.name)
        if expected != held:
            return AnswerDifference(about, wire_name(one.name), plain(expected), plain(held))
    return None


def _read(conn: Connection, positions: Iterable[int]) -> Log:
    return {
        body.position: Recorded(
            position=body.position, recorded_at=_ANY_TIME, event=said(body) or nothing(body)
        )
        for body in bodies.at(conn, positions)
    }
