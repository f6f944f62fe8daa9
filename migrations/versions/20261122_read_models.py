"""The read models, twice, and which of the two questions are answered from."""

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
    live = op.create_table(
        "rm_live",
        sa.Column("one", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_rm_live_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_rm_live")),
    )
    op.bulk_insert(live, [{"one": 1, "name": "read-models-a"}])
    _create("rm_a_")
    _create("rm_b_")


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, unique=False)


def _create(prefix: str) -> None:
    op.create_table(
        f"{prefix}closes",
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
        sa.PrimaryKeyConstraint("position", "number", name=op.f(f"pk_{prefix}closes")),
    )
    _index(f"{prefix}closes", "source", "target", "kind", "latest_key")
    op.create_index(
        f"ix_{prefix}closes_vague",
        f"{prefix}closes",
        ["source", "target", "kind", "latest_key"],
        unique=False,
        sqlite_where=sa.text("earliest < latest"),
        postgresql_where=sa.text("earliest < latest"),
    )
    op.create_table(
        f"{prefix}corroborations",
        sa.Column("place", LONG, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("claimant", KEY, nullable=True),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f(f"pk_{prefix}corroborations")),
    )
    _index(f"{prefix}corroborations", "place", "position")
    op.create_table(
        f"{prefix}denials",
        sa.Column("place", LONG, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("claimant", KEY, nullable=True),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f(f"pk_{prefix}denials")),
    )
    _index(f"{prefix}denials", "place", "position")
    op.create_table(
        f"{prefix}formations",
        sa.Column("alliance", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f(f"pk_{prefix}formations")),
    )
    _index(f"{prefix}formations", "alliance", "position")
    op.create_table(
        f"{prefix}judgements",
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("other", KEY, nullable=False),
        sa.Column("judgement", KEY, nullable=False),
        sa.Column("claimant", KEY, nullable=True),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("begin_key", LONG, nullable=False),
        sa.Column("occurred", sa.Text(), nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", "number", name=op.f(f"pk_{prefix}judgements")),
    )
    for columns in (
        ["actor", "position"],
        ["actor", "other", "begin_key"],
        ["judgement", "position"],
    ):
        op.create_index(
            op.f(f"ix_{prefix}judgements_{'_'.join(columns)}"),
            f"{prefix}judgements",
            columns,
            unique=False,
        )
    op.create_table(
        f"{prefix}name_words",
        sa.Column("word", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("position", LONG, nullable=False),
        sa.Column("known_to", LONG, nullable=False),
        sa.PrimaryKeyConstraint("word", "actor", "position", name=op.f(f"pk_{prefix}name_words")),
    )
    op.create_index(
        op.f(f"ix_{prefix}name_words_position"), f"{prefix}name_words", ["position"], unique=False
    )
    op.create_table(
        f"{prefix}registrations",
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
        sa.PrimaryKeyConstraint("position", name=op.f(f"pk_{prefix}registrations")),
    )
    _index(f"{prefix}registrations", "actor", "position")
    _index(f"{prefix}registrations", "kind", "actor")
    op.create_table(
        f"{prefix}renamings",
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
        sa.PrimaryKeyConstraint("position", name=op.f(f"pk_{prefix}renamings")),
    )
    _index(f"{prefix}renamings", "actor", "position")
    op.create_table(
        f"{prefix}reports",
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
        sa.PrimaryKeyConstraint("position", name=op.f(f"pk_{prefix}reports")),
    )
    _index(f"{prefix}reports", "claimant", "position")
    _index(f"{prefix}reports", "earliest", "position")
    op.create_index(
        op.f(f"ix_{prefix}reports_event_id"), f"{prefix}reports", ["event_id"], unique=True
    )
    op.create_index(
        f"ix_{prefix}reports_ended",
        f"{prefix}reports",
        ["known_to"],
        unique=False,
        sqlite_where=sa.text("ended_by IS NOT NULL"),
        postgresql_where=sa.text("ended_by IS NOT NULL"),
    )
    op.create_table(
        f"{prefix}sets",
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
        sa.Column("strand", LONG, nullable=False),
        sa.Column("begin_key", LONG, nullable=False),
        sa.Column("end_key", LONG, nullable=False),
        sa.PrimaryKeyConstraint("position", "number", name=op.f(f"pk_{prefix}sets")),
    )
    op.create_index(f"ix_{prefix}sets_place", f"{prefix}sets", ["place"], unique=False)
    _index(f"{prefix}sets", "source", "target", "kind")
    _index(f"{prefix}sets", "strand", "begin_key")
    op.create_index(
        f"ix_{prefix}sets_target_kind_source",
        f"{prefix}sets",
        ["target", "kind", "source"],
        unique=False,
    )
    op.create_index(
        f"ix_{prefix}sets_members",
        f"{prefix}sets",
        ["source"],
        unique=False,
        sqlite_where=sa.text("kind = 'umbrella'"),
        postgresql_where=sa.text("kind = 'umbrella'"),
    )
    op.create_table(
        f"{prefix}successions",
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
        sa.PrimaryKeyConstraint("position", "number", name=op.f(f"pk_{prefix}successions")),
    )
    _index(f"{prefix}successions", "predecessor")
    _index(f"{prefix}successions", "successor")


def downgrade() -> None:
    """Drop them: they can be rebuilt from the log at any time."""
    op.drop_table("rm_live")
    for prefix in ("rm_a_", "rm_b_"):
        op.drop_table(f"{prefix}closes")
        op.drop_table(f"{prefix}corroborations")
        op.drop_table(f"{prefix}denials")
        op.drop_table(f"{prefix}formations")
        op.drop_table(f"{prefix}judgements")
        op.drop_table(f"{prefix}name_words")
        op.drop_table(f"{prefix}registrations")
        op.drop_table(f"{prefix}renamings")
        op.drop_table(f"{prefix}reports")
        op.drop_table(f"{prefix}sets")
        op.drop_table(f"{prefix}successions")
