"""One pair of which closes of vague dates tell much: what they leave open, held against the fold."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from domain.claims import Claim
from domain.event import Event
from domain.fold.alignment import alignments as fold_alignments
from domain.viewpoint import Viewpoint
from domain.vocabulary import (
    ActorRegistered,
    BattleReported,
    EventData,
    HostilitiesEnded,
    Side,
)
from infrastructure.questions.alignments import alignments
from infrastructure.questions.snapshots import Snapshot
from tests.property.comparing import World, log_of

FIRST_DAY = date(2020, 1, 1)
DAYS = 120
EVENTS = 9
VIEWPOINTS = 12

_numbers = count(1 << 96)


def check(opened: list[World], _history: Any, rng: Random) -> None:
    """Append a history of our own everywhere, and compare the pair on some days."""
    number = next(_numbers) % (1 << 96)
    pair = (f"closed-{number}-a", f"closed-{number}-b")
    log: Any = log_of(opened, SimpleNamespace(events=list(_events(rng, *pair))))  # type: ignore[arg-type]
    last = log[-1].position
    for _ in range(VIEWPOINTS):
        viewpoint = Viewpoint(
            valid_at=FIRST_DAY + timedelta(days=rng.randrange(-5, DAYS + 40)), position=last
        )
        expected = fold_alignments(log, viewpoint, pair)
        for world in opened:
            with world.database.read() as conn:
                _, found = alignments(Snapshot.of(conn), viewpoint, pair)
            assert found == expected, f"{viewpoint}: {found} for {expected}"


def _events(rng: Random, a: str, b: str) -> Iterator[Event]:
    for actor in (a, b):
        yield _event(ActorRegistered(actor=actor, kind="state", name=actor), "1900")
    fought = BattleReported(sides=(Side(parties=(a,)), Side(parties=(b,))))
    told: tuple[EventData, ...] = (fought, fought, HostilitiesEnded(parties=(a, b)))
    for _ in range(EVENTS):
        yield _event(rng.choice(told), _occurred(rng))


def _occurred(rng: Random) -> str:
    """A day, a month or a year."""
    day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    return rng.choice((day.isoformat(), day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"))


def _event(data: EventData, occurred: str) -> Event:
    return Event(id=str(UUID(int=next(_numbers))), occurred=occurred, data=data, claim=Claim())
