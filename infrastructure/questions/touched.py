"""Which pairs what was recorded between two positions may bear on: new claims, and claims that ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Any

from sqlalchemy import Select, bindparam, select

from domain.effects import ANY
from infrastructure.bulk import among_bound
from infrastructure.questions.partners import Pair, partners
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.metadata import LONG
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS

MOST_EVENTS = 2_000
"""Where more was recorded between the two positions, all pairs are looked at."""
MOST_PAIRS = 10_000
MOST_ACTORS = 20
"""So many actors may lose or gain every one of their lines at once."""

_LOW, _HIGH = bindparam("low", type_=LONG), bindparam("high", type_=LONG)


def touched_pairs(snapshot: Snapshot, low: int, high: int) -> list[Pair] | None:
    """The pairs, by both ids, that anything behind `low` and up to `high` may bear on.

    None where that would take as long as looking at all pairs. It does not hold what counts by
    denials: they matter where an actor's account is asked for.
    """
    if high - low > MOST_EVENTS:
        return None
    asked = {"low": low, "high": high}
    ended = [row.position for row in snapshot.rows(_ended(snapshot.models), asked)]
    if len(ended) > MOST_EVENTS:
        return None
    positions = sorted({*range(low + 1, high + 1), *ended})
    touched = _Touched()
    for statement in _moved(snapshot.models):
        for row in snapshot.rows(statement, {"positions": positions}):
            touched.take(row)
    return touched.pairs_in(snapshot)


@dataclass(slots=True)
class _Touched:
    """What lines were moved: between two actors, all of an actor, or of an alliance."""

    pairs: set[Pair] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    alliances: set[str] = field(default_factory=set)

    def take(self, row: Any) -> None:
        ends = row.source, row.target
        if row.kind in PAIR_KINDS and ANY not in ends:
            self.pairs.add((min(ends), max(ends)))
        elif row.kind in PAIR_KINDS or row.source == ANY:
            self.actors.update(end for end in ends if end != ANY)
        elif row.kind in ("membership", "obligation"):
            self.alliances.add(row.source)

    def pairs_in(self, snapshot: Snapshot) -> list[Pair] | None:
        """All of the pairs by both ids; None where they are too many to be listed."""
        if len(self.actors) > MOST_ACTORS:
            return None
        found = set(self.pairs)
        for members in _members(snapshot, self.alliances):
            if len(found) + len(members) ** 2 > MOST_PAIRS:
                return None
            found.update(combinations(sorted(members), 2))
        for actor in sorted(self.actors):
            theirs, more = partners(snapshot, actor, None, MOST_PAIRS)
            if more is not None:
                return None
            found.update(theirs)
        return sorted(found) if len(found) <= MOST_PAIRS else None


def _members(snapshot: Snapshot, alliances: Iterable[str]) -> Iterable[set[str]]:
    """Everybody who was ever put in each of the alliances."""
    members: dict[str, set[str]] = defaultdict(set)
    if asked := sorted(alliances):
        for row in snapshot.rows(_put(snapshot.models), {"ids": asked}):
            members[row.source].add(row.target)
    return members.values()


@cache
def _ended(rm: ReadModels) -> Select[Any]:
    """Where stands what was retracted or superseded between two positions."""
    table = rm.reports
    ended = table.c.ended_by.is_not(None), table.c.known_to > _LOW, table.c.known_to <= _HIGH
    return select(table.c.position).where(*ended).limit(MOST_EVENTS + 1)


@cache
def _moved(rm: ReadModels) -> Sequence[Select[Any]]:
    """The lines that the events at some positions set or close."""
    return [
        select(table.c.kind, table.c.source, table.c.target)
        .where(among_bound(table.c.position, "positions"))
        .distinct()
        for table in (rm.sets, rm.closes)
    ]


@cache
def _put(rm: ReadModels) -> Select[Any]:
    table = rm.sets
    of_some = among_bound(table.c.source, "ids"), table.c.kind == "membership"
    return select(table.c.source, table.c.target).where(*of_some).distinct()
