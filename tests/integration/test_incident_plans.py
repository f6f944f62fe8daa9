"""Incidents take a constant number of statements, none of which reads a whole table."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from sqlalchemy import text

from domain.incidents import IncidentFilter
from domain.viewpoint import Viewpoint
from infrastructure.questions.incident_list import incidents
from infrastructure.questions.incidents import incident, recorded_at
from infrastructure.questions.snapshots import Snapshot
from tests.integration.statements import said
from tests.integration.test_question_plans import Crowded, all_go_by_indexes
from tests.property.comparing import World
from tests.property.histories import History
from tests.property.reports import reporting_history

DAY = date(2020, 2, 1)
QUESTIONS: dict[str, Callable[[Snapshot, Viewpoint, History], object]] = {
    "incidents": lambda s, v, _: incidents(s, v, IncidentFilter(), limit=3),
    "incidents of an actor": lambda s, v, h: incidents(s, v, IncidentFilter(actor=h.actors[0])),
    "incidents by a claimant": lambda s, v, h: incidents(
        s, v, IncidentFilter(claimant=h.actors[0])
    ),
    "incidents of a day": lambda s, v, h: incidents(
        s, v, IncidentFilter(actor=h.actors[0], occurred_from=DAY, occurred_to=DAY)
    ),
    "an incident": lambda s, v, h: incident(s, v, h.incidents[0], method="median", limit=5),
    "when": lambda s, _, __: recorded_at(s, [3, 5]),
}
MOST_STATEMENTS = 14


class Reported(Crowded):
    """A database of many incidents; the first of `history` has the most to tell."""

    def __init__(self, url: str) -> None:
        self.world = World.of(url)
        for seed in range(12):
            self.world.append(reporting_history(Random(seed)))
        self.history = reporting_history(Random(99), events=150)
        last = self.world.append(self.history) + len(self.history.events) - 1
        self.viewpoint = Viewpoint(valid_at=date(2020, 2, 2), position=last)
        if self.world.database.dialect == "postgresql":
            with self.world.database.write() as conn:
                conn.execute(text("ANALYZE"))


@pytest.fixture
def reported(fresh_url: str) -> Iterator[Reported]:
    made = Reported(fresh_url)
    yield made
    made.world.database.dispose()


def test_every_question_goes_by_indexes(reported: Reported) -> None:
    all_go_by_indexes(reported, QUESTIONS)


def test_the_number_of_statements_does_not_depend_on_what_is_found(reported: Reported) -> None:
    busy, quiet = reported.history, reporting_history(Random(3), events=8)
    last = reported.world.append(quiet) + len(quiet.events) - 1
    viewpoint = replace(reported.viewpoint, position=last)
    for question, ask in QUESTIONS.items():
        counts = []
        for history in (busy, quiet):
            with reported.world.database.read() as conn, said(conn) as heard:
                ask(Snapshot.of(conn), viewpoint, history)
            counts.append(len([one for one in heard if one[0].startswith("SELECT")]))
        assert counts[0] == counts[1] <= MOST_STATEMENTS, question
