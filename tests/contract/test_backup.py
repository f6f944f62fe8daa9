"""A backup holds the whole log, and a restore gives it back in every column."""

import gzip
import json
import shutil
import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import Tracking
from sqlalchemy import update

from infrastructure.backup import (
    DamagedLog,
    NotABackup,
    NotEmpty,
    UnfitForm,
    back_up,
    open_backup,
    writing,
)
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, SqlTrackingRecorder
from infrastructure.event_store.verification import verify
from infrastructure.migrating import SchemaTooNew
from infrastructure.schema.log import store
from infrastructure.whole_files import FileInTheWay
from tests.conftest import NewUrl
from tests.contract.backups import EVENTS, backed_up, fill, held, opened, restored

LOGS = ["x.ndjson", "x.ndjson.gz"]


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().split(b"\n")[:-1]]


@pytest.mark.parametrize("name", [*LOGS, "x.sqlite3"])
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_what_is_restored_is_what_was_backed_up(
    database: Database, new_url: NewUrl, tmp_path: Path, target: str, name: str
) -> None:
    fill(database)
    if name == "x.sqlite3" and database.dialect != "sqlite":
        name = "x.ndjson"
    file = backed_up(database, tmp_path / name)
    with opened(new_url(target)) as other:
        restored(other, file)
        assert held(other) == held(database)
        verdict = verify(other)
        assert verdict.ok
        assert verdict == verify(database)


def test_a_restored_log_goes_on_as_the_original_would(
    database: Database, new_url: NewUrl, tmp_path: Path
) -> None:
    fill(database)
    file = backed_up(database, tmp_path / "x.ndjson")
    with opened(new_url("sqlite")) as other:
        restored(other, file)
        recorder = SqlRecorder(other)
        assert recorder.append(EVENTS[2:3]) == len(EVENTS) + 1
        assert verify(other).ok
        assert [one.id for one in recorder.by_ids(["id-1", "id-12"])] == ["id-1", "id-12"]


def test_a_backup_of_the_same_log_is_the_same_file_whichever_database_holds_it(
    database: Database, new_url: NewUrl, tmp_path: Path
) -> None:
    fill(database)
    for name in LOGS:
        first = backed_up(database, tmp_path / f"1{name}")
        for target in ("sqlite", "postgresql"):
            with opened(new_url(target)) as other:
                restored(other, first)
                again = backed_up(other, tmp_path / f"{target}{name}")
            assert again.read_bytes() == first.read_bytes()
    unpacked = gzip.decompress((tmp_path / "1x.ndjson.gz").read_bytes())
    assert unpacked == (tmp_path / "1x.ndjson").read_bytes()


@pytest.mark.parametrize("name", [*LOGS, "x.sqlite3"])
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_an_empty_log_is_backed_up_too(
    new_url: NewUrl, tmp_path: Path, target: str, name: str
) -> None:
    with opened(new_url("sqlite")) as source, opened(new_url(target)) as other:
        restored(other, backed_up(source, tmp_path / name))
        assert held(other)["store"] == held(source)["store"]
        assert SqlRecorder(other).head() == SqlRecorder(source).head()


def test_the_first_and_the_last_line_say_where_the_log_ends(
    database: Database, tmp_path: Path
) -> None:
    head = fill(database).head()
    first, *between, last = lines(backed_up(database, tmp_path / "x.ndjson"))
    end = {"position": len(EVENTS), "hash": head.hash.hex()}
    [(_, store_id)] = held(database)["store"]
    assert first.pop("created_by").startswith("foedus ")
    assert first == {
        "format": "foedus-log",
        "format_version": 1,
        "store_id": store_id.hex(),
        **end,
    }
    assert last.pop("sha256")
    assert last == {"end": True, "events": len(EVENTS), **end}
    assert [line["position"] for line in between] == list(range(1, len(EVENTS) + 1))


def test_lines_hold_json_as_json_other_bytes_as_base64_and_erased_events_their_leaf(
    database: Database, tmp_path: Path
) -> None:
    fill(database)
    _, *events, _ = lines(backed_up(database, tmp_path / "x.ndjson"))
    assert events[0]["data"] == {"n": 1}
    assert "data" not in events[2]
    assert events[2]["data_base64"] == "AP8KDQ=="
    assert events[2]["tags"] == ["z", "shared", "shared", "a\nb"]
    assert not {"data", "data_base64", "salt"} & events[3].keys()
    assert len(events[3]["leaf"]) == 64
    assert [("data" in event) for event in events[6:]] == [False, False, False, False, True, True]


def test_a_copy_of_the_file_opens_as_a_database_at_once(new_url: NewUrl, tmp_path: Path) -> None:
    with opened(new_url("sqlite")) as database:
        fill(database)
        SqlTrackingRecorder(database, "app").insert_tracking(Tracking("upstream", 7))
        file = backed_up(database, tmp_path / "x.db")
        with opened(f"sqlite:///{file}") as copy:
            assert held(copy) == held(database)
            assert verify(copy).ok
            assert SqlTrackingRecorder(copy, "app").max_tracking_id("upstream") == 7
    assert [path.name for path in tmp_path.glob("x.db*")] == ["x.db"]
    file.chmod(0o400)
    with sqlite3.connect(f"file:{file}?mode=ro&immutable=0", uri=True) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    conn.close()


def test_checkpoints_of_other_applications_are_not_part_of_the_log(
    database: Database, new_url: NewUrl, tmp_path: Path
) -> None:
    fill(database)
    SqlTrackingRecorder(database, "app").insert_tracking(Tracking("upstream", 7))
    with opened(new_url("sqlite")) as other:
        restored(other, backed_up(database, tmp_path / "x.ndjson"))
        assert SqlTrackingRecorder(other, "app").max_tracking_id("upstream") is None


@pytest.mark.parametrize("ids", ["the same", "another"])
def test_a_log_is_never_restored_over_another(
    database: Database, new_url: NewUrl, tmp_path: Path, ids: str
) -> None:
    fill(database)
    file = backed_up(database, tmp_path / "x.ndjson")
    with opened(new_url("sqlite")) as other:
        if ids == "the same":
            restored(other, file)
        else:
            with other.write() as conn:
                conn.execute(update(store).values(id=b"sixteen bytes..."))
            SqlRecorder(other).append(EVENTS[:1])
        before = held(other)
        with pytest.raises(NotEmpty, match=rf"holds \d+ events of {ids} store"):
            restored(other, file)
        assert held(other) == before


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        ("INSERT INTO checkpoints VALUES ('read-models', 1, 3, NULL)", "read models"),
        ("INSERT INTO event_tags VALUES (3, 'actor:mali', 'Coup')", "tags"),
    ],
)
def test_what_is_left_of_a_log_that_is_gone_is_in_the_way(
    database: Database, tmp_path: Path, left: str, reason: str
) -> None:
    file = backed_up(database, tmp_path / "x.ndjson")
    with database.write() as conn:
        conn.exec_driver_sql(left)
    with pytest.raises(NotEmpty, match=reason):
        restored(database, file)


def test_a_log_that_is_damaged_is_not_backed_up(database: Database, tmp_path: Path) -> None:
    fill(database)
    with database.write() as conn:
        conn.exec_driver_sql("UPDATE events SET schema_version = 3 WHERE position = 8")
    with pytest.raises(DamagedLog, match="position 8: the leaf") as raised:
        back_up(database, tmp_path / "x.ndjson")
    assert raised.value.position == 8
    with database.write() as conn:
        conn.exec_driver_sql("UPDATE events SET schema_version = 1 WHERE position = 8")
        conn.exec_driver_sql("DELETE FROM events WHERE position = 3")
    with pytest.raises(DamagedLog, match="position 3: position 4 follows 2"):
        back_up(database, tmp_path / "x.ndjson.gz")
    assert not [*tmp_path.glob("*ndjson*"), *tmp_path.glob(".*")]


def test_a_log_that_loses_its_end_meanwhile_is_not_backed_up(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)
    page = writing._page
    monkeypatch.setattr(writing, "_page", lambda *asked: page(*asked)[:-1])
    with pytest.raises(DamagedLog, match="position 12: there is no event"):
        back_up(database, tmp_path / "x.ndjson")
    assert not list(tmp_path.glob("x*"))


@pytest.mark.parametrize("name", [*LOGS, "x.sqlite3"])
def test_an_existing_file_is_replaced_only_when_told(
    new_url: NewUrl, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_bytes(b"precious")
    with opened(new_url("sqlite")) as database:
        with pytest.raises(FileInTheWay):
            back_up(database, file)
        assert file.read_bytes() == b"precious"
        written = back_up(database, file, replace=True)
    with open_backup(file) as backup:
        assert (backup.position, backup.hash) == (written.position, written.hash)
    assert not list(tmp_path.glob(".*"))


def test_the_database_is_never_replaced_by_its_own_backup(new_url: NewUrl, tmp_path: Path) -> None:
    url = new_url("sqlite")
    with opened(url) as database:
        fill(database)
        kept = Path(url.removeprefix("sqlite:///"))
        (tmp_path / "link.db").symlink_to(kept)
        for name in (kept, tmp_path / "link.db"):
            with pytest.raises(FileInTheWay, match="the database itself"):
                back_up(database, name, replace=True)
        assert verify(database).position == len(EVENTS)


@pytest.mark.parametrize("name", ["x", "x.json", "x.gz", "x.ndjson.zst"])
def test_a_name_that_tells_no_form_is_refused(new_url: NewUrl, tmp_path: Path, name: str) -> None:
    with opened(new_url("sqlite")) as database, pytest.raises(UnfitForm, match="must end in"):
        back_up(database, tmp_path / name)


def test_a_file_is_copied_of_a_file_only(new_url: NewUrl, tmp_path: Path) -> None:
    with (
        opened(new_url("postgresql")) as database,
        pytest.raises(UnfitForm, match="only an SQLite database"),
    ):
        back_up(database, tmp_path / "x.sqlite3")


def test_an_sqlite_file_without_a_log_is_not_a_backup(new_url: NewUrl, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite3"
    with sqlite3.connect(other) as conn:
        conn.execute("CREATE TABLE t (x)")
    conn.close()
    cut = tmp_path / "cut.sqlite3"
    cut.write_bytes(other.read_bytes()[:3000])
    for file in (other, cut):
        with (
            opened(new_url("sqlite")) as database,
            pytest.raises(NotABackup, match="the SQLite file"),
        ):
            restored(database, file)


def test_a_file_of_an_older_release_is_read_and_of_a_newer_refused(
    new_url: NewUrl, tmp_path: Path
) -> None:
    url = new_url("sqlite")
    with opened(url) as database:
        fill(database)
    kept = Path(url.removeprefix("sqlite:///"))
    older, newer = tmp_path / "older.db", tmp_path / "newer.db"
    for file, statement in (
        (older, "UPDATE alembic_version SET version_num = '20261122_event_log'"),
        (newer, "UPDATE alembic_version SET version_num = '29991231_wonders'"),
    ):
        shutil.copy(kept, file)
        with sqlite3.connect(file) as conn:
            conn.execute(statement)
        conn.close()
    with opened(new_url("sqlite")) as target:
        with pytest.raises(SchemaTooNew):
            restored(target, newer)
        restored(target, older)
        assert verify(target).position == len(EVENTS)


@pytest.mark.parametrize("name", LOGS)
def test_pages_and_batches_of_any_size_give_the_same(
    database: Database,
    new_url: NewUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    fill(database)
    whole = backed_up(database, tmp_path / f"whole{name}").read_bytes()
    for size in (1, 5, len(EVENTS)):
        steps: list[tuple[int, int]] = []
        for module in ("writing.PAGE", "reading.PAGE", "restoring.BATCH"):
            monkeypatch.setattr(f"infrastructure.backup.{module}", size)
        file = tmp_path / f"{size}{name}"
        back_up(database, file, progress=lambda *step, to=steps: to.append(step))
        assert file.read_bytes() == whole
        assert steps[-1] == (len(EVENTS), len(EVENTS))
        assert all(one < other for one, other in pairwise(steps))
        with opened(new_url("sqlite")) as other:
            restored(other, file)
            assert held(other) == held(database)
