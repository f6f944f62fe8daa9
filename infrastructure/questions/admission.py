"""Which rows count from a viewpoint, as SQL conditions (DESIGN section 5).

Statements are built once for each set of read models and filters and kept; the viewpoint's values
are bound when they run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    SmallInteger,
    Text,
    and_,
    bindparam,
    case,
    exists,
    null,
    or_,
    select,
)

from domain.policy import ADMITTED_MODALITIES, ALLEGED_MODALITIES, UNCOUNTED_MODALITIES
from domain.viewpoint import Viewpoint
from infrastructure.schema.metadata import KEY, LONG
from infrastructure.schema.read_models import ReadModels

Condition = ColumnElement[bool]
Reason = tuple[Condition, str]
"""When a claim is left out, and what that is called."""

DAY = bindparam("day", type_=Integer())
"""The viewpoint's `valid_at` as an ordinal."""
POSITION = bindparam("position", type_=LONG)
ACCORDING_TO = bindparam("according_to", type_=KEY)
RELIABILITY = bindparam("reliability", type_=Text())
CREDIBILITY = bindparam("credibility", type_=SmallInteger())


class Filters(NamedTuple):
    """Which filters a viewpoint has: what its statements look like."""

    according_to: bool
    reliability: bool
    credibility: bool
    alleged: bool


def filters_of(viewpoint: Viewpoint) -> Filters:
    """The filters that the viewpoint sets."""
    return Filters(
        viewpoint.according_to is not None,
        viewpoint.reliability is not None,
        viewpoint.credibility is not None,
        viewpoint.alleged,
    )


def values_of(viewpoint: Viewpoint, **more: Any) -> Mapping[str, Any]:
    """What a statement is bound to; statements ignore the values that they do not use."""
    return {
        "day": viewpoint.valid_at.toordinal(),
        "position": viewpoint.position,
        "according_to": viewpoint.according_to,
        "reliability": viewpoint.reliability,
        "credibility": viewpoint.credibility,
        **more,
    }


def known(rows: FromClause) -> Condition:
    """The log held the row's event at the viewpoint's position, and it was live."""
    return and_(rows.c.position <= POSITION, rows.c.known_to > POSITION)


def counts(rows: FromClause) -> Condition:
    """The modality of a claim that always counts, whatever the viewpoint's filters."""
    return rows.c.modality.not_in(sorted(UNCOUNTED_MODALITIES))


def left_out(rm: ReadModels, rows: FromClause, filters: Filters) -> ColumnElement[str | None]:
    """The first reason not to admit an effect of a claim about relations, or NULL."""
    denied = [(denied_by(rm, rows), "denied")] if filters.according_to else []
    return case(*_others(rows, filters), *denied, *_unfit(rows, filters), else_=null())


def told_by(rows: FromClause, filters: Filters) -> Condition:
    """The viewpoint admits the claim while the log holds it live and the one asked denies it not."""
    reasons = [reason for reason, _ in (*_others(rows, filters), *_unfit(rows, filters))]
    return and_(*(reason.is_not(True) for reason in reasons))


def _others(rows: FromClause, filters: Filters) -> list[Reason]:
    """That another claims it than the one whose account is asked for."""
    if not filters.according_to:
        return []
    return [(and_(rows.c.claimant.is_not(None), rows.c.claimant != ACCORDING_TO), "other-claimant")]


def _unfit(rows: FromClause, filters: Filters) -> list[Reason]:
    """What a claim may lack, in itself."""
    modalities = ADMITTED_MODALITIES | (ALLEGED_MODALITIES if filters.alleged else frozenset())
    reasons: list[Reason] = [(rows.c.modality.not_in(sorted(modalities)), "modality")]
    if not filters.alleged:
        reasons.append((rows.c.alleged == 1, "alleged"))
    reliability, credibility = rows.c.reliability, rows.c.credibility
    if filters.reliability:
        reasons.append((or_(reliability.is_(None), reliability == "F"), "ungraded"))
    if filters.credibility:
        reasons.append((or_(credibility.is_(None), credibility == 6), "ungraded"))
    if filters.reliability:
        reasons.append((reliability > RELIABILITY, "below-grade"))
    if filters.credibility:
        reasons.append((credibility > CREDIBILITY, "below-grade"))
    return reasons


def admitted(rm: ReadModels, rows: FromClause, filters: Filters) -> Condition:
    """The row is known, live, and admitted as a claim about relations."""
    return and_(known(rows), left_out(rm, rows, filters).is_(None))


def counting(_rm: ReadModels, rows: FromClause, _filters: Filters) -> Condition:
    """Admission of umbrella memberships, which the viewpoint's filters do not touch."""
    return and_(known(rows), counts(rows))


def denied_by(rm: ReadModels, rows: FromClause) -> Condition:
    """A live denial by the actor whose account is asked for names the row's correction chain."""
    denial = rm.denials.alias()
    named = denial.c.place == rows.c.place, denial.c.claimant == ACCORDING_TO
    return exists(select(1).where(*named, known(denial)))


def disputed(rm: ReadModels, rows: FromClause) -> Condition:
    """A live denial by anybody but the row's own claimant, whatever the viewpoint admits."""
    denial = rm.denials.alias()
    rival = denial.c.claimant.is_distinct_from(rows.c.claimant)
    return exists(select(1).where(denial.c.place == rows.c.place, rival, known(denial)))
