"""The whole matrix, an actor's pairs and changes, page by page, are what the fold finds pair by pair."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.fold.timeline import timeline
from domain.past import Stance
from domain.viewpoint import Viewpoint
from infrastructure.projecting.sweeping import sweep
from infrastructure.questions import stances
from infrastructure.questions.changes import changes
from infrastructure.questions.lasting import lasting
from infrastructure.questions.partners import Pair
from infrastructure.questions.snapshots import Snapshot
from tests.conftest import NewUrl
from tests.property import pages
from tests.property.comparing import World, examples, worlds
from tests.property.histories import random_history
from tests.property.pages import Compared, Short, joined
from tests.property.sweeping import everything_read_through

HISTORIES = int(os.environ.get("FOEDUS_TEST_MANY_PAIRS", "300"))
"""How many histories the long tests compare."""


@pytest.fixture
def sqlite(new_url: NewUrl) -> Iterator[list[World]]:
    with worlds(new_url("sqlite")) as opened:
        yield opened


def in_short(
    snapshot: Snapshot, viewpoint: Viewpoint, limit: int, after: Pair
) -> tuple[list[Short], Pair | None]:
    """A page of pairs in short."""
    found, upto = stances.page(snapshot, viewpoint, after=after, limit=limit)
    return [
        Short((a, b), stances.stance(cooperation, conflict))
        for a, b, cooperation, conflict in found
    ], upto


def check_in_short(opened: list[World], rng: Random) -> None:
    """The same in short, whichever pairs' segments were worked out, and when."""
    compared = Compared.of(opened, random_history(rng))
    for _ in range(3):
        viewpoint, limit = compared.viewpoint(rng), rng.choice((1, 2, 3, 7, 1_000))
        if rng.random() < 0.6:
            viewpoint = Viewpoint(valid_at=viewpoint.valid_at, position=viewpoint.position)
        expected = [
            Short(one.actors, Stance(one.alignment, one.cooperation, one.conflict))
            for one in compared.matrix(viewpoint)
        ]
        sweeps = rng.choice((0, 1, 2))
        for world in opened:
            for _ in range(sweeps):
                sweep(world.database, ("", "") if sweeps == 1 else (compared.history.prefix, ""))
            with world.database.read() as conn:
                ask = partial(in_short, Snapshot.of(conn), viewpoint, limit)
                with rng.choice((everything_read_through, nullcontext))():
                    assert joined(ask, compared.history) == expected, viewpoint


def check_lasting(opened: list[World], rng: Random) -> None:
    """Since when and until when each pair stands so is its timeline's segment of the day."""
    compared = Compared.of(opened, random_history(rng))
    viewpoint = compared.viewpoint(rng)
    known = compared.known(viewpoint)
    pairs = [(a, b) for a in known for b in known if a < b]
    day = viewpoint.valid_at.isoformat()
    expected = {}
    for a, b in pairs:
        segments = timeline(compared.log, viewpoint, a, b)
        expected[a, b] = next(one for one in segments if one.to is None or day < one.to)
    for world in opened:
        with world.database.read() as conn:
            assert lasting(Snapshot.of(conn), viewpoint, pairs) == expected, viewpoint


def check_changes(opened: list[World], rng: Random) -> None:
    """On either axis, between any two values of it."""
    compared = Compared.of(opened, random_history(rng))
    for _ in range(3):
        before, after = compared.between(rng)
        limit = rng.choice((1, 2, 3, 7, 1_000))
        expected = compared.changes(before, after)
        for world in opened:
            with world.database.read() as conn:
                ask = partial(changes, Snapshot.of(conn), before, after, limit=limit)
                found = joined(ask, compared.history, "behind")
                assert found == expected, (before, after)


CHECKS = {
    "matrix": lambda opened, rng: pages.check(opened, random_history(rng), rng),
    "in-short": check_in_short,
    "changes": check_changes,
    "lasting": check_lasting,
}


@pytest.mark.parametrize("check", CHECKS)
def test_every_pair_is_what_the_fold_finds(opened: list[World], check: str) -> None:
    @settings(examples(10))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        CHECKS[check](opened, rng)

    compare()


@pytest.mark.long
@pytest.mark.parametrize("check", CHECKS)
def test_every_pair_is_what_the_fold_finds_on_many_histories(
    sqlite: list[World], check: str
) -> None:
    @settings(examples(HISTORIES))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        CHECKS[check](sqlite, rng)

    compare()
