"""The long log of the benchmarks is one that the domain would have accepted, byte for byte."""

from benchmarks.history import History
from infrastructure.codec import StoredForm, decode
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.log import EventLog
from tests.conftest import NewUrl

ACTORS, EVENTS = 60, 400


def test_the_domain_makes_the_same_log(new_url: NewUrl) -> None:
    drafts = list(History(ACTORS).drafts(EVENTS))
    database = Database(new_url("sqlite"))
    recorder = SqlRecorder(database)
    try:
        events = [decode(one.id, StoredForm(one.type, 1, one.data)) for one in drafts]
        EventLog(recorder).append(events)
        stored = list(recorder.stream())
    finally:
        recorder.close()
        database.dispose()
    assert len({one.type for one in drafts}) == 10
    assert [(one.id, one.type, one.data, one.tags) for one in drafts] == [
        (one.id, one.event.type, one.event.data, tuple(one.event.tags)) for one in stored
    ]


def test_it_goes_on_where_a_shorter_one_ended() -> None:
    history = History(ACTORS)
    assert [*history.drafts(100), *history.drafts(EVENTS, after=100)] == [*history.drafts(EVENTS)]
