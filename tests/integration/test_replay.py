"""Replay finds and locates whatever the read models hold that the log does not say."""

from random import Random

import pytest
from sqlalchemy import text, update

from infrastructure.audit import Replayed, replay
from infrastructure.database import Database
from infrastructure.live_models import live_models
from infrastructure.questions.viewpoints import AheadOfReadModel
from infrastructure.schema.log import events
from infrastructure.schema.read_models import FOREVER, A
from tests.property.comparing import World
from tests.property.histories import random_history

EVENTS = 90
SEED = 8


@pytest.fixture
def told(world: World) -> Database:
    """A database whose every read model has rows."""
    world.log.append(random_history(Random(SEED), EVENTS).events)
    world.projector.catch_up()
    return world.database


def result(database: Database, position: int | None = None) -> Replayed:
    *_, last = replay(database, position)
    assert isinstance(last, Replayed)
    return last


def test_untouched_read_models_agree_now_and_at_every_earlier_position(told: Database) -> None:
    assert result(told).ok
    rows = [result(told, position).compared for position in range(0, EVENTS + 1, 6)]
    assert rows[0] == 0
    assert rows == sorted(rows)
    assert rows[-1] == result(told).compared > EVENTS


def test_a_position_ahead_is_refused(told: Database) -> None:
    with pytest.raises(AheadOfReadModel):
        result(told, EVENTS + 1)


CHANGES = {
    "lost": "DELETE FROM {table} WHERE position = {position}",
    "ended": "UPDATE {table} SET known_to = {position} WHERE position = {position}",
    "moved": "UPDATE {table} SET position = {beyond} WHERE position = {position}",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_to_any_read_model_is_located(told: Database, world: World, change: str) -> None:
    for name in A.tables:
        with told.write() as conn:
            table = live_models(conn)[0].tables[name].name
            first = text(f"SELECT position FROM {table} ORDER BY position LIMIT 1")
            position = conn.execute(first).scalar_one()
            statement = CHANGES[change].format(table=table, position=position, beyond=EVENTS + 5)
            conn.execute(text(statement))
        difference = result(told).first_difference
        assert difference is not None, table
        assert (difference.table, difference.position) == (table, position)
        world.projector.rebuild()
        assert result(told).ok


def test_an_event_that_was_changed_in_the_log_is_located(told: Database) -> None:
    with told.write() as conn:
        conn.execute(update(events).where(events.c.position == 7).values(data=b"{}"))
    difference = result(told).first_difference
    assert difference is not None
    assert (difference.table, difference.position) == ("events", 7)


def test_a_row_beyond_the_log_is_found(told: Database) -> None:
    with told.write() as conn:
        conn.execute(
            text(f"INSERT INTO rm_a_name_words VALUES ('word', 'actor', {EVENTS + 1}, {FOREVER})")
        )
    difference = result(told).first_difference
    assert difference is not None
    assert (difference.table, difference.position) == ("rm_a_name_words", EVENTS + 1)
