"""Questions about many pairs, all their pages joined, held against what the fold finds pair by pair."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import NamedTuple, TypeVar

from domain.answers import PairAlignment
from domain.changes import PairChange
from domain.event import Recorded
from domain.fold.actors import registration_of
from domain.fold.changes import changes as fold_changes
from domain.fold.changes import matrix as fold_matrix
from domain.past import Stance
from domain.viewpoint import Viewpoint
from infrastructure.questions import matrix
from infrastructure.questions.partners import Pair
from infrastructure.questions.snapshots import Snapshot
from tests.property.comparing import World, log_of
from tests.property.histories import History, random_viewpoint

Item = TypeVar("Item", PairAlignment, PairChange, "Short")


class Short(NamedTuple):
    """How a pair stands, in short."""

    actors: Pair
    stance: Stance


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


def check(opened: list[World], history: History, rng: Random) -> None:
    """The whole matrix and an actor's pairs, at any viewpoint, and with any size of pages."""
    compared = Compared.of(opened, history)
    for _ in range(3):
        viewpoint, limit = compared.viewpoint(rng), rng.choice((1, 2, 3, 7, 1_000))
        actor = rng.choice(history.actors)
        expected = compared.matrix(viewpoint)
        theirs = [one for one in expected if actor in one.actors]
        for world in opened:
            with world.database.read() as conn:
                ask = partial(matrix.page, Snapshot.of(conn), viewpoint, limit=limit)
                found = joined(ask, history)
                assert found == expected, viewpoint
                one = partial(ask, source=matrix.pairs_with(actor))
                found = joined(one, history)
                assert found == theirs, (actor, viewpoint)
