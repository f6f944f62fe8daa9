"""backup and restore: what a user sees, and that every answer is the same afterwards."""

import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infrastructure.database import Database
from tests.cli.conftest import Ended, Foedus
from tests.contract.backups import backed_up, fill, held

QUESTION = (
    "ask",
    "mali",
    "wagner-group",
    "france",
    "csp-psd",
    "--valid-at",
    "2024-07-28",
    "--json",
)


def said(ended: Ended) -> str:
    assert ended.code == 0, ended.err
    return ended.out


@pytest.mark.parametrize("name", ["x.ndjson", "x.ndjson.gz", "x.sqlite3"])
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_every_answer_is_the_same_after_a_move(
    loaded: str,
    foedus: Foedus,
    new_url: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    target: str,
    name: str,
) -> None:
    if name == "x.sqlite3" and not loaded.startswith("sqlite"):
        name = "x.ndjson"
    before = [said(foedus(*QUESTION)), said(foedus("verify")), said(foedus("replay"))]
    wrote = said(foedus("backup", name))
    assert re.fullmatch(rf"{name} holds the log up to position 46, hash [0-9a-f]{{64}}\n", wrote)

    monkeypatch.setenv("FOEDUS_DATABASE_URL", new_url(target))
    read = said(foedus("restore", name))
    assert read == f"the log of {name} is restored" + wrote.removeprefix(f"{name} holds the log")
    after = [said(foedus(*QUESTION)), said(foedus("verify")), said(foedus("replay"))]
    assert after == before
    assert said(foedus("backup", "again.ndjson")).startswith("again.ndjson holds the log")


def test_a_restore_makes_the_file_and_its_folder(
    loaded_file: Path, foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert loaded_file.exists()
    said(foedus("backup", "x.ndjson"))
    monkeypatch.delenv("FOEDUS_DATABASE_URL")
    said(foedus("restore", "x.ndjson"))
    assert list(home.rglob("foedus.sqlite3"))
    assert "position 46" in said(foedus("verify"))


def test_a_copy_is_asked_as_it_is(
    loaded_file: Path, foedus: Foedus, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = said(foedus(*QUESTION))
    said(foedus("backup", "copy.db"))
    loaded_file.unlink()
    monkeypatch.setenv("FOEDUS_DATABASE_URL", "sqlite:///copy.db")
    assert said(foedus(*QUESTION)) == answer
    assert "46" in said(foedus("replay"))


@pytest.mark.usefixtures("loaded_file")
def test_what_stands_in_the_way_is_said(foedus: Foedus, home: Path) -> None:
    said(foedus("backup", "x.ndjson"))
    kept = (home / "x.ndjson").read_bytes()
    (home / "folder.db").mkdir()
    (home / "file").touch()
    for arguments, reason in {
        ("backup", "x.ndjson"): "x.ndjson exists; --force replaces it",
        ("backup", "folder.db"): "folder.db is a folder",
        ("backup", "folder.db", "--force"): "folder.db is a folder",
        (
            "backup",
            "x.zip",
        ): "x.zip: the name must end in .ndjson, .ndjson.gz, .sqlite3, .sqlite, .db",
        ("backup", "no/x.ndjson"): "no/x.ndjson: there is no folder no",
        ("backup", "file/x.ndjson"): "file/x.ndjson: there is no folder file",
        ("restore", "none.ndjson"): "none.ndjson: No such file or directory",
        ("restore", "folder.db"): "folder.db: Is a directory",
        ("restore", "file"): "file: the file is neither a log in NDJSON nor an SQLite database",
        ("restore", "x.ndjson"): "x.ndjson: the database holds 46 events of the same store: "
        "restore into an empty one",
    }.items():
        ended = foedus(*arguments)
        assert (ended.code, ended.out, ended.err) == (2, "", f"foedus: {reason}\n")
    assert (home / "x.ndjson").read_bytes() == kept
    assert said(foedus("backup", "x.ndjson", "--force"))


@pytest.mark.usefixtures("loaded_file")
def test_a_damaged_backup_is_located_and_makes_no_log(
    foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(foedus("backup", "x.ndjson"))
    lines = (home / "x.ndjson").read_bytes().splitlines(keepends=True)
    del lines[20]
    (home / "x.ndjson").write_bytes(b"".join(lines))
    monkeypatch.setenv("FOEDUS_DATABASE_URL", f"sqlite:///{home}/new.sqlite3")
    ended = foedus("restore", "x.ndjson")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "foedus: x.ndjson: the backup is damaged: line 21, position 20: position 21 follows 19\n"
    )
    assert "position 0" in said(foedus("verify"))


def test_what_is_no_backup_makes_no_database(
    foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "x").write_text("[]")
    monkeypatch.setenv("FOEDUS_DATABASE_URL", f"sqlite:///{home}/new.sqlite3")
    assert foedus("restore", "x").code == 2
    assert not (home / "new.sqlite3").exists()


def test_a_newer_format_says_who_can_read_it(foedus: Foedus, home: Path) -> None:
    header = {"format": "foedus-log", "format_version": 2, "wonders": True}
    (home / "x").write_text(json.dumps(header) + "\n")
    ended = foedus("restore", "x")
    assert ended.code == 2
    assert "version 2 of its format" in ended.err
    assert "a later one" in ended.err


def test_a_damaged_log_is_not_backed_up(loaded_file: Path, foedus: Foedus, home: Path) -> None:
    with sqlite3.connect(loaded_file) as conn:
        conn.execute("UPDATE events SET recorded_by = 'somebody' WHERE position = 7")
    conn.close()
    ended = foedus("backup", "x.ndjson")
    assert ended.code == 1
    assert "the log is damaged at position 7: the leaf is not that of the event" in ended.err
    assert not [*home.glob("x.ndjson"), *home.glob("*.part"), *home.glob(".*.part")]


@pytest.mark.usefixtures("loaded_file")
@pytest.mark.parametrize("name", ["x.ndjson", "x.sqlite3"])
def test_a_full_disk_is_said_and_leaves_nothing(process: Foedus, home: Path, name: str) -> None:
    """A limit on the size of files stands in for the disk: the program gets an error alike."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        # More than the database's index of its write-ahead log, less than either backup.
        resource.setrlimit(resource.RLIMIT_FSIZE, (36_000, hard))
        ended = process("backup", name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert ended.code == 2, ended
    assert re.fullmatch(
        f"foedus: {name}: (File too large|database or disk is full|disk .*)\n", ended.err
    )
    assert not [*home.glob(f"{name}*"), *home.glob(f".{name}*")]


@pytest.mark.parametrize("name", ["x.ndjson", "x.sqlite3"])
@pytest.mark.parametrize(
    ("how", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"]
)
@pytest.mark.usefixtures("loaded_file")
def test_a_backup_that_is_ended_leaves_no_file(
    home: Path, how: signal.Signals, code: int, name: str
) -> None:
    program = (
        "import sys, threading\n"
        "from api.cli import main\n"
        "from infrastructure.backup import writing\n"
        "writing.PAGE = 5\n"
        "def stop(*_):\n"
        "    print('writing', flush=True)\n"
        "    threading.Event().wait()\n"
        "whole = writing.back_up\n"
        "import api.cli.backup as command\n"
        "command.back_up = lambda *a, **k: whole(*a, **k | {'progress': stop})\n"
        "main(['backup', sys.argv[1]])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, name],
        cwd=home,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        assert list(home.glob(f".{name}.*.part"))
        process.send_signal(how)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert "Traceback" not in err
    assert not [*home.glob(f"{name}*"), *home.glob(f".{name}*")]


def test_what_is_restored_but_cannot_be_projected_is_said(
    foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch, new_url: Callable[..., str]
) -> None:
    """The log is the truth: it is restored, whatever this release can make of it."""
    database = Database(new_url("sqlite"))
    fill(database)
    backed_up(database, home / "x.ndjson")
    database.dispose()
    target = new_url("sqlite")
    monkeypatch.setenv("FOEDUS_DATABASE_URL", target)
    ended = foedus("restore", "x.ndjson")
    assert ended.code == 1
    assert "is restored up to position 12" in ended.out
    assert "cannot be projected" in ended.err
    assert "position 1" in ended.err
    database = Database(target)
    assert len(held(database)["events"]) == 12
    database.dispose()


@pytest.mark.usefixtures("loaded_file")
def test_progress_is_plain_lines_where_there_is_no_terminal(
    foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.cli.terminal._PLAIN_EVERY_SECONDS", 0.0)
    for name in ("x.ndjson", "x.db"):
        assert "backing up: 46 of 46 events\n" in foedus("backup", name).err
    monkeypatch.setenv("FOEDUS_DATABASE_URL", f"sqlite:///{home}/new.sqlite3")
    assert "restoring: 46 of 46 events\n" in foedus("restore", "x.db").err
