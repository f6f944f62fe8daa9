"""The same questions put to DuckDB, over the rows of our read models.

In memory, with all its threads, and tuned for exactly these questions: texts have become numbers,
claims that no viewpoint here admits are left out, closes have a row for each level that they
close, rows lie sorted by pair, and once more by actor, so that a question reads a few blocks, and
statements are parsed once. A level of a line is open if the last set of it comes after the last close, so one pass over a
pair's rows gives its levels. It answers alignment, cooperation and conflict in the certain
reading; evidence, possible readings, what decides and freshness it does not.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Table, select

from benchmarks.machine import peak_megabytes
from benchmarks.questions import MATRIX, PARTNERS, Answer, Asked, Pair, Question, timed
from domain.policy import (
    ADMITTED_MODALITIES,
    ALLEGED_MODALITIES,
    COMMITMENT_LEVELS,
    SANCTION_LEVEL,
    STRONG_OBLIGATIONS,
    verdict,
)
from infrastructure.database import Database
from infrastructure.live_models import live_models

Row = tuple[Any, ...]

_KINDS = {"cooperation": 0, "conflict": 1, "sanction": 1, "neutral": 2}
"""A sanction is a line of conflict."""
_WIDTH = 1 << 16
"""A pair's number is the first actor's times this, plus the other's."""

_CLAIM = (
    "place BIGINT, day INTEGER, key BIGINT, known_from BIGINT, known_to BIGINT, claimant INTEGER, "
    "reliability VARCHAR, rumour TINYINT, opens BOOLEAN"
)
_TABLES = {
    "moves": f"pair UINTEGER, line INTEGER, kind TINYINT, level TINYINT, {_CLAIM}",
    "members": f"alliance INTEGER, actor INTEGER, {_CLAIM}",
    "obligations": f"alliance INTEGER, level TINYINT, {_CLAIM}",
    "denials": "place BIGINT, claimant INTEGER, known_from BIGINT, known_to BIGINT",
}

_COUNTS = (
    "day <= $day AND known_from <= $known AND known_to > $known AND rumour <= $rumours {filters}"
)
_ACCORDING_TO = (
    "AND (claimant IS NULL OR claimant = $teller) AND place NOT IN (SELECT place FROM denials "
    "WHERE claimant = $teller AND known_from <= $known AND known_to > $known)"
)
_RELIABLE = "AND reliability <= $reliability"
_OPEN = "max(key) FILTER (opens) >= coalesce(max(key) FILTER (NOT opens), 0)"  # NULL: never opened

# Of some actors: DuckDB plans each of these in less time than one statement for all three.
_LEVELS = (
    "SELECT pair, kind, level FROM moves WHERE pair IN ({pairs}) AND {counts} "
    "GROUP BY pair, kind, line, level HAVING {open}"
)
_MEMBERS = (
    "SELECT alliance, actor FROM members WHERE actor IN ({actors}) AND {counts} "
    "GROUP BY alliance, actor HAVING {open}"
)
_OBLIGATIONS = "SELECT alliance, max(level) FROM obligations WHERE {counts} GROUP BY alliance"

_OF_MANY = """
WITH levels AS (
    SELECT pair, kind, level FROM {rows} {counts} GROUP BY pair, kind, line, level HAVING {open}),
lines AS (
    SELECT pair, coalesce(max(level) FILTER (kind = 0), 0) AS cooperation,
           coalesce(max(level) FILTER (kind = 1), 0) AS conflict, bool_or(kind = 2) AS neutral
    FROM levels GROUP BY pair),
joined AS (
    SELECT alliance, actor FROM members WHERE {counts} GROUP BY alliance, actor HAVING {open}),
bound AS (
    SELECT alliance, max(level) AS level FROM obligations WHERE {counts} GROUP BY alliance),
pledged AS (
    SELECT one.actor * {width} + other.actor AS pair, max(level) AS level
    FROM joined one JOIN joined other USING (alliance) JOIN bound USING (alliance)
    WHERE one.actor < other.actor {pledges} GROUP BY ALL),
stances AS (
    SELECT coalesce(lines.pair, pledged.pair) AS pair, coalesce(conflict, 0) AS f,
           greatest(coalesce(cooperation, 0), coalesce(pledged.level, 0)) AS c
    FROM lines FULL JOIN pledged ON lines.pair = pledged.pair)
SELECT pair, CASE WHEN c >= 2 AND f >= 2 THEN 'mixed'
                  WHEN f > 0 AND f >= c THEN CASE f WHEN 3 THEN 'hostile' ELSE 'strained' END
                  WHEN c > 0 THEN CASE c WHEN 3 THEN 'allied' ELSE 'cooperating' END
                  ELSE 'neutral' END, c, f
FROM stances
"""
_OF_ALL = {"rows": "moves WHERE", "pledges": ""}
_OF_ONE = {
    "rows": "moves_of WHERE actor = $actor AND",
    "pledges": "AND $actor IN (one.actor, other.actor)",
}


class DuckDBAnswers:
    """DuckDB in this process, with the rows of one of our databases."""

    def __init__(self, url: str) -> None:
        import duckdb  # noqa: PLC0415 - a peer that may be absent

        self._duckdb = duckdb.connect(":memory:")
        self._numbers: dict[str, int] = {}
        self._load(url)
        self._names = list(self._numbers)
        self._statements: dict[str, Any] = {}

    def measure(self, questions: Sequence[Question], seconds: float) -> Asked:
        """Ask them one after another."""
        return timed(self._answer, questions, seconds)

    def answers(self, questions: Sequence[Question]) -> list[Answer]:
        """What we answer too."""
        return [
            {self._pair(pair): (str(alignment), c, f) for pair, alignment, c, f in found}
            for found in map(self._answer, questions)
        ]

    def peak_megabytes(self) -> float:
        """The most memory that this process has held."""
        return peak_megabytes()

    def close(self) -> None:
        self._duckdb.close()

    def _answer(self, question: Question) -> list[Row]:
        values: dict[str, Any] = {
            "day": question.day.toordinal(),
            "known": question.position or self._head,
            "rumours": int(question.alleged),
        }
        filters = ""
        if question.according_to:
            filters += _ACCORDING_TO
            values["teller"] = self._numbers[question.according_to]
        if question.reliability:
            filters += _RELIABLE
            values["reliability"] = question.reliability
        told = {"counts": _COUNTS.format(filters=filters), "open": _OPEN, "width": _WIDTH}
        numbers = sorted(self._numbers[actor] for actor in question.actors)
        if question.kind == MATRIX:
            return self._rows(_OF_MANY.format(**_OF_ALL, **told), values)
        if question.kind == PARTNERS:
            return self._rows(_OF_MANY.format(**_OF_ONE, **told), values | {"actor": numbers[0]})
        return self._among(numbers, told, values)

    def _among(
        self, numbers: Sequence[int], told: dict[str, Any], values: dict[str, Any]
    ) -> list[Row]:
        """The pairs among some actors."""
        pairs = [a * _WIDTH + b for a, b in combinations(numbers, 2)]
        found = dict.fromkeys(pairs, (0, 0, False))
        for pair, kind, level in self._levels(pairs, told, values):
            c, f, neutral = found[pair]
            found[pair] = (
                max(c, level) if kind == 0 else c,
                max(f, level) if kind == 1 else f,
                neutral or kind == 2,
            )
        allies = defaultdict(list)
        actors = {f"a{n}": number for n, number in enumerate(numbers)}
        named = ", ".join(f"${name}" for name in actors)
        members = _MEMBERS.format(actors=named, **told)
        for alliance, actor in self._rows(members, values | actors):
            allies[alliance].append(actor)
        if any(len(some) > 1 for some in allies.values()):
            for alliance, level in self._rows(_OBLIGATIONS.format(**told), values):
                for a, b in combinations(sorted(allies[alliance]), 2):
                    c, f, neutral = found[a * _WIDTH + b]
                    found[a * _WIDTH + b] = max(c, level), f, neutral
        return [
            (pair, verdict(c, f, neutral=neutral).alignment, c, f)
            for pair, (c, f, neutral) in found.items()
            if c or f or neutral
        ]

    def _levels(
        self, pairs: Sequence[int], told: dict[str, Any], values: dict[str, Any]
    ) -> list[Row]:
        """The open levels. Of a list DuckDB skips blocks only where the list stands in the text."""
        if len(pairs) == 1:
            text = _LEVELS.format(pairs="$pair", **told)
            return self._rows(text, values | {"pair": pairs[0]})
        text = _LEVELS.format(pairs=", ".join(map(str, pairs)), **told)
        return self._duckdb.execute(text, values).fetchall()

    def _rows(self, text: str, values: dict[str, Any]) -> list[Row]:
        """Run a statement that is parsed once."""
        statement = self._statements.get(text)
        if statement is None:
            [statement] = self._duckdb.extract_statements(text)
            self._statements[text] = statement
        found: list[Row] = self._duckdb.execute(statement, values).fetchall()
        return found

    def _pair(self, number: int) -> Pair:
        return self._names[number // _WIDTH], self._names[number % _WIDTH]

    def _load(self, url: str) -> None:
        database = Database(url)
        try:
            with database.read() as conn, TemporaryDirectory() as folder:
                models, reached = live_models(conn)
                self._head = 0 if reached is None else reached.position
                actors = select(models.registrations.c.actor).distinct().order_by("actor")
                self._numbers = {name: n for n, name in enumerate(conn.scalars(actors))}
                for name, rows in (
                    ("moves", self._moves(conn, models.sets, models.closes)),
                    ("members", self._members(conn, models.sets, models.closes)),
                    ("obligations", self._obligations(conn, models.sets)),
                    ("denials", self._denials(conn, models.denials)),
                ):
                    self._insert(name, rows, Path(folder) / f"{name}.csv")
        finally:
            database.dispose()
        self._duckdb.execute(
            "CREATE TABLE moves_of AS SELECT * FROM (SELECT pair // 65536 AS actor, * FROM moves "
            "UNION ALL SELECT pair % 65536, * FROM moves) ORDER BY actor, pair, line, level, key"
        )

    def _insert(self, name: str, rows: Iterable[Row], file: Path) -> None:
        """By way of a file: DuckDB takes rows one by one slowly."""
        with file.open("w", newline="", encoding="utf-8") as opened:
            csv.writer(opened).writerows(rows)
        self._duckdb.execute(f"CREATE TABLE loaded ({_TABLES[name]})")
        self._duckdb.execute("COPY loaded FROM $file (HEADER false)", {"file": str(file)})
        self._duckdb.execute(f"CREATE TABLE {name} AS SELECT * FROM loaded ORDER BY ALL")
        self._duckdb.execute("DROP TABLE loaded")

    def _moves(self, conn: Connection, sets: Table, closes: Table) -> Iterator[Row]:
        lines: dict[tuple[str, ...], int] = {}
        for opens, table in ((True, sets), (False, closes)):
            rows = conn.execution_options(yield_per=10_000).execute(
                select(table).where(table.c.kind.in_(_KINDS))
            )
            for row in rows:
                claim = self._claim(row, opens=opens)
                if claim is None:
                    continue
                line = row.kind, row.source, row.target, row.programme
                number = lines.setdefault(line, len(lines))
                pair = self._pair_number(row.source, row.target)
                for level in _levels(row, opens=opens):
                    yield (pair, number, _KINDS[row.kind], level, *claim)

    def _members(self, conn: Connection, sets: Table, closes: Table) -> Iterator[Row]:
        for opens, table in ((True, sets), (False, closes)):
            for row in conn.execute(select(table).where(table.c.kind == "membership")):
                claim = self._claim(row, opens=opens)
                if claim is not None:
                    yield (_number(row.source), self._numbers[row.target], *claim)

    def _obligations(self, conn: Connection, sets: Table) -> Iterator[Row]:
        for row in conn.execute(select(sets).where(sets.c.kind == "obligation")):
            claim = self._claim(row, opens=True)
            if claim is not None:
                strength = "strong" if row.target in STRONG_OBLIGATIONS else "weak"
                yield (_number(row.source), COMMITMENT_LEVELS[strength], *claim)

    def _denials(self, conn: Connection, denials: Table) -> Iterator[Row]:
        for row in conn.execute(select(denials).where(denials.c.claimant.is_not(None))):
            yield row.place, self._numbers[row.claimant], row.position, row.known_to

    def _claim(self, row: Any, *, opens: bool) -> Row | None:
        """The columns by which it is decided whether a row counts; None where it never does."""
        if row.modality not in ADMITTED_MODALITIES | ALLEGED_MODALITIES:
            return None
        rumour = bool(row.alleged) or row.modality in ALLEGED_MODALITIES
        day, key = (row.latest, row.begin_key) if opens else (row.earliest, row.latest_key)
        teller = None if row.claimant is None else self._numbers[row.claimant]
        grade = None if row.reliability == "F" else row.reliability
        known = row.position, row.known_to
        return row.place, day, key, *known, teller, grade, int(rumour), opens

    def _pair_number(self, source: str, target: str) -> int:
        first, second = sorted((self._numbers[source], self._numbers[target]))
        return first * _WIDTH + second


def _levels(row: Any, *, opens: bool) -> Sequence[int]:
    """The levels that a row opens or closes."""
    if row.kind == "sanction":
        return [SANCTION_LEVEL]
    return [row.level] if opens else range(row.low, row.high + 1)


def _number(alliance: str) -> int:
    return int(alliance.rpartition("-")[2])
