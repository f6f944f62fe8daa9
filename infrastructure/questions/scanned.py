"""How very many pairs stand by their own lines, from one reading through everything told of any.

A level of a line is open in the certain reading when the greatest (earliest, 0, place) of its sets
that have begun exceeds the greatest (latest, rank, place) of the closes that cover it and may act by
the day (DESIGN section 8). The database finds these for all lines in one pass over its rows, which
costs less than looking for them pair by pair as soon as a good part of all pairs is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, select, tuple_

from domain import policy
from domain.effects import ANY
from domain.viewpoint import Viewpoint
from infrastructure.questions.admission import (
    DAY,
    Condition,
    Filters,
    admitted,
    filters_of,
    values_of,
)
from infrastructure.questions.partners import Pair
from infrastructure.questions.segments import FIRST, LAST
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.metadata import KEY
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS

Levels = tuple[str, str, int, int]
"""Two actors, a < b, and their cooperation and conflict: without either they are neutral."""


def scanned(snapshot: Snapshot, viewpoint: Viewpoint, after: Pair, upto: Pair) -> list[Levels]:
    """Those pairs behind `after` up to `upto` that are not `unknown` by their own lines, by both ids."""
    bounds = {"a": after[0], "b": after[1], "last_a": upto[0], "last_b": upto[1]}
    asked = values_of(viewpoint, **bounds)
    models, filters = snapshot.models, filters_of(viewpoint)
    every = (after, upto) == (FIRST, LAST)
    closes = _Closes(snapshot.rows(_greatest_closes(models, filters), asked))
    levels: dict[Pair, list[int]] = defaultdict(lambda: [0, 0])
    for kind, source, target, programme, level, key in snapshot.rows(
        _greatest_sets(models, filters, every=every), asked
    ):
        if closes.act_behind(key, kind, (source, target), programme, level):
            continue
        pair = levels[(source, target) if source < target else (target, source)]
        if kind == "cooperation":
            pair[0] = max(pair[0], level)
        elif kind != "neutral":
            pair[1] = max(pair[1], policy.SANCTION_LEVEL if kind == "sanction" else level)
    return [
        (a, b, cooperation, conflict) for (a, b), (cooperation, conflict) in sorted(levels.items())
    ]


class _Closes:
    """The greatest of the closes that act, by the line or lines that they name."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._naming: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
        for row in rows:
            self._naming[row.kind, row.source, row.target].append(row)
        self._all = any(ANY in ends for _, *ends in self._naming)

    def act_behind(self, key: int, kind: str, ends: Pair, programme: str, level: int) -> bool:
        """Whether one of them closes a level of a line that was set with this key."""
        rows = self._naming.get((kind, *ends), ())
        if self._all:
            source, target = ends
            wide = ((kind, source, ANY), (kind, ANY, target), (kind, ANY, ANY))
            rows = (*rows, *(row for named in wide for row in self._naming.get(named, ())))
        return any(
            row.key > key and row.low <= level <= row.high and row.programme in (None, programme)
            for row in rows
        )


_A, _B, _LAST_A, _LAST_B = (bindparam(name, type_=KEY) for name in ("a", "b", "last_a", "last_b"))


@cache
def _greatest_sets(rm: ReadModels, filters: Filters, *, every: bool) -> Select[Any]:
    table = rm.sets
    of_pairs = table.c.kind.in_(PAIR_KINDS)
    asked_for = of_pairs if every else and_(of_pairs, _in_bounds(table))
    # First by what no index has, so that no index is gone through: that would read row by row.
    line = table.c.kind, table.c.source, table.c.target, table.c.programme, table.c.level
    return (
        select(*line, func.max(table.c.begin_key).label("key"))
        .where(table.c.latest <= DAY, asked_for, admitted(rm, table, filters))
        .group_by(table.c.strand + 0, *line)
    )


@cache
def _greatest_closes(rm: ReadModels, filters: Filters) -> Select[Any]:
    table = rm.closes
    named = table.c.kind, table.c.source, table.c.target, table.c.programme
    levels = table.c.low, table.c.high
    of_pairs = table.c.kind.in_(PAIR_KINDS)
    return (
        select(*named, *levels, func.max(table.c.latest_key).label("key"))
        .where(table.c.earliest <= DAY, of_pairs, admitted(rm, table, filters))
        .group_by(*levels, *named)
    )


def _in_bounds(table: Any) -> Condition:
    """The line runs between two actors of a pair that is asked for."""
    source, target = table.c.source, table.c.target
    in_order = source < target
    pair = case((in_order, source), else_=target), case((in_order, target), else_=source)
    return and_(tuple_(*pair) > tuple_(_A, _B), tuple_(*pair) <= tuple_(_LAST_A, _LAST_B))
