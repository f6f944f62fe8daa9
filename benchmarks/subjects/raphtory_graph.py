"""A simpler question put to Raphtory: what was last said of each pair before some day.

Its temporal graph lies in memory and knows one clock: valid time. Every set and close of a line is
an update of the pair's edge with a property that says what it did; nothing here weighs which levels
are still open, who claims what, or what the log knew when.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from sqlalchemy import select

from benchmarks.machine import peak_megabytes
from benchmarks.questions import MATRIX, PARTNERS, Asked, Question, timed
from domain.policy import ADMITTED_MODALITIES
from infrastructure.database import Database
from infrastructure.live_models import live_models
from infrastructure.schema.segments import PAIR_KINDS

_SAID = "said"


class RaphtoryAnswers:
    """Raphtory in this process, with the rows of one of our databases."""

    def __init__(self, url: str) -> None:
        # Only `make bench-asof` installs it.
        self._graph: Any = import_module("raphtory").Graph()
        database = Database(url)
        try:
            with database.read() as conn:
                models, _ = live_models(conn)
                for table, day in ((models.sets, "latest"), (models.closes, "earliest")):
                    counts = table.c.kind.in_(PAIR_KINDS), table.c.alleged == 0
                    admitted = table.c.modality.in_(sorted(ADMITTED_MODALITIES))
                    columns = table.c.source, table.c.target, table.c.kind, table.c[day]
                    rows = conn.execution_options(yield_per=10_000).execute(
                        select(*columns).where(*counts, admitted)
                    )
                    for source, target, kind, time in rows:
                        said = {_SAID: f"{table.name} {kind}"}
                        self._graph.add_edge(time, min(source, target), max(source, target), said)
        finally:
            database.dispose()

    def measure(self, questions: Sequence[Question], seconds: float) -> Asked:
        """Ask them one after another."""
        return timed(self._answer, questions, seconds)

    def peak_megabytes(self) -> float:
        """The most memory that this process has held."""
        return peak_megabytes()

    def close(self) -> None:
        """Everything is in memory."""

    def _answer(self, question: Question) -> list[Any]:
        then = self._graph.before(question.day.toordinal() + 1)
        if question.kind == MATRIX:
            return _pairs(then.edges)
        if question.kind == PARTNERS:
            node = then.node(*question.actors)
            return [] if node is None else _pairs(node.edges)
        ids = sorted(question.actors)
        edges = (then.edge(a, b) for a in ids for b in ids if a < b)
        return [(edge.id, edge.properties.get(_SAID)) for edge in edges if edge is not None]


def _pairs(edges: Any) -> list[Any]:
    return list(zip(edges.id, edges.properties.get(_SAID), strict=True))
