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
    true,
)

from domain.policy import ADMITTED_MODALITIES, ALLEGED_MODALITIES, UNCOUNTED_MODALITIES
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.keys import key
from infrastructure.schema.metadata import KEY, LONG
from infrastructure.schema.read_models import FOREVER, ReadModels

Condition = ColumnElement[bool]
Reason = tuple[Condition, str]
"""When a claim is left out, and what that is called."""

DAY = bindparam("day", type_=Integer())
"""The viewpoint's `valid_at` as an ordinal."""
UPTO = bindparam("upto", type_=LONG)
"""The first key behind that day."""
BEYOND = bindparam("beyond", type_=LONG)
"""A key behind all of what may have been on that day, however uncertain its date."""
POSITION = bindparam("position", type_=LONG)
ACCORDING_TO = bindparam("according_to", type_=KEY)
RELIABILITY = bindparam("reliability", type_=Text())
CREDIBILITY = bindparam("credibility", type_=SmallInteger())
WITHOUT = ("claimant", "publisher", "event")
LONGEST_DATE = 366
"""A date begins and ends less than so many days apart: a year is the least certain."""


class Filters(NamedTuple):
    """Which filters a viewpoint has: what its statements look like."""

    according_to: bool
    reliability: bool
    credibility: bool
    alleged: bool
    without: bool


def filters_of(viewpoint: Viewpoint) -> Filters:
    """The filters that the viewpoint sets."""
    return Filters(
        viewpoint.according_to is not None,
        viewpoint.reliability is not None,
        viewpoint.credibility is not None,
        viewpoint.alleged,
        bool(viewpoint.without),
    )


def values_of(viewpoint: Viewpoint, **more: Any) -> Mapping[str, Any]:
    """What a statement is bound to; statements ignore the values that they do not use."""
    day = viewpoint.valid_at.toordinal()
    return {
        "day": day,
        "upto": key(day + 1, -1, 0),
        "beyond": key(day + LONGEST_DATE, -1, 0),
        "position": viewpoint.position,
        "according_to": viewpoint.according_to,
        "reliability": viewpoint.reliability,
        "credibility": viewpoint.credibility,
        **_left_out_names(viewpoint),
        **more,
    }


def _left_out_names(viewpoint: Viewpoint) -> dict[str, list[str]]:
    if not viewpoint.without:
        return {}
    return {
        f"without_{what}": [one.whose for one in viewpoint.without if one.what == what]
        for what in WITHOUT
    }


def known(rows: FromClause) -> Condition:
    """The log held the row's event at the viewpoint's position, and it was live."""
    return and_(rows.c.position <= POSITION, rows.c.known_to > POSITION)


def live(rm: ReadModels, rows: FromClause, filters: Filters) -> Condition:
    """The same for what a viewpoint may leave out of the log: without its ending an event is live again."""
    if not filters.without:
        return known(rows)
    return and_(rows.c.position <= POSITION, known_to(rm, rows, filters) > POSITION)


def known_to(rm: ReadModels, rows: FromClause, filters: Filters) -> ColumnElement[int]:
    """The position at which the row's event ended, as the viewpoint has it."""
    if not filters.without:
        ended: ColumnElement[int] = rows.c.known_to
        return ended
    return case((_among_left_out(rm, rows.c.known_to), FOREVER), else_=rows.c.known_to)


def heard(rm: ReadModels, rows: FromClause, filters: Filters) -> Condition:
    """The row is live, and the viewpoint does not leave it out, whatever it admits besides."""
    return and_(live(rm, rows, filters), kept(rm, rows, filters))


def kept(rm: ReadModels, rows: FromClause, filters: Filters) -> Condition:
    """The viewpoint does not leave the row's event out of the log."""
    return ~_among_left_out(rm, rows.c.position) if filters.without else true()


def _among_left_out(rm: ReadModels, position: ColumnElement[int]) -> Condition:
    """The event at a position is one that the viewpoint leaves out."""
    report = rm.reports.alias()
    columns = {
        "claimant": report.c.claimant,
        "publisher": report.c.publisher,
        "event": report.c.event_id,
    }
    named = or_(*(among_bound(columns[what], f"without_{what}") for what in WITHOUT))
    # Looked up for each row: PostgreSQL may answer an EXISTS by reading all reports.
    found = select(report.c.position).where(report.c.position == position, named)
    return found.scalar_subquery().is_not(None)


def counts(rows: FromClause) -> Condition:
    """The modality of a claim that always counts, whatever the viewpoint's filters."""
    return rows.c.modality.not_in(sorted(UNCOUNTED_MODALITIES))


def left_out(rm: ReadModels, rows: FromClause, filters: Filters) -> ColumnElement[str | None]:
    """The first reason not to admit an effect of a claim about relations, or NULL."""
    denied = [(denied_by(rm, rows, filters), "denied")] if filters.according_to else []
    return case(*_others(rm, rows, filters), *denied, *_unfit(rows, filters), else_=null())


def told_by(rm: ReadModels, rows: FromClause, filters: Filters) -> Condition:
    """The viewpoint admits the claim while the log holds it live and the one asked denies it not."""
    reasons = [reason for reason, _ in (*_others(rm, rows, filters), *_unfit(rows, filters))]
    return and_(*(reason.is_not(True) for reason in reasons))


def _others(rm: ReadModels, rows: FromClause, filters: Filters) -> list[Reason]:
    """That the question leaves it out, or another claims it than the one whose account is asked for."""
    reasons: list[Reason] = []
    if filters.without:
        reasons.append((_among_left_out(rm, rows.c.position), "without"))
    if filters.according_to:
        other = and_(rows.c.claimant.is_not(None), rows.c.claimant != ACCORDING_TO)
        reasons.append((other, "other-claimant"))
    return reasons


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
    return and_(live(rm, rows, filters), left_out(rm, rows, filters).is_(None))


def counting(_rm: ReadModels, rows: FromClause, _filters: Filters) -> Condition:
    """Admission of umbrella memberships, which the viewpoint's filters do not touch."""
    return and_(known(rows), counts(rows))


def denied_by(rm: ReadModels, rows: FromClause, filters: Filters) -> Condition:
    """A live denial by the actor whose account is asked for names the row's correction chain."""
    denial = rm.denials.alias()
    named = denial.c.place == rows.c.place, denial.c.claimant == ACCORDING_TO
    return exists(select(1).where(*named, heard(rm, denial, filters)))


def disputed(rm: ReadModels, rows: FromClause, filters: Filters) -> Condition:
    """A live denial by anybody but the row's own claimant, whatever the viewpoint admits."""
    denial = rm.denials.alias()
    rival = denial.c.claimant.is_distinct_from(rows.c.claimant)
    named = denial.c.place == rows.c.place, rival
    return exists(select(1).where(*named, heard(rm, denial, filters)))
