"""Events enter the log once, by decision, whatever else is being appended (DESIGN section 7)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from sqlalchemy import Connection, delete
from sqlalchemy.exc import OperationalError

from domain.event import Event
from domain.vocabulary import AccusationMade, StatementMade
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.log import (
    Appended,
    ContentConflict,
    ExpectedPositionAhead,
    PositionConflict,
    Refused,
    Submission,
    new_id,
)
from infrastructure.log.attempt import Attempt
from infrastructure.schema.log import event_tags
from tests.builders import event, registered, retracted, uid
from tests.property.comparing import World

WAIT = 20


def accusation(accuser: str, accused: str, called: str) -> Event:
    return event(AccusationMade(accuser=accuser, accused=accused), called=called)


def test_what_is_recorded_already_gets_its_first_receipt(world: World) -> None:
    first = world.log.append([registered("a"), registered("b")])
    assert (first.new, [one.position for one in first.receipts]) == (2, [1, 2])
    assert world.log.append([registered("b")]).receipts == first.receipts[1:]
    mixed = world.log.append([registered("b"), registered("c"), registered("a")])
    assert mixed.new == 1
    assert [one.position for one in mixed.receipts] == [2, 3, 1]


def test_an_id_with_other_content_is_a_conflict(world: World) -> None:
    world.log.append([registered("a")])
    with pytest.raises(ContentConflict) as conflict:
        world.log.append([registered("b"), registered("a", "1901")])
    assert conflict.value.ids == [(1, uid("registration of a"))]
    assert world.log.append([registered("b")]).receipts[0].position == 2


def test_a_batch_is_refused_whole_with_every_reason(world: World) -> None:
    world.log.append([registered("a")])
    with pytest.raises(Refused) as refused:
        world.log.append([registered("b"), accusation("x", "y", "1"), registered("a", called="2")])
    found = [(index, one.pointer, one.conflict) for index, one in refused.value.refusals]
    assert found == [
        (1, "/data/accuser", None),
        (1, "/data/accused", None),
        (2, "/data/actor", "actor-exists"),
    ]
    assert not refused.value.is_conflict
    assert world.log.append([registered("b")]).receipts[0].position == 2


def test_an_event_invalid_in_itself_never_gets_to_the_log(world: World) -> None:
    with pytest.raises(ValueError, match="/data/actor"):
        world.log.append([registered("Not A Slug")])


def test_an_id_given_twice_is_refused_at_once(world: World) -> None:
    with pytest.raises(ValueError, match="given twice"):
        world.log.append([registered("a"), registered("a")])


def test_an_expected_position_guards_the_actors_of_the_events(world: World) -> None:
    world.log.append([registered("a"), registered("b"), registered("c"), registered("d")])
    world.log.append([accusation("a", "b", "1")])
    world.log.append([accusation("c", "d", "2")], expected_position=4)
    with pytest.raises(PositionConflict) as conflict:
        world.log.append([accusation("d", "a", "3")], expected_position=4)
    assert (conflict.value.expected, conflict.value.position) == (4, 5)
    world.log.append([accusation("d", "a", "3")], expected_position=6)
    world.log.append([accusation("d", "a", "3")], expected_position=4)  # recorded already
    with pytest.raises(ExpectedPositionAhead):
        world.log.append([accusation("a", "d", "4")], expected_position=8)


def test_only_one_of_two_rival_registrations_is_accepted(
    world: World, other_process: World
) -> None:
    together = Barrier(2)

    def register(one: tuple[World, str]) -> str:
        opened, called = one
        together.wait(WAIT)
        try:
            opened.log.append([registered("a", called=called)])
        except Refused as refused:
            return str([refusal.conflict for _, refusal in refused.refusals])
        return "accepted"

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(register, [(world, "one"), (other_process, "other")]))
    assert outcomes == ["['actor-exists']", "accepted"]


def test_a_registration_cannot_go_while_somebody_is_naming_it(
    world: World, other_process: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The naming event lands after the retraction was decided and before it is recorded."""
    world.log.append([registered("a"), registered("b")])
    decided = Attempt.decide
    naming = event(StatementMade(speaker="b", about=("a",), tone="support"), called="naming")

    def and_meanwhile(attempt: Attempt) -> None:
        decided(attempt)
        if attempt.new and attempt.new[0].type == "ReportRetracted":
            other_process.log.append([naming])

    monkeypatch.setattr(Attempt, "decide", and_meanwhile)
    with pytest.raises(Refused) as refused:
        world.log.append([retracted("registration of a")])
    assert [one.conflict for _, one in refused.value.refusals] == ["actor-in-use"]


def test_an_unrelated_append_in_between_makes_no_difference(
    world: World, other_process: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.log.append([registered(actor) for actor in "abcd"])
    decided = Attempt.decide
    attempts: list[str] = []

    def and_meanwhile(attempt: Attempt) -> None:
        decided(attempt)
        attempts.append(attempt.new[0].id)
        if attempt.new[0].id == uid("1"):
            other_process.log.append([accusation("c", "d", "2")])

    monkeypatch.setattr(Attempt, "decide", and_meanwhile)
    appended = world.log.append([accusation("a", "b", "1")], expected_position=4)
    assert appended.receipts[0].position == 6
    assert attempts == [uid("1"), uid("2")]


def test_a_long_chain_of_corrections_is_filed_under_a_few_tags(world: World) -> None:
    world.log.append([registered("a"), registered("b"), accusation("a", "b", "0")])
    chain = [
        event(AccusationMade(accuser="a", accused="b"), called=str(n), corrects=str(n - 1))
        for n in range(1, 60)
    ]
    world.log.append(chain)
    *_, last = SqlRecorder(world.database).read()
    assert last.event.tags == sorted(
        ["actor:a", "actor:b", f"event:{uid('58')}", f"event:{uid('59')}"]
    )


def test_a_connection_lost_after_the_commit_loses_and_doubles_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Database.write

    @contextmanager
    def and_lose_the_connection(database: Database) -> Iterator[Connection]:
        with write(database) as conn:
            yield conn
        monkeypatch.undo()
        raise OperationalError("COMMIT", {}, ConnectionError("gone"), connection_invalidated=True)

    monkeypatch.setattr(Database, "write", and_lose_the_connection)
    first = world.log.append([registered("a"), registered("b")])
    assert [one.position for one in first.receipts] == [1, 2]
    assert world.log.append([registered("a"), registered("b")]).receipts == first.receipts


def test_submissions_of_a_group_each_have_their_own_outcome(world: World) -> None:
    world.log.append([registered("a"), registered("b")])
    outcomes = world.log.append_each(
        [
            Submission([accusation("a", "b", "1")]),
            Submission([registered("c"), accusation("c", "nobody", "2")]),
            Submission([accusation("c", "a", "3")]),
            Submission([registered("d")]),
            Submission([accusation("a", "d", "4"), accusation("a", "b", "1")]),
            Submission([registered("a", "1901")]),
            Submission([accusation("b", "a", "5")], expected_position=2),
            Submission([accusation("b", "a", "6")], expected_position=99),
            Submission([registered("a")]),
            Submission([accusation("b", "d", "7"), accusation("b", "d", "7")]),
        ]
    )
    told = [
        [one.position for one in outcome.receipts]
        if isinstance(outcome, Appended)
        else type(outcome)
        for outcome in outcomes
    ]
    # What shares an id with another of the group comes after it.
    assert told == [
        [3],
        Refused,
        Refused,
        [4],
        [5, 3],
        ContentConflict,
        PositionConflict,
        ExpectedPositionAhead,
        [1],
        ValueError,
    ]
    assert SqlRecorder(world.database).head().position == 5


def test_a_refused_submission_leaves_no_trace_for_those_after_it(world: World) -> None:
    """Its registration and its retraction were never recorded."""
    world.log.append([registered("a"), registered("b")])
    refused, accepted, registering = world.log.append_each(
        [
            Submission([registered("c"), retracted("registration of b"), retracted("nothing")]),
            Submission([accusation("a", "b", "1")]),
            Submission([registered("c", "1901")]),
        ]
    )
    assert isinstance(refused, Refused)
    assert isinstance(accepted, Appended)
    assert isinstance(registering, Appended)


def test_an_id_whose_tags_were_lost_is_still_recorded_once(world: World) -> None:
    first = world.log.append([registered("a")])
    with world.database.write() as conn:
        conn.execute(delete(event_tags))
    assert world.log.append([registered("a")]).receipts == first.receipts


def test_new_ids_are_uuids_of_version_7_in_order_of_time() -> None:
    ids = [new_id() for _ in range(50)]
    assert len(set(ids)) == 50
    assert all(one[14] == "7" and one[19] in "89ab" for one in ids)
    assert [one[:8] for one in ids] == sorted(one[:8] for one in ids)
