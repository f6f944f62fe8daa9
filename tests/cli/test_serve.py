"""`foedus serve`: who may connect, over which database, and how it begins and ends."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.cli.serving import listening
from tests.cli.conftest import Foedus

QUESTION = "/v1/alignments?actors=mali,wagner-group&valid_at=2024-07-28"


class Served:
    """A server started as a process of its own, with the lines it said once it listened."""

    def __init__(self, process: "subprocess.Popen[str]", said: list[str]) -> None:
        self.process = process
        self.said = said
        self.base = said[0].rpartition(" ")[2]

    def get(self, path: str) -> Any:
        return httpx.get(self.base + path).raise_for_status().json()

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(30)


@contextmanager
def served(*options: str) -> Iterator[Served]:
    """A server on a free port, ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--port", "0", *options],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line.rstrip("\n"))
        if line == "Ctrl-C ends it.\n":
            break
    try:
        assert process.poll() is None, said
        yield Served(process, said)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@pytest.mark.usefixtures("home")
def test_the_example_is_served_from_a_database_of_its_own() -> None:
    with served("--example") as server:
        assert server.said[1].startswith("Database: sqlite:///")
        assert server.said[1].endswith("foedus/example.sqlite3")
        [pair] = server.get(QUESTION)["alignments"]
        assert (pair["alignment"], pair["disputed"]) == ("allied", True)
        for line in server.said:
            if line.startswith("  http"):
                assert httpx.get(line.strip()).status_code == 200
        assert server.end(signal.SIGINT) == 0
    with served("--example") as server:
        # The same events are not loaded twice.
        assert server.get(QUESTION)["viewpoint"]["position"] == 46


def test_the_example_goes_into_the_database_that_is_named(store: str) -> None:
    with served("--example") as server:
        assert server.get(QUESTION)["viewpoint"]["position"] == 46
        expected = "postgresql" if store.startswith("postgresql") else "sqlite"
        assert server.said[1].startswith(f"Database: {expected}")


def test_an_empty_data_folder_is_enough(home: Path) -> None:
    with served("--host", "localhost") as server:
        assert server.get("/v1/actors")["items"] == []
        assert server.get("/readyz")
        assert server.end(signal.SIGTERM) in {0, -signal.SIGTERM}
    assert list(home.rglob("foedus.sqlite3"))


@pytest.mark.usefixtures("file_store")
def test_other_lines_are_tried_without_the_example() -> None:
    with served("--host", "::1") as server:
        assert server.base.startswith("http://[::1]:")
        tried = [line.strip() for line in server.said if line.startswith("  http")]
        assert tried
        for address in tried:
            assert httpx.get(address).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # noqa: S104 - refused
def test_no_address_is_taken_that_other_machines_reach(
    foedus: Foedus, home: Path, host: str
) -> None:
    ended = foedus("serve", "--host", host, "--port", "0")
    assert ended.code == 2
    assert ended.err.startswith(f"foedus: other machines can reach {host}")
    assert "FOEDUS_AUTH is open" in ended.err
    assert not (home / "data").exists()


@pytest.mark.usefixtures("home")
def test_keys_are_refused_until_there_are_any(
    foedus: Foedus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_AUTH", "keys")
    ended = foedus("serve")
    assert ended.code == 2
    assert "FOEDUS_AUTH=keys is not available yet" in ended.err


@pytest.mark.usefixtures("home")
def test_a_port_that_is_taken_is_told(foedus: Foedus) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = foedus("serve", "--port", str(port))
    assert ended.code == 2
    assert ended.err == f"foedus: cannot listen on 127.0.0.1:{port}: Address already in use\n"


@pytest.mark.usefixtures("home")
def test_postgresql_is_not_migrated_unasked(
    foedus: Foedus, new_url: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_DATABASE_URL", new_url("postgresql", migrated=False))
    ended = foedus("serve", "--port", "0", "--example")
    assert ended.code == 2
    assert "the database has no tables yet: run `foedus migrate`" in ended.err
    assert foedus("migrate").code == 0
    assert foedus("ask", "mali", "france").err.startswith("foedus: no actor is registered as")


def test_an_answers_last_part_does_not_wait_for_a_receipt() -> None:
    """Nagle's algorithm would hold it back for 40 ms on every kept connection."""
    with listening("127.0.0.1", 0) as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname(), timeout=5):
            served, _ = listener.accept()
            with served:
                assert served.proto == socket.IPPROTO_TCP
                assert served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
