"""Releases of a dataset: what each said is what the log says as known at its position.

A release's file is made again, byte for byte, from the rows that the log's events quote; kept beside
the log are only their order and what no event quotes (docs/adr/0011).
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from infrastructure.codec import event_of
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, chain
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.importing.ids import event_id
from infrastructure.importing.rows import UnreadableSource
from infrastructure.importing.spool import Place, Spool
from infrastructure.schema.log import events
from infrastructure.schema.releases import release_lines, releases

PIECE = 1_000
"""So many lines are kept, and made again, together."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a source's dataset, and the position up to which the log holds it."""

    source: str
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class KnownRelease:
    """A release that was imported: `known_at` is when its last event was recorded."""

    source: str
    name: str
    position: int
    known_at: datetime | None
    lines: int
    size: int
    sha256: str


class ImportedFile(NamedTuple):
    """A file that was imported, and what the system told of it before."""

    path: Path
    before: os.stat_result

    def require_unchanged(self, descriptor: int) -> None:
        """Raise UnreadableSource unless the open file is still what it was."""
        now = os.fstat(descriptor)
        if any(getattr(now, told) != getattr(self.before, told) for told in _TELL_A_CHANGE):
            raise UnreadableSource(
                f"{self.path}: was changed while it was imported: import it again"
            )


_TELL_A_CHANGE = ("st_dev", "st_ino", "st_size", "st_mtime_ns")


class NoSuchRelease(Exception):
    """No release of this name was imported."""


class UnlikeRelease(Exception):
    """What was made again is not the file that was imported."""


def keep_release(database: Database, release: Release, file: ImportedFile, spool: Spool) -> bool:
    """Keep the order of a file's rows, and what the log does not quote of them.

    Returns whether another file of this release was kept before, and is not any more. Raises
    UnreadableSource where the file was changed since; then nothing is kept.
    """
    digest = hashlib.sha256()
    size = lines = 0
    with file.path.open("rb") as stream, database.write() as conn:
        before = _forget(conn, release)
        told = {"source": release.source, "release": release.name}
        nothing = {"position": 0, "lines": 0, "bytes": 0, "sha256": b""}
        conn.execute(insert(releases).values(**told, **nothing))
        entries = _entries(_measured(stream, digest), spool.places())
        for number, piece in enumerate(iter(lambda: list(islice(entries, PIECE)), [])):
            body = zlib.compress(
                json.dumps(piece, ensure_ascii=False).encode("utf-8", "surrogateescape")
            )
            conn.execute(insert(release_lines).values(**told, number=number, body=body))
            lines += len(piece)
        size = stream.tell()
        file.require_unchanged(stream.fileno())
        conn.execute(
            releases.update()
            .where(releases.c.source == release.source, releases.c.release == release.name)
            .values(position=release.position, lines=lines, bytes=size, sha256=digest.digest())
        )
    return before not in {None, digest.digest()}


def _forget(conn: Connection, release: Release) -> bytes | None:
    """Forget what was kept of the release; the digest of its file."""
    kept = select(releases.c.sha256).where(
        releases.c.source == release.source, releases.c.release == release.name
    )
    before = conn.execute(kept).scalar()
    for table in (release_lines, releases):
        conn.execute(
            delete(table).where(table.c.source == release.source, table.c.release == release.name)
        )
    return before


def _measured(stream: BinaryIO, digest: Any) -> Iterator[str]:
    for line in stream:
        digest.update(line)
        yield line.decode("utf-8", "surrogateescape")


def _entries(lines: Iterator[str], places: Iterator[Place]) -> Iterator[str | list[str]]:
    """For each row its record, part and what follows the quotation; else the line's text."""
    place = next(places, None)
    number = 0
    for line in lines:
        number += 1
        if place is None or number < place.line:
            yield line
            continue
        text = line
        while len(text) < place.quoted:
            text += next(lines)
            number += 1
        yield [place.key, place.part, text[place.quoted :]]
        place = next(places, None)


def known_releases(database: Database) -> list[KnownRelease]:
    """The releases that were imported, by source and position."""
    when = select(events.c.recorded_at).where(events.c.position == releases.c.position)
    told = select(releases, when.scalar_subquery().label("known_at"))
    with database.read() as conn:
        rows = conn.execute(told.order_by(releases.c.source, releases.c.position)).all()
    return [
        KnownRelease(
            row.source,
            row.release,
            row.position,
            None if row.known_at is None else chain.moment(row.known_at),
            row.lines,
            row.bytes,
            row.sha256.hex(),
        )
        for row in rows
    ]


def remake(database: Database, source: str, name: str, out: BinaryIO) -> KnownRelease:
    """Write a release's file as it was imported, from the log as known then.

    Raises NoSuchRelease, and UnlikeRelease if the bytes written are not those imported.
    """
    release = next(
        (one for one in known_releases(database) if (one.source, one.name) == (source, name)), None
    )
    if release is None:
        raise NoSuchRelease(f"no release {name} of {source} was imported")
    digest = hashlib.sha256()
    for piece in _pieces(database, release):
        for text in _texts(database, release, piece):
            raw = text.encode("utf-8", "surrogateescape")
            digest.update(raw)
            out.write(raw)
    if digest.hexdigest() != release.sha256:
        raise UnlikeRelease(f"release {name} of {source} comes out unlike the file imported")
    return release


def _pieces(database: Database, release: KnownRelease) -> Iterator[list[Any]]:
    number = 0
    where = release_lines.c.source == release.source, release_lines.c.release == release.name
    while True:
        with database.read() as conn:
            body = conn.execute(
                select(release_lines.c.body).where(*where, release_lines.c.number == number)
            ).scalar()
        if body is None:
            return
        try:
            text = zlib.decompress(body).decode("utf-8", "surrogateescape")
        except zlib.error as error:
            raise UnlikeRelease(
                f"what is kept of release {release.name} of {release.source} is damaged: {error}"
            ) from None
        yield json.loads(text)
        number += 1


def _texts(database: Database, release: KnownRelease, piece: list[Any]) -> Iterable[str]:
    quotes = _quotes(
        database, release, [(row[0], row[1]) for row in piece if isinstance(row, list)]
    )
    for row in piece:
        yield row if isinstance(row, str) else quotes[row[0]] + row[2]


def _quotes(
    database: Database, release: KnownRelease, parts: list[tuple[str, str]]
) -> dict[str, str]:
    """What the event of each record quotes that spoke for it at the release's position."""
    recorder = SqlRecorder(database)
    last: dict[str, StoredEvent] = {}
    version, looked = 0, parts
    while looked:
        ids = {event_id(release.source, key, part, version): (key, part) for key, part in looked}
        found = {one.id: one for one in recorder.by_ids(ids) if one.position <= release.position}
        last |= {ids[one_id][0]: one for one_id, one in found.items() if one_id}
        version, looked = version + 1, [ids[one_id] for one_id in found if one_id]
    return {key: event_of(one).claim.citations[0].quote or "" for key, one in last.items()}
