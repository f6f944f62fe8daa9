"""Incidents answered from the read models are those that the log folds to, in every field."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.fold import incidents as fold
from domain.incidents import IncidentFilter, IncidentState, IncidentSummary, Method
from domain.viewpoint import Viewpoint
from infrastructure.questions import incident_list, incidents
from infrastructure.questions.snapshots import Snapshot
from tests.property.comparing import World, examples, log_of
from tests.property.histories import FIRST_DAY, History
from tests.property.reports import reporting_history, reporting_viewpoint

HISTORIES = int(os.environ.get("FOEDUS_TEST_HISTORIES", "400")) // 5
VIEWPOINTS = 4

FILTERS: dict[str, Callable[[History], IncidentFilter]] = {
    "all": lambda _: IncidentFilter(),
    "of an actor": lambda h: IncidentFilter(actor=h.actors[0]),
    "on which an actor speaks": lambda h: IncidentFilter(actor=h.actors[1], claimant=h.actors[0]),
    "of some days": lambda _: IncidentFilter(
        occurred_from=FIRST_DAY, occurred_to=FIRST_DAY + timedelta(days=1)
    ),
}


def test_on_a_few_histories(opened: list[World]) -> None:
    @settings(examples(20))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, reporting_history(rng), rng)

    compare()


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_on_hundreds_of_histories(opened: list[World]) -> None:
    @settings(examples(HISTORIES))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, reporting_history(rng), rng)

    compare()


def check(opened: list[World], history: History, rng: Random) -> None:
    log = log_of(opened, history)
    first = log[0].position
    for _ in range(VIEWPOINTS):
        viewpoint = reporting_viewpoint(rng, history, first)
        method = rng.choice((None, *get_args(Method)))
        limit = rng.choice((1, 3, 100))
        listed = {
            name: fold.incidents(log, viewpoint, wanted(history))
            for name, wanted in FILTERS.items()
        }
        told = {one: fold.incident(log, viewpoint, one, method) for one in history.incidents}
        for world in opened:
            with world.database.read() as conn:
                snapshot = Snapshot.of(conn)
                assert by_sql(snapshot, viewpoint, history) == listed, viewpoint
                for one in history.incidents:
                    answered = whole(snapshot, viewpoint, one, method, limit)
                    assert answered == told[one], f"{one}, {method}, {viewpoint}"


def by_sql(
    snapshot: Snapshot, viewpoint: Viewpoint, history: History
) -> dict[str, list[IncidentSummary]]:
    listed = {}
    for name, wanted in FILTERS.items():
        asked = wanted(history)
        found, _ = incident_list.incidents(snapshot, viewpoint, asked, after=history.prefix)
        listed[name] = [one for one in found if one.id in history.incidents]
    return listed


def whole(
    snapshot: Snapshot, viewpoint: Viewpoint, incident: str, method: Method | None, limit: int
) -> IncidentState | None:
    """The incident with the accounts of all pages; None where nothing reports it."""
    try:
        page = incidents.incident(snapshot, viewpoint, incident, method=method, limit=limit)
    except incidents.UnknownIncident:
        return None
    accounts = list(page.state.accounts)
    while page.next is not None:
        page = incidents.incident(snapshot, viewpoint, incident, after=page.next, limit=limit)
        accounts += page.state.accounts
    first = incidents.incident(snapshot, viewpoint, incident, method=method, limit=limit).state
    return replace(first, accounts=tuple(accounts))
