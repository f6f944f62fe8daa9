"""The read models: what questions are answered from, rebuilt from the log at any time.

Days are proleptic ordinals (`date.toordinal()`). A *key* packs (day, rank, place) into one
64-bit number, so that the order of effects of DESIGN section 4 is the order of numbers
(`infrastructure.keys`). `position` is when a row became known; `known_to` the
position at which its event was retracted or superseded, FOREVER while it is live. `place` is
the position of the first event of its correction chain.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, SmallInteger, Table, Text

from infrastructure.schema.metadata import KEY, LONG, METADATA

FOREVER = 2**62
"""`known_to` of a live row."""


def _known() -> list[Column[int]]:
    return [Column("position", LONG, nullable=False), Column("known_to", LONG, nullable=False)]


def _span() -> list[Column[int]]:
    return [Column(name, Integer, nullable=False) for name in ("earliest", "latest", "ended")]


def _claim() -> list[Column[str] | Column[int]]:
    return [
        Column("claimant", KEY, nullable=True),
        Column("voice", Text, nullable=False),
        Column("modality", Text, nullable=False),
        Column("reliability", Text(), nullable=True),
        Column("credibility", SmallInteger, nullable=True),
    ]


def _effect(*, every_programme: bool) -> list[Column[str] | Column[int]]:
    """The columns of one effect of an event: which line it moves, when, on whose word.

    `every_programme`: the programme may be NULL, which names all of them.
    """
    return [
        Column("number", Integer, nullable=False),
        Column("event_id", KEY, nullable=False),
        Column("type", KEY, nullable=False),
        Column("place", LONG, nullable=False),
        Column("occurred", Text, nullable=False),
        Column("rule", Text, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("source", KEY, nullable=False),
        Column("target", KEY, nullable=False),
        Column("programme", Text, nullable=every_programme),
        Column("alleged", SmallInteger, nullable=False),
        *_span(),
        *_claim(),
        *_known(),
    ]


reports = Table(
    "rm_reports",
    METADATA,
    Column("event_id", KEY, nullable=False),
    Column("type", KEY, nullable=False),
    Column("place", LONG, nullable=False),
    Column("occurred", Text, nullable=False),
    Column("publisher", Text, nullable=True),
    Column("origin", Text, nullable=True),
    Column("ended_by", KEY, nullable=True),
    Column("ended_how", Text, nullable=True),
    *_span(),
    *_claim(),
    *_known(),
    PrimaryKeyConstraint("position"),
    Index(None, "event_id", unique=True),
    Index(None, "claimant", "position"),
    Index(None, "earliest", "position"),
)
"""One row an event: its claim, its dates, and how it ended. `earliest` serves date filters."""

sets = Table(
    "rm_sets",
    METADATA,
    *_effect(every_programme=False),
    Column("level", SmallInteger, nullable=False),
    Column("begin_key", LONG, nullable=False),
    Column("end_key", LONG, nullable=False),
    PrimaryKeyConstraint("position", "number"),
    Index(None, "source", "target", "kind"),
    Index("ix_rm_sets_target_kind", "target", "kind"),
    Index("ix_rm_sets_place", "place"),
)
"""Levels set on lines. `begin_key` is (earliest, 0, place), `end_key` (ended, 0, place)."""

closes = Table(
    "rm_closes",
    METADATA,
    *_effect(every_programme=True),
    Column("low", SmallInteger, nullable=False),
    Column("high", SmallInteger, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("earliest_key", LONG, nullable=False),
    Column("latest_key", LONG, nullable=False),
    PrimaryKeyConstraint("position", "number"),
    Index(None, "source", "target", "kind", "latest_key"),
)
"""Levels `low`..`high` closed on lines; `*` names every source or target, a NULL programme
every programme.
`earliest_key` is (earliest, rank, place), `latest_key` (latest, rank, place)."""


def _reaction(name: str) -> Table:
    """Denials or corroborations, by the place of the correction chain that they name."""
    return Table(
        name,
        METADATA,
        Column("place", LONG, nullable=False),
        Column("event_id", KEY, nullable=False),
        Column("claimant", KEY, nullable=True),
        Column("voice", Text, nullable=False),
        *_known(),
        PrimaryKeyConstraint("position"),
        Index(None, "place", "position"),
    )


denials = _reaction("rm_denials")
corroborations = _reaction("rm_corroborations")

registrations = Table(
    "rm_registrations",
    METADATA,
    Column("actor", KEY, nullable=False),
    Column("kind", KEY, nullable=False),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=True),
    Column("names", Text, nullable=False),
    Column("identifiers", Text, nullable=False),
    Column("occurred", Text, nullable=False),
    Column("place", LONG, nullable=False),
    *_span(),
    *_known(),
    PrimaryKeyConstraint("position"),
    Index(None, "actor", "position"),
    Index(None, "kind", "actor"),
)
"""Registrations that count. `names` and `identifiers` are JSON as in the event."""

name_words = Table(
    "rm_name_words",
    METADATA,
    Column("word", KEY, nullable=False),
    Column("actor", KEY, nullable=False),
    *_known(),
    PrimaryKeyConstraint("word", "actor", "position"),
    Index(None, "position"),
)
"""The words of actors' names, folded, for searching by the beginnings of words."""

renamings = Table(
    "rm_renamings",
    METADATA,
    Column("actor", KEY, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=True),
    Column("occurred", Text, nullable=False),
    Column("place", LONG, nullable=False),
    *_span(),
    *_known(),
    PrimaryKeyConstraint("position"),
    Index(None, "actor", "position"),
)
"""Later names that count."""

successions = Table(
    "rm_successions",
    METADATA,
    Column("number", Integer, nullable=False),
    Column("predecessor", KEY, nullable=False),
    Column("successor", KEY, nullable=False),
    Column("continuity", Text, nullable=False),
    Column("occurred", Text, nullable=False),
    Column("place", LONG, nullable=False),
    *_span(),
    *_known(),
    PrimaryKeyConstraint("position", "number"),
    Index(None, "predecessor"),
    Index(None, "successor"),
)
"""Each predecessor with each successor of the successions that count."""

formations = Table(
    "rm_formations",
    METADATA,
    Column("alliance", KEY, nullable=False),
    Column("name", Text, nullable=True),
    Column("modality", Text, nullable=False),
    Column("place", LONG, nullable=False),
    *_span(),
    *_known(),
    PrimaryKeyConstraint("position"),
    Index(None, "alliance", "position"),
)
"""Every formation of an alliance, with the name that it gives."""

TABLES: tuple[Table, ...] = (
    reports,
    sets,
    closes,
    denials,
    corroborations,
    registrations,
    name_words,
    renamings,
    successions,
    formations,
)
"""All read models: one projection moves them together."""
