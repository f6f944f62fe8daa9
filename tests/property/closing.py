"""One pair of which closes of vague dates tell much: what they leave open, held against the fold."""

from datetime import date, timedelta
from random import Random
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
from tests.property.histories import History
from tests.property.random_data import ids

FIRST_DAY = date(2020, 1, 1)
DAYS = 120
EVENTS = 9
VIEWPOINTS = 12


def check(opened: list[World], history: History, rng: Random) -> None:
    """Append a history of two actors everywhere, and compare the pair on some days.

    Of the history given only the names are taken: it is dense in all but closes.
    """
    a, b, *_ = history.actors
    log = log_of(opened, _closing(rng, a, b))
    for _ in range(VIEWPOINTS):
        day = FIRST_DAY + timedelta(days=rng.randrange(-5, DAYS + 40))
        viewpoint = Viewpoint(valid_at=day, position=log[-1].position)
        expected = fold_alignments(log, viewpoint, (a, b))
        for world in opened:
            with world.database.read() as conn:
                _, found = alignments(Snapshot.of(conn), viewpoint, (a, b))
            assert found == expected, f"{viewpoint}: {found} for {expected}"


def _closing(rng: Random, a: str, b: str) -> History:
    """Fighting of the two, and its ends, on dates that overlap."""
    registrations = [
        _event(ActorRegistered(actor=one, kind="state", name=one), "1900") for one in (a, b)
    ]
    fought = BattleReported(sides=(Side(parties=(a,)), Side(parties=(b,))))
    told: tuple[EventData, ...] = (fought, fought, HostilitiesEnded(parties=(a, b)))
    events = [_event(rng.choice(told), _occurred(rng)) for _ in range(EVENTS)]
    return History(rng, events=registrations + events)


def _occurred(rng: Random) -> str:
    """A day, a month or a year."""
    day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    return rng.choice((day.isoformat(), day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"))


def _event(data: EventData, occurred: str) -> Event:
    return Event(id=str(UUID(int=next(ids) << 64)), occurred=occurred, data=data, claim=Claim())
