"""A pair's timeline and revisions are what the fold finds day by day, and position by position."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.effects import effects_of
from domain.event import Recorded
from domain.fold.revisions import revisions as fold_revisions
from domain.fold.timeline import stance, timeline
from domain.past import Segment, Stance
from domain.viewpoint import Viewpoint
from infrastructure.questions.dossier import Dossier
from infrastructure.questions.parts import Sides
from infrastructure.questions.revisions import revisions
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.timeline import segments
from tests.conftest import NewUrl
from tests.property.comparing import World, worlds
from tests.property.histories import History, random_history, random_viewpoint

HISTORIES = int(os.environ.get("FOEDUS_TEST_PASTS", "150"))
"""How many histories the long tests compare."""

Revised = list[tuple[int, Stance, str]]


@pytest.fixture
def opened(new_url: NewUrl) -> Iterator[list[World]]:
    with worlds(new_url("sqlite"), new_url("postgresql")) as both:
        yield both


def comparing(histories: int) -> settings:
    return settings(
        max_examples=histories,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        derandomize=True,
    )


def check(opened: list[World], rng: Random) -> None:
    history = random_history(rng)
    [first] = {world.append(history) for world in opened}
    now = datetime.now(UTC)
    log = [
        Recorded(position=position, recorded_at=now, event=event)
        for position, event in enumerate(history.events, start=first)
    ]
    viewpoint = replace(random_viewpoint(rng, history, first), parts=False)
    a, b = rng.choice(most_told_of(history))
    expected = timeline(log, viewpoint, a, b)
    revised = fold_revisions(log, viewpoint, a, b)
    for world in opened:
        found, told = by_sql(world, viewpoint, a, b)
        assert found == expected, (a, b, viewpoint)
        assert told == revised, (a, b, viewpoint)
        assert_whole(found)
    for day in days_in(rng, log):
        [segment] = [one for one in expected if holds(one, day)]
        assert stance(log, replace(viewpoint, valid_at=day), a, b) == stance_of(segment), day


def most_told_of(history: History) -> list[tuple[str, str]]:
    """The pairs between which the most effects run, or any where none does."""
    told = Counter(
        (min(ends), max(ends))
        for event in history.events
        for ends in {(one.line.source, one.line.target) for one in effects_of(event.data)}
        if set(ends) <= set(history.actors)
    )
    first, second, *_ = sorted(history.actors)
    return [pair for pair, _ in told.most_common(3)] or [(first, second)]


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


def test_on_a_few_histories(opened: list[World]) -> None:
    @settings(comparing(20))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, rng)

    compare()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_on_many_histories(opened: list[World]) -> None:
    @settings(comparing(HISTORIES))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, rng)

    compare()
