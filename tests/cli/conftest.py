"""The `foedus` command, run inside the test and as a process of its own."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli import main
from api.example import case_file


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


Foedus = Callable[..., Ended]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and no settings."""
    for name in [name for name in os.environ if name.startswith("FOEDUS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def foedus(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Foedus:
    """Runs a command inside the test: `foedus("ask", "mali", "france", stdin=b"...")`."""
    monkeypatch.chdir(home)

    def run(*arguments: str | Path, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def process(home: Path) -> Foedus:
    """Runs a command as a process of its own."""

    def run(*arguments: str | Path, **environment: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            env=os.environ | environment,
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def store(fresh_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a migrated, empty database, which the command uses; of each kind."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("FOEDUS_DATABASE_URL", fresh_url)
    return fresh_url


@pytest.fixture
def file_store(new_url: Callable[..., str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrated, empty SQLite file, which the command uses."""
    monkeypatch.chdir(home)
    url = new_url("sqlite")
    monkeypatch.setenv("FOEDUS_DATABASE_URL", url)
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture(scope="session")
def case() -> dict[str, Any]:
    """The shipped case."""
    read: dict[str, Any] = json.loads(case_file().read_bytes())
    return read


@pytest.fixture
def loaded(store: str, foedus: Foedus, case: dict[str, Any]) -> str:
    """The database of the command, of each kind, holding the shipped case."""
    load_case(foedus, case)
    return store


@pytest.fixture
def loaded_file(file_store: Path, foedus: Foedus, case: dict[str, Any]) -> Path:
    """The SQLite file of the command, holding the shipped case."""
    load_case(foedus, case)
    return file_store


def load_case(foedus: Foedus, case: dict[str, Any]) -> None:
    ended = foedus("load", "-", stdin=json.dumps(case["events"]).encode())
    assert ended.code == 0, ended.err
