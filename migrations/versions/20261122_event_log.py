"""The event log, the index of its tags, the readers' checkpoints and the store's identity."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261122_event_log"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    store = op.create_table(
        "store",
        sa.Column("one", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_store_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_store")),
    )
    op.bulk_insert(store, [{"one": 1, "id": secrets.token_bytes(16)}])

    op.create_table(
        "events",
        sa.Column("position", LONG, autoincrement=False, nullable=False),
        sa.Column("event_id", KEY, nullable=True),
        sa.Column("type", KEY, nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", LONG, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("leaf", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_events_event_id")),
        sa.UniqueConstraint("recorded_at", name=op.f("uq_events_recorded_at")),
    )
    op.create_index(op.f("ix_events_type_position"), "events", ["type", "position"])

    op.create_table(
        "event_tags",
        sa.Column("position", LONG, nullable=False),
        sa.Column("tag", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.PrimaryKeyConstraint("position", "tag", name=op.f("pk_event_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_event_tags_tag_type_position"), "event_tags", ["tag", "type", "position"]
    )

    op.create_table(
        "checkpoints",
        sa.Column("name", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_checkpoints")),
    )


def downgrade() -> None:
    """Refuse: the log is the truth, and no migration may destroy it."""
    raise NotImplementedError("the event log is never dropped; restore a backup instead")
