"""The rows that a stretch of the log gives, held against those that the read models have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, bindparam, select

from domain.event import Event
from domain.vocabulary import CurationData
from infrastructure.audit.curation import Ending
from infrastructure.audit.results import Difference, Row
from infrastructure.audit.texts import Texts, text_of
from infrastructure.event_store.stretch import fetched
from infrastructure.projecting.rows import Placed, rows_of
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.read_models import FOREVER

Values = tuple[Any, ...]


class Stretch(NamedTuple):
    """Consecutive events by position, after a position and up to another, and their curation."""

    after: int
    upto: int
    events: Mapping[int, Event]
    places: Mapping[str, int]
    ended: Mapping[str, Ending]


class Compared(NamedTuple):
    """How many rows were compared, and the first difference."""

    rows: int
    difference: Difference | None


def agreed(snapshot: Snapshot, stretch: Stretch, texts: Texts) -> int | None:
    """How many rows the stretch has, if the read models' texts say that they hold just these."""
    expected = _expected(stretch)
    for name, table in snapshot.models.tables.items():
        if texts.tables[name] != text_of(table, expected[name], snapshot.conn.dialect):
            return None
    return sum(map(len, expected.values()))


def compare(snapshot: Snapshot, stretch: Stretch, until: int) -> Compared:
    """Compare the rows of a stretch one by one, as they were at the position `until`."""
    expected = _expected(stretch)
    count, differences = 0, []
    for name, table in snapshot.models.tables.items():
        found = _found(snapshot, table, stretch, until)
        count += len(found)
        if found != expected[name]:
            difference = _first(table, expected[name], found)
            differences += [difference] if difference else []
    return Compared(count, min(differences, key=lambda one: one.position, default=None))


def beyond(snapshot: Snapshot) -> Difference | None:
    """The first row of an event that the read models do not hold yet, by their checkpoint."""
    for table in snapshot.models.tables.values():
        position = table.c.position
        first = select(table).where(position > snapshot.position).order_by(position).limit(1)
        for row in snapshot.conn.execute(first).mappings():
            return Difference(
                str(table.name), row["position"], [], [_named(table, tuple(row.values()))]
            )
    return None


def _expected(stretch: Stretch) -> dict[str, list[Values]]:
    """The rows that the events must have, by table and in the order of their positions."""
    rows: dict[str, list[Values]] = defaultdict(list)
    for position, event in stretch.events.items():
        data = event.data
        reported = stretch.places[data.event] if isinstance(data, CurationData) else None
        ending = stretch.ended.get(event.id, ())
        placed = Placed(event, position, stretch.places[event.id], reported, *ending)
        for name, row in rows_of(placed):
            rows[name].append(row)
    return rows


def _found(snapshot: Snapshot, table: Table, stretch: Stretch, until: int) -> list[Values]:
    """The rows that a read model holds, as they were at `until`."""
    # Nothing comes before the first event: a row there is found with the first stretch.
    bounds = {"after": stretch.after or -FOREVER, "upto": stretch.upto}
    rows: Sequence[Any] = fetched(snapshot.conn, _rows(table), bounds)
    known_to = table.c.keys().index("known_to")
    held = snapshot.position
    return [_live(table, row) if until < row[known_to] <= held else row for row in rows]


def _live(table: Table, row: Values) -> Values:
    """A row as it was before its event ended."""
    named = dict(zip(table.c.keys(), row, strict=True)) | {"known_to": FOREVER}
    if "ended_by" in named:
        named |= {"ended_by": None, "ended_how": None}
    return tuple(named.values())


def _first(table: Table, expected: Sequence[Values], found: Sequence[Values]) -> Difference | None:
    """The first position at which the rows differ; their order at one position says nothing."""
    ours, theirs = _by_position(table, expected), _by_position(table, found)
    for position in sorted(ours.keys() | theirs.keys()):
        told, held = ours.get(position, []), theirs.get(position, [])
        if told != held:
            return Difference(
                str(table.name),
                position,
                [_named(table, row) for row in told],
                [_named(table, row) for row in held],
            )
    return None


def _named(table: Table, row: Values) -> Row:
    """A row by its columns' names, as plain text: SQLAlchemy's are more than that."""
    return dict(zip(map(str, table.c.keys()), row, strict=True))


def _by_position(table: Table, rows: Iterable[Values]) -> dict[int, list[Values]]:
    position = itemgetter(table.c.keys().index("position"))
    ordered = sorted(rows, key=position)
    return {at: sorted(several, key=repr) for at, several in groupby(ordered, key=position)}


@cache
def _rows(table: Table) -> Select[Any]:
    """A stretch of a table in the order in which events give its rows."""
    position = table.c.position
    order = [position, table.c.number] if "number" in table.c else [position]
    where = position > bindparam("after"), position <= bindparam("upto")
    return select(table).where(*where).order_by(*order)
