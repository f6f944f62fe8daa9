"""The event log's tables: what was recorded, in which order, and how far readers have come.

DESIGN.md section 8. ``events`` is the truth; ``event_tags`` is an index of it that
conditions and reads by tag are answered from, and verification compares the two.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from infrastructure.schema.metadata import KEY, LONG, METADATA

store = Table(
    "store",
    METADATA,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("id", LargeBinary(16), nullable=False),
    CheckConstraint("one = 1", name="one"),
)
"""One row: which store this is. The hash chain begins at the hash of its ``id``, 16 random bytes."""

events = Table(
    "events",
    METADATA,
    Column("position", LONG, primary_key=True, autoincrement=False),
    # Null, and the schema version 0, where another application recorded the event.
    Column("event_id", KEY, nullable=True),
    Column("type", KEY, nullable=False),
    Column("schema_version", Integer, nullable=False),
    # Microseconds since 1970-01-01 UTC.
    Column("recorded_at", LONG, nullable=False),
    Column("recorded_by", Text, nullable=True),
    # A JSON array of text.
    Column("tags", Text, nullable=False),
    # Both null where the event was erased, and only there.
    Column("data", LargeBinary, nullable=True),
    Column("salt", LargeBinary, nullable=True),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    UniqueConstraint("event_id"),
    UniqueConstraint("recorded_at"),
    Index(None, "type", "position"),
)
"""The log. Positions run 1, 2, 3, … without gaps, in the order of commit."""

event_tags = Table(
    "event_tags",
    METADATA,
    Column("position", LONG, nullable=False),
    Column("tag", KEY, nullable=False),
    Column("type", KEY, nullable=False),
    PrimaryKeyConstraint("position", "tag"),
    Index(None, "tag", "type", "position"),
    sqlite_with_rowid=False,
)
"""Each tag of each event once. Kept in the order of positions, so that writing stays cheap
and verification reads it beside the log. Its one index is most of what a small append writes:
whoever asks for a tag beyond a position, whatever the type, names every type (`conditions`)."""

checkpoints = Table(
    "checkpoints",
    METADATA,
    Column("name", KEY, primary_key=True),
    # The projection's own version; 0 where another application keeps its place here.
    Column("version", Integer, nullable=False),
    Column("position", LONG, nullable=False),
    # Why the projection stopped after this position, if it did.
    Column("error", Text, nullable=True),
)
"""How far each reader of the log has come."""
