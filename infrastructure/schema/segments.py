"""How pairs stood over time by their own lines, for the viewpoint without filters (DESIGN section 8).

Derived from the rows of the other read models: what a batch touches is marked, and worked out
after it. What alliances oblige a pair to is not in them: one accession would change as many pairs
as there are members. It is added when a question is asked (docs/adr/0009).
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, SmallInteger, Table, text

from infrastructure.schema.metadata import KEY, LONG, METADATA

PAIR_KINDS = ("cooperation", "conflict", "neutral", "sanction")
"""The kinds of lines that run between two actors."""

_STALE = text("stale = 1")


def pairs(prefix: str) -> Table:
    """Every two actors, a < b, between whom the log ever moved a line.

    `touched`: the last position at which anything on these lines was recorded or ended. `stale`: 1
    until the pair's segments are those of that position; then they are of every later one too.
    """
    return Table(
        f"{prefix}pairs",
        METADATA,
        Column("a", KEY, nullable=False),
        Column("b", KEY, nullable=False),
        Column("touched", LONG, nullable=False),
        Column("stale", SmallInteger, nullable=False),
        PrimaryKeyConstraint("a", "b"),
        Index(None, "b"),
        Index(f"ix_{prefix}pairs_stale", "a", "b", sqlite_where=_STALE, postgresql_where=_STALE),
        sqlite_with_rowid=False,
    )


def segments(prefix: str) -> Table:
    """The stretches of days on which a pair stands otherwise than `unknown` by its own lines.

    From the day `since` up to the day `until`, which is not included (END_OF_TIME: for ever).
    Without cooperation and conflict it is neutral.
    """
    return Table(
        f"{prefix}segments",
        METADATA,
        Column("a", KEY, nullable=False),
        Column("b", KEY, nullable=False),
        Column("since", Integer, nullable=False),
        Column("until", Integer, nullable=False),
        Column("cooperation", SmallInteger, nullable=False),
        Column("conflict", SmallInteger, nullable=False),
        PrimaryKeyConstraint("a", "b", "since"),
        sqlite_with_rowid=False,
    )
