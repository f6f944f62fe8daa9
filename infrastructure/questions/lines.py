"""Where on the lines between actors the sets may stand that are open, found by probes of indexes.

Of most pairs little was ever told, and all of it is looked at. Of the others only what may be open:
a set is shut by every close that acts after its end (DESIGN section 4), so of a line's level only
what ends no earlier than its last close is to be looked at, however much there is. What ends
behind a day is found by its begin, strand by strand: in a strand no set begins long before its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
from infrastructure.questions.admission import BEYOND, DAY, UPTO, Condition, Filters, admitted
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

_LINE: dict[str, TypeEngine[Any]] = {
    "line": LONG,
    "a": Text(),
    "b": Text(),
    "kind": Text(),
    "level": LONG,
}
_STRAND: dict[str, TypeEngine[Any]] = {"strand": LONG, "line": LONG, "length": LONG}


class Candidates(NamedTuple):
    """Sets joined with what they were found by."""

    joined: FromClause
    sets: FromClause


class OpenSets(NamedTuple):
    """Sets that are possibly open if they are admitted, and whether each is certainly."""

    joined: FromClause
    sets: FromClause
    certain: Condition


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


def strands_of(pairs: Iterable[Pair]) -> dict[str, list[tuple[int | str, ...]]]:
    """What `open_on_strands` is bound to for some directed pairs.

    `lines`: the levels of their lines, numbered. `strands`: the strands of each; `length` is the
    longest set's.
    """
    levels = [(kind, level) for kind, some in LEVELS.items() for level in some]
    lines = [(*pair, *level) for pair, level in product(pairs, levels)]
    lengths = [key(days, -1, 0) for days in BREADTHS]
    return {
        "lines": [(number, *line) for number, line in enumerate(lines)],
        "strands": [
            (strand(*line, breadth), number, length)
            for number, line in enumerate(lines)
            for breadth, length in enumerate(lengths)
        ],
    }


def open_on_strands(rm: ReadModels, filters: Filters, *, lateral: bool) -> OpenSets:
    """The sets on the strands bound as `strands` that are possibly open if they are admitted.

    What the last closes of a line's level leave open needs no further probe (DESIGN section 8).
    """
    asked = _asked_strands(rm, filters)
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
    certain = and_(sets.c.latest <= DAY, sets.c.begin_key >= asked.c.shut)
    return OpenSets(asked.join(sets, exactly), sets, certain)


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


def _asked_strands(rm: ReadModels, filters: Filters) -> CTE:
    """The strands bound as `strands`, each with its line and the last closes of that."""
    lines, strands = _last_closes_of_lines(rm, filters), rows_bound("strands", _STRAND)
    both = strands.join(lines, strands.c.line == lines.c.line)
    found = select(strands.c.strand, strands.c.length, *lines.c).select_from(both)
    return found.cte("asked").prefix_with("MATERIALIZED")


def _last_closes_of_lines(rm: ReadModels, filters: Filters) -> CTE:
    """The levels of lines bound as `lines`, with keys of the last closes of each.

    `since` is the greatest earliest key of the closes that act for certain by the day, `shut` the
    greatest latest key of those that may act.
    """
    asked = rows_bound("lines", _LINE)
    last = _Closes(rm, asked, filters).last("earliest_key", _ACTING, "latest_key")
    floor = select(*asked.c, last.label("floor")).cte("floors").prefix_with("MATERIALIZED")
    closes = _Closes(rm, floor, filters)
    # Of uncertain dates a close before the last one may have a greater earliest key.
    among = (*_ACTING, lambda close: close.c.latest_key >= floor.c.floor)
    since = closes.last("earliest_key", among, "earliest_key")
    shut = greatest(
        closes.last("latest_key", _ACTING, "latest_key"),
        closes.last("latest_key", _PERHAPS_ACTING, "latest_key"),
    )
    columns = (column for column in floor.c if column.key != "floor")
    found = select(*columns, since.label("since"), shut.label("shut"))
    return found.cte("lasts").prefix_with("MATERIALIZED")


Which = Callable[[FromClause], Condition]
"""A condition on closes."""

_ACTING: tuple[Which, ...] = (lambda close: close.c.latest_key < UPTO,)
"""They act for certain by the day."""
_PERHAPS_ACTING: tuple[Which, ...] = (
    lambda close: close.c.earliest < close.c.latest,
    lambda close: close.c.earliest <= DAY,
    lambda close: close.c.latest_key >= UPTO,
    lambda close: close.c.latest_key < BEYOND,
)
"""The few of uncertain dates that only may act by the day."""


class _Closes(NamedTuple):
    """Some closes of a line's level, admitted by the filters."""

    rm: ReadModels
    line: FromClause
    filters: Filters

    def last(self, wanted: str, which: Iterable[Which], order: str) -> ColumnElement[int]:
        """A key of the last of them, by the order of a key; 0 without any."""
        line = self.line.c
        ends = (line.a, line.b), (line.a, literal(ANY)), (literal(ANY), line.b)
        found = (self._last_naming(pair, wanted, which, order) for pair in ends)
        return greatest(*(func.coalesce(one, 0) for one in found))

    def _last_naming(
        self, ends: Sequence[ColumnElement[str]], wanted: str, which: Iterable[Which], order: str
    ) -> ScalarSelect[int]:
        close, line = self.rm.closes.alias(), self.line.c
        source, target = ends
        last: Select[Any] = select(close.c[wanted]).where(
            close.c.source == source,
            close.c.target == target,
            close.c.kind == line.kind,
            close.c.low <= line.level,
            close.c.high >= line.level,
            *(condition(close) for condition in which),
            admitted(self.rm, close, self.filters),
        )
        return last.order_by(close.c[order].desc()).limit(1).scalar_subquery()
