"""What PostgreSQL's planner knows of the read models while they grow; SQLite's is told nothing."""

import pytest
from sqlalchemy import text

from infrastructure.live_models import live_models
from infrastructure.projecting import statistics
from tests.builders import registered
from tests.property.comparing import World

NEVER = -1
"""What PostgreSQL says of the rows of a table that nobody has looked at."""


def known_actors(world: World) -> float:
    """How many registered actors the planner reckons with."""
    with world.database.read() as conn:
        models, _ = live_models(conn)
        of_table = text("SELECT reltuples FROM pg_class WHERE relname = :name")
        name = models.tables["registrations"].name
        return float(conn.execute(of_table, {"name": name}).scalar_one())


def append(world: World, first: int, upto: int) -> None:
    world.log.append([registered(f"actor-{number}") for number in range(first, upto)])
    world.projector.catch_up()


def test_they_are_gathered_each_time_that_the_read_models_have_grown_so_much(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "FEWEST", 5)
    append(world, 0, 19)
    if world.database.dialect == "sqlite":
        return
    assert known_actors(world) == NEVER
    append(world, 19, 20)
    assert known_actors(world) == 20
    append(world, 20, 79)
    assert known_actors(world) == 20
    append(world, 79, 80)
    assert known_actors(world) == 80


def test_they_are_taken_for_gathered_where_the_projector_begins(
    world: World, other_process: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(world, 0, 30)
    monkeypatch.setattr(statistics, "FEWEST", 5)
    other_process.projector.prepare()
    append(other_process, 30, 31)
    if world.database.dialect == "postgresql":
        assert known_actors(world) == NEVER
