"""What the reports of incidents tell, twice, as all read models are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_incidents"
down_revision: str | None = "20261122_read_models"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _create("rm_a_")
    _create("rm_b_")


def _create(prefix: str) -> None:
    op.create_table(
        f"{prefix}incident_actors",
        sa.Column("actor", KEY, nullable=False),
        sa.Column("incident", KEY, nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", "actor", name=op.f(f"pk_{prefix}incident_actors")),
    )
    op.create_index(
        f"ix_{prefix}incident_actors_actor_incident_position",
        f"{prefix}incident_actors",
        ["actor", "incident", "position"],
        unique=False,
    )
    op.create_index(
        f"ix_{prefix}incident_actors_incident_actor_position",
        f"{prefix}incident_actors",
        ["incident", "actor", "position"],
        unique=False,
    )
    op.create_table(
        f"{prefix}incident_reports",
        sa.Column("incident", KEY, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("site", KEY, nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("ended_by", KEY, nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("claimant", KEY, nullable=True),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("reliability", sa.Text(), nullable=True),
        sa.Column("credibility", sa.SmallInteger(), nullable=True),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f(f"pk_{prefix}incident_reports")),
    )
    for columns in (["incident", "position"], ["claimant", "incident"], ["earliest", "incident"]):
        op.create_index(
            f"ix_{prefix}incident_reports_{'_'.join(columns)}",
            f"{prefix}incident_reports",
            columns,
            unique=False,
        )


def downgrade() -> None:
    """Drop them: they can be rebuilt from the log at any time."""
    for prefix in ("rm_a_", "rm_b_"):
        op.drop_table(f"{prefix}incident_actors")
        op.drop_table(f"{prefix}incident_reports")
