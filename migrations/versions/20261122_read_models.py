"""The read models: what questions are answered from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261122_read_models"
down_revision: str | None = "20261122_event_log"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rm_closes",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("occurred", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("target", KEY, nullable=False),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("alleged", sa.SmallInteger(), nullable=False),
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
        sa.Column("low", sa.SmallInteger(), nullable=False),
        sa.Column("high", sa.SmallInteger(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("earliest_key", LONG, nullable=False),
        sa.Column("latest_key", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", "number", name=op.f("pk_rm_closes")),
    )
    op.create_index(
        op.f("ix_rm_closes_source_target_kind_latest_key"),
        "rm_closes",
        ["source", "target", "kind", "latest_key"],
        unique=False,
    )
    op.create_table(
        "rm_corroborations",
        sa.Column("place", LONG, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("claimant", KEY, nullable=True),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_rm_corroborations")),
    )
    op.create_index(
        op.f("ix_rm_corroborations_place_position"),
        "rm_corroborations",
        ["place", "position"],
        unique=False,
    )
    op.create_table(
        "rm_denials",
        sa.Column("place", LONG, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("claimant", KEY, nullable=True),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_rm_denials")),
    )
    op.create_index(
        op.f("ix_rm_denials_place_position"), "rm_denials", ["place", "position"], unique=False
    )
    op.create_table(
        "rm_formations",
        sa.Column("alliance", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_rm_formations")),
    )
    op.create_index(
        op.f("ix_rm_formations_alliance_position"),
        "rm_formations",
        ["alliance", "position"],
        unique=False,
    )
    op.create_table(
        "rm_name_words",
        sa.Column("word", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("word", "actor", "position", name=op.f("pk_rm_name_words")),
    )
    op.create_index(op.f("ix_rm_name_words_position"), "rm_name_words", ["position"], unique=False)
    op.create_table(
        "rm_registrations",
        sa.Column("actor", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("identifiers", sa.Text(), nullable=False),
        sa.Column("occurred", sa.Text(), nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_rm_registrations")),
    )
    op.create_index(
        op.f("ix_rm_registrations_actor_position"),
        "rm_registrations",
        ["actor", "position"],
        unique=False,
    )
    op.create_index(
        op.f("ix_rm_registrations_kind_actor"), "rm_registrations", ["kind", "actor"], unique=False
    )
    op.create_table(
        "rm_renamings",
        sa.Column("actor", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("occurred", sa.Text(), nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_rm_renamings")),
    )
    op.create_index(
        op.f("ix_rm_renamings_actor_position"), "rm_renamings", ["actor", "position"], unique=False
    )
    op.create_table(
        "rm_reports",
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("occurred", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint("position", name=op.f("pk_rm_reports")),
    )
    op.create_index(
        op.f("ix_rm_reports_claimant_position"),
        "rm_reports",
        ["claimant", "position"],
        unique=False,
    )
    op.create_index(
        op.f("ix_rm_reports_earliest_position"),
        "rm_reports",
        ["earliest", "position"],
        unique=False,
    )
    op.create_index(op.f("ix_rm_reports_event_id"), "rm_reports", ["event_id"], unique=True)
    op.create_table(
        "rm_sets",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("occurred", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("target", KEY, nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("alleged", sa.SmallInteger(), nullable=False),
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
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("begin_key", LONG, nullable=False),
        sa.Column("end_key", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", "number", name=op.f("pk_rm_sets")),
    )
    op.create_index("ix_rm_sets_place", "rm_sets", ["place"], unique=False)
    op.create_index(
        op.f("ix_rm_sets_source_target_kind"), "rm_sets", ["source", "target", "kind"], unique=False
    )
    op.create_index("ix_rm_sets_target_kind", "rm_sets", ["target", "kind"], unique=False)
    op.create_table(
        "rm_successions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("predecessor", KEY, nullable=False),
        sa.Column("successor", KEY, nullable=False),
        sa.Column("continuity", sa.Text(), nullable=False),
        sa.Column("occurred", sa.Text(), nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", "number", name=op.f("pk_rm_successions")),
    )
    op.create_index(
        op.f("ix_rm_successions_predecessor"), "rm_successions", ["predecessor"], unique=False
    )
    op.create_index(
        op.f("ix_rm_successions_successor"), "rm_successions", ["successor"], unique=False
    )


def downgrade() -> None:
    """Drop them: they can be rebuilt from the log at any time."""
    op.drop_table("rm_closes")
    op.drop_table("rm_corroborations")
    op.drop_table("rm_denials")
    op.drop_table("rm_formations")
    op.drop_table("rm_name_words")
    op.drop_table("rm_registrations")
    op.drop_table("rm_renamings")
    op.drop_table("rm_reports")
    op.drop_table("rm_sets")
    op.drop_table("rm_successions")
