"""What the log says of an event must follow from its data, even where every hash is right."""

from collections.abc import Callable
from random import Random

import pytest
from sqlalchemy import update

from domain.event import Event
from domain.tags import targets_of
from infrastructure.codec import encode
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import NewEvent, StoredEvent
from infrastructure.event_store.verification import Fault
from infrastructure.proving.verifying import stored_hash, verify_log
from infrastructure.schema.log import events
from tests.contract.tampering import at, rewritten
from tests.property.histories import random_history

EVENTS = 60
SEED = 8


@pytest.fixture(scope="module")
def told() -> list[tuple[Event, NewEvent]]:
    """A history with curating events, as the log takes them."""
    history = random_history(Random(SEED), EVENTS)
    drafts = []
    for event in history.events:
        form, tags = encode(event), list(history.register.tags[event.id])
        drafts.append(
            (event, NewEvent(form.type, form.data, tags, event.id, form.schema_version, "ann"))
        )
    return drafts


@pytest.fixture
def recorded(recorder: SqlRecorder, told: list[tuple[Event, NewEvent]]) -> list[Event]:
    recorder.append([draft for _, draft in told])
    return [event for event, _ in told]


def fault_of(database: Database) -> Fault | None:
    return verify_log(database).first_bad


def place(recorded: list[Event], wanted: Callable[[Event], bool]) -> int:
    """The position of the last event of a kind, so that others come before it."""
    return max(number for number, event in enumerate(recorded, 1) if wanted(event))


def test_a_log_of_ours_is_whole(database: Database, recorded: list[Event]) -> None:
    verdict = verify_log(database)
    assert (verdict.ok, verdict.position) == (True, len(recorded))


def forged(database: Database, position: int, change: Callable[[StoredEvent], None]) -> Fault:
    """What is found after one event was changed and the log chained anew from there."""

    def one(event: StoredEvent) -> None:
        if event.position == position:
            change(event)

    rewritten(database, position, one)
    verdict = verify_log(database)
    assert verdict.position == position - 1
    assert stored_hash(database, position - 1) == (position - 1, verdict.hash)
    assert verdict.first_bad is not None
    assert verdict.first_bad.position == position
    return verdict.first_bad


def without_a_tag(event: StoredEvent) -> None:
    event.event.tags = event.event.tags[1:]


def with_another_tag(event: StoredEvent) -> None:
    event.event.tags = sorted([*event.event.tags, "actor:nobody"])


def with_none(event: StoredEvent) -> None:
    event.event.tags = []


@pytest.mark.parametrize("change", [without_a_tag, with_another_tag, with_none])
@pytest.mark.parametrize("curating", [True, False])
def test_tags_that_the_data_does_not_give_are_found(
    database: Database,
    recorded: list[Event],
    change: Callable[[StoredEvent], None],
    *,
    curating: bool,
) -> None:
    position = place(recorded, lambda event: bool(targets_of(event)) == curating)
    assert "the tags are not those that the data" in forged(database, position, change).reason


def of_another_type(event: StoredEvent) -> None:
    event.event.type = "ActorDissolved" if event.event.type != "ActorDissolved" else "ActorRenamed"


def of_no_type(event: StoredEvent) -> None:
    event.event.type = "Nothing"


def of_a_later_version(event: StoredEvent) -> None:
    event.schema_version = 99


def of_no_data(event: StoredEvent) -> None:
    event.event.data = b"{}"


def of_no_json(event: StoredEvent) -> None:
    event.event.data = b"\xff"


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (of_another_type, "the data is not that of "),
        (of_no_type, "there is no event type Nothing"),
        (of_a_later_version, "version 99 is newer than this program's"),
        (of_no_data, "the data is not that of "),
        (of_no_json, "the data is not that of "),
    ],
)
@pytest.mark.parametrize("position", [1, EVENTS // 2, EVENTS])
def test_data_that_its_type_and_version_do_not_read_is_found(
    database: Database, position: int, change: Callable[[StoredEvent], None], reason: str
) -> None:
    assert reason in forged(database, position, change).reason


def test_a_curated_event_that_is_gone_is_found(database: Database, recorded: list[Event]) -> None:
    position = place(recorded, lambda event: bool(targets_of(event)))
    target = targets_of(recorded[position - 1])[0]
    earlier = [event.id for event in recorded].index(target) + 1

    def renamed(event: StoredEvent) -> None:
        if event.position == earlier:
            event.id = None  # another application's, which nobody reads

    rewritten(database, earlier, renamed)
    fault = fault_of(database)
    assert fault is not None
    assert f"it names the event {target}, which is not before it" in fault.reason


def test_erased_events_and_foreign_ones_are_passed_over(
    database: Database, recorder: SqlRecorder, recorded: list[Event]
) -> None:
    recorder.append([NewEvent("Foreign", b"\xff", ["b", "a"])])
    with database.write() as conn:
        conn.execute(update(events).where(at(3)).values(data=None, salt=None))
    assert verify_log(database).position == len(recorded) + 1
    assert fault_of(database) is None
