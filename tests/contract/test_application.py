"""An application written for the eventsourcing library, which knows nothing of Foedus."""

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBEvent
from eventsourcing.dcb.application import DCBApplication
from eventsourcing.dcb.domain import Decision, Selector, Slice, Tagged
from eventsourcing.dcb.persistence import DCBMapper
from eventsourcing.domain import event
from eventsourcing.persistence import InfrastructureFactoryError, IntegrityError, Tracking
from eventsourcing.utils import get_topic, resolve_topic

from infrastructure.database import Database
from infrastructure.event_store import SqlFactory, SqlRecorder, SqlTrackingRecorder
from infrastructure.event_store.envelope import NewEvent
from infrastructure.event_store.verification import verify
from infrastructure.migrating import SchemaTooOld


@dataclass
class BerthOffered(Decision):
    berth: str
    ships: int


@dataclass
class ShipMoored(Decision):
    ship: str


class HarbourFull(Exception):
    pass


class Moor(Slice[Decision]):
    """A ship takes one of the places of a berth."""

    def __init__(self, berth: str, ship: str) -> None:
        self.berth, self.ship = berth, ship
        self.free = 0

    def consistency_boundary(self) -> Sequence[Selector]:
        return [
            Selector(types=[BerthOffered, ShipMoored], tags=[f"berth:{self.berth}"]),
            Selector(types=[ShipMoored], tags=[f"ship:{self.ship}"]),
        ]

    @event(BerthOffered)
    def _(self, ships: int) -> None:
        self.free += ships

    @event(ShipMoored)
    def _(self) -> None:
        self.free -= 1

    def execute(self) -> None:
        if self.free < 1:
            raise HarbourFull
        self.trigger_event(ShipMoored, [f"ship:{self.ship}", f"berth:{self.berth}"], ship=self.ship)


class Compressed(DCBMapper[Decision]):
    """Events as bytes that are neither text nor JSON."""

    def to_dcb_event(self, event: Tagged[Any]) -> DCBEvent:
        data = zlib.compress(json.dumps(event.decision.as_dict()).encode())
        return DCBEvent(get_topic(type(event.decision)), data, event.tags)

    def to_domain_event(self, event: DCBEvent) -> Tagged[Decision]:
        decision = resolve_topic(event.type)(**json.loads(zlib.decompress(event.data)))
        return Tagged(event.tags, decision)


class Harbour(DCBApplication):
    def offer(self, berth: str, ships: int) -> None:
        offered = BerthOffered(berth=berth, ships=ships)
        self.events.append([Tagged([f"berth:{berth}"], offered)])

    def moor(self, berth: str, ship: str) -> None:
        self.do(Moor(berth, ship))


class Port(Harbour):
    """The same under another name."""


@contextmanager
def harbour(url: str, kind: type[Harbour] = Harbour, **settings: str) -> Iterator[Harbour]:
    env = {
        "PERSISTENCE_MODULE": "infrastructure.event_store",
        "FOEDUS_DATABASE_URL": url,
        "MAPPER_TOPIC": get_topic(Compressed),
    }
    with kind(env | settings) as application:
        yield application


def test_a_foreign_application_runs_on_the_store(bare_url: str) -> None:
    with harbour(bare_url) as application:
        application.offer("north", 2)
        application.moor("north", "ada")
        application.moor("north", "bella")
        with pytest.raises(HarbourFull):
            application.moor("north", "clara")
    with harbour(bare_url) as application, pytest.raises(HarbourFull):
        application.moor("north", "clara")
    database = Database(bare_url)
    assert verify(database).position == 3
    assert [stored.id for stored in SqlRecorder(database).read()] == [None] * 3
    database.dispose()


def test_a_decision_that_came_too_late_is_refused(bare_url: str) -> None:
    with harbour(bare_url) as application:
        application.offer("north", 1)
        application.offer("south", 1)
        slow, apart = Moor("north", "ada"), Moor("south", "bella")
        for each in (slow, apart):
            application.repository.advance(each)
            each.execute()
        application.moor("north", "clara")
        with pytest.raises(IntegrityError):
            application.repository.save(slow)
        application.repository.save(apart)


def test_our_events_and_foreign_ones_share_a_log(bare_url: str) -> None:
    with harbour(bare_url) as application:
        application.offer("north", 1)
        recorder = application.recorder
        assert isinstance(recorder, SqlRecorder)
        recorder.record([NewEvent("CoupOccurred", b"{}", ["actor:mali"], "i1", 1)])
        application.moor("north", "ada")
        stored = [(event.position, event.id) for event in recorder.read()]
        assert stored == [(1, None), (2, "i1"), (3, None)]


def test_its_own_name_can_carry_the_settings(new_url: Callable[..., str]) -> None:
    url = new_url("sqlite")
    with harbour("", HARBOUR_FOEDUS_DATABASE_URL=url) as application:
        assert isinstance(application.factory, SqlFactory)
        assert application.factory.database.dialect == "sqlite"


def test_tracking_is_each_applications_own(fresh_url: str) -> None:
    with harbour(fresh_url) as application:
        factory = application.factory
        assert isinstance(factory, SqlFactory)
        factory.tracking_recorder().insert_tracking(Tracking("upstream", 5))
        assert factory.tracking_recorder(SqlTrackingRecorder).max_tracking_id("upstream") == 5
    with harbour(fresh_url, kind=Port) as application:
        factory = application.factory
        assert isinstance(factory, SqlFactory)
        assert factory.tracking_recorder().max_tracking_id("upstream") is None


def test_without_a_url_there_is_no_store() -> None:
    with pytest.raises(InfrastructureFactoryError, match="FOEDUS_DATABASE_URL"):
        SqlFactory({})


def test_tables_are_not_made_where_that_is_switched_off(bare_url: str) -> None:
    with pytest.raises(SchemaTooOld), harbour(bare_url, CREATE_TABLE="no"):
        pass
    with harbour(bare_url):
        pass
    with harbour(bare_url, CREATE_TABLE="no") as application:
        application.offer("north", 1)
