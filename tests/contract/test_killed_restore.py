"""A restore that was killed left nothing, and is simply begun again."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from infrastructure.backup import DamagedBackup
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.appending import LOG_LOCK
from infrastructure.event_store.verification import verify
from tests.conftest import NewUrl
from tests.contract import restorer
from tests.contract.backups import EVENTS, backed_up, fill, held, opened, restored


@pytest.fixture
def backup(new_url: NewUrl, tmp_path: Path) -> Path:
    with opened(new_url("sqlite")) as source:
        fill(source)
        return backed_up(source, tmp_path / "x.ndjson")


def paused_restore(url: str, backup: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, restorer.__file__, url, str(backup)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        text=True,
    )


def lock_is_free(database: Database) -> bool:
    """Whether an appender could take the log's lock now; SQLite has one for all writing."""
    if database.dialect == "postgresql":
        with database.write() as session:
            return bool(session.execute(select(func.pg_try_advisory_xact_lock(LOG_LOCK))).scalar())
    with closing(sqlite3.connect(str(database.url.database), timeout=0)) as conn:
        try:
            conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_restore_leaves_the_database_empty_and_is_repeated(
    database: Database, fresh_url: str, backup: Path, how: signal.Signals
) -> None:
    before = held(database)
    with paused_restore(fresh_url, backup) as process:
        assert process.stdout is not None
        written = process.stdout.readline()
        assert held(database) == before, "what is not committed was seen"
        process.send_signal(how)
        process.wait(30)
    assert int(written) > 8
    assert held(database) == before
    assert verify(database).position == 0

    restored(database, backup)
    assert verify(database).position == 12
    assert SqlRecorder(database).head().position == 12


def test_a_failed_restore_leaves_the_database_ready_for_the_next(
    database: Database, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.backup.restoring.BATCH", 2)
    before = held(database)
    cut = tmp_path / "cut.ndjson"
    cut.write_bytes(backup.read_bytes()[:-1])
    with pytest.raises(DamagedBackup):
        restored(database, cut)
    assert held(database) == before
    restored(database, backup)
    assert verify(database).position == 12


def test_an_append_waits_for_a_restore_and_goes_on_after_it(
    database: Database, fresh_url: str, backup: Path
) -> None:
    """Also that of a program that had seen the log when it was empty."""
    recorder = SqlRecorder(database)
    assert recorder.head().position == 0
    with paused_restore(fresh_url, backup) as process, ThreadPoolExecutor(1) as threads:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert not lock_is_free(database)
        appending = threads.submit(recorder.append, EVENTS[2:3])
        process.communicate("go on\n", timeout=60)
        assert process.returncode == 0
        assert appending.result(60) == len(EVENTS) + 1
    verdict = verify(database)
    assert (verdict.ok, verdict.position) == (True, len(EVENTS) + 1)
    recorder.close()


def test_two_restores_at_once_are_one(database: Database, fresh_url: str, backup: Path) -> None:
    """The second waits for the first, and then finds the database filled."""
    commands = [[sys.executable, "-m", "api.cli", "restore", str(backup)] for _ in range(2)]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "FOEDUS_DATABASE_URL": fresh_url,
    }
    running = [
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        for command in commands
    ]
    said = [process.communicate(timeout=120)[1] for process in running]
    assert verify(database).position == 12
    assert sum("the database holds 12 events of the same store" in text for text in said) == 1
