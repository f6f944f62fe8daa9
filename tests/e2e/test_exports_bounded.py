"""What an export holds at a time does not grow with what it writes."""

import tracemalloc
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from domain.viewpoint import Viewpoint
from infrastructure.database import Database
from infrastructure.exporting.alignment_forms import ALIGNMENT_FORMS
from infrastructure.exporting.forms import Detail, Export, Origin
from infrastructure.exporting.log import LOG_FORMS, ExportedLog
from infrastructure.exporting.pairs import ExportedPairs
from infrastructure.exporting.running import pieces
from infrastructure.questions.snapshots import Snapshot
from tests.e2e.http import recorded, registration
from tests.e2e.test_matrix_bounded import allied

DAY = date(2024, 1, 1)
FEW, MANY = 40, 160
"""Actors: 780 pairs and 12,720."""


def exports(database: Database) -> dict[str, Export]:
    """Of every form that grows, and in both details."""
    with database.read() as conn:
        snapshot = Snapshot.of(conn)
        viewpoint = Viewpoint(valid_at=DAY, position=snapshot.position)
        details: tuple[Detail, ...] = ("full", "summary")
        pairs = {
            f"{form.name} {detail}": ExportedPairs(Origin.of(conn, viewpoint, detail), form)
            for form in ALIGNMENT_FORMS.values()
            for detail in details
            if detail in form.details
        }
        logs = {
            f"log {form.name}": ExportedLog.upto_head(conn, form) for form in LOG_FORMS.values()
        }
    return {**pairs, **logs}


def held(database: Database, export: Export) -> tuple[int, int]:
    """The most memory while it is written, in bytes, and how many bytes are written."""
    sum(map(len, pieces(database, export)))  # statements and libraries are there now
    arrow = pa.total_allocated_bytes()
    most = written = 0
    tracemalloc.start()
    try:
        for piece in pieces(database, export):
            written += len(piece)
            most = max(most, pa.total_allocated_bytes() - arrow)
        return tracemalloc.get_traced_memory()[1] + most, written
    finally:
        tracemalloc.stop()


@pytest.fixture
def small_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in {
        "pairs.AT_ONCE": 50,
        "pairs.AT_ONCE_IN_SHORT": 50,
        "pairs.ACTORS_AT_ONCE": 20,
        "log.AT_ONCE": 20,
        "parquet.GROUP": 200,
    }.items():
        monkeypatch.setattr(f"infrastructure.exporting.{name}", most)


@pytest.mark.long
@pytest.mark.usefixtures("small_stretches")
async def test_memory_does_not_grow_with_the_file(new_url: Any) -> None:
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for count in (FEW, MANY):
        async with allied(new_url("sqlite"), count) as (client, serving):
            for low in range(0, count * 20, 1000):
                await recorded(client, [extra(n) for n in range(low, min(low + 1000, count * 20))])
            database = serving.database
            found[count] = {name: held(database, one) for name, one in exports(database).items()}
    assert len(found[FEW]) == 12
    for name, (few, small) in found[FEW].items():
        many, large = found[MANY][name]
        assert large > 2 * small, name
        assert many < 1.5 * few + 500_000, (name, few, many)


def extra(number: int) -> dict[str, Any]:
    """An actor that nothing is known of."""
    return registration(f"extra-{number:05}")
