"""`foedus project`: processes of which one leads, and another takes over when it is gone."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import update

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.log import EventLog
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.log import checkpoints
from tests.builders import registered
from tests.cli.conftest import Foedus
from tests.integration.test_projecting import unreadable
from tests.waiting import eventually

SECONDS = 30

Start = Callable[[], "Projecting"]


class Projecting:
    """`foedus project` as a process of its own, with what it says."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "project"],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def says(self, words: str) -> str:
        """The next line with these words."""
        while True:
            line = self._lines.get(timeout=SECONDS)
            if words in line:
                return line

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(SECONDS)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def projecting() -> Iterator[Start]:
    with ExitStack() as stack:

        def start() -> Projecting:
            made = Projecting()
            stack.callback(made.close)
            return made

        yield start


@pytest.fixture
def database(store: str) -> Iterator[Database]:
    opened = Database(store)
    yield opened
    opened.dispose()


def holds(database: Database, position: int) -> None:
    """Wait until the read models hold the position."""

    def there() -> bool:
        with database.read() as conn:
            return Snapshot.of(conn).position == position

    eventually(there)


def test_another_takes_over_when_the_leader_is_killed(
    database: Database, projecting: Start
) -> None:
    log = EventLog(SqlRecorder(database))
    first = projecting()
    first.says("leads")
    second = projecting()
    second.says("Ctrl-C ends it.")
    log.append([registered("a")])
    holds(database, 1)
    first.process.kill()
    log.append([registered("b")])
    second.says("leads")
    holds(database, 2)
    assert second.end(signal.SIGTERM) == 0
    second.says("does not lead any more")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_it_ends_cleanly(store: str, projecting: Start, how: signal.Signals) -> None:
    one = projecting()
    assert one.says("Projecting ") == f"Projecting {store}\n"
    one.says("leads")
    assert one.end(how) == 0


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_it_says_which_event_stopped_the_projection(database: Database, projecting: Start) -> None:
    SqlRecorder(database).record([unreadable("the-bad-one")])
    one = projecting()
    one.says("the projection stopped: position 1, BattleReported the-bad-one: ")
    assert one.end(signal.SIGTERM) == 0


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.usefixtures("loaded")
def test_read_models_of_a_newer_release_are_refused(foedus: Foedus, database: Database) -> None:
    with database.write() as conn:
        conn.execute(update(checkpoints).values(version=99))
    ended = foedus("project")
    assert ended.code == 2
    assert "the read models are of version 99" in ended.err
