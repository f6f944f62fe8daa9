"""All rows of the Armed Conflict Dataset, read here once more and held against the answers.

What is expected comes from the file by a reading of its own; what is found are the segments that
every pair's answers come from, after `foedus import`.
"""

import csv
import re
from bisect import bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from infrastructure.database import Database
from infrastructure.questions.segments import FIRST, LAST, Segment, kept_segments
from infrastructure.questions.snapshots import Snapshot
from tests.cli.conftest import Foedus
from tests.importing.asking import registrations

pytestmark = pytest.mark.shared_data

ROWS = 2_506
Pair = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """A row: who stands where, and the days that its episode has in its year."""

    episode: tuple[str, str]
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    supporters: tuple[tuple[str, ...], tuple[str, ...]]
    begun: date
    surely: date
    """By this day the episode has begun, however vague its beginning is."""
    last: date
    ended: bool

    @property
    def opponents(self) -> Iterator[Pair]:
        return product(*self.sides)

    @property
    def across(self) -> set[Pair]:
        """Everybody on different sides, supporters too, less who supports both."""
        a, b = ({*side, *others} for side, others in zip(self.sides, self.supporters, strict=True))
        both = a & b
        return {_pair(x, y) for x, y in product(a - both, b - both)}

    @property
    def supported(self) -> set[Pair]:
        return {
            _pair(one, party)
            for side, others in zip(self.sides, self.supporters, strict=True)
            for one, party in product(others, side)
        }


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


class Cells(NamedTuple):
    names: list[str]
    ids: list[str]


def _split(text: str) -> list[str]:
    """Names between commas; a comma in brackets, or before "FYR", belongs to a name."""
    return [one.strip() for one in re.split(r",(?![^(]*\))(?! FYR)", text) if one.strip()]


def _side(row: dict[str, str], side: str) -> Cells:
    ids = [one.strip() for one in row[f"{side}_id"].split(",")]
    names = _split(row[side]) if len(ids) > 1 else [row[side].strip()]
    assert len(ids) == len(names), row
    return Cells(names, ids)


def _surely(first: date, precision: str) -> date:
    if precision in "12":
        return first
    month = 12 if precision in "4567" else first.month
    return date(first.year, month, monthrange(first.year, month)[1])


def _rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as stream:
        given = list(csv.DictReader(stream))
    number: dict[str, set[str]] = defaultdict(set)
    for row in given:
        for side in ("side_a", "side_b"):
            for name, one in zip(*_side(row, side), strict=True):
                number[name].add(one)

    def of_name(name: str) -> str:
        found = number.get(name, set())
        return next(iter(found)) if len(found) == 1 else name

    rows = []
    for row in given:
        year, first = int(row["year"]), date.fromisoformat(row["start_date2"])
        ended = row["ep_end"] == "1"
        last = date.fromisoformat(row["ep_end_date"]) if ended else date(year, 12, 31)
        surely = max(date(year, 1, 1), _surely(first, row["start_prec2"]))
        rows.append(
            Row(
                episode=(row["conflict_id"], row["start_date2"]),
                sides=(tuple(_side(row, "side_a").ids), tuple(_side(row, "side_b").ids)),
                supporters=(
                    tuple(map(of_name, _split(row["side_a_2nd"]))),
                    tuple(map(of_name, _split(row["side_b_2nd"]))),
                ),
                begun=max(first, date(year, 1, 1)),
                surely=min(surely, last),
                last=last,
                ended=ended,
            )
        )
    return rows


class Past:
    """How pairs stood over time, by what the dataset calls the actors."""

    def __init__(self, url: str) -> None:
        self._ids = {
            data.identifiers.get("ucdp", data.name): data.actor for data in registrations(url)
        }
        self.named = {actor: one for one, actor in self._ids.items()}
        database = Database(url)
        try:
            with database.read() as conn:
                segments = kept_segments(Snapshot.of(conn), FIRST, LAST)
        finally:
            database.dispose()
        self.pairs: dict[Pair, list[Segment]] = defaultdict(list)
        for segment in segments:
            self.pairs[segment.a, segment.b].append(segment)

    def levels(self, a: str, b: str, day: date) -> tuple[int, int]:
        """Cooperation and conflict on a day."""
        segments = self.pairs.get(_pair(self._ids[a], self._ids[b]), [])
        at = bisect_right([one.since for one in segments], day.toordinal()) - 1
        if at < 0 or day.toordinal() >= segments[at].until:
            return 0, 0
        return segments[at].cooperation, segments[at].conflict

    def ever(self, level: str) -> set[Pair]:
        """The pairs, as the dataset calls them, that ever had such a level."""
        return {
            _pair(self.named[a], self.named[b])
            for (a, b), segments in self.pairs.items()
            if any(getattr(one, level) for one in segments)
        }


@pytest.fixture
def rows(shared_data: Path) -> list[Row]:
    return _rows(shared_data / "ucdp-prio-acd-211.csv")


@pytest.fixture
def past(store: str, foedus: Foedus, shared_data: Path) -> Past:
    rejects = Path.cwd() / "rejects.csv"
    ended = foedus(
        "import", "ucdp-acd", shared_data / "ucdp-prio-acd-211.csv", "--rejects", rejects
    )
    assert ended.code == 0, ended.err
    return Past(store)


def test_every_row_is_answered_as_the_codebook_reads_it(past: Past, rows: list[Row]) -> None:
    assert len(rows) == ROWS
    spells = _spells(rows)
    closed = 0
    for row in rows:
        for a, b in row.opponents:
            for day in {row.surely, row.surely + (row.last - row.surely) / 2, row.last}:
                assert past.levels(a, b, day)[1] == 3, (row, a, b, day)
            after = row.last + timedelta(days=1)
            if row.ended and not _at_war(spells, a, b, after):
                assert past.levels(a, b, after)[1] == 0, (row, a, b)
                closed += 1
        for one, party in row.supported - row.across:
            if not _opposed(rows, one, party, row):
                assert past.levels(one, party, row.last)[0] == 3, (row, one, party)
    assert closed > 400


def test_nobody_is_an_enemy_or_an_ally_whom_no_row_names_so(past: Past, rows: list[Row]) -> None:
    enemies = {pair for row in rows for pair in row.across}
    friends = {pair for row in rows for pair in row.supported}
    beside = {
        _pair(one, other)
        for row in rows
        for side in row.sides
        for one, other in product(side, side)
        if one != other
    }
    assert past.ever("conflict") == enemies
    assert past.ever("cooperation") <= friends
    assert len(past.ever("cooperation")) > 100
    assert len(beside - enemies - friends) > 100
    assert not past.ever("cooperation") & (beside - friends)


Spells = dict[Pair, list[tuple[date, date]]]


def _spells(rows: list[Row]) -> Spells:
    """When each two are at war: opponents as long as the episode, supporters in the years named."""
    ends = {row.episode: row.last for row in rows if row.ended}
    begun = {row.episode: date.fromisoformat(row.episode[1]) for row in rows}
    spells: Spells = defaultdict(list)
    for row in rows:
        for a, b in row.opponents:
            end = ends.get(row.episode, date.max)
            spells[_pair(a, b)].append((begun[row.episode], end))
        for pair in row.across:
            spells[pair].append((row.begun, row.last))
    return spells


def _at_war(spells: Spells, a: str, b: str, day: date) -> bool:
    return any(first <= day <= last for first, last in spells[_pair(a, b)])


def _opposed(rows: list[Row], a: str, b: str, row: Row) -> bool:
    """Whether another row has the two on different sides in the same days: a battle parts them."""
    return any(
        _pair(a, b) in other.across and other.begun <= row.last and row.begun <= other.last
        for other in rows
    )
