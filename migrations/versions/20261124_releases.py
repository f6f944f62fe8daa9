"""Releases of datasets that were imported, and the order of their files' rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_releases"
down_revision: str | None = "20261123_segments"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("source", KEY, nullable=False),
        sa.Column("release", KEY, nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("lines", LONG, nullable=False),
        sa.Column("bytes", LONG, nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("source", "release", name=op.f("pk_releases")),
    )
    op.create_table(
        "release_lines",
        sa.Column("source", KEY, nullable=False),
        sa.Column("release", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "release", "number", name=op.f("pk_release_lines")),
        sa.ForeignKeyConstraint(
            ["source", "release"],
            ["releases.source", "releases.release"],
            name=op.f("fk_release_lines"),
        ),
    )


def downgrade() -> None:
    """Drop them: the events of the releases stay, the order of their rows is lost."""
    op.drop_table("release_lines")
    op.drop_table("releases")
