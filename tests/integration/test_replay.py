"""Replay finds and locates whatever the read models hold that the log does not say."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from operator import itemgetter
from random import Random

import pytest
from sqlalchemy import text, update

from domain.event import Event
from domain.vocabulary import AccusationMade
from infrastructure import audit
from infrastructure.audit import (
    AnswerDifference,
    Answered,
    Difference,
    Progress,
    Replayed,
    replay,
    replaying,
)
from infrastructure.database import Database
from infrastructure.live_models import live_models
from infrastructure.projecting.rows import Placed, Values, rows_of
from infrastructure.projecting.sweeping import sweep_all
from infrastructure.questions.viewpoints import AheadOfReadModel
from infrastructure.schema.log import events
from infrastructure.schema.read_models import FOREVER, A
from tests.builders import day, event, formed, registered
from tests.property.comparing import World
from tests.property.histories import FIRST_DAY, History, random_history

EVENTS = 90


def full_history() -> History:
    """A history with rows for every read model."""
    made = (random_history(Random(seed), EVENTS) for seed in count())
    return next(one for one in made if {*A.tables} <= {*map(itemgetter(0), rows(one))})


def rows(history: History) -> Iterator[tuple[str, Values]]:
    for position, one in enumerate(history.events, start=1):
        yield from rows_of(Placed(one, position, position, position))


@pytest.fixture
def told(world: World) -> Database:
    """A database whose every read model has rows."""
    world.log.append(full_history().events)
    world.projector.catch_up()
    return world.database


def result(
    database: Database, position: int | None = None, valid_at: date | None = None
) -> Replayed:
    *_, last = replay(database, position, valid_at)
    assert isinstance(last, Replayed)
    return last


def difference(database: Database, position: int | None = None) -> Difference:
    found = result(database, position).first_difference
    assert isinstance(found, Difference)
    return found


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
    "ended beyond all": "UPDATE {table} SET known_to = known_to + 1 WHERE position = {position}",
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
        found = difference(told)
        assert (found.table, found.position) == (table, position)
        world.projector.rebuild()
        assert result(told).ok


def test_an_event_that_was_changed_in_the_log_is_located(told: Database) -> None:
    with told.write() as conn:
        conn.execute(update(events).where(events.c.position == 7).values(data=b"{}"))
    found = difference(told)
    assert (found.table, found.position) == ("events", 7)


def test_a_row_beyond_the_log_is_found(told: Database) -> None:
    with told.write() as conn:
        conn.execute(
            text(f"INSERT INTO rm_a_name_words VALUES ('word', 'actor', {EVENTS + 1}, {FOREVER})")
        )
    found = difference(told)
    assert (found.table, found.position) == ("rm_a_name_words", EVENTS + 1)


def change(database: Database, statement: str) -> None:
    with database.write() as conn:
        assert conn.execute(text(statement)).rowcount > 0


@pytest.mark.parametrize("position", [0, -7])
def test_a_row_before_the_log_is_found(told: Database, position: int) -> None:
    change(told, f"INSERT INTO rm_a_name_words VALUES ('word', 'actor', {position}, {FOREVER})")
    found = difference(told)
    assert (found.table, found.position) == ("rm_a_name_words", position)
    assert found.expected == []


def test_a_row_too_many_is_found(told: Database) -> None:
    change(told, f"INSERT INTO rm_a_name_words VALUES ('word', 'actor', 7, {FOREVER})")
    found = difference(told)
    assert (found.table, found.position) == ("rm_a_name_words", 7)
    assert len(found.found) == len(found.expected) + 1


@pytest.mark.parametrize("batch", [2, 1_000])
@pytest.mark.parametrize(
    ("table", "live"),
    [("rm_a_reports", ", ended_by = NULL, ended_how = NULL"), ("rm_a_sets", "")],
)
def test_an_end_that_was_undone_is_found_where_the_event_stands(
    told: Database, table: str, live: str, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "BATCH", batch)
    with told.read() as conn:
        ended = text(f"SELECT position, known_to FROM {table} WHERE known_to < {FOREVER} LIMIT 1")
        position, known_to = conn.execute(ended).one()
    change(told, f"UPDATE {table} SET known_to = {FOREVER}{live} WHERE position = {position}")
    found = difference(told)
    assert (found.table, found.position) == (table, position)
    assert found.expected[0]["known_to"] == known_to
    assert result(told, known_to - 1).ok


def test_an_end_by_another_event_is_found(told: Database) -> None:
    with told.read() as conn:
        ended = text("SELECT min(position) FROM rm_a_reports WHERE ended_how = 'superseded'")
        position = conn.execute(ended).scalar_one()
    change(told, f"UPDATE rm_a_reports SET ended_how = 'retracted' WHERE position = {position}")
    found = difference(told)
    assert (found.table, found.position) == ("rm_a_reports", position)


def test_the_first_of_several_differences_is_told(told: Database) -> None:
    change(told, "UPDATE rm_a_reports SET occurred = '1999' WHERE position = 50")
    change(
        told,
        "DELETE FROM rm_a_name_words WHERE position = (SELECT min(position) FROM rm_a_name_words)",
    )
    assert difference(told).table == "rm_a_name_words"
    assert result(told, 0).ok


@pytest.mark.parametrize("batch", [1, 13])
def test_stretches_of_any_length_compare_the_same(
    told: Database, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = result(told)
    monkeypatch.setattr(replaying, "BATCH", batch)
    *steps, last = replay(told)
    assert last == whole
    assert steps == [
        Progress(min(to, EVENTS), EVENTS) for to in range(batch, EVENTS + batch, batch)
    ]


def test_places_that_were_forgotten_are_looked_up_again(
    told: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit.curation, "MOST_PLACES", 0)
    monkeypatch.setattr(replaying, "BATCH", 3)
    assert result(told).ok


@pytest.mark.parametrize("batch", [1, 1_000])
def test_an_erased_event_leaves_its_place_to_its_corrections(
    told: Database, world: World, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "BATCH", batch)
    with told.write() as conn:
        superseded = "SELECT max(position) FROM rm_a_reports WHERE ended_how = 'superseded'"
        position = conn.execute(text(superseded)).scalar_one()
        erased = update(events).where(events.c.position == position).values(data=None, salt=None)
        conn.execute(erased)
    assert difference(told).position == position
    world.projector.rebuild()
    assert result(told, valid_at=DAY).ok


def test_a_swap_of_the_read_models_begins_the_replay_again(
    told: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "BATCH", 30)
    steps = iter(replay(told))
    assert next(steps) == Progress(30, EVENTS)
    world.projector.rebuild()
    again = list(steps)
    assert again[:3] == [Progress(to, EVENTS) for to in (30, 60, 90)]
    assert again[3:] == [result(told)]


def test_no_transaction_stays_open_between_stretches(
    told: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "BATCH", 30)
    steps = replay(told)
    next(steps)
    world.append(random_history(Random(1), 10))
    *_, last = steps
    assert isinstance(last, Replayed)
    assert (last.ok, last.position) == (True, EVENTS)


DAY = FIRST_DAY + timedelta(days=3)


def test_answers_for_a_day_agree_with_the_fold_at_every_position(told: Database) -> None:
    for position in (0, 1, 20, 55, EVENTS):
        found = result(told, position, DAY)
        assert found.first_difference is None
        assert found.answers is not None
        assert (found.answers > 0) == (position > 1)
    assert result(told).answers is None
    answered = [step.answers for step in replay(told, valid_at=DAY) if isinstance(step, Answered)]
    assert answered == sorted(answered)
    assert answered[-1] == result(told, valid_at=DAY).answers


@pytest.mark.parametrize("seed", range(3))
def test_answers_agree_on_other_histories_and_days(world: World, seed: int) -> None:
    world.append(random_history(Random(seed), 60))
    for days in (-400, 0, 2, 5, 365):
        assert result(world.database, valid_at=FIRST_DAY + timedelta(days=days)).ok


@pytest.fixture
def rows_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets every row pass, so that what the answers' comparison finds is its own finding."""
    monkeypatch.setattr(
        replaying, "compare", lambda *_: audit.comparing.Compared(rows=0, difference=None)
    )


@pytest.mark.usefixtures("rows_pass")
def test_a_changed_row_is_found_by_the_answer_that_it_changes(world: World) -> None:
    world.append(history_of(registered("mali"), registered("niger"), ACCUSATION))
    assert result(world.database, valid_at=day("2020-01-02")).answers == 1
    change(world.database, "UPDATE rm_a_sets SET level = 3")
    found = result(world.database, valid_at=day("2020-01-02"))
    assert not found.ok
    assert found.first_difference == AnswerDifference(
        ["mali", "niger"], "alignment", expected="strained", found="hostile"
    )
    assert result(world.database, valid_at=day("2019-12-31")).ok
    assert result(world.database, 2, day("2020-01-02")).ok


@pytest.mark.usefixtures("rows_pass")
def test_what_is_said_of_an_alliance_is_compared(world: World) -> None:
    world.append(
        history_of(registered("mali"), registered("niger"), formed("aes", ("mali", "niger")))
    )
    assert result(world.database, valid_at=day("2020-01-02")).answers == 2
    change(world.database, "UPDATE rm_a_formations SET name = 'Alliance'")
    found = result(world.database, valid_at=day("2020-01-02"))
    assert found.answers == 1
    assert found.first_difference == AnswerDifference(["aes"], "name", None, "Alliance")
    change(world.database, "DELETE FROM rm_a_formations")
    found = result(world.database, valid_at=day("2020-01-02"))
    assert found.first_difference == AnswerDifference(["aes"], "formed", expected=True, found=False)


@pytest.mark.usefixtures("rows_pass")
def test_an_actor_that_no_question_knows_is_found(world: World) -> None:
    world.append(history_of(registered("mali"), registered("niger"), ACCUSATION))
    change(world.database, "DELETE FROM rm_a_registrations WHERE actor = 'niger'")
    found = result(world.database, valid_at=day("2020-01-02"))
    assert found.first_difference == AnswerDifference(
        ["niger"], "registered", expected=True, found=False
    )


ACCUSATION = event(AccusationMade(accuser="mali", accused="niger"))


def history_of(*told_in_order: Event) -> History:
    return History(Random(0), events=list(told_in_order))


@pytest.mark.parametrize(
    ("table", "damage"),
    [
        ("rm_a_segments", "UPDATE rm_a_segments SET until = until + 1"),
        ("rm_a_segments", "DELETE FROM rm_a_segments"),
        ("rm_a_segments", "INSERT INTO rm_a_segments VALUES ('a', 'b', 1, 2, 3, 0)"),
        ("rm_a_segments", "INSERT INTO rm_a_segments VALUES ('x', 'y', 1, 2, 3, 0)"),
        ("rm_a_pairs", "DELETE FROM rm_a_pairs"),
        ("rm_a_pairs", "UPDATE rm_a_pairs SET touched = 2"),
    ],
)
def test_damaged_segments_are_found(world: World, table: str, damage: str) -> None:
    world.append(history_of(registered("mali"), registered("niger"), ACCUSATION))
    sweep_all(world.database)
    assert result(world.database).ok
    change(world.database, damage)
    assert difference(world.database).table == table
