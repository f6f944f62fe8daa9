"""The leaves and the chain, computed a second time from DESIGN.md section 8 alone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

import rfc8785
from eventsourcing.dcb.api import DCBEvent
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, chain
from infrastructure.event_store.envelope import NewEvent
from infrastructure.migrating import upgrade
from infrastructure.schema.log import events, store

# Every character that UTF-8 can carry.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    position=st.integers(1, 2**53 - 1),
    id=st.none() | texts,
    type=texts,
    schema_version=st.integers(0, 99),
    moment=st.datetimes(timezones=st.just(UTC)),
    recorded_by=st.none() | texts,
    tags=st.lists(texts, max_size=4),
)
def test_a_header_is_canonical_json(
    *,
    position: int,
    id: str | None,
    type: str,
    schema_version: int,
    moment: datetime,
    recorded_by: str | None,
    tags: list[str],
) -> None:
    given_to_chain = {
        "position": position,
        "id": id,
        "type": type,
        "schema_version": schema_version,
        "recorded_by": recorded_by,
    }
    expected = given_to_chain | {
        "recorded_at": f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z",
        "tags": sorted(tags),
    }
    made = chain.header(
        position=position,
        id=id,
        type=type,
        schema_version=schema_version,
        recorded_at=chain.microseconds(moment),
        recorded_by=recorded_by,
        tags=tags,
    )
    assert made == rfc8785.dumps(expected)


# A year from either end, so that every zone's time has a time in UTC.
EARLY, LATE = datetime.fromisoformat("0002-01-01"), datetime.fromisoformat("9998-12-31")


@given(st.datetimes(EARLY, LATE, timezones=st.timezones()))
def test_a_time_survives_as_microseconds(moment: datetime) -> None:
    assert chain.moment(chain.microseconds(moment)) == moment.astimezone(UTC)


def test_every_stored_hash_follows_from_the_stored_columns(database: Database) -> None:
    recorder = SqlRecorder(database)
    recorder.record([NewEvent("Coup", b'{"a":1}', ["b", "a"], id="i1", schema_version=2)])
    recorder.record([DCBEvent("é\n", b"\x00\xff", ["é", "z", "a"]), DCBEvent("x", b"")])
    recorder.record([NewEvent("Coup", b"{}", [], id="i2", schema_version=1, recorded_by='"ann"')])
    with database.read() as conn:
        previous = sha256(conn.execute(select(store.c.id)).scalar_one()).digest()
        rows = conn.execute(select(events).order_by(events.c.position)).mappings().all()
    assert len(rows) == 4
    for row in rows:
        header = {
            "position": row["position"],
            "id": row["event_id"],
            "type": row["type"],
            "schema_version": row["schema_version"],
            "recorded_at": datetime.fromtimestamp(row["recorded_at"] // 10**6, UTC).strftime(
                f"%Y-%m-%dT%H:%M:%S.{row['recorded_at'] % 10**6:06d}Z"
            ),
            "recorded_by": row["recorded_by"],
            "tags": sorted(json.loads(row["tags"])),
        }
        hashed = b"\x00" + row["salt"] + rfc8785.dumps(header) + b"\x0a" + row["data"]
        assert row["leaf"] == sha256(hashed).digest()
        assert len(row["salt"]) == 16
        previous = sha256(previous + row["leaf"]).digest()
        assert row["hash"] == previous
    assert len({row["salt"] for row in rows}) == 4
    assert recorder.head().hash == previous


def test_every_store_begins_another_chain(dialect: str, new_url: Callable[..., str]) -> None:
    first = set()
    for _ in range(2):
        database = Database(new_url(dialect, migrated=False))

        upgrade(database)
        first.add(SqlRecorder(database).head().hash)
        database.dispose()
    assert len(first) == 2
