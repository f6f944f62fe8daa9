"""What an import left in the log, and what the log answers then."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from domain.checks import problems
from domain.event import Event
from domain.vocabulary import ActorRegistered
from infrastructure.codec import event_of
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from tests.cli.conftest import Foedus


@contextmanager
def recorder(url: str) -> Iterator[SqlRecorder]:
    database = Database(url)
    try:
        yield SqlRecorder(database)
    finally:
        database.dispose()


def told(url: str) -> list[Event]:
    """Every event of the log but the registrations, in order; all are what anybody could append."""
    with recorder(url) as log:
        events = [event_of(one) for one in log.stream()]
    assert [problems(one) for one in events if problems(one)] == []
    return [one for one in events if not isinstance(one.data, ActorRegistered)]


def registered(url: str) -> dict[str, ActorRegistered]:
    """The actors registered in the log, by name."""
    return {one.name: one for one in registrations(url)}


def registrations(url: str) -> list[ActorRegistered]:
    """The actors registered in the log, several of one name included."""
    with recorder(url) as log:
        data = [event_of(one).data for one in log.stream()]
    return [one for one in data if isinstance(one, ActorRegistered)]


def asked(foedus: Foedus, pair: tuple[str, str], day: str, *options: str) -> dict[str, Any]:
    """The answer for two actors, given by name or id, on a day."""
    ended = foedus("ask", *pair, "--valid-at", day, "--json", *options)
    assert ended.code == 0, ended.err
    [alignment] = json.loads(ended.out)["alignments"]
    assert isinstance(alignment, dict)
    return alignment
