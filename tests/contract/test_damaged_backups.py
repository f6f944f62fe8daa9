"""Whatever happened to a backup is found before anything of it is restored, and located."""

import gzip
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infrastructure.backup import BackupError, DamagedBackup, NewerBackup, NotABackup
from infrastructure.database import Database
from tests.conftest import NewUrl
from tests.contract.backups import EVENTS, backed_up, fill, held, opened, restored

FIRST, LAST = 2, len(EVENTS) + 1
"""The lines of the first and of the last event."""

Damage = Callable[[list[bytes]], Any]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> bytes:
    """A backup with every kind of event."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "log.sqlite3").write_bytes(sqlite_template.read_bytes())
    with opened(f"sqlite:///{folder / 'log.sqlite3'}") as database:
        fill(database)
        return backed_up(database, folder / "x.ndjson").read_bytes()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Database]:
    """A database that no damaged backup may change."""
    file = tmp_path_factory.mktemp("empty") / "empty.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    with opened(f"sqlite:///{file}") as database:
        before = held(database)
        yield database
        assert held(database) == before


def reworded(line: int, **fields: Any) -> Damage:
    """Change what a line says, spelling it as a backup does."""

    def change(lines: list[bytes]) -> None:
        said = json.loads(lines[line - 1])
        for name, value in fields.items():
            said[name] = value
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        lines[line - 1] = text.encode() + b"\n"

    return change


def replaced(line: int, old: bytes, new: bytes) -> Damage:
    def change(lines: list[bytes]) -> None:
        assert old in lines[line - 1]
        lines[line - 1] = lines[line - 1].replace(old, new, 1)

    return change


def swapped(lines: list[bytes]) -> None:
    lines[4], lines[5] = lines[5], lines[4]


DAMAGES: dict[str, tuple[Damage, int, int | None, str]] = {
    "cut before the last line": (lambda x: x.pop(), LAST + 1, LAST, "the file was cut"),
    "cut within an event": (
        lambda x: x.__setitem__(slice(5, None), [x[5][:40]]), 6, 5, "the file was cut",
    ),
    "cut within the last line": (
        lambda x: x.append(x.pop()[:-1]), LAST + 1, LAST, "the file was cut",
    ),
    "a line removed": (lambda x: x.pop(4), 5, 4, "position 5 follows 3"),
    "the first event removed": (lambda x: x.pop(1), 2, 1, "position 2 follows 0"),
    "the last event removed": (lambda x: x.pop(-2), LAST, None, "the events end at position 11"),
    "a line twice": (lambda x: x.insert(4, x[4]), 6, 5, "position 4 follows 4"),
    "lines swapped": (swapped, 5, 4, "position 5 follows 3"),
    "an empty line": (lambda x: x.insert(4, b"\n"), 5, 4, "Input data was truncated"),
    "more after the end": (lambda x: x.append(b"x"), LAST + 2, None, "goes on after"),
    "another type": (reworded(3, type="Coupe"), 3, 2, "the leaf"),
    "another version": (reworded(3, schema_version=3), 3, 2, "the leaf"),
    "another time": (replaced(3, b'Z"', b'1Z"'), 3, 2, "spelled"),
    "no time": (reworded(3, recorded_at="yesterday"), 3, 2, "isoformat"),
    "another recorder": (reworded(2, recorded_by="bob"), 2, 1, "the leaf"),
    "another id": (reworded(3, id="id-3"), 3, 2, "the leaf"),
    "another tag": (reworded(2, tags=["own:2", "shared"]), 2, 1, "the leaf"),
    "tags of ours not sorted": (reworded(2, tags=["shared", "own:1"]), 2, 1, "not sorted"),
    "other data": (reworded(2, data={"n": 2}), 2, 1, "the leaf"),
    "data spelled otherwise": (replaced(2, b'{"n":1}', b'{"n": 1}'), 2, 1, "the leaf"),
    "other bytes": (reworded(4, data_base64="AP8KDA=="), 4, 3, "the leaf"),
    "another salt": (reworded(2, salt="00" * 16), 2, 1, "the leaf"),
    "no salt": (replaced(2, b'"salt"', b'"sold"'), 2, 1, "unknown field"),
    "another leaf": (reworded(2, leaf="00" * 32), 2, 1, "the leaf"),
    "another leaf of an erased event": (reworded(5, leaf="00" * 32), 5, 4, "the hash"),
    "data of an erased event": (reworded(5, data={}), 5, 4, "spelled"),
    "another hash": (reworded(5, hash="00" * 32), 5, 4, "the hash"),
    "not JSON": (replaced(5, b"{", b"["), 5, 4, "Expected `object`"),
    "a field more": (reworded(5, more=1), 5, 4, "unknown field"),
    "capital digits": (
        lambda x: x.__setitem__(1, re.sub(rb'"hash":"\w+"', lambda m: m[0].upper(), x[1])),
        2, 1, "unknown field",
    ),
    "another store": (reworded(1, store_id="00" * 16), 2, 1, "the hash"),
    "another end in the header": (reworded(1, position=11), LAST + 1, None, "not of the same log"),
    "another hash in the header": (reworded(1, hash="00" * 32), LAST + 1, None, "not of the same"),
    "another count": (reworded(LAST + 1, events=11), LAST + 1, None, "not of the same log"),
    "another checksum": (reworded(LAST + 1, sha256="00" * 32), LAST + 1, None, "SHA-256"),
    "another author": (reworded(1, created_by="nobody"), LAST + 1, None, "SHA-256"),
    "foreign tags in another order": (
        reworded(4, tags=["shared", "shared", "z", "a\nb"]), LAST + 1, None, "SHA-256",
    ),
    "a blank in the last line": (
        replaced(LAST + 1, b'"events":', b'"events": '), LAST + 1, None, "spelled",
    ),
    "a header without a store": (reworded(1, store_id="no"), 1, None, "hexadecimal"),
    "a header with a field more": (reworded(1, more=1), 1, None, "unknown field"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_located(whole: bytes, empty: Database, tmp_path: Path, name: str) -> None:
    damage, line, position, reason = DAMAGES[name]
    lines = whole.splitlines(keepends=True)
    damage(lines)
    assert b"".join(lines) != whole
    file = tmp_path / "x.ndjson"
    file.write_bytes(b"".join(lines))
    with pytest.raises(DamagedBackup, match=re.escape(reason)) as raised:
        restored(empty, file)
    assert (raised.value.line, raised.value.position) == (line, position)
    assert f"line {line}" in str(raised.value)


def test_a_header_and_a_trailer_that_agree_on_too_little_are_refused(
    whole: bytes, empty: Database, tmp_path: Path
) -> None:
    """A cut that was covered up at both ends, but for the hash there."""
    lines = whole.splitlines(keepends=True)
    del lines[-2]
    for line in (1, len(lines)):
        reworded(line, position=len(lines) - 2)(lines)
    digest = sha256(b"".join(lines[:-1])).hexdigest()
    reworded(len(lines), events=len(lines) - 2, sha256=digest)(lines)
    file = tmp_path / "x.ndjson"
    file.write_bytes(b"".join(lines))
    with pytest.raises(DamagedBackup, match="the hash of the last event"):
        restored(empty, file)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_is_found(
    whole: bytes, empty: Database, tmp_path: Path, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    file = tmp_path / "x.ndjson"
    file.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
    line = whole.count(b"\n", 0, at) + 1
    with pytest.raises(BackupError) as raised:
        restored(empty, file)
    if isinstance(raised.value, DamagedBackup):
        assert raised.value.line in {line, line + 1, LAST + 1}
    else:
        assert line == 1


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("packed", [False, True])
def test_any_cut_is_found(
    whole: bytes, empty: Database, tmp_path: Path, data: st.DataObject, *, packed: bool
) -> None:
    content = gzip.compress(whole, mtime=0) if packed else whole
    file = tmp_path / "x"
    file.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(BackupError):
        restored(empty, file)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_packed_file_with_a_changed_byte_is_refused_or_gives_the_same_log(
    whole: bytes,
    empty: Database,
    tmp_path: Path,
    sqlite_template: Path,
    data: st.DataObject,
) -> None:
    """The head of a packed file has bytes that mean nothing."""
    packed = bytearray(gzip.compress(whole, mtime=0))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(1, 255))
    file = tmp_path / "x.ndjson.gz"
    file.write_bytes(packed)
    target = tmp_path / "target.sqlite3"
    target.write_bytes(sqlite_template.read_bytes())
    with opened(f"sqlite:///{target}") as database:
        try:
            restored(database, file)
        except BackupError:
            assert held(database) == held(empty)
        else:
            again = target.with_suffix(".ndjson")
            again.unlink(missing_ok=True)
            assert backed_up(database, again).read_bytes() == whole
    target.unlink()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", NotABackup),
        (b"\n", NotABackup),
        (b"[]", NotABackup),
        (b"%PDF-1.7\n", NotABackup),
        (b"\x1f\x8bnot really", NotABackup),
        (gzip.compress(b"something else", mtime=0), NotABackup),
        (b"x" * 1_000_000, NotABackup),
        (b"[" * 1_000_000, NotABackup),
        (b'{"format":"other","format_version":1}\n', NotABackup),
        (b'{"id":"1","type":"ActorRegistered"}\n', NotABackup),
        (b'{"format":"foedus-log","format_version":2,"wonders":true}\n', NewerBackup),
        (b'{"format":"foedus-log","format_version":1}\n', DamagedBackup),
        (b"SQLite format 3\x00", NotABackup),
        (b"SQLite format 3\x00" + bytes(5_000), NotABackup),
    ],
)
def test_what_is_not_a_backup_is_told_from_a_newer_and_a_damaged_one(
    empty: Database, tmp_path: Path, content: bytes, error: type[BackupError]
) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    with pytest.raises(error) as raised:
        restored(empty, file)
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("change", "position"),
    [
        ("UPDATE events SET type = 'Other' WHERE position = 9", 9),
        ("UPDATE events SET tags = '[]' WHERE position = 1", 1),
        ("UPDATE events SET tags = 'no' WHERE position = 1", 1),
        ("UPDATE events SET salt = 'text' WHERE position = 2", 2),
        ("UPDATE events SET recorded_at = 'now' WHERE position = 12", None),
        ("UPDATE events SET recorded_at = 'now' WHERE position = 7", 7),
        ("UPDATE events SET hash = NULL WHERE position = 5", 5),
        ("DELETE FROM events WHERE position = 5", 5),
        ("DELETE FROM events WHERE position < 6", 1),
        ("UPDATE events SET leaf = zeroblob(32) WHERE position = 4", 4),
        ("UPDATE store SET id = zeroblob(16)", 1),
    ],
)
def test_a_damaged_sqlite_file_is_refused(
    empty: Database, new_url: NewUrl, change: str, position: int | None
) -> None:
    file = Path(new_url("sqlite").removeprefix("sqlite:///"))
    with opened(f"sqlite:///{file}") as database:
        fill(database)
    with sqlite3.connect(file) as conn:
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'"
        )
    conn.close()
    with sqlite3.connect(file) as conn:
        conn.execute(change)
    conn.close()
    with pytest.raises(DamagedBackup) as raised:
        restored(empty, file)
    assert raised.value.position == position
