"""The segments, held against those that the rows on each pair's lines give.

These rows were compared with the log before. Each stretch is read in one snapshot, of which it
compares what is there now, whatever position is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby, product
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, bindparam, case, func, select

from domain.effects import ANY
from infrastructure.audit.results import Difference
from infrastructure.questions.partners import Pair
from infrastructure.questions.segments import (
    LAST,
    Segment,
    kept_segments,
    segments_of,
    states_of_pairs,
)
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.metadata import LONG
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS

PAIRS = 2_000
"""So many pairs are compared in one transaction."""
WORKED_OUT = 200
"""The segments of so many are worked out together: what is told of them is held in memory."""


def compare_segments(snapshot: Snapshot, after: Pair) -> tuple[Difference | None, Pair | None]:
    """The first difference among the next pairs, and the last of these; None behind all."""
    pairs = {(row.a, row.b): row for row in states_of_pairs(snapshot, after, PAIRS)}
    upto = max(pairs) if len(pairs) == PAIRS else None
    fresh = [pair for pair, row in pairs.items() if not row.stale]
    held = _by_pair(kept_segments(snapshot, after, upto or LAST))
    given = _by_pair(_given(snapshot, fresh))
    for pair in sorted({*fresh, *(held.keys() - pairs.keys() - {after})}):
        ours, theirs = given.get(pair, []), held.get(pair, [])
        if ours != theirs:
            rows = ([dict(one._asdict()) for one in several] for several in (ours, theirs))
            touched = pairs[pair].touched if pair in pairs else 0
            return Difference(str(snapshot.models.segments.name), touched, *rows), upto
    return None, upto


def _given(snapshot: Snapshot, pairs: Sequence[Pair]) -> list[Segment]:
    """The segments of the pairs, worked out of the rows on their lines."""
    some = (pairs[start : start + WORKED_OUT] for start in range(0, len(pairs), WORKED_OUT))
    return [segment for each in some for segment in segments_of(snapshot, each)]


def unmarked(snapshot: Snapshot, after: int, upto: int) -> Difference | None:
    """The first effect recorded in a stretch of the log that its pair does not say to be touched by."""
    pairs = snapshot.models.pairs
    for statement in _unmarked(snapshot.models):
        bounds = {"after": after, "upto": upto, "held": snapshot.position}
        for row in snapshot.rows(statement, bounds):
            told = {"a": row.a, "b": row.b, "touched": row.touched_at}
            found = [] if row.touched is None else [told | {"touched": row.touched}]
            return Difference(str(pairs.name), row.position, [told], found)
    return None


def _by_pair(segments: Sequence[Segment]) -> dict[Pair, list[Segment]]:
    pair = itemgetter(0, 1)
    return {ends: list(several) for ends, several in groupby(segments, key=pair)}


@cache
def _unmarked(rm: ReadModels) -> Sequence[Select[Any]]:
    return list(_statements(rm))


def _statements(rm: ReadModels) -> Iterator[Select[Any]]:
    for table in (rm.sets, rm.closes):
        forth = table.c.source < table.c.target
        a, b = (
            case((forth, one), else_=other)
            for one, other in (
                (table.c.source, table.c.target),
                (table.c.target, table.c.source),
            )
        )
        of_it = (rm.pairs.c.a == a) & (rm.pairs.c.b == b)
        lines = table.outerjoin(rm.pairs, of_it)
        yield _late(rm, table, lines, a, b).where(table.c.source != ANY, table.c.target != ANY)
    closes, pairs = rm.closes, rm.pairs
    for end, named in product((pairs.c.a, pairs.c.b), (closes.c.source, closes.c.target)):
        # A pair that comes to be after such a close is touched by what brings it about.
        lines = closes.join(pairs, end == named)
        other = closes.c.target if named is closes.c.source else closes.c.source
        yield _late(rm, closes, lines, pairs.c.a, pairs.c.b).where(other == ANY)


def _late(
    rm: ReadModels, table: Table, lines: FromClause, a: ColumnElement[str], b: ColumnElement[str]
) -> Select[Any]:
    """The first effect of a stretch whose pair says to be touched by nothing so late."""
    ended = table.c.known_to <= bindparam("held", type_=LONG)
    touched_at = case((ended, table.c.known_to), else_=table.c.position)
    stretch = (
        table.c.position > bindparam("after", type_=LONG),
        table.c.position <= bindparam("upto", type_=LONG),
    )
    return (
        select(
            table.c.position,
            a.label("a"),
            b.label("b"),
            touched_at.label("touched_at"),
            rm.pairs.c.touched,
        )
        .select_from(lines)
        .where(*stretch, table.c.kind.in_(PAIR_KINDS))
        .where(func.coalesce(rm.pairs.c.touched, 0) < touched_at)
        .order_by(table.c.position)
        .limit(1)
    )
