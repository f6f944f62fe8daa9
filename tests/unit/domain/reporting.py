"""Short ways to report an incident and to ask for it."""

from typing import Any

from domain.event import Event
from domain.fields import Count
from domain.fold.incidents import incident
from domain.incidents import (
    Claimed,
    FigureRange,
    IncidentState,
)
from domain.viewpoint import Viewpoint
from domain.vocabulary import (
    BattleReported,
    CasualtiesReported,
    Side,
)
from tests.builders import day, event, log, registered

ACTORS = tuple(registered(one) for one in ("mali", "csp", "jnim", "wagner"))


def given(*events: Event, **viewpoint: Any) -> IncidentState:
    """The incident `raid` after these events and four registrations."""
    recorded = log(*ACTORS, *events)
    asked: dict[str, Any] = {"valid_at": day("2024-08-31"), "position": len(recorded)} | viewpoint
    found = incident(recorded, Viewpoint(**asked), "raid")
    assert found is not None
    return found


def toll(called: str, claimant: str | None, side: str = "mali", **fields: Any) -> Event:
    """Somebody counts a side's dead: `best=2`, `text="a high toll"`; the rest is the event's."""
    numbers = {name: fields.pop(name) for name in ("low", "best", "high", "text") if name in fields}
    data = CasualtiesReported(suffered_by=side, killed=Count(**numbers))
    return event(data, "2024-07-27", called=called, claimant=claimant, incident="raid", **fields)


def battle(called: str, claimant: str, *sides: Side, **fields: Any) -> Event:
    data = BattleReported(sides=sides)
    return event(data, "2024-07-27", called=called, claimant=claimant, incident="raid", **fields)


def of(state: IncidentState, *actors: str, scope: str = "incident") -> FigureRange:
    """What is told of a side's dead."""
    [found] = [
        one
        for one in state.ranges
        if (one.actors, one.measure, one.scope) == (actors, "killed", scope)
    ]
    return found


def alone(told: FigureRange) -> Claimed:
    [claimed] = told.claimed_by
    return claimed


def story(state: IncidentState) -> list[tuple[int, str | None, str]]:
    return [(one.position, one.claimant, one.how) for one in state.changes]
