"""Which sets are open on a day, in both readings of uncertain dates, as SQL (DESIGN section 4).

A set is certainly open when it has begun (`latest` ≤ day) and no covering close that may act by
then has a greater (latest, rank, place) than the set's (earliest, 0, place); possibly open when
it may have begun and no covering close that acts for certain has a greater (earliest, rank,
place) than the set's (ended, 0, place). Whatever is certainly open is possibly open too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    exists,
    literal,
    literal_column,
    or_,
    select,
)

from domain.effects import ANY
from infrastructure.questions.admission import BEYOND, DAY, UPTO, Condition, Filters, admitted
from infrastructure.schema.read_models import ReadModels

Admission = Callable[[ReadModels, FromClause, Filters], Condition]


def certainly_open(
    rm: ReadModels,
    sets: FromClause,
    filters: Filters,
    *,
    admission: Admission = admitted,
    one_by_one: bool = False,
) -> Condition:
    """The set is open on the viewpoint's day in the certain reading.

    `one_by_one`: closes are looked for set by set, as SQLite does of itself. PostgreSQL may read
    all closes at once, and knows nothing of how few sets there are.
    """
    certain, vague = rm.closes.alias(), rm.closes.alias()
    acting = select(1).where(
        _covers(certain, sets),
        admission(rm, certain, filters),
        certain.c.latest_key > sets.c.begin_key,
        certain.c.latest_key < UPTO,
    )
    # Found apart from the many that act for certain: the few of uncertain dates that only may.
    perhaps = select(1).where(
        _covers(vague, sets),
        admission(rm, vague, filters),
        vague.c.earliest < vague.c.latest,
        vague.c.earliest <= DAY,
        vague.c.latest_key >= UPTO,
        vague.c.latest_key < BEYOND,
    )
    unended = _none_of(acting, sets.c.begin_key, one_by_one=one_by_one)
    return and_(sets.c.latest <= DAY, unended, ~exists(perhaps))


def possibly_open(
    rm: ReadModels,
    sets: FromClause,
    filters: Filters,
    *,
    one_by_one: bool = False,
) -> Condition:
    """The set is open on the viewpoint's day in the possible reading. `one_by_one`: as above."""
    close = rm.closes.alias()
    shut = select(1).where(
        _covers(close, sets),
        admitted(rm, close, filters),
        close.c.latest_key < UPTO,
        close.c.earliest_key > sets.c.end_key,
        close.c.latest_key > sets.c.end_key,  # follows from the line above; the index has it
    )
    return and_(sets.c.earliest <= DAY, _none_of(shut, sets.c.end_key, one_by_one=one_by_one))


def _none_of(shut: Select[Any], key: ColumnElement[int], *, one_by_one: bool) -> Condition:
    """Nothing has shut the set. That it might not even be looked for keeps PostgreSQL to one by one."""
    return or_(key > _GREATEST, ~exists(shut)) if one_by_one else ~exists(shut)


_GREATEST: ColumnElement[int] = literal_column(str(2**63 - 1))
"""No key is greater."""


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
        close.c.latest_key < BEYOND,  # follows from the day; the index has it
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
