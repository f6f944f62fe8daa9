"""Which rows count from a viewpoint, as SQL conditions (DESIGN section 5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, exists, null, or_, select

from domain.policy import ADMITTED_MODALITIES, ALLEGED_MODALITIES, UNCOUNTED_MODALITIES
from domain.viewpoint import Viewpoint
from infrastructure.schema import read_models as rm

Condition = ColumnElement[bool]


def known(rows: FromClause, viewpoint: Viewpoint) -> Condition:
    """The log held the row's event at the viewpoint's position, and it was live."""
    return and_(rows.c.position <= viewpoint.position, rows.c.known_to > viewpoint.position)


def counts(rows: FromClause) -> Condition:
    """The modality of a claim that always counts, whatever the viewpoint's filters."""
    return rows.c.modality.not_in(sorted(UNCOUNTED_MODALITIES))


def left_out(rows: FromClause, viewpoint: Viewpoint) -> ColumnElement[str | None]:
    """The first reason not to admit an effect of a claim about relations, or NULL."""
    reasons: list[tuple[Any, str]] = []
    actor = viewpoint.according_to
    if actor is not None:
        reasons.append(
            (and_(rows.c.claimant.is_not(None), rows.c.claimant != actor), "other-claimant")
        )
        reasons.append((denied_by(rows, viewpoint, actor), "denied"))
    modalities = ADMITTED_MODALITIES | (ALLEGED_MODALITIES if viewpoint.alleged else frozenset())
    reasons.append((rows.c.modality.not_in(sorted(modalities)), "modality"))
    if not viewpoint.alleged:
        reasons.append((rows.c.alleged == 1, "alleged"))
    reliability, credibility = rows.c.reliability, rows.c.credibility
    if viewpoint.reliability is not None:
        reasons.append((or_(reliability.is_(None), reliability == "F"), "ungraded"))
    if viewpoint.credibility is not None:
        reasons.append((or_(credibility.is_(None), credibility == 6), "ungraded"))
    if viewpoint.reliability is not None:
        reasons.append((reliability > viewpoint.reliability, "below-grade"))
    if viewpoint.credibility is not None:
        reasons.append((credibility > viewpoint.credibility, "below-grade"))
    return case(*reasons, else_=null())


def admitted(rows: FromClause, viewpoint: Viewpoint) -> Condition:
    """The row is known, live, and admitted as a claim about relations."""
    return and_(known(rows, viewpoint), left_out(rows, viewpoint).is_(None))


def denied_by(rows: FromClause, viewpoint: Viewpoint, actor: str) -> Condition:
    """A live denial by the actor names the row's correction chain."""
    denial = rm.denials.alias()
    return exists(
        select(1).where(
            denial.c.place == rows.c.place, denial.c.claimant == actor, known(denial, viewpoint)
        )
    )


def disputed(rows: FromClause, viewpoint: Viewpoint) -> Condition:
    """A live denial by anybody but the row's own claimant, whatever the viewpoint admits."""
    denial = rm.denials.alias()
    return exists(
        select(1).where(
            denial.c.place == rows.c.place,
            denial.c.claimant.is_distinct_from(rows.c.claimant),
            known(denial, viewpoint),
        )
    )
