"""The whole matrix, an actor's pairs and changes, page by page, are what the fold finds pair by pair."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import NamedTuple, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.answers import PairAlignment
from domain.changes import PairChange
from domain.event import Recorded
from domain.fold.actors import registration_of
from domain.fold.changes import changes as fold_changes
from domain.fold.changes import matrix as fold_matrix
from domain.fold.timeline import timeline
from domain.past import Stance
from domain.viewpoint import Viewpoint
from infrastructure.projecting.sweeping import sweep
from infrastructure.questions import matrix, stances
from infrastructure.questions.changes import changes
from infrastructure.questions.lasting import lasting
from infrastructure.questions.partners import Pair
from infrastructure.questions.snapshots import Snapshot
from tests.conftest import NewUrl
from tests.property.comparing import World, examples, log_of, worlds
from tests.property.histories import History, random_history, random_viewpoint
from tests.property.sweeping import everything_read_through

Item = TypeVar("Item", PairAlignment, PairChange, "Short")
HISTORIES = int(os.environ.get("FOEDUS_TEST_MANY_PAIRS", "300"))
"""How many histories the long tests compare."""


@dataclass
class Compared:
    """A history in the databases, beside the log that the fold reads."""

    opened: list[World]
    history: History
    log: list[Recorded]
    first: int

    @classmethod
    def of(cls, opened: list[World], history: History) -> "Compared":
        log = log_of(opened, history)
        return cls(opened, history, log, log[0].position)

    def viewpoint(self, rng: Random) -> Viewpoint:
        """Any, but that actors do not stand for their parts: not offered for many pairs."""
        return replace(random_viewpoint(rng, self.history, self.first), parts=False)

    def between(self, rng: Random) -> tuple[Viewpoint, Viewpoint]:
        """Two viewpoints that differ in the day, or in the position."""
        one, other = self.viewpoint(rng), self.viewpoint(rng)
        if rng.random() < 0.5:
            days = sorted((one.valid_at, other.valid_at))
            return replace(one, valid_at=days[0]), replace(one, valid_at=days[1])
        # Where nobody's account is asked for, only what was touched between the two is looked at.
        one = replace(one, according_to=rng.choice((None, None, None, one.according_to)))
        # What is drawn must not depend on how much the database held before.
        low = rng.randint(0, len(self.history.events))
        high = min(len(self.history.events), low + rng.choice((1, 1, 2, 5, 20)))
        first, last = (self.first - 1 + position for position in (low, high))
        return replace(one, position=first), replace(one, position=last)

    def known(self, *viewpoints: Viewpoint) -> list[str]:
        """The actors who are registered at one of the viewpoints; those of others know nobody."""
        return [
            actor
            for actor in self.history.actors
            if any(registration_of(self.log, each.position, actor) for each in viewpoints)
        ]

    def matrix(self, viewpoint: Viewpoint) -> list[PairAlignment]:
        """Every pair that is not unknown, by the fold."""
        return fold_matrix(self.log, viewpoint, self.known(viewpoint))

    def changes(self, before: Viewpoint, after: Viewpoint) -> list[PairChange]:
        """Every pair that differs, by the fold."""
        return fold_changes(self.log, before, after, self.known(before, after))


@pytest.fixture
def sqlite(new_url: NewUrl) -> Iterator[list[World]]:
    with worlds(new_url("sqlite")) as opened:
        yield opened


Page = Callable[..., tuple[Sequence[Item], Pair | None]]
"""Gives the entries after a pair, and the pair to go on after."""


def joined(page: Page[Item], history: History, cursor: str = "after") -> list[Item]:
    """The history's own entries of all pages; the databases hold other histories too."""
    found: list[Item] = []
    # All ids of a history begin with its prefix.
    after: Pair | None = (history.prefix, history.prefix)
    while after is not None and after[0] <= history.actors[-1]:
        entries, after = page(**{cursor: after})
        found += entries
    return [one for one in found if one.actors[0] in history.actors]


def check_matrix(opened: list[World], rng: Random) -> None:
    """At any viewpoint, and with any size of pages."""
    compared = Compared.of(opened, random_history(rng))
    for _ in range(3):
        viewpoint, limit = compared.viewpoint(rng), rng.choice((1, 2, 3, 7, 1_000))
        actor = rng.choice(compared.history.actors)
        expected = compared.matrix(viewpoint)
        theirs = [one for one in expected if actor in one.actors]
        for world in opened:
            with world.database.read() as conn:
                ask = partial(matrix.page, Snapshot.of(conn), viewpoint, limit=limit)
                found = joined(ask, compared.history)
                assert found == expected, viewpoint
                one = partial(ask, source=matrix.pairs_with(actor))
                found = joined(one, compared.history)
                assert found == theirs, (actor, viewpoint)


class Short(NamedTuple):
    """How a pair stands, in short."""

    actors: Pair
    stance: Stance


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
    "matrix": check_matrix,
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
