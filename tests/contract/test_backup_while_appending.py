"""A backup made while others append is the log up to one position, with nothing missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infrastructure.backup import back_up
from infrastructure.database import Database
from infrastructure.event_store.verification import verify
from tests.contract import appender
from tests.contract.backups import backed_up, held, opened

EVENTS = int(os.environ.get("FOEDUS_TEST_BACKUP_EVENTS", "60"))
"""How many events of each of two kinds a process appends meanwhile."""

MOST = 10
"""So many of the backups made meanwhile are looked into."""


def events_in(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines()[1:-1]


@pytest.mark.parametrize(
    ("dialect", "form"),
    [("sqlite", "ndjson"), ("sqlite", "sqlite3"), ("postgresql", "ndjson")],
)
def test_every_backup_is_a_clean_beginning_of_the_log(
    database: Database, fresh_url: str, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.backup.writing.PAGE", 3)
    made: list[tuple[Path, int]] = []
    with subprocess.Popen(
        [sys.executable, appender.__file__, fresh_url, "other", str(EVENTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        while process.poll() is None:
            file = tmp_path / f"{len(made)}.{form}"
            made.append((file, back_up(database, file).position))
        positions = process.stdout.read().split()
    assert process.returncode == 0
    assert len(positions) == 2 * EVENTS

    whole = events_in(backed_up(database, tmp_path / "whole.ndjson"))
    during = [(file, position) for file, position in made if 0 < position < len(whole)]
    assert during, "no backup was made while the other appended"
    for file, position in during[:MOST]:
        if form == "ndjson":
            assert events_in(file) == whole[:position]
            continue
        with opened(f"sqlite:///{file}") as copy:
            assert verify(copy).ok
            assert events_in(backed_up(copy, file.with_suffix(".ndjson"))) == whole[:position]
            assert held(copy)["events"] == held(database)["events"][:position]
