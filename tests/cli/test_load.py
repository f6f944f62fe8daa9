"""`foedus load`: three forms of file, whole batches, ids that last, errors that name the place."""

import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from api.cli.event_files import EventFile
from infrastructure.database import Database
from infrastructure.questions.segments import count_stale
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.log import events as stored_events
from tests.cli.conftest import Ended, Foedus

Case = dict[str, Any]
Load = Callable[..., Ended]


def actor(name: str, **fields: Any) -> dict[str, Any]:
    data = {"actor": name, "kind": "state", "name": name.title()}
    return {"type": "ActorRegistered", "occurred": "1960", "data": data, **fields}


def as_ndjson(events: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def ids(url: str) -> list[str]:
    """The ids in the log, in order."""
    database = Database(url)
    column = stored_events.c.event_id
    with database.read() as conn:
        found = list(conn.scalars(select(column).order_by(stored_events.c.position)))
    database.dispose()
    return found


@pytest.fixture
def load(foedus: Foedus, tmp_path: Path) -> Load:
    """Writes the bytes to a file and loads it."""

    def write_and_load(content: bytes, name: str = "events.json") -> Ended:
        (tmp_path / name).write_bytes(content)
        return foedus("load", tmp_path / name)

    return write_and_load


FORMS = {
    "array": lambda case: json.dumps(case["events"]).encode(),
    "array on many lines": lambda case: json.dumps(case["events"], indent=1).encode(),
    "case": lambda case: json.dumps(case).encode(),
    "case on many lines": lambda case: b"\n \n" + json.dumps(case, indent=1).encode(),
    "ndjson": lambda case: as_ndjson(case["events"]),
    "ndjson with blanks": lambda case: b"\n" + as_ndjson(case["events"]).replace(b"\n", b"\r\n\n"),
    "ndjson without a last line end": lambda case: as_ndjson(case["events"]).rstrip(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_file_is_read(load: Load, file_store: Path, case: Case, form: str) -> None:
    ended = load(FORMS[form](case))
    assert ended == Ended(0, "46 events read, 46 new; the log is at position 46\n", "")
    assert ids(f"sqlite:///{file_store}") == [event["id"] for event in case["events"]]


def stale(url: str) -> tuple[int, int]:
    """How many pairs there are, and how many of them are still to be worked out."""
    database = Database(url)
    with database.read() as conn:
        snapshot = Snapshot.of(conn)
        pairs = conn.execute(select(func.count()).select_from(snapshot.models.pairs)).scalar_one()
        found = pairs, count_stale(snapshot)
    database.dispose()
    return found


def test_loading_and_rebuilding_leave_no_pair_to_be_worked_out(
    store: str, load: Load, foedus: Foedus, case: Case
) -> None:
    """Without a server nobody else would."""
    load(as_ndjson(case["events"]))
    pairs, left = stale(store)
    assert (pairs > 5, left) == (True, 0)
    foedus("rebuild")
    assert stale(store) == (pairs, 0)


def test_a_second_load_adds_nothing(store: str, load: Load, case: Case) -> None:
    for new in (46, 0):
        ended = load(as_ndjson(case["events"]))
        assert ended.out == f"46 events read, {new} new; the log is at position 46\n"
    assert ids(store) == [event["id"] for event in case["events"]]


@pytest.mark.usefixtures("store")
def test_standard_input_is_read(foedus: Foedus) -> None:
    ended = foedus("load", "-", stdin=as_ndjson([actor("mali"), actor("france")]))
    assert ended == Ended(0, "2 events read, 2 new; the log is at position 2\n", "")


def test_events_without_an_id_get_one_that_lasts(store: str, load: Load) -> None:
    named = actor("niger", id=str(uuid.uuid4()))
    content = as_ndjson([actor("mali"), named, actor("france")])
    assert "3 new" in load(content).out
    assert "3 events read, 0 new" in load(content, "the same under another name").out
    first, second, third = ids(store)
    assert second == named["id"]
    assert {uuid.UUID(first).version, uuid.UUID(third).version} == {5}
    assert first != third


def test_the_ids_that_a_file_gets_never_change() -> None:
    content = b'[{"type": "ActorDissolved", "occurred": "2020", "data": {"actor": "mali"}}]'
    [entry] = EventFile("x", io.BytesIO(content)).entries()
    assert entry.event is not None
    assert entry.event.id == "655e3034-a11d-5f17-83ff-be1297879f8e"


def test_a_load_is_projected(store: str, load: Load, case: Case) -> None:
    load(as_ndjson(case["events"]))
    database = Database(store)
    with database.read() as conn:
        assert Snapshot.of(conn).position == 46
    database.dispose()


@pytest.mark.usefixtures("store")
def test_more_than_one_batch_is_loaded(load: Load) -> None:
    content = as_ndjson([actor(f"actor-{number}") for number in range(2100)])
    assert load(content).out == "2,100 events read, 2,100 new; the log is at position 2,100\n"


def test_a_refused_batch_is_not_stored_and_those_before_it_are(store: str, load: Load) -> None:
    events = [actor(f"actor-{number}") for number in range(1100)]
    events[1050]["data"]["actor"] = "actor-3"
    ended = load(as_ndjson(events), "many.ndjson")
    assert (ended.code, ended.out) == (2, "")
    wrong, stopped, warning = ended.err.splitlines()
    assert wrong.endswith(
        "many.ndjson, line 1051: /data/actor: an actor is already registered as actor-3"
    )
    assert stopped == "stopped: 1,000 events read, 1,000 new; nothing else of this file was stored"
    assert warning.startswith("the first 1,000 events have ids made from this file's hash")
    assert len(ids(store)) == 1000


@pytest.mark.usefixtures("file_store")
def test_a_load_with_ids_goes_on_from_a_corrected_file(load: Load) -> None:
    events = [actor(f"actor-{number}", id=str(uuid.uuid4())) for number in range(1100)]
    right, events[1050]["note"] = events[1050], ""
    stopped = load(as_ndjson(events))
    assert stopped.err.endswith("nothing else of this file was stored\n")
    del right["note"]
    assert load(as_ndjson(events)).out.startswith("1,100 events read, 100 new")


WRONG: dict[str, tuple[bytes, str]] = {
    "an array": (
        json.dumps([actor("mali"), {"type": "Coup"}]).encode(),
        "f: /1/type: must be one of the event types",
    ),
    "a case": (
        json.dumps({"events": [actor("mali"), actor("x", occurred="9999-99")]}).encode(),
        "f: /events/1/occurred: 9999-99 is not on the calendar",
    ),
    "a line": (
        as_ndjson([actor("mali"), actor("x", note="")]),
        "f, line 2: /note: must not be empty",
    ),
    "the log's word": (
        json.dumps(
            [{"type": "ActorDissolved", "occurred": "2020", "data": {"actor": "m"}}]
        ).encode(),
        "f: /0/data/actor: no actor is registered as m",
    ),
    "no object": (b"[1]", "f: /0: must be an event: an object"),
    "no list": (b'{"events": {}}', "f: /events: holds no list of events"),
    "one event alone": (
        json.dumps(actor("mali"), indent=1).encode(),
        "f: the document: holds no list of events",
    ),
    "no JSON": (b"[{]", "f: not JSON: line 1, column 3"),
    "no JSON in a line": (
        as_ndjson([actor("mali")]) + b"{]\n",
        "f, line 2: not JSON: line 1, column 2",
    ),
    "no JSON in the first line": (b"{]\n" + as_ndjson([actor("mali")]), "f, line 1: not JSON"),
    "not UTF-8": (b'{"type": "\xff"}\n', "f, line 1: not JSON: is not UTF-8 from byte 10 on"),
    "a key twice": (b'{"type": "A", "type": "A"}\n', "f, line 1: /type: is given more than once"),
    "NaN": (b'{"type": NaN}\n', "f, line 1: /type: NaN is not a JSON number"),
    "empty": (b"", "f: not JSON"),
    "a log": (
        as_ndjson([actor("mali", position=1, recorded_at="2024-01-01T00:00:00Z", hash="0")]),
        "f: holds events as a log has recorded them",
    ),
    "an id that is none": (as_ndjson([actor("mali", id="1")]), "f, line 1: /id: must be a UUID"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_named_with_its_place(file_store: Path, load: Load, wrong: str) -> None:
    content, says = WRONG[wrong]
    ended = load(content, "f")
    assert ended.code == 2
    assert f"/{says}" in ended.err
    assert "stopped: 0 events read, 0 new" in ended.err
    assert ids(f"sqlite:///{file_store}") == []


@pytest.mark.usefixtures("file_store")
def test_every_wrong_event_of_a_batch_is_named_up_to_a_number(load: Load) -> None:
    ended = load(as_ndjson([actor("mali", note="")] * 30))
    assert len(ended.err.splitlines()) == 22
    assert "line 20: /note" in ended.err
    assert "and 10 more" in ended.err


@pytest.mark.usefixtures("file_store")
def test_a_file_that_cannot_be_opened_is_told(foedus: Foedus, home: Path) -> None:
    assert f"{home}/none: No such file or directory" in foedus("load", home / "none").err
    assert f"{home}: Is a directory" in foedus("load", home).err


def test_an_id_with_other_content_is_refused(file_store: Path, load: Load) -> None:
    one = actor("mali", id=str(uuid.uuid4()))
    load(json.dumps([one]).encode())
    ended = load(json.dumps([actor("niger"), one | {"note": "else"}]).encode())
    assert ended.code == 2
    assert f"/1/id: the log holds another content under {one['id']}" in ended.err
    assert len(ids(f"sqlite:///{file_store}")) == 1


@pytest.mark.usefixtures("file_store")
def test_an_event_twice_in_a_file_is_stored_once(load: Load) -> None:
    one = actor("mali", id=str(uuid.uuid4()))
    assert load(as_ndjson([one, one, actor("niger")])).out.startswith("3 events read, 2 new")
    changed = load(as_ndjson([actor("chad"), one, one | {"note": "else"}]))
    assert changed.code == 2
    assert "line 3: /id: the log holds another content" in changed.err


def test_ndjson_is_read_a_line_at_a_time() -> None:
    content = as_ndjson([actor(f"actor-{number}") for number in range(50_000)])
    stream = io.BytesIO(content)
    entries = EventFile("many", stream).entries()
    next(entries)
    assert stream.tell() < len(content) / 100


@pytest.mark.usefixtures("file_store")
def test_progress_is_plain_lines_where_there_is_no_terminal(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.cli.terminal._PLAIN_EVERY_SECONDS", 0.0)
    ended = load(as_ndjson([actor(f"actor-{number}") for number in range(1500)]), "f.ndjson")
    assert "f.ndjson: 1,000 of 1,500 events\n" in ended.err
    assert "f.ndjson: 1,500 of 1,500 events, " in ended.err
    assert "\x1b" not in ended.err
