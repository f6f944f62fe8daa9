"""What queries match and in which order, told by the library's in-memory recorder."""

import tracemalloc
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBQueryItem,
    DCBSequencedEvent,
)
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.persistence import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, window
from infrastructure.event_store.conditions import UNION_TERMS, Criteria
from infrastructure.event_store.envelope import NewEvent
from infrastructure.event_store.reading import PAGE

TYPES = ("Coup", "Battle", "Ceasefire")
TAGS = ("actor:mali", "actor:france", "incident:x", "")

types = st.lists(st.sampled_from((*TYPES, "\x00", "\ud800")), max_size=2)
tags = st.lists(st.sampled_from((*TAGS, "unknown", "\x00")), max_size=3)
queries = st.none() | st.builds(
    DCBQuery, st.lists(st.builds(DCBQueryItem, types=types, tags=tags), max_size=5)
)
events = st.builds(
    DCBEvent,
    type=st.sampled_from(TYPES),
    data=st.binary(max_size=4),
    tags=st.lists(st.sampled_from(TAGS), max_size=4),
)

on_one_database = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("kept", [0, window.MOST_EVENTS], ids=["by SQL", "in memory"])
@given(
    history=st.lists(st.lists(events, min_size=1, max_size=5), max_size=4),
    query=queries,
    after=st.none() | st.integers(0, 12),
    limit=st.none() | st.integers(0, 6),
)
@on_one_database
def test_reads_and_conditions_are_those_of_the_library(
    database: Database,
    kept: int,
    *,
    history: list[list[DCBEvent]],
    query: DCBQuery | None,
    after: int | None,
    limit: int | None,
) -> None:
    recorder, oracle = SqlRecorder(database), InMemoryDCBRecorder()
    before = recorder.head().position
    for batch in history:
        recorder.append(batch)
        oracle.append(batch)
    response = recorder.read(query, after=before + (after or 0), limit=limit)
    expected = oracle.read(query, after=after or 0, limit=limit)
    found = [(event.position - before, event.event) for event in response]
    assert found == [(event.position, event.event) for event in expected]
    if limit is None:
        assert response.head == (recorder.head().position or None)
    else:
        assert response.head == (None if expected.head is None else expected.head + before)

    condition = DCBAppendCondition(query or DCBQuery(), after=before + (after or 0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window, "MOST_EVENTS", kept)
        if list(oracle.read(query, after=after or 0, limit=1)):
            with pytest.raises(IntegrityError):
                recorder.append([DCBEvent("Coup", b"")], condition)
        else:
            recorder.append([DCBEvent("Coup", b"")], condition)


EVENTS = [
    DCBEvent(name, b"", list(tagged))
    for name in ("Coup", "Battle")
    for tagged in (("x", "y"), ("y",), ("x",), ())
]
ITEMS = [
    DCBQueryItem(types=list(named), tags=list(tagged))
    for named in ((), ("Coup",), ("Coup", "Battle"))
    for tagged in ((), ("x",), ("y",), ("x", "y"))
]


def asked_for(query: DCBQuery, event: DCBEvent) -> bool:
    """The library's definition, word by word."""
    return not query.items or any(
        (not item.types or event.type in item.types) and set(item.tags) <= set(event.tags)
        for item in query.items
    )


def test_every_pair_of_items_finds_what_it_asks_for(
    database: Database, recorder: SqlRecorder
) -> None:
    recorder.append(EVENTS)
    for items in ([], *([item] for item in ITEMS), *map(list, product(ITEMS, ITEMS))):
        query = DCBQuery(items)
        expected = [n for n, event in enumerate(EVENTS, 1) if asked_for(query, event)]
        criteria = Criteria(query)
        matched = [n for n, event in enumerate(EVENTS, 1) if criteria.match(event.type, event.tags)]
        assert matched == expected
        assert positions(recorder.read(query)) == expected
        assert positions(recorder.read(query, limit=2)) == expected[:2]
        with database.read() as conn:
            assert criteria.found(conn, after=0, upto=len(EVENTS)) == bool(expected)
            last = expected[-1] if expected else 0
            assert not criteria.found(conn, after=last, upto=len(EVENTS))


@pytest.fixture
def long_log(recorder: SqlRecorder) -> SqlRecorder:
    """Three pages and a bit: every event has `all`, one in two `even`, and a tag of its own."""
    log = [
        DCBEvent(TYPES[n % 3], b"%d" % n, ["all", f"own:{n}", *(["even"] if n % 2 == 0 else [])])
        for n in range(1, 3 * PAGE + 8)
    ]
    recorder.append(log)
    return recorder


def positions(found: Iterable[DCBSequencedEvent]) -> list[int]:
    return [event.position for event in found]


LENGTH = 3 * PAGE + 7


def test_a_long_reading_goes_through_its_pages_in_order(long_log: SqlRecorder) -> None:
    assert positions(long_log.read()) == list(range(1, LENGTH + 1))
    assert positions(long_log.stream()) == list(range(1, LENGTH + 1))
    even = DCBQuery([DCBQueryItem(tags=["even"])])
    assert positions(long_log.read(even)) == list(range(2, LENGTH + 1, 2))
    either = DCBQuery([DCBQueryItem(types=["Coup"]), DCBQueryItem(tags=["even", "all"])])
    assert positions(long_log.read(either)) == [
        n for n in range(1, LENGTH + 1) if n % 3 == 0 or n % 2 == 0
    ]


def test_a_reading_ends_where_the_log_ended_when_it_was_opened(long_log: SqlRecorder) -> None:
    whole, even = long_log.read(), long_log.read(DCBQuery([DCBQueryItem(tags=["even"])]))
    stream = long_log.stream()
    first = next(stream)
    long_log.append([DCBEvent("Coup", b"", ["even"])])
    assert (whole.head, even.head) == (LENGTH, LENGTH)
    assert positions(whole)[-1] == LENGTH
    assert positions(even)[-1] == LENGTH - 1
    assert [first.position, *positions(stream)][-1] == LENGTH


def test_a_limit_larger_than_a_page_is_kept(long_log: SqlRecorder) -> None:
    limited = long_log.read(after=3, limit=PAGE + 5)
    assert limited.head == PAGE + 8
    assert positions(limited) == list(range(4, PAGE + 9))


def test_a_stream_can_be_cut_at_both_ends(long_log: SqlRecorder) -> None:
    cut = long_log.stream(after=5, upto=PAGE + 3, batch_size=7)
    assert positions(cut) == list(range(6, PAGE + 4))
    assert positions(long_log.stream(after=LENGTH)) == []


def test_thousands_of_items_are_one_condition(long_log: SqlRecorder) -> None:
    single = [DCBQueryItem(types=["Battle"], tags=[f"own:{n}"]) for n in range(1, LENGTH + 1)]
    expected = [n for n in range(1, LENGTH + 1) if n % 3 == 1]
    assert positions(long_log.read(DCBQuery(single * 5))) == expected
    pairs = [DCBQueryItem(tags=["even", f"own:{n}"]) for n in range(1, 6 * UNION_TERMS + 2)]
    assert positions(long_log.read(DCBQuery(pairs))) == list(range(2, 6 * UNION_TERMS + 2, 2))
    many = [DCBQueryItem(tags=[f"new:{n}"]) for n in range(40_000)]
    for query in (DCBQuery(many), DCBQuery([*many, *pairs[:1]])):
        long_log.append([DCBEvent("Coup", b"")], DCBAppendCondition(query))
    with pytest.raises(IntegrityError):
        long_log.append([DCBEvent("Coup", b"")], DCBAppendCondition(DCBQuery([*many, *pairs])))


def test_reading_the_whole_log_holds_a_page_at_a_time(recorder: SqlRecorder) -> None:
    size, count = 4_000, 10 * PAGE
    for _ in range(10):
        recorder.append([DCBEvent("Coup", b"x" * size, ["all"]) for _ in range(PAGE)])
    readings: tuple[Callable[[], Iterable[DCBSequencedEvent]], ...] = (
        recorder.stream,
        recorder.read,
        lambda: recorder.read(DCBQuery([DCBQueryItem(tags=["all"])])),
    )
    for reading in readings:
        tracemalloc.start()
        assert sum(1 for _ in reading()) == count
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < size * count / 2


def test_an_abandoned_reading_holds_no_transaction_open(long_log: SqlRecorder) -> None:
    abandoned = [long_log.read() for _ in range(30)]
    assert all(next(reading).position == 1 for reading in abandoned)
    assert long_log.head().position == LENGTH


def test_events_are_found_by_id(recorder: SqlRecorder) -> None:
    recorder.append([NewEvent("Coup", b"", [], id=name) for name in "abc"])
    assert [event.id for event in recorder.by_ids(["c", "unknown", "a"])] == ["a", "c"]
    assert recorder.by_ids([]) == []


def test_a_time_names_the_last_position_recorded_by_then(database: Database) -> None:
    start = datetime(2026, 11, 22, tzinfo=UTC)
    times = [start, start + timedelta(hours=1)]
    clock = iter(times)
    recorder = SqlRecorder(database, clock=lambda: next(clock))
    assert recorder.position_at(start) == 0
    for _ in times:
        recorder.append([DCBEvent("Coup", b"")])
    second = timedelta(microseconds=1)
    asked = [start - second, start, times[1] - second, times[1], times[1] + second]
    assert [recorder.position_at(moment) for moment in asked] == [0, 1, 1, 2, 2]


def test_the_head_of_an_empty_log_is_position_0(recorder: SqlRecorder) -> None:
    empty = recorder.head()
    assert (empty.position, empty.recorded_at) == (0, None)
    receipts = recorder.record([DCBEvent("Coup", b""), DCBEvent("Coup", b"")])
    last = receipts[-1]
    assert recorder.head() == (2, last.hash, last.recorded_at)
    hashes = [empty.hash, *(receipt.hash for receipt in receipts)]
    assert all(one != other for one, other in pairwise(hashes))
