"""What the figures of the questions are called, and what they are held against."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from benchmarks.databases import DIALECTS
from benchmarks.figures import P50, P99, REQUESTS, Figures, Key, Outcome, Target
from benchmarks.questions import DEFAULT, FOUR, HEAVY, MATRIX, PAIR, PARTNERS, VIEWS, Kind, View
from benchmarks.session import OURS

SUITE = "asof"

DUCKDB, RAPHTORY, REPLAY, TRIVIAL = "DuckDB", "Raphtory", "plain replay", "trivial GET"
PEERS = ("duckdb", "raphtory")
"""Their packages."""
IN_MEMORY, NO_DATABASE = "in memory", "none"

Log = Literal["short", "middle", "long"]
SHORT: Log = "short"
MIDDLE: Log = "middle"
LONG: Log = "long"

HELD = "four actors, held already (304)"
"""What a client asks again, with the tag of the answer that it has."""


def case(kind: Kind, view: View, log: Log = LONG) -> str:
    """What a question is called; the log is the long one where nothing is said of it."""
    return f"{kind}, {view}" if log == LONG else f"{kind}, {view}, {log} log"


def over_http(asked: str, connections: int) -> str:
    """What a question is called that so many connections ask at once."""
    return f"{asked}, over {connections} connections"


@dataclass(frozen=True, kw_only=True)
class EachOf(Target):
    """A target that several ratios must meet: it is judged by the worst of them."""

    others: Sequence[tuple[Key, Key]]

    def judged(self, figures: Figures) -> Outcome:
        """Hold each ratio against the goal; without all of them nothing is judged."""
        pairs = [(self.over, self.under[0]), *self.others]
        outcomes = [self._one(*pair).judged(figures) for pair in pairs]
        if any(outcome.met is None for outcome in outcomes):
            return Outcome(self, (), None)
        worst = max if self.at_most else min
        found = worst(outcomes, key=lambda outcome: median(outcome.ratios))
        named = f"{self.what} (worst: {found.target.over.case})"
        return replace(found, target=replace(found.target, what=named))

    def _one(self, over: Key, under: Key) -> Target:
        return Target(
            what=self.what, over=over, under=(under,), goal=self.goal, at_most=self.at_most
        )


def _each_of(
    what: str, ratios: Sequence[tuple[Key, Key]], goal: float, *, at_most: bool = False
) -> Target:
    (over, under), *others = ratios
    return EachOf(
        what=what, over=over, under=(under,), goal=goal, at_most=at_most, others=tuple(others)
    )


def _ours(database: str, asked: str, measure: str = P50) -> Key:
    return Key(SUITE, database, OURS, asked, measure)


def _theirs(asked: str) -> Key:
    return Key(SUITE, IN_MEMORY, DUCKDB, asked, P50)


def _beside_duckdb(what: str, kind: Kind, views: Sequence[View], goal: float) -> list[Target]:
    return [
        _each_of(
            f"{what}: DuckDB's p50 to ours, {database}",
            [(_theirs(case(kind, view)), _ours(database, case(kind, view))) for view in views],
            goal,
        )
        for database in DIALECTS
    ]


def _growth(kind: Kind) -> list[Target]:
    return [
        _each_of(
            f"{kind}, any viewpoint: p50 in the long log to that in the short one, {database}",
            [
                (_ours(database, case(kind, view)), _ours(database, case(kind, view, SHORT)))
                for view in VIEWS
            ],
            1.5,
            at_most=True,
        )
        for database in DIALECTS
    ]


CONNECTIONS = 32
_FOUR, _HELD = over_http(FOUR, CONNECTIONS), over_http(HELD, CONNECTIONS)
_TRIVIAL = Key(SUITE, NO_DATABASE, TRIVIAL, _FOUR, REQUESTS)
_SHARES = {"sqlite": 0.5, "postgresql": 0.25}


def _http(database: str) -> list[Target]:
    return [
        Target(
            what=f"four actors over HTTP: ours against a trivial GET, {database}",
            over=_ours(database, _FOUR, REQUESTS),
            under=(_TRIVIAL,),
            goal=_SHARES[database],
        ),
        Target(
            what=f"four actors over HTTP: p99 to p50, {database}",
            over=_ours(database, _FOUR, P99),
            under=(_ours(database, _FOUR, P50),),
            goal=5,
            at_most=True,
        ),
        Target(
            what=f"304 over HTTP: ours against a trivial GET, {database}",
            over=_ours(database, _HELD, REQUESTS),
            under=(_TRIVIAL,),
            goal=0.8,
        ),
    ]


TARGETS = (
    *_beside_duckdb("one pair, any viewpoint", PAIR, VIEWS, 10),
    *_beside_duckdb("four actors, any viewpoint", FOUR, VIEWS, 20),
    *_beside_duckdb("partners of one actor, any viewpoint", PARTNERS, VIEWS, 10),
    *_beside_duckdb("whole matrix, default viewpoint", MATRIX, [DEFAULT], 1),
    *_beside_duckdb("whole matrix, any other viewpoint", MATRIX, VIEWS[1:], 1),
    *(target for kind in (PAIR, FOUR, HEAVY) for target in _growth(kind)),
    *(target for database in DIALECTS for target in _http(database)),
)
