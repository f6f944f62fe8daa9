"""Which sets are open on a day, in both readings of uncertain dates, as SQL (DESIGN section 4).

A set is certainly open when it has begun (`latest` ≤ day) and no covering close that may act by
then has a greater (latest, rank, place) than the set's (earliest, 0, place); possibly open when
it may have begun and no covering close that acts for certain has a greater (earliest, rank,
place) than the set's (ended, 0, place). Whatever is certainly open is possibly open too.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, and_, exists, literal, or_, select

from domain.effects import ANY
from infrastructure.questions.admission import DAY, Condition, Filters, admitted
from infrastructure.schema.read_models import ReadModels

Admission = Callable[[ReadModels, FromClause, Filters], Condition]


def certainly_open(
    rm: ReadModels, sets: FromClause, filters: Filters, *, admission: Admission = admitted
) -> Condition:
    """The set is open on the viewpoint's day in the certain reading."""
    close = rm.closes.alias()
    ending = select(1).where(_ends(rm, close, sets, filters, admission))
    return and_(sets.c.latest <= DAY, ~exists(ending))


def possibly_open(rm: ReadModels, sets: FromClause, filters: Filters) -> Condition:
    """The set is open on the viewpoint's day in the possible reading."""
    close = rm.closes.alias()
    shut = select(1).where(
        _covers(close, sets),
        admitted(rm, close, filters),
        close.c.latest <= DAY,
        close.c.earliest_key > sets.c.end_key,
        close.c.latest_key > sets.c.end_key,  # follows from the line above; the index has it
    )
    return and_(sets.c.earliest <= DAY, ~exists(shut))


def first_closer(
    rm: ReadModels,
    sets: FromClause,
    filters: Filters,
    close: FromClause,
    wanted: ColumnElement[str],
    *,
    admission: Admission = admitted,
) -> ScalarSelect[str]:
    """`wanted`, a column of `close`, of the first close that ends the set in the certain reading."""
    ending = select(wanted).where(_ends(rm, close, sets, filters, admission))
    return ending.order_by(close.c.latest_key, close.c.position).limit(1).scalar_subquery()


def _ends(
    rm: ReadModels,
    close: FromClause,
    sets: FromClause,
    filters: Filters,
    admission: Admission = admitted,
) -> Condition:
    """The close ends the set by the day in the certain reading."""
    return and_(
        _covers(close, sets),
        admission(rm, close, filters),
        close.c.earliest <= DAY,
        close.c.latest_key > sets.c.begin_key,
    )


def _covers(close: FromClause, sets: FromClause) -> Condition:
    """The close names the set's line and level. No event closes its own sets."""
    return and_(
        close.c.source.in_((sets.c.source, literal(ANY))),
        close.c.target.in_((sets.c.target, literal(ANY))),
        close.c.kind == sets.c.kind,
        or_(close.c.programme.is_(None), close.c.programme == sets.c.programme),
        close.c.low <= sets.c.level,
        close.c.high >= sets.c.level,
        close.c.position != sets.c.position,
    )
