"""The open sets that questions about actors are answered from, on lines found in several ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    exists,
    literal_column,
    null,
    select,
    union_all,
)

from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound, pairs_bound
from infrastructure.questions.admission import (
    Condition,
    Filters,
    admitted,
    disputed,
    filters_of,
    heard,
    values_of,
)
from infrastructure.questions.lines import (
    all_of_few,
    asked_pairs,
    open_on_strands,
    sanctions_of_many,
    strands_of,
)
from infrastructure.questions.openness import certainly_open, possibly_open
from infrastructure.questions.partners import Pair
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.standings import Opened
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS

Lines = Callable[[ReadModels], Condition]
"""Makes the condition on the table of sets for the lines of the ids bound as `ids`."""


def open_sets(
    snapshot: Snapshot, viewpoint: Viewpoint, lines: Lines, ids: Sequence[str | Pair]
) -> Sequence[Opened]:
    """The possibly open sets on some lines, by (earliest, place), with what each is worth."""
    statement = _open_sets(snapshot.models, lines, filters_of(viewpoint))
    return snapshot.rows(statement, values_of(viewpoint, ids=ids))


def open_between(
    snapshot: Snapshot, viewpoint: Viewpoint, pairs: Iterable[Pair], actors: Sequence[str]
) -> Sequence[Opened]:
    """The possibly open sets on the lines of some pairs, and the memberships of some actors.

    As `open_sets` has them; what it costs depends on how much of a line is open, not on all that
    was ever told of it.
    """
    lateral = snapshot.conn.dialect.name == "postgresql"
    filters = filters_of(viewpoint)
    asked = values_of(viewpoint, pairs=both_ways(pairs), ids=actors)
    found = snapshot.rows(_open_of_few(snapshot.models, filters, lateral=lateral), asked)
    many = [(row.source, row.target) for row in found if row.kind == _MANY]
    if not many:
        return found
    asked = values_of(viewpoint, pairs=many, **strands_of(many))
    of_many = snapshot.rows(_open_of_many(snapshot.models, filters, lateral=lateral), asked)
    of_few = (row for row in found if row.kind != _MANY)
    return sorted(chain(of_few, of_many), key=attrgetter(*_IN_ORDER))


def both_ways(pairs: Iterable[Pair]) -> list[Pair]:
    """Each pair as its two directed pairs."""
    return [ends for a, b in pairs for ends in ((a, b), (b, a))]


@cache
def _open_of_few(rm: ReadModels, filters: Filters, *, lateral: bool) -> CompoundSelect[Any]:
    """Of pairs with many sets nothing but that they are such, as rows of the kind `_MANY`."""
    asked = asked_pairs(rm)
    few = all_of_few(rm, asked, lateral=lateral)
    between_two = _opened(rm, few.sets, filters, one_by_one=True).select_from(few.joined)
    memberships = _opened(rm, rm.sets, filters).where(memberships_of(rm))
    told = {"kind": literal_column(f"'{_MANY}'"), "source": asked.c.a, "target": asked.c.b}
    columns = (
        told.get(str(one.key), null()).label(str(one.key)) for one in memberships.selected_columns
    )
    many = select(*columns).where(asked.c.many.is_not(None))
    return union_all(between_two, memberships, many).order_by(*_IN_ORDER)


@cache
def _open_of_many(rm: ReadModels, filters: Filters, *, lateral: bool) -> CompoundSelect[Any]:
    on_strands = open_on_strands(rm, filters, lateral=lateral)
    told = *worth(rm, on_strands.sets, filters), on_strands.certain.label("certain")
    counted = admitted(rm, on_strands.sets, filters)
    sanctions = sanctions_of_many(rm, lateral=lateral)
    return union_all(
        select(*told).select_from(on_strands.joined).where(counted),
        _opened(rm, sanctions.sets, filters, one_by_one=True).select_from(sanctions.joined),
    )


_MANY = "many"


@cache
def _open_sets(rm: ReadModels, lines: Lines, filters: Filters) -> Select[Any]:
    return _opened(rm, rm.sets, filters).where(lines(rm)).order_by(*_IN_ORDER)


_IN_ORDER = "begin_key", "position"


def _opened(
    rm: ReadModels, table: FromClause, filters: Filters, *, one_by_one: bool = False
) -> Select[Any]:
    """The possibly open of some sets, with what each is worth. `one_by_one`: they are few."""
    certain = certainly_open(rm, table, filters, one_by_one=one_by_one).label("certain")
    possible = possibly_open(rm, table, filters, one_by_one=one_by_one)
    return select(*worth(rm, table, filters), certain).where(admitted(rm, table, filters), possible)


def worth(rm: ReadModels, table: FromClause, filters: Filters) -> tuple[ColumnElement[Any], ...]:
    """What is asked of open sets: what each sets, since when, and how it is borne out."""
    voices = _voices_on(rm, filters).where(rm.corroborations.c.place == table.c.place)
    return (
        table.c.kind,
        table.c.source,
        table.c.target,
        table.c.programme,
        table.c.level,
        table.c.begin_key,
        table.c.place,
        table.c.position,
        table.c.event_id,
        table.c.occurred,
        table.c.ended,
        table.c.claimant,
        table.c.voice,
        disputed(rm, table, filters).label("disputed"),
        exists(voices).label("corroborated"),
    )


def related(rm: ReadModels) -> Condition:
    """The lines that run between two of the actors, and their memberships."""
    return between(rm) | memberships_of(rm)


def related_many(rm: ReadModels) -> Condition:
    """The same for many actors."""
    return between_many(rm) | memberships_of(rm)


def between(rm: ReadModels) -> Condition:
    """The lines that run between two of the actors."""
    ends = among_bound(rm.sets.c.source, "ids") & among_bound(rm.sets.c.target, "ids")
    return ends & rm.sets.c.kind.in_(PAIR_KINDS)


def between_many(rm: ReadModels) -> Condition:
    """The same lines, found among all those that set out from the actors.

    Probing for each two of thousands would take longer than reading what they have.
    """
    ends = among_bound(rm.sets.c.source, "ids") & among_bound(not_by_index(rm.sets.c.target), "ids")
    return ends & rm.sets.c.kind.in_(PAIR_KINDS)


def not_by_index(column: ColumnElement[str]) -> ColumnElement[str]:
    """The same text, as an expression of which there is no index."""
    return column.concat("")


def on_lines_of(rm: ReadModels) -> Condition:
    """The lines of some directed pairs, bound as `ids`."""
    asked = pairs_bound("ids")
    ends = rm.sets.c.source == asked.c.a, rm.sets.c.target == asked.c.b
    return and_(*ends, rm.sets.c.kind.in_(PAIR_KINDS))


def memberships_of(rm: ReadModels) -> Condition:
    """The actors' memberships in alliances."""
    return (rm.sets.c.kind == "membership") & among_bound(rm.sets.c.target, "ids")


def obligations_on(rm: ReadModels) -> Condition:
    """The obligations of every alliance that one of the actors was ever put in."""
    put = rm.sets.alias()
    membership = (put.c.kind == "membership") & among_bound(put.c.target, "ids")
    alliances = select(put.c.source).where(membership)
    return (rm.sets.c.kind == "obligation") & rm.sets.c.source.in_(alliances)


def obligations_of(rm: ReadModels) -> Condition:
    """The obligations of some alliances."""
    return (rm.sets.c.kind == "obligation") & among_bound(rm.sets.c.source, "ids")


def voices_on(
    snapshot: Snapshot, viewpoint: Viewpoint, rows: Iterable[Opened]
) -> Mapping[int, Sequence[str]]:
    """The voices of live corroborations of what some rows stand for, by their places."""
    places = sorted({row.place for row in rows if row.corroborated})
    if not places:
        return {}
    voices: dict[int, list[str]] = defaultdict(list)
    asked = values_of(viewpoint, places=places)
    for row in snapshot.rows(_voices(snapshot.models, filters_of(viewpoint)), asked):
        voices[row.place].append(row.voice)
    return voices


@cache
def _voices(rm: ReadModels, filters: Filters) -> Select[Any]:
    at = among_bound(rm.corroborations.c.place, "places")
    return _voices_on(rm, filters).where(at).distinct()


def _voices_on(rm: ReadModels, filters: Filters) -> Select[Any]:
    table = rm.corroborations
    return select(table.c.place, table.c.voice).where(heard(rm, table, filters))
