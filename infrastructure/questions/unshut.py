"""The open sets on all lines of many pairs, told from the last closes of these lines.

A set is possibly open when it may have begun and the greatest (earliest, rank, place) of the closes
that act for certain does not exceed its (ended, 0, place); certainly open when it has begun and its
(earliest, 0, place) is no less than the greatest (latest, rank, place) of the closes that may act
(DESIGN section 8). Lines have few closes, so these are asked for once a line instead of once a set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, and_, case, func, select
from sqlalchemy.types import TypeEngine

from domain.effects import ANY
from domain.viewpoint import Viewpoint
from infrastructure.bulk import pairs_bound, rows_bound
from infrastructure.questions.admission import (
    DAY,
    UPTO,
    Condition,
    Filters,
    admitted,
    filters_of,
    values_of,
)
from infrastructure.questions.lines import LEVELS
from infrastructure.questions.opened import both_ways, worth
from infrastructure.questions.partners import Pair
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.standings import Opened
from infrastructure.schema.metadata import LONG
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS


def open_on_all_lines(
    snapshot: Snapshot, viewpoint: Viewpoint, pairs: Sequence[Pair]
) -> list[Opened]:
    """The possibly open sets on the lines of some pairs, by (earliest, place), with what each is worth."""
    models, filters = snapshot.models, filters_of(viewpoint)
    ends = both_ways(pairs)
    actors = {actor for pair in pairs for actor in pair}
    named = [*ends, *(line for one in sorted(actors) for line in ((one, ANY), (ANY, one)))]
    lasts = _Lasts(snapshot.rows(_last_closes(models, filters), values_of(viewpoint, ids=named)))
    lines = [(*pair, *(lasts.least(kind, pair) for kind in _PRUNED)) for pair in ends]
    begun = snapshot.rows(_begun(models, filters), values_of(viewpoint, lines=lines))
    return _unshut(begun, lasts)


_PRUNED = ("cooperation", "conflict")
"""Of these kinds a pair may have thousands of sets, nearly all of them shut."""


def _unshut(begun: Iterable[Opened], lasts: _Lasts) -> list[Opened]:
    """Those of the sets that may have begun which no close has shut for certain."""
    found = []
    for row in begun:
        last = lasts[row.kind, row.source, row.target, row.programme, row.level]
        if last is _NEVER:
            found.append(row)
        elif row.end_key >= last.certain:
            perhaps_shut = row.certain and row.begin_key < last.possible
            found.append(row._replace(certain=False) if perhaps_shut else row)
    return found


class _Last(NamedTuple):
    """The greatest earliest key of what closes for certain, and the greatest latest key of what may."""

    certain: int
    possible: int


_NEVER = _Last(0, 0)


class _Lasts(dict[tuple[str, str, str, str, int], _Last]):
    """The last closes of a level of a line: of its kind, source, target, programme and level."""

    def __init__(self, closes: Iterable[Any]) -> None:
        super().__init__()
        self._naming: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
        for row in closes:
            self._naming[row.kind, row.source, row.target].append(row)

    def least(self, kind: str, ends: Pair) -> int:
        """A key behind which the sets of every level end that are not shut for certain."""
        return min(self[kind, *ends, "", level].certain for level in LEVELS[kind])

    def __missing__(self, line: tuple[str, str, str, str, int]) -> _Last:
        kind, source, target, programme, level = line
        covering = [
            row
            for ends in ((source, target), (source, ANY), (ANY, target))
            for row in self._naming.get((kind, *ends), ())
            if row.low <= level <= row.high and row.programme in (None, programme)
        ]
        last = _NEVER
        if covering:
            last = _Last(
                max(row.certain for row in covering), max(row.possible for row in covering)
            )
        self[line] = last
        return last


@cache
def _begun(rm: ReadModels, filters: Filters) -> Select[Any]:
    """The sets that may have begun, but for most that are shut; `certain`: they have begun.

    Of the directed pairs bound as `lines`, each with the least key of the ends of either kind.
    """
    table, asked = rm.sets, rows_bound("lines", _LINE)
    flags = (table.c.latest <= DAY).label("certain"), table.c.end_key
    ends = table.c.source == asked.c.a, table.c.target == asked.c.b
    least = case(*((table.c.kind == kind, asked.c[kind]) for kind in _PRUNED), else_=0)
    lines = and_(*ends, table.c.kind.in_(PAIR_KINDS), table.c.end_key >= least)
    counted = lines, admitted(rm, table, filters), table.c.earliest <= DAY
    return (
        select(*worth(rm, table, filters), *flags).where(*counted).order_by("begin_key", "position")
    )


_LINE: dict[str, TypeEngine[Any]] = {"a": Text(), "b": Text()} | dict.fromkeys(_PRUNED, LONG)


@cache
def _last_closes(rm: ReadModels, filters: Filters) -> Select[Any]:
    """The last of the closes that name the same, as far as they may act by the day."""
    table = rm.closes
    named = table.c.kind, table.c.source, table.c.target, table.c.programme
    levels = table.c.low, table.c.high
    acts = case((table.c.latest_key < UPTO, table.c.earliest_key), else_=0)
    lasts = func.max(acts).label("certain"), func.max(table.c.latest_key).label("possible")
    counted = _on_lines(table), admitted(rm, table, filters), table.c.earliest <= DAY
    return select(*named, *levels, *lasts).where(*counted).group_by(*named, *levels)


def _on_lines(table: Any) -> Condition:
    """The lines between two actors whose ends are bound as `ids`."""
    asked = pairs_bound("ids")
    ends = table.c.source == asked.c.a, table.c.target == asked.c.b
    return and_(*ends, table.c.kind.in_(PAIR_KINDS))
