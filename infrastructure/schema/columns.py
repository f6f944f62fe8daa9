"""Columns that read models share."""

from __future__ import annotations

from sqlalchemy import Column, Integer, SmallInteger, Text

from infrastructure.schema.metadata import KEY, LONG


def known() -> list[Column[int]]:
    """From which position on a row counts, and until which."""
    return [Column("position", LONG, nullable=False), Column("known_to", LONG, nullable=False)]


def span() -> list[Column[int]]:
    """The days on which the event may have begun, and its last."""
    return [Column(name, Integer, nullable=False) for name in ("earliest", "latest", "ended")]


def claim() -> list[Column[str] | Column[int]]:
    """What a viewpoint asks of the claim."""
    return [
        Column("claimant", KEY, nullable=True),
        Column("voice", Text, nullable=False),
        Column("modality", Text, nullable=False),
        Column("reliability", Text(), nullable=True),
        Column("credibility", SmallInteger, nullable=True),
    ]
