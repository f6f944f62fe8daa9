"""Making an export where nobody else is served meanwhile: from the database into bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from infrastructure.database import Database
from infrastructure.exporting.forms import Export

Progress = Callable[[int], None]
"""Called with how many entries are written."""


def pieces(database: Database, export: Export, progress: Progress | None = None) -> Iterator[bytes]:
    """The file, piece by piece; each is made when the one before is taken."""
    writer = export.form.open(export.origin)
    yield writer.begin()
    at, written = None, 0
    while True:
        with database.read() as conn:
            stretch = export.stretch(conn, at)
        yield writer.write(stretch.rows)
        written += stretch.entries
        if progress is not None:
            progress(written)
        at = stretch.following
        if at is None:
            break
    yield writer.end()
