"""No statement of the store reads a whole table, whatever the log's length."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import Tracking
from sqlalchemy import Connection, Engine
from sqlalchemy import event as database_event

from domain.vocabulary import AccusationMade, ActorDissolved, ReportRetracted
from infrastructure import prepared
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, SqlTrackingRecorder, reading, window
from infrastructure.event_store.envelope import NewEvent
from infrastructure.event_store.tracking import begin, move
from infrastructure.log import EventLog
from infrastructure.prepared import told
from infrastructure.projecting import Projector
from infrastructure.projecting.sweeping import sweep_all
from tests.builders import event, registered

Statement = tuple[str, Any]


@contextmanager
def heard() -> Iterator[list[Statement]]:
    """What is said to any database meanwhile."""
    said: list[Statement] = []

    def listen(_conn: Any, _cursor: Any, statement: str, values: Any, _: Any, many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's signature
        said.append((statement, values[0] if many else values))

    def hear(conn: Connection, text: str, values: Any = (), **how: Any) -> list[tuple[Any, ...]]:
        said.append((text, values))
        return told(conn, text, values, **how)

    database_event.listen(Engine, "before_cursor_execute", listen)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prepared, "told", hear)  # what goes past SQLAlchemy
            yield said
    finally:
        database_event.remove(Engine, "before_cursor_execute", listen)


@pytest.fixture
def statements(database: Database) -> list[Statement]:
    """What the store says to the database, while doing everything it can do."""
    with heard() as said:
        do_everything(database)
    return said


def do_everything(database: Database) -> None:
    recorder = SqlRecorder(database)
    recorder.record([NewEvent("Coup", b"{}", ["a", "b"], id="i1")])
    items = [
        DCBQueryItem(types=["Battle"]),
        DCBQueryItem(types=["Battle", "Strike"]),
        DCBQueryItem(tags=["x"]),
        DCBQueryItem(tags=["x", "y"], types=["Coup"]),
        DCBQueryItem(tags=["x", "y"]),
        *(DCBQueryItem(tags=[f"x:{n}"], types=["Coup", "Battle"]) for n in range(20)),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window, "MOST_EVENTS", 0)
        for query in (DCBQuery(items), *(DCBQuery([item]) for item in items[:6])):
            recorder.append([DCBEvent("Coup", b"")], DCBAppendCondition(query, after=0))
            list(recorder.read(query))
            list(recorder.read(query, after=1, limit=2))
    recorder.append([DCBEvent("Coup", b"")], DCBAppendCondition(DCBQuery(items), after=3))
    list(recorder.stream())
    list(recorder.read())
    recorder.by_ids(["i1", "i2"])
    recorder.position_at(datetime.now(UTC))
    with database.read() as conn:
        reading.at(conn, [1, 3])
    with database.write() as conn:
        begin(conn, "alignment", 1)
        move(conn, "alignment", 1, 0, 1)
    SqlTrackingRecorder(database).insert_tracking(Tracking("upstream", 1))


def mark_and_sweep(database: Database) -> None:
    """Mark pairs one by one and all of an actor, and work out their segments."""
    recorder = SqlRecorder(database)
    accusation = event(AccusationMade(accuser="mali", accused="niger"))
    dissolution = event(ActorDissolved(actor="niger"))
    retraction = event(ReportRetracted(event=accusation.id, reason="it was not so"))
    for one in (registered("mali"), registered("niger"), accusation, dissolution, retraction):
        EventLog(recorder).append([one])
        Projector(database, recorder).catch_up()
        sweep_all(database)


def test_every_statement_goes_by_an_index(database: Database, statements: list[Statement]) -> None:
    assert by_indexes(database, statements) > 40


def test_marking_pairs_and_sweeping_them_go_by_indexes(database: Database) -> None:
    with heard() as statements:
        mark_and_sweep(database)
    assert by_indexes(database, statements) > 40
    marked = [one for one, _ in statements if one.startswith("UPDATE rm_a_pairs")]
    assert {"touched" in one for one in marked} == {True, False}


def by_indexes(database: Database, statements: list[Statement]) -> int:
    """How many statements were explained; none of them scans a table."""
    explained = 0
    with database.write() as conn:
        if database.dialect == "postgresql":
            # Where an index can serve, it is taken now, however short the table is.
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, values in statements:
            if not statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")):
                continue
            explain = "EXPLAIN " if database.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
            plan = conn.exec_driver_sql(explain + statement, values).all()
            lines = [" ".join(map(str, row)) for row in plan]
            scans = [line for line in lines if is_scan(line)]
            assert not scans, (statement, lines)
            explained += 1
    return explained


def test_what_a_tag_has_beyond_a_position_is_found_at_once(
    database: Database, statements: list[Statement]
) -> None:
    """Not by looking through all that it ever had, where the index has the types first."""
    beyond = [one for one in statements if "log_types" in one[0]]
    assert len(beyond) >= 4
    if database.dialect == "sqlite":
        for statement, values in beyond:
            with database.read() as conn:
                plan = conn.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all()
            bounded = [row for row in plan if "(tag=? AND type=? AND position>?" in row[-1]]
            assert bounded, (statement, plan)


def test_two_tags_meet_in_their_index(database: Database, statements: list[Statement]) -> None:
    """Not by a look into the table for each place of the first: in a long log those are many pages."""
    meeting = [one for one in statements if "matching_places" in one[0] and "INTERSECT" in one[0]]
    assert bool(meeting) is (database.dialect == "sqlite")
    for statement, values in meeting:
        with database.read() as conn:
            plan = conn.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all()
        said = [row[-1] for row in plan]
        assert "MERGE (INTERSECT)" in said
        assert not [line for line in said if "PRIMARY KEY (position=? AND tag=?)" in line]


_FOUND = (
    "_pairs_stale",  # which holds stale pairs only
    "json_each",
    "VIRTUAL TABLE",
    "LAST TERM",
    "SCAN log_types",
    "SCAN matching",
)


def is_scan(line: str) -> bool:
    """Scans of a bound list or of a result already found are no scans of a table."""
    if "Seq Scan" in line:
        return True
    return "SCAN" in line and not any(small in line for small in _FOUND)
