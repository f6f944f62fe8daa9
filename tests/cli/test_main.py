"""The command as a whole: what it lists, how it ends, what it says about what the user can put right."""

import re
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError
from typer.main import get_command

from api.cli import app, opening
from api.cli.stopping import stop_for
from infrastructure.bounds import Bounds
from infrastructure.database import Database
from tests.architecture.project import ROOT
from tests.cli.conftest import Foedus

COMMANDS = get_command(app).commands  # type: ignore[attr-defined]  # a group's, which typer types as a command


def options(name: str) -> list[str]:
    """Every option of a command, in its long form."""
    return [
        max(parameter.opts, key=len)
        for parameter in COMMANDS[name].params
        if parameter.param_type_name == "option"
    ]


def test_the_version_is_the_packages(foedus: Foedus) -> None:
    assert re.fullmatch(r"foedus \d+\.\d+\.\d+\n", foedus("--version").out)


def test_the_help_lists_every_command(foedus: Foedus) -> None:
    ended = foedus("--help")
    assert ended.code == 0
    listed = re.findall(r"^  ([\w-]+)  +\S", ended.out, re.MULTILINE)
    assert set(COMMANDS) == {
        "serve", "migrate", "load", "ask", "explain", "timeline", "revisions", "disagreement", "example", "matrix", "changes", "incidents", "incident", "suggestions", "project", "rebuild", "replay", "verify",
        "checkpoint", "proof", "verify-proof", "backup", "restore", "settings",
        "import", "releases", "release", "export",
    }  # fmt: skip
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_its_options(foedus: Foedus, name: str) -> None:
    ended = foedus(name, "--help")
    assert ended.code == 0
    for option in options(name):
        assert re.search(rf"{option}\b.*\s{{2,}}\w", ended.out), option


@pytest.mark.parametrize("name", COMMANDS)
def test_the_docs_name_every_command_and_option(name: str) -> None:
    text = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    section = re.search(rf"^## `foedus {name}\b.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, name
    shared = re.search(r"^## Viewpoint.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert shared
    told = section[0] + (shared[0] if "--known-at" in options(name) else "")
    assert [one for one in options(name) if f"`{one}" not in told and one != "--help"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["conquer"],
        ["ask"],
        ["ask", "mali"],
        ["ask", "mali", "mali"],
        ["ask", "mali", "mali", "france"],
        ["ask", *(f"actor-{number}" for number in range(51))],
        ["ask", "mali", "france", "--valid-at", "2024-02-30"],
        ["ask", "mali", "france", "--known-at", "yesterday"],
        ["ask", "mali", "france", "--known-at", "2024-07-28"],
        ["ask", "mali", "france", "--known-at", "2024-07-28T12:00:00"],
        ["ask", "mali", "france", "--according-to", "Not A Slug"],
        ["ask", "mali", "france", "--reliability", "F"],
        ["ask", "mali", "france", "--credibility", "6"],
        ["ask", "mali", "france", "--include", "part"],
        ["explain", "mali"],
        ["explain", "mali", "mali"],
        ["explain", "mali", "france", "csp-psd"],
        ["load"],
        ["rebuild", "everything"],
        ["replay", "--position", "-1"],
        ["serve", "--port", "65536"],
    ],
    ids=lambda arguments: " ".join(arguments)[:60],
)
def test_bad_usage_ends_with_2_and_a_word(foedus: Foedus, arguments: list[str]) -> None:
    ended = foedus(*arguments)
    assert ended.code == 2
    assert "Error" in ended.err or "Usage" in ended.out + ended.err
    assert "Traceback" not in ended.err


ASKING = ["ask", "mali", "france"]


@pytest.mark.parametrize("arguments", [ASKING, ["load", "-"], ["rebuild"], ["replay"], ["verify"]])
def test_a_missing_database_is_not_made_unasked(
    foedus: Foedus, home: Path, arguments: list[str]
) -> None:
    ended = foedus(*arguments)
    assert ended.code == 2
    assert "there is no database at" in ended.err
    assert "foedus migrate" in ended.err
    assert not (home / "data").exists()


def test_a_database_without_tables_sends_to_migrate(
    foedus: Foedus, bare_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if bare_url.startswith("sqlite"):
        Path(bare_url.removeprefix("sqlite:///")).touch()
    monkeypatch.setenv("FOEDUS_DATABASE_URL", bare_url)
    ended = foedus(*ASKING)
    assert ended.code == 2
    assert ended.err == "foedus: the database has no tables yet: run `foedus migrate`\n"


def test_a_database_of_a_newer_release_is_refused(foedus: Foedus, file_store: Path) -> None:
    with sqlite3.connect(file_store) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    for arguments in (ASKING, ["migrate"], ["serve"]):
        ended = foedus(*arguments)
        assert ended.code == 2
        assert "migrated by a newer release (revision 9999)" in ended.err


def test_read_models_of_a_newer_release_are_refused(foedus: Foedus, loaded_file: Path) -> None:
    with sqlite3.connect(loaded_file) as conn:
        conn.execute("UPDATE checkpoints SET version = 99")
    ended = foedus(*ASKING)
    assert ended.code == 2
    assert "version 99" in ended.err


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://u:secret@127.0.0.1:1/x", "the database cannot be used: connection failed"),
        (
            "postgresql://u:secret@/x?host=/nowhere",
            "No such file or directory Is the server running locally",
        ),
        ("mysql://u:secret@h/x", "FOEDUS_DATABASE_URL: mysql: use sqlite:///path"),
        ("no url", "FOEDUS_DATABASE_URL: the database URL cannot be read"),
        ("sqlite://", "FOEDUS_DATABASE_URL: an SQLite database must be a file"),
    ],
)
def test_a_database_out_of_reach_is_told_without_its_password(
    foedus: Foedus, monkeypatch: pytest.MonkeyPatch, url: str, says: str
) -> None:
    monkeypatch.setenv("FOEDUS_DATABASE_URL", url)
    ended = foedus(*ASKING)
    assert ended.code == 2
    assert says in ended.err
    assert "secret" not in ended.err
    assert ended.err.count("\n") == 1
    assert "\N{REPLACEMENT CHARACTER}" not in ended.err


def test_a_file_that_is_no_database_is_told(
    foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "other").write_bytes(b"something else " * 1000)
    monkeypatch.setenv("FOEDUS_DATABASE_URL", f"sqlite:///{home / 'other'}")
    ended = foedus(*ASKING)
    assert ended.code == 2
    assert ended.err == "foedus: the database cannot be used: file is not a database\n"


def test_a_database_kept_busy_by_another_program_is_told(
    foedus: Foedus, file_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "Database", partial(Database, bounds=Bounds(lock=0.05)))
    other = sqlite3.connect(file_store)
    other.execute("BEGIN IMMEDIATE")
    ended = foedus("rebuild")
    other.close()
    assert ended.code == 2
    assert "in use by another program" in ended.err
    assert "Traceback" not in ended.err


def test_faults_of_ours_keep_their_traceback() -> None:
    assert stop_for(KeyError("x")) is None
    assert stop_for(ProgrammingError("SELECT", {}, Exception())) is None


def test_the_command_runs_as_a_process(process: Foedus) -> None:
    assert process("--version").code == 0
    ended = process(*ASKING)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("foedus: there is no database at")
