"""The segments of pairs: worked out from the rows on their lines, and read as they are kept.

Both for the viewpoint without filters only (DESIGN section 8, docs/adr/0009).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, reduce
from itertools import pairwise
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_, select, tuple_

from domain.effects import ANY
from domain.viewpoint import Viewpoint
from infrastructure.bulk import pairs_bound
from infrastructure.questions.admission import (
    DAY,
    POSITION,
    Condition,
    filters_of,
    known,
    values_of,
)
from infrastructure.questions.board import Board, Told
from infrastructure.questions.dossier import told
from infrastructure.questions.partners import Pair
from infrastructure.questions.parts import Sides
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.timeline import turns
from infrastructure.schema.metadata import KEY, LONG
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS

END_OF_TIME = date.max.toordinal() + 1
FIRST: Pair = ("", "")
LAST: Pair = ("~", "~")
"""Before and behind every pair."""


class Segment(NamedTuple):
    """From the day `since` up to `until`, not included, a pair stands so by its own lines."""

    a: str
    b: str
    since: int
    until: int
    cooperation: int
    conflict: int


def kept_for(viewpoint: Viewpoint) -> bool:
    """Whether segments are what the viewpoint sees."""
    return not (any(filters_of(viewpoint)) or viewpoint.parts)


def segments_of(snapshot: Snapshot, pairs: Sequence[Pair]) -> list[Segment]:
    """The segments of some pairs, by both ids and day, from all that the read models hold."""
    effects = _effects(snapshot, pairs)
    return [one for pair in pairs for one in _segments(pair, effects.get(pair, ()))]


def _effects(snapshot: Snapshot, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[Told]]:
    """What is told of the lines of each pair; what an actor's every line undergoes is told of all."""
    actors = sorted({actor for pair in pairs for actor in pair})
    lines = [(a, b) for pair in pairs for a, b in (pair, pair[::-1])]
    lines += [line for one in actors for line in ((one, ANY), (ANY, one))]
    viewpoint = Viewpoint(valid_at=date.max, position=snapshot.position)
    found: dict[Pair, list[Told]] = defaultdict(list)
    for statement in told(snapshot.models, filters_of(viewpoint), _live_on):
        for row in snapshot.rows(statement, values_of(viewpoint, ids=lines)):
            found[row.source, row.target].append(Told._make(row))
    return {(a, b): [one for line in _lines(a, b) for one in found.get(line, ())] for a, b in pairs}


def _lines(a: str, b: str) -> tuple[Pair, ...]:
    return (a, b), (b, a), (a, ANY), (ANY, a), (b, ANY), (ANY, b)


def _segments(pair: Pair, effects: Sequence[Told]) -> Iterator[Segment]:
    found = list(turns(Board(Sides.alone(pair), effects), range(len(effects))))
    for turn, following in pairwise([*found, None]):
        if turn is not None and turn.day is not None and turn.stance.alignment != "unknown":
            until = END_OF_TIME if following is None or following.day is None else following.day
            levels = turn.stance.cooperation, turn.stance.conflict
            yield Segment(*pair, turn.day, until, *levels)


def _live_on(_rm: ReadModels, table: Any) -> Condition:
    """Live effects on the lines bound as `ids`."""
    asked = pairs_bound("ids")
    ends = table.c.source == asked.c.a, table.c.target == asked.c.b
    return and_(*ends, table.c.kind.in_(PAIR_KINDS), known(table))


def stale_pairs(snapshot: Snapshot, after: Pair, most: int) -> Sequence[Any]:
    """The next stale pairs, by both ids: `a`, `b`, `touched`, and `effects`, how many their lines have."""
    bounds = {"a": after[0], "b": after[1], "most": most}
    return snapshot.rows(_stale_and_large(snapshot.models), bounds)


def count_stale(snapshot: Snapshot) -> int:
    """How many pairs are stale."""
    [row] = snapshot.rows(_count_stale(snapshot.models), {})
    return int(row.stale)


def states_of_pairs(snapshot: Snapshot, after: Pair, most: int) -> Sequence[Any]:
    """The next pairs, by both ids: `a`, `b`, `touched` and `stale`."""
    bounds = {"a": after[0], "b": after[1], "most": most}
    return snapshot.rows(_states(snapshot.models), bounds)


def kept_segments(snapshot: Snapshot, first: Pair, last: Pair) -> list[Segment]:
    """All segments that are kept from a pair to another, by both ids and day."""
    bounds = {"a": first[0], "b": first[1], "last_a": last[0], "last_b": last[1]}
    return [Segment(*row) for row in snapshot.rows(_kept(snapshot.models), bounds)]


def not_told_of(snapshot: Snapshot, viewpoint: Viewpoint, after: Pair, most: int) -> list[Pair]:
    """The next pairs, by both ids, of which segments do not tell how the viewpoint sees them."""
    if not kept_for(viewpoint):
        statement = _all_pairs(snapshot.models)
    elif viewpoint.position >= snapshot.position:
        statement = _stale(snapshot.models)
    else:
        statement = _stale_or_later(snapshot.models)
    asked = values_of(viewpoint, a=after[0], b=after[1], most=most)
    return [(row.a, row.b) for row in snapshot.rows(statement, asked)]


def count_pairs(snapshot: Snapshot) -> int:
    """How many pairs there are."""
    [row] = snapshot.rows(_count_pairs(snapshot.models), {})
    return int(row.pairs)


def count_not_told_of(snapshot: Snapshot, viewpoint: Viewpoint) -> int:
    """How many pairs `not_told_of` gives, in all."""
    if not kept_for(viewpoint):
        return count_pairs(snapshot)
    [row] = snapshot.rows(_count_stale_or_later(snapshot.models), values_of(viewpoint))
    return int(row.pairs)


def pair_behind(snapshot: Snapshot, after: Pair, many: int) -> Pair | None:
    """The pair that comes so many pairs behind another one, by both ids; None where there are fewer."""
    asked = {"a": after[0], "b": after[1], "most": 1, "many": many - 1}
    found = snapshot.rows(_pair_behind(snapshot.models), asked)
    return (found[0].a, found[0].b) if found else None


def told_of(
    snapshot: Snapshot, viewpoint: Viewpoint, after: Pair, upto: Pair, most: int
) -> Sequence[Any]:
    """The next pairs with a segment on the day: `a`, `b`, `cooperation` and `conflict`.

    Those that `not_told_of` gives may be among them, and are wrong.
    """
    bounds: dict[str, Any] = {
        "a": after[0],
        "b": after[1],
        "last_a": upto[0],
        "last_b": upto[1],
        "most": most,
    }
    return snapshot.rows(_on_day(snapshot.models), values_of(viewpoint, **bounds))


_A, _B = (bindparam(name, type_=KEY) for name in ("a", "b"))
_LAST_A, _LAST_B = (bindparam(name, type_=KEY) for name in ("last_a", "last_b"))
_MOST = bindparam("most", type_=LONG)


def _next(table: Any, *columns: Any) -> Select[Any]:
    ends = table.c.a, table.c.b
    behind = tuple_(*ends) > tuple_(_A, _B)
    return select(*ends, *columns).where(behind).order_by(*ends).limit(_MOST)


@cache
def _states(rm: ReadModels) -> Select[Any]:
    return _next(rm.pairs, rm.pairs.c.touched, rm.pairs.c.stale)


@cache
def _kept(rm: ReadModels) -> Select[Any]:
    ends = tuple_(rm.segments.c.a, rm.segments.c.b)
    between = ends >= tuple_(_A, _B), ends <= tuple_(_LAST_A, _LAST_B)
    return select(rm.segments).where(*between).order_by(*rm.segments.primary_key)


@cache
def _all_pairs(rm: ReadModels) -> Select[Any]:
    return _next(rm.pairs)


@cache
def _stale(rm: ReadModels) -> Select[Any]:
    return _next(rm.pairs, rm.pairs.c.touched).where(rm.pairs.c.stale == literal_column("1"))


@cache
def _stale_and_large(rm: ReadModels) -> Select[Any]:
    """The same with how many rows are on the lines between the two, of any kind, live or not."""
    ends = rm.pairs.c.a, rm.pairs.c.b
    counts = (
        select(func.count())
        .where(table.c.source == source, table.c.target == target)
        .correlate(rm.pairs)
        .scalar_subquery()
        for table in (rm.sets, rm.closes)
        for source, target in (ends, ends[::-1])
    )
    return _stale(rm).add_columns(reduce(add, counts).label("effects"))


@cache
def _count_stale(rm: ReadModels) -> Select[Any]:
    here = rm.pairs.c.stale == literal_column("1")
    return select(func.count().label("stale")).select_from(rm.pairs).where(here)


@cache
def _count_pairs(rm: ReadModels) -> Select[Any]:
    return select(func.count().label("pairs")).select_from(rm.pairs)


@cache
def _count_stale_or_later(rm: ReadModels) -> Select[Any]:
    return _count_pairs(rm).where(_is_stale_or_later(rm))


@cache
def _pair_behind(rm: ReadModels) -> Select[Any]:
    return _next(rm.pairs).offset(bindparam("many", type_=LONG))


@cache
def _stale_or_later(rm: ReadModels) -> Select[Any]:
    return _next(rm.pairs).where(_is_stale_or_later(rm))


def _is_stale_or_later(rm: ReadModels) -> Condition:
    stale = rm.pairs.c.stale == literal_column("1")
    return or_(stale, rm.pairs.c.touched > POSITION)


@cache
def _on_day(rm: ReadModels) -> Select[Any]:
    table = rm.segments
    begun = table.c.since <= DAY, table.c.until > DAY
    before = tuple_(table.c.a, table.c.b) <= tuple_(_LAST_A, _LAST_B)
    return _next(table, table.c.cooperation, table.c.conflict).where(*begun, before)
