"""Files whose hashes agree throughout, made by somebody who knows the form, and still no log."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBEvent

from infrastructure.backup import DamagedBackup, form
from infrastructure.database import Database
from infrastructure.event_store import chain
from infrastructure.event_store.envelope import StoredEvent
from tests.contract.backups import held, restored

STORE = bytes(16)
SALT = bytes(range(16))
SOON = 1_800_000_000_000_000


def event(position: int, *, id: str | None = None, type: str = "Coup") -> StoredEvent:
    """An event of no hash yet, recorded as many microseconds later as its position says."""
    return StoredEvent(
        event=DCBEvent(type, b"{}", []),
        position=position,
        id=f"id-{position}" if id is None else id,
        schema_version=1,
        recorded_us=SOON + position,
        recorded_by=None,
        salt=SALT,
        leaf=b"",
        hash=b"",
    )


def forged(file: Path, events: list[StoredEvent]) -> Path:
    """A file of these events, every hash of it right."""
    link = chain.first_hash(STORE)
    lines = []
    for one in events:
        header = chain.header(
            position=one.position,
            id=one.id,
            type=one.event.type,
            schema_version=one.schema_version,
            recorded_at=one.recorded_us,
            recorded_by=one.recorded_by,
            tags=one.event.tags,
        )
        leaf = chain.leaf_hash(SALT, header, one.event.data)
        link = chain.next_hash(link, leaf)
        lines.append(form.event_line(replace(one, leaf=leaf, hash=link)))
    lines.insert(0, form.header_line(STORE, events[-1].position, link))
    digest = sha256(b"".join(lines)).digest()
    file.write_bytes(b"".join(lines) + form.trailer_line(events[-1].position, link, digest))
    return file


def refused(database: Database, file: Path) -> DamagedBackup:
    before = held(database)
    with pytest.raises(DamagedBackup) as raised:
        restored(database, file)
    assert held(database) == before
    return raised.value


def test_a_file_of_right_hashes_is_taken(database: Database, tmp_path: Path) -> None:
    restored(database, forged(tmp_path / "x", [event(1), event(2)]))
    assert [row[0] for row in held(database)["events"]] == [1, 2]


def test_times_must_rise(database: Database, tmp_path: Path) -> None:
    again = replace(event(2), recorded_us=SOON + 1)
    error = refused(database, forged(tmp_path / "x", [event(1), again]))
    assert (error.line, error.position) == (3, 2)
    assert error.reason == "the time is not later than that of the event before"


def test_an_id_stands_for_one_event(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.backup.restoring.BATCH", 2)
    events = [event(1), event(2), event(3), event(4, id="id-1"), event(5)]
    error = refused(database, forged(tmp_path / "x", events))
    assert (error.line, error.position) == (4, 3)
    assert error.reason == "from here to position 4 an id comes for the second time"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (event(2, type="Co\x00up"), "type holds U+0000"),
        (event(2, id="x" * 1_001), "id is longer than 1000 bytes"),
        (replace(event(2), schema_version=2**31), "there is no schema version 2147483648"),
        (replace(event(2), schema_version=-1), "there is no schema version -1"),
    ],
)
def test_what_no_append_would_have_taken_is_refused(
    database: Database, tmp_path: Path, wrong: StoredEvent, reason: str
) -> None:
    error = refused(database, forged(tmp_path / "x", [event(1), wrong]))
    assert (error.line, error.position, error.reason) == (3, 2, reason)
