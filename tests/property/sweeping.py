"""A log that grows in batches with sweeps between and within them: segments held against the fold."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from random import Random
from unittest.mock import patch

from domain.effects import ANY, effects_of
from domain.event import Event, Recorded
from domain.fold.actors import registration_of
from domain.fold.alignment import pair_alignment
from domain.fold.changes import matrix
from domain.fold.ledger import Ledger
from domain.past import Stance
from domain.viewpoint import Viewpoint
from domain.vocabulary import ReportRetracted
from infrastructure.projecting.sweeping import keep, sweep, sweep_all, work_out
from infrastructure.questions import stances
from infrastructure.questions.partners import Pair
from infrastructure.questions.segments import (
    END_OF_TIME,
    Segment,
    kept_segments,
    states_of_pairs,
)
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.segments import PAIR_KINDS
from tests.property.comparing import World
from tests.property.histories import History, random_viewpoint

InShort = list[tuple[Pair, Stance]]


def check(opened: list[World], history: History, rng: Random) -> None:
    """Record the history part by part, sweep at random moments, and compare now and then."""
    growing = Growing(opened, history, rng)
    for part in parts(rng, history):
        way = rng.choice((growing.append, growing.append_while_sweeping))
        way(part)
        if rng.random() < 0.4:
            growing.sweep()
        growing.compare_kept()
        if rng.random() < 0.3:
            growing.compare_in_short()
    for world in opened:
        sweep_all(world.database)
    growing.compare_kept()
    for _ in range(3):
        growing.compare_in_short()


def parts(rng: Random, history: History) -> Iterator[History]:
    """The history in parts of any size."""
    rest = history.events
    while rest:
        size = rng.choice((1, 1, 2, 5, 20))
        yield History(rng, prefix=history.prefix, events=rest[:size])
        rest = rest[size:]


@dataclass
class Growing:
    """A history of which a part was recorded in every database."""

    opened: list[World]
    history: History
    rng: Random
    log: list[Recorded] = field(default_factory=list)

    def append(self, part: History) -> None:
        self._heard(part, {world.append(part) for world in self.opened})

    def append_while_sweeping(self, part: History) -> None:
        """What is worked out of the log before the part is kept after it."""
        behind, firsts = self._somewhere(), set()
        for world in self.opened:
            found = work_out(world.database, behind)
            firsts.add(world.append(part))
            keep(world.database, found)
        self._heard(part, firsts)

    def sweep(self) -> None:
        behind = self._somewhere()
        for world in self.opened:
            sweep(world.database, behind)

    def compare_kept(self) -> None:
        """Every pair is marked by what touched it, and stale or right."""
        touched = touched_in(self.log)
        ours = sorted(touched)
        expected = {pair: own_segments(self.log, pair) for pair in ours}
        for world in self.opened:
            with world.database.read() as conn:
                snapshot = Snapshot.of(conn)
                states = states_of_pairs(snapshot, (self.history.prefix, ""), 100)
                kept = kept_segments(snapshot, (self.history.prefix, ""), ("~", "~"))
            marked = {(one.a, one.b): one for one in states if one.a in self.history.actors}
            assert {pair: one.touched for pair, one in marked.items()} == touched
            by_pair = {ends: list(of) for ends, of in groupby(kept, key=itemgetter(0, 1))}
            for pair in ours:
                if not marked[pair].stale:
                    assert by_pair.get(pair, []) == expected[pair], pair

    def compare_in_short(self) -> None:
        """On a random day, as known now or before."""
        valid_at = random_viewpoint(self.rng, self.history, self.log[0].position).valid_at
        position = self.rng.choice((self.log[-1].position, self.rng.choice(self.log).position))
        plain = Viewpoint(valid_at=valid_at, position=position)
        any_ = random_viewpoint(self.rng, self.history, self.log[0].position)
        self._compare(plain)
        with everything_read_through():
            self._compare(self.rng.choice((plain, replace(any_, parts=False))))

    def _compare(self, viewpoint: Viewpoint) -> None:
        expected = by_the_fold(self.log, viewpoint, self.history)
        for world in self.opened:
            assert in_short(world, viewpoint, self.history) == expected, viewpoint

    def _heard(self, part: History, firsts: set[int]) -> None:
        [first] = firsts
        now = datetime.now(UTC)
        self.log += [
            Recorded(position=position, recorded_at=now, event=event)
            for position, event in enumerate(part.events, start=first)
        ]

    def _somewhere(self) -> Pair:
        """Before all pairs of the history, or before some."""
        actors = self.history.actors
        behind = self.rng.choice(actors), self.rng.choice(actors)
        return self.rng.choice(((self.history.prefix, ""), behind))


@contextmanager
def everything_read_through() -> Iterator[None]:
    """However few pairs are asked for."""
    with patch.multiple(stances, SCANNED_FROM=1, SCANNED_PART=0):
        yield


def touched_in(log: Sequence[Recorded]) -> dict[Pair, int]:
    """The pairs between which a line was ever moved, and at which position last."""
    found: dict[Pair, int] = {}
    events = {one.event.id: one.event for one in log}
    for recorded in log:
        for event in (recorded.event, *ended_by(recorded.event, events)):
            for line in (one.line for one in effects_of(event.data)):
                if line.kind in PAIR_KINDS:
                    ends = {line.source, line.target} - {ANY}
                    every = [pair for pair in found if ends < set(pair)]
                    exact = [(min(ends), max(ends))] if len(ends) > 1 else every
                    found.update(dict.fromkeys(exact, recorded.position))
    return found


def ended_by(event: Event, events: dict[str, Event]) -> list[Event]:
    """The event that an event retracts or corrects."""
    ids = [event.supersedes] if event.supersedes else []
    if isinstance(event.data, ReportRetracted):
        ids.append(event.data.event)
    return [events[one] for one in ids]


def own_segments(log: Sequence[Recorded], pair: Pair) -> list[Segment]:
    """How the pair stands by its own lines, day by day, where it is not unknown."""
    days = sorted({day for one in log for day in around(one.event)})
    ledger = Ledger.of(log, Viewpoint(valid_at=days[0], position=log[-1].position))
    ledger.sets = [one for one in ledger.sets if one.effect.line.kind in PAIR_KINDS]
    turns: list[tuple[int, Stance]] = []
    for day in days:
        now = stance(ledger, day, pair)
        if not turns or turns[-1][1] != now:
            turns.append((day.toordinal(), now))
    ends = [*turns[1:], (END_OF_TIME, None)]
    return [
        Segment(*pair, since, until, now.cooperation, now.conflict)
        for (since, now), (until, _) in zip(turns, ends, strict=True)
        if now.alignment != "unknown"
    ]


def around(event: Event) -> Iterator[date]:
    """The days on which an event's effects may take hold, and those before and after."""
    span = event.span
    for day in (span.earliest, span.latest, span.ended):
        yield from (day + timedelta(step) for step in (-1, 0, 1))


def stance(ledger: Ledger, day: date, pair: Pair) -> Stance:
    now = replace(ledger, viewpoint=replace(ledger.viewpoint, valid_at=day))
    found = pair_alignment(now, *pair)
    return Stance(found.alignment, found.cooperation, found.conflict)


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
