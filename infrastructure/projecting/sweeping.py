"""Working out the segments of pairs that batches have touched, some pairs at a time.

Read in one transaction and written in another: what was touched between the two stays stale.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, tuple_, update

from infrastructure.bulk import insert_tuples, pairs_bound
from infrastructure.collector import no_search_for_cycles
from infrastructure.database import Database
from infrastructure.event_store.errors import in_the_librarys_words
from infrastructure.questions.partners import Pair
from infrastructure.questions.segments import Segment, count_stale, segments_of, stale_pairs
from infrastructure.questions.snapshots import OtherReadModels, Snapshot
from infrastructure.schema import read_models as rm
from infrastructure.schema.log import checkpoints

AT_ONCE = 25
"""Pairs in one transaction at most: how long a batch waits for a sweep."""
EFFECTS_AT_ONCE = 10_000
"""Effects of these pairs in memory at most, unless one pair alone has more."""
REST = 9
"""So many times what a sweep took it rests: pairs may be touched all the time, and hold much."""

Progress = Callable[[int, int], None]
"""Called with (pairs worked out, pairs to be worked out in all)."""

_FIRST: Pair = ("", "")


class Sweeping:
    """Sweeps from the first stale pair to the last, again and again, with rests between them.

    In a sweep each pair is worked out once, however often it is touched meanwhile.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._after: Pair = _FIRST
        self._took = 0.0
        self._rests_until = 0.0

    def step(self) -> bool:
        """Work out some pairs, unless it rests; whether there is more to do at once."""
        begun = time.monotonic()
        if begun < self._rests_until:
            return False
        try:
            last = sweep(self._database, self._after)
        except OtherReadModels:  # the next batch says what is to be said of that
            return False
        now = time.monotonic()
        self._took += now - begun
        if last is None:
            self._rests_until = now + REST * self._took
            self._took = 0.0
        self._after = last or _FIRST
        return last is not None


class WorkedOut(NamedTuple):
    """The segments of some pairs, each as it was when it was last touched at the position given."""

    models: rm.ReadModels
    touched: dict[Pair, int]
    segments: list[Segment]


def sweep(database: Database, after: Pair = _FIRST) -> Pair | None:
    """Work out the next stale pairs after a pair, and return the last of them; None behind all.

    Raises OtherReadModels.
    """
    found = work_out(database, after)
    if not found.touched:
        return None
    keep(database, found)
    return max(found.touched)


def work_out(database: Database, after: Pair) -> WorkedOut:
    """Work out the next stale pairs after a pair; none behind all. Raises OtherReadModels."""
    with in_the_librarys_words(), database.read() as conn, no_search_for_cycles():
        snapshot = Snapshot.of(conn)
        stale = stale_pairs(snapshot, after, AT_ONCE)
        effects = accumulate(row.effects for row in stale)
        few = sum(1 for upto in effects if upto <= EFFECTS_AT_ONCE) or 1
        touched = {(row.a, row.b): row.touched for row in stale[:few]}
        segments = segments_of(snapshot, list(touched)) if touched else []
        return WorkedOut(snapshot.models, touched, segments)


def keep(database: Database, found: WorkedOut) -> None:
    """Keep what was worked out, except of pairs touched since."""
    with in_the_librarys_words(), database.write() as conn:
        _replace(conn, *found)


def sweep_all(database: Database, progress: Progress | None = None) -> None:
    """Work out all stale pairs. What `progress` raises leaves the others stale."""
    with in_the_librarys_words(), database.read() as conn:
        total = count_stale(Snapshot.of(conn))
    done, found = 0, work_out(database, _FIRST)
    while found.touched:
        keep(database, found)
        done = min(total, done + len(found.touched))
        if progress:
            progress(done, total)
        found = work_out(database, max(found.touched))


def _replace(
    conn: Connection, models: rm.ReadModels, touched: dict[Pair, int], found: list[Segment]
) -> None:
    """Put these segments in the place of what the pairs had, unless they were touched again."""
    pairs, segments = models.pairs, models.segments
    held = select(checkpoints.c.position).where(checkpoints.c.name == models.name)
    if conn.execute(held.with_for_update()).first() is None:
        return  # the sets were swapped
    asked = pairs_bound("ids")
    here = (pairs.c.a == asked.c.a) & (pairs.c.b == asked.c.b)
    now = select(pairs.c.a, pairs.c.b, pairs.c.touched).join_from(asked, pairs, here)
    rows = conn.execute(now, {"ids": list(touched)})
    same = {(a, b) for a, b, at in rows if touched[a, b] == at}
    for each in (delete(segments), update(pairs).values(stale=0)):
        these = pairs_bound("ids")
        table = each.table
        ends = tuple_(table.c.a, table.c.b)
        conn.execute(each.where(ends.in_(select(these.c.a, these.c.b))), {"ids": sorted(same)})
    insert_tuples(conn, segments, [one for one in found if one[:2] in same])
