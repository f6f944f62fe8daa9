"""Directed dyad-years as alliances: consecutive years in which two states owe each other the same.

The rows are kept in a temporary file instead of in memory: an alliance is known only when the whole file
is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

_TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;
CREATE TABLE rows (
    ccode1 INT, ccode2 INT, year INT, owed INT, line INT, PRIMARY KEY (ccode1, ccode2, year)
) WITHOUT ROWID;
"""

# A dyad-year has a row for each direction: of two sets of bits, the least and the greatest together are
# all of them. In consecutive years the year less its rank is the same.
_ALLIANCES = """
CREATE TABLE alliances AS
WITH dyads AS (
    SELECT min(ccode1, ccode2) AS a, max(ccode1, ccode2) AS b, year, min(owed) | max(owed) AS owed,
        coalesce(max(line) FILTER (WHERE ccode1 < ccode2), max(line)) AS line
    FROM rows GROUP BY a, b, year
), ranked AS (
    SELECT *, year - row_number() OVER (PARTITION BY a, b, owed ORDER BY year) AS spell
    FROM dyads WHERE owed > 0
)
SELECT a, b, owed, min(year) AS first, count(*) AS years, line
FROM ranked GROUP BY a, b, owed, spell;
CREATE UNIQUE INDEX alliances_by_line ON alliances (line);
"""


class DyadYear(NamedTuple):
    """A row: what one state owes another in a year, as bits, and the line on which it stands."""

    ccode1: int
    ccode2: int
    year: int
    owed: int
    line: int


class Alliance(NamedTuple):
    """Two states, the lower number first, the years through which they owe each other the same."""

    a: int
    b: int
    owed: int
    first: int
    last: int


class DyadYears:
    """The dyad-years of a file, and the alliances in them once it is `complete`."""

    def __init__(self) -> None:
        # An empty name: SQLite keeps the database in a file that goes with the connection.
        self._conn = sqlite3.connect("", isolation_level=None)
        self._conn.executescript(_TABLES)
        self.last_year = 0

    def add(self, row: DyadYear) -> None:
        """Take a row in; of two for the same states and year the first counts."""
        self._conn.execute("INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?, ?)", row)
        self.last_year = max(self.last_year, row.year)

    def complete(self) -> None:
        """Find the alliances: every row is there."""
        self._conn.executescript(_ALLIANCES)

    def line_of(self, ccode1: int, ccode2: int, year: int) -> int | None:
        """The line of the row that counts for a direction and year."""
        return self._one("line", ccode1, ccode2, year)

    def owes(self, ccode1: int, ccode2: int, year: int) -> bool:
        """Whether the first state owes the second anything in a year."""
        return bool(self._one("owed", ccode1, ccode2, year))

    def told_by(self, line: int) -> Alliance | None:
        """The alliance that the row on this line stands for: its first year's, from the lower number."""
        found = self._conn.execute(
            "SELECT a, b, owed, first, first + years - 1 FROM alliances WHERE line = ?", (line,)
        ).fetchone()
        return None if found is None else Alliance._make(found)

    def close(self) -> None:
        self._conn.close()

    def _one(self, column: str, *key: int) -> int | None:
        found = self._conn.execute(
            f"SELECT {column} FROM rows WHERE ccode1 = ? AND ccode2 = ? AND year = ?",  # noqa: S608 - our names
            key,
        ).fetchone()
        return None if found is None else int(found[0])


@contextmanager
def dyad_years() -> Iterator[DyadYears]:
    """Open an empty collection and remove it whatever happens."""
    years = DyadYears()
    try:
        yield years
    finally:
        years.close()
