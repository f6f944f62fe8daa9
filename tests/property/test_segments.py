"""Segments tell what the fold finds, whenever and however often a log is swept while it grows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.event import Recorded
from domain.fold.actors import registration_of
from domain.fold.changes import matrix
from domain.past import Stance
from domain.viewpoint import Viewpoint
from infrastructure.audit import Replayed, replay
from infrastructure.projecting.sweeping import sweep, sweep_all
from infrastructure.questions import stances
from infrastructure.questions.partners import Pair
from infrastructure.questions.snapshots import Snapshot
from tests.property.comparing import World, examples
from tests.property.histories import History, random_history, random_viewpoint

InShort = list[tuple[Pair, Stance]]


def batches(rng: Random, history: History) -> Iterator[History]:
    """The history in parts of any size."""
    rest = history.events
    while rest:
        size = rng.choice((1, 1, 2, 5, 20))
        yield History(rng, prefix=history.prefix, events=rest[:size])
        rest = rest[size:]


def in_short(world: World, viewpoint: Viewpoint, history: History) -> InShort:
    """The history's own pairs."""
    found: InShort = []
    after: Pair | None = (history.prefix, "")
    with world.database.read() as conn:
        while after is not None and after[0] <= history.actors[-1]:
            pairs, after = stances.page(Snapshot.of(conn), viewpoint, after=after, limit=7)
            found += [((a, b), stances.stance(*levels)) for a, b, *levels in pairs]
    return [one for one in found if one[0][0] in history.actors]


def by_the_fold(log: list[Recorded], viewpoint: Viewpoint, history: History) -> InShort:
    known = [one for one in history.actors if registration_of(log, viewpoint.position, one)]
    return [
        (one.actors, Stance(one.alignment, one.cooperation, one.conflict))
        for one in matrix(log, viewpoint, known)
    ]


def check_growing(opened: list[World], rng: Random) -> None:
    history = random_history(rng)
    log: list[Recorded] = []
    for part in batches(rng, history):
        [first] = {world.append(part) for world in opened}
        now = datetime.now(UTC)
        log += [
            Recorded(position=position, recorded_at=now, event=event)
            for position, event in enumerate(part.events, start=first)
        ]
        if rng.random() < 0.5:
            behind = rng.choice(history.actors), rng.choice(history.actors)
            for world in opened:
                sweep(world.database, rng.choice(((history.prefix, ""), behind)))
        if rng.random() < 0.3:
            compare(opened, log, history, rng)
    for world in opened:
        sweep_all(world.database)
    for _ in range(3):
        compare(opened, log, history, rng)


def compare(opened: list[World], log: list[Recorded], history: History, rng: Random) -> None:
    """On a random day, as known now or before."""
    valid_at = random_viewpoint(rng, history, log[0].position).valid_at
    position = rng.choice((log[-1].position, rng.choice(log).position))
    viewpoint = Viewpoint(valid_at=valid_at, position=position)
    expected = by_the_fold(log, viewpoint, history)
    for world in opened:
        assert in_short(world, viewpoint, history) == expected, viewpoint


def test_the_matrix_in_short_is_what_the_fold_finds_while_the_log_grows(
    opened: list[World],
) -> None:
    @settings(examples(15))
    @given(st.randoms(use_true_random=False))
    def grow(rng: Random) -> None:
        check_growing(opened, rng)

    grow()
    for world in opened:
        *_, last = replay(world.database)
        assert isinstance(last, Replayed)
        assert last.ok, last
