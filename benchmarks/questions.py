"""What is asked: how actors stood to each other on some day, from several viewpoints.

The same questions go to everybody who is asked. None is asked twice in a stretch.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from benchmarks.driving import at_share
from benchmarks.relations import DAYS, Relations, day_of

Kind = Literal[
    "one pair", "four actors", "the pair told of most", "partners of one actor", "whole matrix"
]
PAIR: Kind = "one pair"
FOUR: Kind = "four actors"
HEAVY: Kind = "the pair told of most"
PARTNERS: Kind = "partners of one actor"
MATRIX: Kind = "whole matrix"
KINDS: tuple[Kind, ...] = (PAIR, FOUR, HEAVY, PARTNERS, MATRIX)

Pair = tuple[str, str]
Stance = tuple[str, int, int]
"""The alignment, cooperation and conflict of a pair."""
Answer = dict[Pair, Stance]
"""Of the pairs that are not `unknown`."""

_WARM_UP = 20


class View(NamedTuple):
    """From where it is seen: which claims count, and whether as the log was at some time before."""

    name: str
    past: bool
    according_to: bool = False
    reliability: Literal["C"] | None = None
    alleged: bool = False

    def __str__(self) -> str:
        return f"{self.name}, {'known before' if self.past else 'known now'}"


VIEWS = tuple(
    view
    for past in (False, True)
    for view in (
        View("default", past),
        View("according_to", past, according_to=True),
        View("reliability=C", past, reliability="C"),
        View("include=alleged", past, alleged=True),
    )
)
DEFAULT = VIEWS[0]


class Question(NamedTuple):
    """How these actors stand to each other, one actor to all others, or (nobody named) all to all.

    `position` None: as known now.
    """

    kind: Kind
    actors: tuple[str, ...]
    day: date
    position: int | None
    according_to: str | None
    reliability: Literal["C"] | None
    alleged: bool


class Asked(NamedTuple):
    """Milliseconds a question, and how many were asked."""

    p50: float
    p99: float
    asked: int


class Questions:
    """Random questions about the first so many events of the history."""

    def __init__(self, actors: int, events: int) -> None:
        self._relations = Relations(actors)
        self._events = events
        self._theatre_of = {
            actor: theatre for theatre in self._relations.theatres for actor in theatre
        }

    def some(self, kind: Kind, view: View, count: int, seed: int) -> list[Question]:
        """So many questions of one kind, as seen from random places of one kind."""
        dice = random.Random(f"{kind} {view} {seed}")
        return [self._one(kind, view, dice) for _ in range(count)]

    def _one(self, kind: Kind, view: View, dice: random.Random) -> Question:
        actors = self._actors(kind, dice)
        position = dice.randint(self._relations.claims_after, self._events) if view.past else None
        somebody = actors[0] if actors else dice.choice(dice.choice(self._relations.theatres))
        return Question(
            kind=kind,
            actors=actors,
            day=day_of(dice.randrange(DAYS)),
            position=position,
            according_to=somebody if view.according_to else None,
            reliability=view.reliability,
            alleged=view.alleged,
        )

    def _actors(self, kind: Kind, dice: random.Random) -> tuple[str, ...]:
        """Actors of whom the log tells: of those who are told of more often, more often."""
        if kind == MATRIX:
            return ()
        if kind == HEAVY:
            return self._relations.heavy
        pair = self._relations.pair(dice.randint(self._relations.claims_after + 1, self._events))
        if kind == PAIR:
            return pair
        if kind == PARTNERS:
            return (dice.choice(pair),)
        others = [one for one in self._theatre_of[pair[0]] if one not in pair]
        return tuple(sorted((*pair, *dice.sample(others, 2))))


def timed(
    ask: Callable[[Question], object], questions: Sequence[Question], seconds: float
) -> Asked:
    """Ask one after another until all are answered or the time is up; the first are not counted.

    One at least is counted.
    """
    warming = min(_WARM_UP, len(questions) // 4)
    _asked(ask, questions[:warming], seconds / 4)
    taken = sorted(_asked(ask, questions[warming:], seconds))
    return Asked(at_share(taken, 0.5), at_share(taken, 0.99), len(taken))


def _asked(
    ask: Callable[[Question], object], questions: Sequence[Question], seconds: float
) -> list[float]:
    """The milliseconds of each, until the time is up."""
    clock = time.perf_counter
    taken = []
    now = clock()
    until = now + seconds
    for question in questions:
        before = now
        ask(question)
        now = clock()
        taken.append(1_000 * (now - before))
        if now >= until:
            break
    return taken
