"""Which releases of datasets were imported, and how each file is made again from the log."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
)

from infrastructure.schema.metadata import KEY, LONG, METADATA

releases = Table(
    "releases",
    METADATA,
    Column("source", KEY, nullable=False),
    Column("release", KEY, nullable=False),
    # The log's head once all of the file was in it: as known then, the log says what the file says.
    Column("position", LONG, nullable=False),
    # Lines of the file, bytes, and its SHA-256.
    Column("lines", LONG, nullable=False),
    Column("bytes", LONG, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    PrimaryKeyConstraint("source", "release"),
)
"""One row a release. Written once all of it is in the log."""

release_lines = Table(
    "release_lines",
    METADATA,
    Column("source", KEY, nullable=False),
    Column("release", KEY, nullable=False),
    Column("number", Integer, nullable=False),
    # Compressed JSON: for each row its record, part and what follows the quotation, or its text.
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("source", "release", "number"),
    ForeignKeyConstraint(
        ["source", "release"], ["releases.source", "releases.release"], name="fk_release_lines"
    ),
)
"""The order of a release's rows, in pieces; the rows' texts are quoted by the log's events."""
