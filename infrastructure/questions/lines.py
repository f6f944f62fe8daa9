"""Where on the lines between actors the sets may stand that are open, found by probes of indexes.

Of most pairs little was ever told, and all of it is looked at. Of the others only what may be open:
a set is shut by every close that acts after its end (DESIGN section 4), so of a line's level only
what ends no earlier than its last close is to be looked at, however much there is. What ends
behind a day is found by its begin, strand by strand: in a strand no set begins long before its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    Text,
    and_,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.types import TypeEngine

from domain.effects import ANY
from infrastructure.bulk import pairs_bound, rows_bound
from infrastructure.extremes import greatest
from infrastructure.keys import BREADTHS, key, strand
from infrastructure.questions.admission import UPTO, Condition, Filters, admitted
from infrastructure.questions.partners import Pair
from infrastructure.schema.metadata import LONG
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS

MANY = 200
"""Of a directed pair with more sets only those that may be open are looked at."""

LEVELS = {"cooperation": (1, 2, 3), "conflict": (1, 2, 3), "neutral": (1,)}
"""The levels of the kinds of lines that have one line between two actors (DESIGN section 4)."""
SANCTIONS = "sanction"
"""Lines of which there is one for each programme: of two actors there are few, and all are looked at."""

_STRAND: dict[str, TypeEngine[Any]] = {
    "strand": LONG,
    "a": Text(),
    "b": Text(),
    "kind": Text(),
    "level": LONG,
    "length": LONG,
}


class Candidates(NamedTuple):
    """Sets joined with what they were found by; nothing shuts for certain one that ends behind `unshut`."""

    joined: FromClause
    sets: FromClause
    # Where nothing is known of it, that it may be keeps PostgreSQL from reading all closes instead.
    unshut: ColumnElement[int] = literal_column(str(2**63 - 1))


def asked_pairs(rm: ReadModels) -> CTE:
    """The directed pairs bound as `pairs`: `a`, `b`, and `many`, which is NULL unless it has many sets."""
    pairs = pairs_bound("pairs")
    ends = rm.sets.c.source == pairs.c.a, rm.sets.c.target == pairs.c.b
    another = select(1).where(*ends).limit(1).offset(literal_column(str(MANY)))
    found = select(pairs.c.a, pairs.c.b, another.scalar_subquery().label("many")).cte("asked")
    return found.prefix_with("MATERIALIZED")


def all_of_few(rm: ReadModels, asked: CTE, *, lateral: bool) -> Candidates:
    """All sets on the lines of those of the pairs that have not many.

    `lateral`: look pair by pair, as SQLite does of itself; PostgreSQL must be told, as it knows
    nothing of how few there are.
    """
    few = select(asked.c.a, asked.c.b).where(asked.c.many.is_(None)).subquery("few")
    return _all(rm, few, rm.sets.c.kind.in_(PAIR_KINDS), lateral=lateral)


def sanctions_of_many(rm: ReadModels, *, lateral: bool) -> Candidates:
    """All sanctions between the directed pairs bound as `pairs`."""
    return _all(rm, pairs_bound("pairs"), rm.sets.c.kind == SANCTIONS, lateral=lateral)


def strands_of(pairs: Iterable[Pair]) -> list[tuple[int, str, str, str, int, int]]:
    """All strands of some directed pairs, to be bound as `strands`; `length` is the longest set's."""
    lines = [(kind, level) for kind, levels in LEVELS.items() for level in levels]
    return [
        (strand(a, b, kind, level, breadth), a, b, kind, level, key(days, -1, 0))
        for (a, b), (kind, level), (breadth, days) in product(pairs, lines, enumerate(BREADTHS))
    ]


def perhaps_open(rm: ReadModels, filters: Filters, *, lateral: bool) -> Candidates:
    """Of the strands bound as `strands` all sets that are possibly open, and few others.

    Those are sets that ended while a vague close may have acted.
    """
    asked = _last_closes_of_strands(rm, filters)
    sets, on = _joined(
        rm,
        and_(
            rm.sets.c.strand == asked.c.strand,
            rm.sets.c.begin_key >= asked.c.since - asked.c.length,
            rm.sets.c.begin_key < UPTO,
        ),
        lateral=lateral,
    )
    # Two strands may have one number; and asked for inside, PostgreSQL would go by other indexes.
    exactly = and_(
        on,
        sets.c.source == asked.c.a,
        sets.c.target == asked.c.b,
        sets.c.kind == asked.c.kind,
        sets.c.level == asked.c.level,
        sets.c.end_key >= asked.c.since,
    )
    return Candidates(asked.join(sets, exactly), sets, asked.c.unshut)


def _all(rm: ReadModels, pairs: FromClause, kinds: Condition, *, lateral: bool) -> Candidates:
    ends = rm.sets.c.source == pairs.c.a, rm.sets.c.target == pairs.c.b
    sets, on = _joined(rm, and_(*ends, kinds), lateral=lateral)
    return Candidates(pairs.join(sets, on), sets)


def _joined(rm: ReadModels, on: Condition, *, lateral: bool) -> tuple[FromClause, Condition]:
    """The sets, and the condition to join them on."""
    if not lateral:
        return rm.sets, on
    # Without its OFFSET it would be taken into the rest, and planned as anything else.
    return select(rm.sets).where(on).offset(literal_column("0")).lateral("found"), true()


def _last_closes_of_strands(rm: ReadModels, filters: Filters) -> CTE:
    """The strands with keys of the last close of each: `since`, its earliest, and `unshut`, its latest.

    Open sets end no earlier than the one; what ends behind the other is not closed for certain.
    """
    asked = rows_bound("strands", _STRAND)
    since, unshut = (
        greatest(*(func.coalesce(one, 0) for one in _last_closes(rm, asked, filters, wanted)))
        for wanted in ("earliest_key", "latest_key")
    )
    found = select(*asked.c, since.label("since"), unshut.label("unshut"))
    return found.cte("lasts").prefix_with("MATERIALIZED")


def _last_closes(
    rm: ReadModels, asked: FromClause, filters: Filters, wanted: str
) -> Iterator[ScalarSelect[int]]:
    """A key of the last close of a strand that acts for certain by the day, and of all lines of an end.

    Of uncertain dates another close may have a greater `earliest_key`: what ends between the two is
    looked at in vain.
    """
    ends = (asked.c.a, asked.c.b), (asked.c.a, literal(ANY)), (literal(ANY), asked.c.b)
    for source, target in ends:
        close = rm.closes.alias()
        last: Select[Any] = select(close.c[wanted]).where(
            close.c.source == source,
            close.c.target == target,
            close.c.kind == asked.c.kind,
            close.c.low <= asked.c.level,
            close.c.high >= asked.c.level,
            close.c.latest_key < UPTO,
            admitted(rm, close, filters),
        )
        yield last.order_by(close.c.latest_key.desc()).limit(1).scalar_subquery()
