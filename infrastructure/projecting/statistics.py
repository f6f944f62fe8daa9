"""Telling PostgreSQL's planner how the read models grow, before its own daemon looks.

The daemon comes by once a minute. Until then plans that were made for empty tables read whole
ones: segments of the first ten thousand events took a minute, and take seconds with statistics.
SQLite keeps none.
"""

from __future__ import annotations

from sqlalchemy import text

from infrastructure.database import Database
from infrastructure.event_store.errors import in_the_librarys_words
from infrastructure.live_models import live_models
from infrastructure.schema import read_models as rm

GROWTH = 4
"""How many times as many positions as last time the read models hold when it is told anew."""
FEWEST = 250
"""Positions below which any plan is good enough."""


class Statistics:
    """Up to which position the planner knows the live read models."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known_at: int | None = None

    def begin(self, position: int) -> None:
        """Take what was projected before this process came as known: the daemon had its time."""
        if self._known_at is None:
            self._known_at = position

    def grown_to(self, position: int) -> None:
        """Gather them anew if the read models hold so many times more than when they were gathered.

        Raises PersistenceError.
        """
        if position < GROWTH * max(FEWEST, self._known_at or 0):
            return
        with in_the_librarys_words():
            with self._database.read() as conn:
                models, _ = live_models(conn)
            gather_statistics(self._database, models)
        self._known_at = position


def gather_statistics(database: Database, models: rm.ReadModels) -> None:
    """Let PostgreSQL's planner know the rows before the next question."""
    if database.dialect != "postgresql":
        return
    for table in (*models.tables.values(), models.pairs):
        with database.write() as conn:
            conn.execute(text(f"ANALYZE {table.name}"))
