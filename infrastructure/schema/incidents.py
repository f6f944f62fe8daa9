"""What the reports of incidents tell, and whom they name."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text

from infrastructure.schema.columns import claim, known, span
from infrastructure.schema.metadata import KEY, LONG, METADATA


def incident_reports(prefix: str) -> Table:
    """One row a report of an incident. `told` and `site` (its place) are JSON, the latter NULL without one."""
    return Table(
        f"{prefix}incident_reports",
        METADATA,
        Column("incident", KEY, nullable=False),
        Column("event_id", KEY, nullable=False),
        Column("type", KEY, nullable=False),
        Column("place", LONG, nullable=False),
        Column("publisher", Text, nullable=True),
        Column("site", KEY, nullable=True),
        Column("told", Text, nullable=False),
        Column("ended_by", KEY, nullable=True),
        Column("ended_how", Text, nullable=True),
        *span(),
        *claim(),
        *known(),
        PrimaryKeyConstraint("position"),
        Index(None, "incident", "position"),
        Index(None, "claimant", "incident"),
        Index(None, "earliest", "incident"),
    )


def incident_actors(prefix: str) -> Table:
    """The actors that the data of an incident's reports name."""
    return Table(
        f"{prefix}incident_actors",
        METADATA,
        Column("actor", KEY, nullable=False),
        Column("incident", KEY, nullable=False),
        *known(),
        PrimaryKeyConstraint("position", "actor"),
        Index(None, "actor", "incident", "position"),
        Index(None, "incident", "actor", "position"),
    )
