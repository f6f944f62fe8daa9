"""A pair's timeline and revisions by SQL, held against what the fold finds."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from domain.effects import effects_of
from domain.event import Event, Recorded
from domain.fold.revisions import revisions as fold_revisions
from domain.fold.timeline import stance, timeline
from domain.past import Segment, Stance
from domain.viewpoint import Viewpoint
from domain.vocabulary import ReportDenied
from infrastructure.questions.dossier import Dossier
from infrastructure.questions.parts import Sides
from infrastructure.questions.revisions import revisions
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.timeline import segments
from tests.property.comparing import World, log_of
from tests.property.histories import History, random_viewpoint

VIEWPOINTS = 2

Revised = list[tuple[int, Stance, str]]


def check(opened: list[World], history: History, rng: Random) -> None:
    """Append the history everywhere and compare the pasts of a few pairs much told of."""
    log = log_of(opened, history)
    first = log[0].position
    for _ in range(VIEWPOINTS):
        viewpoint = replace(random_viewpoint(rng, history, first), parts=False)
        pair = rng.choice(most_told_of(history))
        quarrels = denied_of_pairs(history)
        if quarrels and rng.random() < 0.5:
            denier, pair = rng.choice(quarrels)
            viewpoint = replace(viewpoint, according_to=denier, reliability=None, credibility=None)
        expected = compared(opened, log, viewpoint, pair)
        for day in days_in(rng, log):
            [segment] = [one for one in expected if holds(one, day)]
            assert stance(log, replace(viewpoint, valid_at=day), *pair) == stance_of(segment), day


def compared(
    opened: list[World], log: list[Recorded], viewpoint: Viewpoint, pair: tuple[str, str]
) -> list[Segment]:
    """The timeline that all agree on; the revisions agree too."""
    expected = timeline(log, viewpoint, *pair)
    revised = fold_revisions(log, viewpoint, *pair)
    for world in opened:
        found, told = by_sql(world, viewpoint, *pair)
        assert found == expected, (pair, viewpoint)
        assert told == revised, (pair, viewpoint)
        assert_whole(found)
    return expected


def most_told_of(history: History) -> list[tuple[str, str]]:
    """The pairs between which the most effects run, or any where none does."""
    told = Counter(ends for event in history.events for ends in between_actors(history, event))
    first, second, *_ = sorted(history.actors)
    return [pair for pair, _ in told.most_common(3)] or [(first, second)]


def denied_of_pairs(history: History) -> list[tuple[str, tuple[str, str]]]:
    """Who denies what its own account would hold otherwise, and of which pair that is told."""
    by_id = {event.id: event for event in history.events}
    return [
        (denier, ends)
        for denial in history.events
        if isinstance(denial.data, ReportDenied) and (denier := denial.claim.claimant)
        for denied in (by_id[denial.data.event],)
        if denied.claim.claimant in {None, denier}
        for ends in between_actors(history, denied)
    ]


def between_actors(history: History, event: Event) -> list[tuple[str, str]]:
    """The pairs that an event has effects on."""
    ends = {(one.line.source, one.line.target) for one in effects_of(event.data)}
    return sorted({(min(two), max(two)) for two in ends if set(two) <= set(history.actors)})


def by_sql(world: World, viewpoint: Viewpoint, a: str, b: str) -> tuple[list[Segment], Revised]:
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        dossier = Dossier.of(snapshot, viewpoint, Sides.alone((a, b)))
        told, following = revisions(snapshot, dossier, limit=100_000)
        assert following is None
        return segments(dossier), [
            (one.position, Stance(one.alignment, one.cooperation, one.conflict), one.changed_by)
            for one in told
        ]


def assert_whole(found: list[Segment]) -> None:
    """All of time without gaps, and neighbours that differ."""
    assert found[0].from_ is None
    assert found[-1].to is None
    for one, following in pairwise(found):
        assert one.to == following.from_
        assert one.closed_by == following.opened_by != ()
        assert stance_of(one) != stance_of(following)


def stance_of(segment: Segment) -> Stance:
    return Stance(segment.alignment, segment.cooperation, segment.conflict)


def holds(segment: Segment, day: date) -> bool:
    iso = day.isoformat()
    return (segment.from_ is None or segment.from_ <= iso) and (
        segment.to is None or iso < segment.to
    )


def days_in(rng: Random, log: list[Recorded]) -> list[date]:
    """Some days, any of those in which the history plays."""
    spans = [one.event.span for one in log]
    first, last = min(one.earliest for one in spans), max(one.ended for one in spans)
    length = min((last - first).days, 20_000)
    return [first + timedelta(rng.randint(0, length)) for _ in range(15)]
