"""Many appenders at once, in threads and in a second process: no gap, no loss, no repeat."""

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

from infrastructure.bounds import Bounds
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.verification import verify
from tests.contract.appender import append_apart, append_counting

THREADS = 8
EACH = 12


def positions_of(recorder: SqlRecorder) -> list[int]:
    return [stored.position for stored in recorder.stream()]


def counts_of(recorder: SqlRecorder) -> list[int]:
    counted = (stored for stored in recorder.stream() if stored.event.type == "Counted")
    return [json.loads(stored.event.data)["before"] for stored in counted]


@contextmanager
def second_process(url: str, name: str, count: int) -> Iterator[Popen[str]]:
    program = [sys.executable, str(Path(__file__).with_name("appender.py")), url, name, str(count)]
    with Popen(program, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def test_threads_take_turns_and_lose_nothing(database: Database, recorder: SqlRecorder) -> None:
    together = threading.Barrier(THREADS)

    def work(number: int) -> tuple[list[int], int]:
        together.wait(30)
        return append_counting(recorder, f"t{number}", EACH)

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(work, range(THREADS)))
    acknowledged = sorted(position for positions, _ in results for position in positions)
    assert acknowledged == list(range(1, THREADS * EACH + 1)) == positions_of(recorder)
    assert counts_of(recorder) == list(range(THREADS * EACH))
    assert sum(refusals for _, refusals in results) > 0
    assert verify(database).ok


def test_appends_apart_are_never_refused(recorder: SqlRecorder) -> None:
    together = threading.Barrier(THREADS)

    def work(number: int) -> list[int]:
        together.wait(30)
        return append_apart(recorder, f"t{number}", EACH)

    with ThreadPoolExecutor(THREADS) as pool:
        acknowledged = sorted(p for positions in pool.map(work, range(THREADS)) for p in positions)
    assert acknowledged == list(range(1, THREADS * EACH + 1)) == positions_of(recorder)


def test_a_second_process_appends_to_the_same_log(fresh_url: str, database: Database) -> None:
    recorder = SqlRecorder(database)
    with second_process(fresh_url, "other", EACH) as other, ThreadPoolExecutor(2) as pool:
        reply = pool.submit(other.communicate, "go\n")
        ours, _ = append_counting(recorder, "ours", EACH)
        ours += append_apart(recorder, "ours", EACH)
        theirs = [int(line) for line in reply.result()[0].split()]
    assert other.returncode == 0
    assert len(ours) == len(theirs) == 2 * EACH
    assert sorted(ours + theirs) == list(range(1, 4 * EACH + 1)) == positions_of(recorder)
    assert counts_of(recorder) == list(range(2 * EACH))
    assert verify(database).ok


def test_no_reader_sees_a_later_event_before_an_earlier_one(
    fresh_url: str, recorder: SqlRecorder
) -> None:
    """Each appender has connections of its own, as other processes have."""
    stop = threading.Event()
    databases = [Database(fresh_url, bounds=Bounds(readers=2)) for _ in range(4)]

    def watch() -> int:
        seen = 0
        while not stop.is_set():
            found = [stored.position for stored in recorder.read(after=seen)]
            assert found == list(range(seen + 1, seen + 1 + len(found)))
            seen += len(found)
        return seen

    def work(number: int) -> list[int]:
        return append_apart(SqlRecorder(databases[number]), f"d{number}", 25)

    with ThreadPoolExecutor(6) as pool:
        watching = pool.submit(watch)
        appended = list(pool.map(work, range(4)))
        stop.set()
        watching.result()
    assert sorted(position for positions in appended for position in positions) == list(
        range(1, 101)
    )
    for each in databases:
        each.dispose()
