"""Which sets are open on a day, in both readings of uncertain dates, as SQL (DESIGN section 4).

A set is certainly open when it has begun (`latest` ≤ day) and no covering close that may act by
then has a greater (latest, rank, place) than the set's (earliest, 0, place); possibly open when
it may have begun and no covering close that acts for certain has a greater (earliest, rank,
place) than the set's (ended, 0, place). Whatever is certainly open is possibly open too.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, and_, exists, literal, select

from domain.effects import ANY
from domain.viewpoint import Viewpoint
from infrastructure.questions.admission import Condition, admitted, counts, known
from infrastructure.schema import read_models as rm

Admission = Callable[[FromClause, Viewpoint], Condition]


def counting(rows: FromClause, viewpoint: Viewpoint) -> Condition:
    """Admission of umbrella memberships, which the viewpoint's filters do not touch."""
    return and_(known(rows, viewpoint), counts(rows))


def certainly_open(
    sets: FromClause, viewpoint: Viewpoint, admission: Admission = admitted
) -> Condition:
    """The set is open on the viewpoint's day in the certain reading."""
    day = viewpoint.valid_at.toordinal()
    close = rm.closes.alias()
    shut = select(1).where(
        _covers(close, sets),
        admission(close, viewpoint),
        close.c.earliest <= day,
        close.c.latest_key > sets.c.begin_key,
    )
    return and_(sets.c.latest <= day, ~exists(shut))


def possibly_open(
    sets: FromClause, viewpoint: Viewpoint, admission: Admission = admitted
) -> Condition:
    """The set is open on the viewpoint's day in the possible reading."""
    day = viewpoint.valid_at.toordinal()
    close = rm.closes.alias()
    shut = select(1).where(
        _covers(close, sets),
        admission(close, viewpoint),
        close.c.latest <= day,
        close.c.earliest_key > sets.c.end_key,
        close.c.latest_key > sets.c.end_key,  # follows from the line above; the index has it
    )
    return and_(sets.c.earliest <= day, ~exists(shut))


def first_closer(
    sets: FromClause,
    viewpoint: Viewpoint,
    wanted: ColumnElement[str],
    close: FromClause,
    admission: Admission = admitted,
) -> ScalarSelect[str]:
    """`wanted`, a column of `close`, of the first close that ends the set in the certain reading."""
    return (
        select(wanted)
        .where(
            _covers(close, sets),
            admission(close, viewpoint),
            close.c.earliest <= viewpoint.valid_at.toordinal(),
            close.c.latest_key > sets.c.begin_key,
        )
        .order_by(close.c.latest_key)
        .limit(1)
        .scalar_subquery()
    )


def _covers(close: FromClause, sets: FromClause) -> Condition:
    """The close names the set's line and level. No event closes its own sets."""
    return and_(
        close.c.source.in_((sets.c.source, literal(ANY))),
        close.c.target.in_((sets.c.target, literal(ANY))),
        close.c.kind == sets.c.kind,
        close.c.programme.in_((sets.c.programme, literal(ANY))),
        close.c.low <= sets.c.level,
        close.c.high >= sets.c.level,
        close.c.position != sets.c.position,
    )
