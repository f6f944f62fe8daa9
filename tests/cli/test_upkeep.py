"""migrate, rebuild, replay and verify: a database in order, and the proof of it."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from infrastructure.audit import replaying
from infrastructure.audit.comparing import Compared
from infrastructure.database import Database
from tests.cli.conftest import Foedus


def change(url: str, statement: str) -> None:
    """Change the database behind the program's back."""
    database = Database(url)
    with database.write() as conn:
        conn.execute(text(statement))
    database.dispose()


def test_migrate_makes_the_tables_and_does_nothing_twice(
    foedus: Foedus, bare_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_DATABASE_URL", bare_url)
    shown = make_url(bare_url).render_as_string(hide_password=True)
    for _ in range(2):
        ended = foedus("migrate")
        assert ended.code == 0, ended.err
        assert ended.out == f"{shown} has the tables of this release\n"
    assert foedus("verify").code == 0


def test_migrate_makes_the_data_folder(foedus: Foedus, home: Path) -> None:
    assert foedus("migrate").code == 0
    assert list(home.rglob("foedus.sqlite3"))


def test_a_folder_that_cannot_be_made_is_told(
    foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("FOEDUS_DATABASE_URL", f"sqlite:///{home}/file/folder/x.sqlite3")
    ended = foedus("migrate")
    assert ended.code == 2
    assert ended.err == f"foedus: the folder {home}/file/folder cannot be made: Not a directory\n"


def test_a_rebuild_heals_what_a_replay_finds(loaded: str, foedus: Foedus) -> None:
    assert foedus("replay").out.startswith("the read models agree with the log up to position 46: ")
    change(loaded, "UPDATE rm_a_sets SET level = 1 WHERE position = 23")
    ended = foedus("replay")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "foedus: position 23, table rm_a_sets: level is 1, by the log 3\n"
        "the log is the truth: `foedus rebuild` makes the read models anew\n"
    )
    ended = foedus("rebuild", "read-models")
    assert (ended.code, ended.out) == (0, "read-models rebuilt up to position 46\n")
    assert foedus("replay").code == 0


def test_a_replay_counts_rows_that_are_missing(loaded: str, foedus: Foedus) -> None:
    change(loaded, "DELETE FROM rm_a_sets WHERE position = 23")
    ended = foedus("replay")
    assert ended.code == 1
    assert "position 23, table rm_a_sets: holds 0 rows where the log gives 2" in ended.err


@pytest.mark.usefixtures("loaded")
def test_a_replay_ends_at_the_position_asked(foedus: Foedus) -> None:
    found = re.search(r"up to position 20: (\d+) rows", foedus("replay", "--position", "20").out)
    whole = re.search(r"up to position 46: (\d+) rows", foedus("replay").out)
    assert found
    assert whole
    assert 0 < int(found[1]) < int(whole[1])
    ended = foedus("replay", "--position", "47")
    assert (ended.code, ended.err) == (
        2,
        "foedus: --position: 47 is ahead of the log, which ends at 46\n",
    )


@pytest.mark.usefixtures("loaded")
def test_a_replay_compares_the_answers_for_a_day(
    foedus: Foedus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.cli.terminal._PLAIN_EVERY_SECONDS", 0.0)
    ended = foedus("replay", "--valid-at", "2024-07-28")
    assert ended.code == 0
    told = re.search(r": [\d,]+ rows compared, (\d+) answers for 2024-07-28\n$", ended.out)
    assert told
    assert int(told[1]) > 10
    assert f"comparing: {told[1]} answers, " in ended.err
    ended = foedus("replay", "--valid-at", "2024-07")
    assert ended.code == 2
    assert "--valid-at" in ended.err


def test_a_replay_tells_the_answer_that_differs(
    loaded: str, foedus: Foedus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "compare", lambda *_: Compared(rows=0, difference=None))
    change(loaded, "UPDATE rm_a_sets SET level = 1 WHERE position = 23")
    change(loaded, "UPDATE rm_a_pairs SET stale = 1")  # or the segments would tell it first
    ended = foedus("replay", "--valid-at", "2014-01-01")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        'foedus: the answer about france and mali: alignment is "cooperating", by the log "allied"\n'
        "the log is the truth: `foedus rebuild` makes the read models anew\n"
    )


def test_verify_finds_the_byte_that_was_changed(loaded: str, foedus: Foedus) -> None:
    ended = foedus("verify")
    assert ended.code == 0
    assert re.fullmatch(r"the log is whole up to position 46, hash [0-9a-f]{64}\n", ended.out)
    change(loaded, "UPDATE events SET type = 'RegimeChanged' WHERE position = 24")
    ended = foedus("verify")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("foedus: position 24: ")
    assert ended.err.endswith("; the log is whole up to position 23\n")


def test_an_event_that_cannot_be_projected_is_told(loaded_file: Path, foedus: Foedus) -> None:
    with sqlite3.connect(loaded_file) as conn:
        conn.execute("UPDATE checkpoints SET position = 45")
        conn.execute("UPDATE events SET data = '{}' WHERE position = 46")
    ended = foedus("ask", "mali", "france")
    assert ended.code == 1
    assert ended.err.startswith("foedus: an event of the log cannot be projected")
    assert "position 46" in ended.err


@pytest.mark.usefixtures("loaded_file")
@pytest.mark.parametrize("command", ["rebuild", "replay", "verify"])
def test_progress_is_plain_lines_where_there_is_no_terminal(
    foedus: Foedus, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("api.cli.terminal._PLAIN_EVERY_SECONDS", 0.0)
    doing = {"rebuild": "rebuilding", "replay": "replaying", "verify": "verifying"}[command]
    assert f"{doing}: 46 of 46 events\n" in foedus(command).err


@pytest.mark.usefixtures("loaded_file")
def test_progress_is_a_bar_on_a_terminal(foedus: Foedus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    said = foedus("verify").err
    assert "verifying" in said
    assert "46/46" in said


def test_settings_of_a_wrong_kind_stop_every_command(
    foedus: Foedus, monkeypatch: pytest.MonkeyPatch
) -> None:
    values: dict[str, Any] = {"FOEDUS_MAX_EVENTS": "many", "FOEDUS_AUTH": "secret"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    ended = foedus("verify")
    assert (ended.code, ended.out) == (2, "")
    assert "FOEDUS_MAX_EVENTS: must be a whole number" in ended.err
    assert "FOEDUS_AUTH: must be 'open' or 'keys'" in ended.err
    assert "secret" not in ended.err
