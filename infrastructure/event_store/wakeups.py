"""Being woken when any process commits: a hint, never a promise.

Whoever is woken looks for itself, and whoever must not miss anything looks now and then without
being woken: a notification may be lost with the connection that would have brought it.
"""

from __future__ import annotations

import logging
import selectors
import socket
import sqlite3
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import Any

import psycopg
from psycopg import sql

from infrastructure.database import Database
from infrastructure.event_store.appending import LOG_CHANNEL

__all__ = ["LOG_CHANNEL", "READ_MODELS_CHANNEL", "Watch"]

READ_MODELS_CHANNEL = "foedus_read_models"
"""What PostgreSQL notifies when the live read models moved."""

LOOK_SECONDS = 0.05
"""How often an SQLite file is asked whether anybody committed; that costs microseconds."""

RECONNECT_SECONDS = 1.0

log = logging.getLogger(__name__)


class Watch:
    """One thread that calls back what stands for a channel after a commit of another process.

    On PostgreSQL it listens on a connection of its own, and makes a new one when that is lost;
    an SQLite file tells only that something was committed, so that everything is called.
    """

    def __init__(self, database: Database, hears: Mapping[str, Callable[[], None]]) -> None:
        self._database = database
        self._hears = dict(hears)
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Watch until stopped."""
        self._stopper, self._stopped = socket.socketpair()
        run = self._listen if self._database.dialect == "postgresql" else self._look
        self._thread = threading.Thread(target=run, name="foedus-watch")
        self._thread.start()

    def stop(self) -> None:
        """End the thread, if there is one."""
        if self._thread is None:
            return
        self._ending.set()
        self._stopper.send(b"x")
        self._thread.join()
        self._stopper.close()
        self._stopped.close()

    def _call(self, channels: set[str]) -> None:
        for channel in channels & self._hears.keys():
            self._hears[channel]()

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                with closing(self._connected()) as session:
                    self._call({*self._hears})  # whatever was missed until now
                    self._hear(session)
            except psycopg.Error as error:
                log.warning("not woken by other processes for a moment: %s", str(error).strip())
                self._ending.wait(RECONNECT_SECONDS)

    def _connected(self) -> psycopg.Connection[Any]:
        url = self._database.url.set(drivername="postgresql")
        address = url.render_as_string(hide_password=False)
        given: dict[str, Any] = {
            "application_name": "foedus watch",
            "connect_timeout": int(self._database.bounds.connect),
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 4,
        }
        ours = {name: value for name, value in given.items() if name not in url.query}
        session = psycopg.connect(address, autocommit=True, **ours)
        try:
            for channel in self._hears:
                session.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        except psycopg.Error:
            session.close()
            raise
        return session

    def _hear(self, session: psycopg.Connection[Any]) -> None:
        """Wait for notifications until the connection is lost or the watch is stopped."""
        with selectors.DefaultSelector() as selector:
            selector.register(session.fileno(), selectors.EVENT_READ)
            selector.register(self._stopped, selectors.EVENT_READ)
            while not self._ending.is_set():
                selector.select()
                if self._ending.is_set():
                    return
                session.pgconn.consume_input()
                heard = set()
                while told := session.pgconn.notifies():
                    heard.add(told.relname.decode())
                self._call(heard)

    def _look(self) -> None:
        path = str(self._database.url.database)
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as file:
            last = None
            while not self._ending.wait(LOOK_SECONDS):
                with suppress(sqlite3.OperationalError):  # busy: at the next look
                    [version] = file.execute("PRAGMA data_version").fetchone()
                    if version != last:
                        last = version
                        self._call({*self._hears})
