"""How pairs stood over time, kept for the whole matrix, in both sets of read models."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_segments"
down_revision: str | None = "20261123_incidents"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for prefix in ("rm_a_", "rm_b_"):
        _create(prefix)


def _create(prefix: str) -> None:
    op.create_table(
        f"{prefix}pairs",
        sa.Column("a", KEY, nullable=False),
        sa.Column("b", KEY, nullable=False),
        sa.Column("touched", LONG, nullable=False),
        sa.Column("stale", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("a", "b", name=op.f(f"pk_{prefix}pairs")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f(f"ix_{prefix}pairs_b"), f"{prefix}pairs", ["b"], unique=False)
    op.create_index(
        f"ix_{prefix}pairs_stale",
        f"{prefix}pairs",
        ["a", "b"],
        unique=False,
        sqlite_where=sa.text("stale = 1"),
        postgresql_where=sa.text("stale = 1"),
    )
    op.create_table(
        f"{prefix}segments",
        sa.Column("a", KEY, nullable=False),
        sa.Column("b", KEY, nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("cooperation", sa.SmallInteger(), nullable=False),
        sa.Column("conflict", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("a", "b", "since", name=op.f(f"pk_{prefix}segments")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them: they can be worked out from the other read models at any time."""
    for prefix in ("rm_a_", "rm_b_"):
        op.drop_table(f"{prefix}pairs")
        op.drop_table(f"{prefix}segments")
