"""The log that questions are asked of is one that the domain would have accepted, byte for byte."""

from collections import Counter

from benchmarks.relations import Relations
from infrastructure.codec import StoredForm, decode
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.log import EventLog
from tests.conftest import NewUrl

ACTORS, EVENTS = 60, 2_100


def test_the_domain_makes_the_same_log(new_url: NewUrl) -> None:
    drafts = list(Relations(ACTORS).drafts(EVENTS))
    database = Database(new_url("sqlite"))
    recorder = SqlRecorder(database)
    try:
        events = [decode(one.id, StoredForm(one.type, 1, one.data)) for one in drafts]
        for batch in (events[:1_000], events[1_000:2_000], events[2_000:]):
            EventLog(recorder).append(batch)
        stored = list(recorder.stream())
    finally:
        recorder.close()
        database.dispose()
    assert len({one.type for one in drafts}) == 24
    assert [(one.id, one.type, one.data, one.tags) for one in drafts] == [
        (one.id, one.event.type, one.event.data, tuple(one.event.tags)) for one in stored
    ]


def test_it_goes_on_where_a_shorter_one_ended() -> None:
    log = Relations(ACTORS)
    assert [*log.drafts(300), *log.drafts(EVENTS, after=300)] == [*log.drafts(EVENTS)]


def test_one_pair_has_a_fiftieth_of_the_events() -> None:
    log = Relations(ACTORS)
    told = Counter(log.pair(position) for position in range(1, 5_001))
    assert 100 <= told[log.heavy] < 120
    assert told.most_common(2)[1][1] < 20
