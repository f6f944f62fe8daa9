"""Which pairs a batch touches: their segments are stale until they are worked out again.

Marking is all that a batch does about segments, so that what one event costs does not depend on
how much the log holds on its pairs (docs/adr/0009). A rebuild marks a long stretch of rows at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from domain.effects import ANY
from infrastructure.bulk import among, given_rows, json_rows
from infrastructure.schema.metadata import KEY, LONG
from infrastructure.schema.read_models import FOREVER, ReadModels
from infrastructure.schema.segments import PAIR_KINDS

_COLUMNS = ("kind", "source", "target", "position", "known_to")


class Touched:
    """The pairs whose lines some events move, and the actors all of whose lines they move.

    Each with the last position at which one of these events was recorded, or ended.
    """

    def __init__(self, models: ReadModels) -> None:
        self._models = models
        self._pairs: dict[tuple[str, str], int] = {}
        self._actors: dict[str, int] = {}

    def take(self, table: Table, rows: Iterable[Sequence[Any]]) -> None:
        """Take in rows of sets or closes, with all their columns."""
        for kind, source, target, position, known_to in map(_picked(table), rows):
            self._line(kind, source, target, position if known_to == FOREVER else known_to)

    def take_ended(self, conn: Connection, ends: dict[int, int]) -> None:
        """Take in what the rows hold of earlier events, by the position at which they ended."""
        for table in (self._models.sets, self._models.closes) if ends else ():
            line = table.c.position, table.c.kind, table.c.source, table.c.target
            ended = conn.execute(select(*line).where(among(table.c.position, ends)))
            for at, kind, source, target in ended:
                self._line(kind, source, target, ends[at])

    def mark_stretch(self, conn: Connection, after: int, upto: int) -> None:
        """Mark the pairs of all rows after a position up to another, in any order of the stretches.

        The actors all of whose lines some row moves are taken in, to be written behind the last.
        """
        bounds = {"after": after, "upto": upto}
        conn.execute(_mark_stretch(self._models, conn.dialect.name), bounds)
        for table in (self._models.sets, self._models.closes):
            self.take(table, conn.execute(_of_all_lines(table), bounds))

    def write(self, conn: Connection) -> None:
        """Mark them, inside the caller's transaction."""
        pairs = self._models.pairs
        rows = [(a, b, touched, 1) for (a, b), touched in sorted(self._pairs.items())]
        if rows and conn.dialect.name == "postgresql":
            conn.execute(_mark_given(pairs), {pairs.name: json_rows(rows)})
        elif rows:
            conn.execute(_mark_each(pairs), [dict(zip(_PAIR, row, strict=True)) for row in rows])
        if self._actors:
            all_of = [{"actor": one, "at": at} for one, at in sorted(self._actors.items())]
            conn.execute(_mark_all_of(pairs), all_of)

    def _line(self, kind: str, source: str, target: str, position: int) -> None:
        if kind not in PAIR_KINDS:
            return
        if ANY in (source, target):
            actor = target if source == ANY else source
            self._actors[actor] = max(position, self._actors.get(actor, 0))
        else:
            pair = (source, target) if source < target else (target, source)
            self._pairs[pair] = max(position, self._pairs.get(pair, 0))


_PAIR = ("a", "b", "touched", "stale")


@cache
def _picked(table: Table) -> Any:
    return itemgetter(*map(table.c.keys().index, _COLUMNS))


@cache
def _mark_each(pairs: Table) -> Insert:
    """Mark a pair; positions only grow, so the last is the greatest."""
    row = sqlite.insert(pairs)
    anew = {"touched": row.excluded.touched, "stale": 1}
    return row.on_conflict_do_update(index_elements=["a", "b"], set_=anew)


@cache
def _mark_given(pairs: Table) -> Insert:
    row = postgresql.insert(pairs).from_select(_PAIR, given_rows(pairs))
    anew = {"touched": row.excluded.touched, "stale": 1}
    return row.on_conflict_do_update(index_elements=["a", "b"], set_=anew)


@cache
def _mark_all_of(pairs: Table) -> Update:
    """Mark the pairs of an actor that nothing later in the batch touches."""
    actor, at = bindparam("actor", type_=KEY), bindparam("at", type_=LONG)
    theirs = or_(pairs.c.a == actor, pairs.c.b == actor), pairs.c.touched < at
    return update(pairs).where(*theirs).values(touched=at, stale=1)


@cache
def _mark_stretch(models: ReadModels, dialect: str) -> Insert:
    """Mark the pairs that the rows of a stretch touch, each with the last position of them all."""
    pairs, (sets, closes) = models.pairs, map(_lines, (models.sets, models.closes))
    lines = union_all(sets, closes).subquery()
    last = func.max(lines.c.touched).label("touched")
    each = select(lines.c.a, lines.c.b, last, literal_column("1")).group_by(lines.c.a, lines.c.b)
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    row = insert(pairs).from_select(_PAIR, each.order_by(lines.c.a, lines.c.b))
    later = case(
        (row.excluded.touched > pairs.c.touched, row.excluded.touched), else_=pairs.c.touched
    )
    return row.on_conflict_do_update(index_elements=["a", "b"], set_={"touched": later, "stale": 1})


def _lines(table: Table) -> Select[Any]:
    """The pair of each row of a stretch, and when it was touched, where two actors are named."""
    source, target, known_to = table.c.source, table.c.target, table.c.known_to
    forth = source < target
    return select(
        case((forth, source), else_=target).label("a"),
        case((forth, target), else_=source).label("b"),
        case((known_to == FOREVER, table.c.position), else_=known_to).label("touched"),
    ).where(*_within(table), source != ANY, target != ANY)


@cache
def _of_all_lines(table: Table) -> Select[Any]:
    """The rows of a stretch that move every line of an actor."""
    return select(table).where(*_within(table), or_(table.c.source == ANY, table.c.target == ANY))


def _within(table: Table) -> tuple[ColumnElement[bool], ...]:
    after, upto = bindparam("after", type_=LONG), bindparam("upto", type_=LONG)
    kinds = table.c.kind.in_([literal_column(f"'{kind}'") for kind in PAIR_KINDS])
    return table.c.position > after, table.c.position <= upto, kinds
