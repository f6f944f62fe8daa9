"""Events to and from JSON: round trips, canonical bytes, and a pointer for everything that is wrong."""

import json
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, get_type_hints

import pytest
import rfc8785
from hypothesis import given, settings

from domain.checks import problems
from domain.claims import Claim
from domain.event import Event
from domain.fields import MOST_WHOLE
from domain.vocabulary import EVENT_TYPES, EventData
from domain.walk import wire_name
from infrastructure import upcasters
from infrastructure.codec import (
    StoredForm,
    UnreadableEvent,
    client_fields,
    decode,
    encode,
    read_event,
)
from infrastructure.upcasters import NewerSchema
from tests.builders import ROOT
from tests.unit.domain.valid_events import events

ID = "0197b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"


@cache
def golden(type_name: str) -> tuple[str, str]:
    full, minimal = (
        (ROOT / "tests" / "golden" / f"{type_name}.v1.ndjson").read_text("utf-8").splitlines()
    )
    return full, minimal


def posted(type_name: str, *, full: bool = True) -> dict[str, Any]:
    """An event of the type as a client posts it; a copy of one's own."""
    body: dict[str, Any] = json.loads(golden(type_name)[0 if full else 1])
    if not full:
        body = {"occurred": body["occurred"], "data": body["data"]}
    return {"id": ID, "type": type_name, **body}


def pointers(body: dict[str, Any]) -> list[str]:
    """The pointers of everything wrong with a body."""
    with pytest.raises(UnreadableEvent) as refused:
        read_event(body, ID)
    return [problem.pointer for problem in refused.value.problems]


@settings(max_examples=300, deadline=None)
@given(events())
def test_an_event_is_read_as_it_was_stored(event: Event) -> None:
    stored = encode(event)
    assert decode(event.id, stored) == event
    assert encode(decode(event.id, stored)) == stored


@settings(max_examples=200, deadline=None)
@given(events())
def test_stored_bytes_are_canonical_json_of_the_client_fields(event: Event) -> None:
    stored = encode(event)
    fields_ = json.loads(stored.data)
    assert stored.data == rfc8785.dumps(fields_)
    assert fields_ == client_fields(event)
    assert set(fields_) == {
        "occurred", "data", "claim", "incident", "place", "supersedes", "reason", "note",
    }  # fmt: skip
    assert (stored.type, stored.schema_version) == (event.type, event.data.SCHEMA_VERSION)


def sparse(value: Any) -> Any:
    """A document without its nulls and empty lists and objects."""
    if isinstance(value, list):
        return [sparse(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: sparse(one) for key, one in value.items() if one not in (None, [], {})}


@settings(max_examples=200, deadline=None)
@given(events())
def test_what_a_client_leaves_out_is_filled_in(event: Event) -> None:
    body = sparse({"type": event.type, **client_fields(event)})
    assert encode(read_event(body, event.id)) == encode(event)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_defaults_are_stored(name: str) -> None:
    body = posted(name, full=False)
    for field in fields(EVENT_TYPES[name]):
        if field.default is not MISSING or field.default_factory is not MISSING:
            del body["data"][wire_name(field.name)]
    assert encode(read_event(body, ID)).data.decode() == golden(name)[1]


@pytest.mark.parametrize("nothing", [None, {}])
def test_a_claim_of_nothing_is_the_recorders(nothing: Any) -> None:
    event = read_event(posted("ActorDissolved", full=False) | {"claim": nothing}, ID)
    assert event.claim == Claim()


@pytest.mark.parametrize("name", ["incident", "place", "supersedes", "reason", "note"])
def test_null_is_the_same_as_absent(name: str) -> None:
    body = posted("ActorDissolved", full=False)
    assert read_event(body | {name: None}, ID) == read_event(body, ID)


def test_whole_numbers_are_kept_exactly() -> None:
    body = posted("AttackReported")
    body["data"]["killed"] = {"low": MOST_WHOLE - 1, "high": MOST_WHOLE}
    event = read_event(body, ID)
    assert problems(event) == []
    assert str(MOST_WHOLE).encode() in encode(event).data
    assert decode(ID, encode(event)) == event


def test_a_whole_number_of_degrees_is_a_number() -> None:
    event = read_event(
        posted("ActorDissolved") | {"place": {"latitude": 19, "longitude": -0.0}}, ID
    )
    assert decode(ID, encode(event)) == event
    assert b'"latitude":19,"longitude":0' in encode(event).data


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_what_is_required_is_pointed_at_when_missing(name: str) -> None:
    for field in fields(EVENT_TYPES[name]):
        body = posted(name)
        del body["data"][wire_name(field.name)]
        required = field.default is MISSING and field.default_factory is MISSING
        if required:
            assert pointers(body) == [f"/data/{wire_name(field.name)}"]
        else:
            read_event(body, ID)
    for envelope in ("occurred", "data"):
        body = posted(name)
        del body[envelope]
        assert pointers(body) == [f"/{envelope}"]


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path to every value within a document."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    return [path, *(deep for key, one in inner for deep in paths(one, (*path, key)))]


def put(body: Any, path: tuple[str | int, ...], value: Any) -> None:
    for step in path[:-1]:
        body = body[step]
    body[path[-1]] = value


def at(body: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        body = body[step]
    return body


# For each JSON type, values of other types: no text is taken for a number, no number for a text.
OTHERS: dict[type, list[Any]] = {
    str: [7, 1.5, True, [], ["a"], {}],
    int: ["9", 1.5, 2.0, True, [1], {}],
    float: ["9", True, [1.5], {}],
    bool: [0, 1, "true", "yes", []],
    list: ["a", 7, True, {}, {"0": "a"}],
    dict: ["a", 7, True, [], [{}]],
}


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_a_value_of_another_type_is_pointed_at(name: str) -> None:
    whole = posted(name)
    for path in paths(whole):
        if path in ((), ("id",), ("type",)):
            continue
        for other in OTHERS[type(at(whole, path))]:
            body = posted(name)
            put(body, path, other)
            pointer = "/" + "/".join(map(str, path))
            assert all(found.startswith(pointer) for found in pointers(body)), (path, other)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_a_field_of_no_name_is_pointed_at(name: str) -> None:
    whole = posted(name)
    for path in paths(whole):
        if isinstance(at(whole, path), dict) and path[-1:] != ("identifiers",):
            body = posted(name)
            at(body, path)["colour"] = "red"
            assert pointers(body) == ["/" + "/".join(map(str, (*path, "colour")))]


@pytest.mark.parametrize(
    ("name", "step"), [("a/b", "a~1b"), ("a~b", "a~0b"), ("~1", "~01"), ("as_", "as_"), ("", "")]
)
def test_a_pointer_spells_the_name_as_it_was_posted(name: str, step: str) -> None:
    body = posted("ActorDissolved")
    body["data"][name] = "red"
    assert pointers(body) == [f"/data/{step}"]


@pytest.mark.parametrize(
    "name", ["position", "recorded_at", "recorded_by", "hash", "schema_version"]
)
def test_the_servers_fields_are_not_the_clients(name: str) -> None:
    assert pointers(posted("ActorDissolved") | {name: 1}) == [f"/{name}"]


def test_the_names_of_python_are_not_on_the_wire() -> None:
    body = posted("MembershipStarted")
    body["data"]["as_"] = body["data"].pop("as")
    assert len(pointers(body)) == 1


@pytest.mark.parametrize("kind", [None, "", "actordissolved", "Event", 7, ["ActorDissolved"], {}])
def test_a_type_is_one_of_the_vocabulary(kind: Any) -> None:
    assert pointers(posted("ActorDissolved") | {"type": kind}) == ["/type"]


def test_a_type_is_required() -> None:
    body = posted("ActorDissolved")
    del body["type"]
    assert pointers(body) == ["/type"]


def literals() -> list[tuple[str, str]]:
    """Every field of every type that is a choice of words."""
    return [
        (name, field.name)
        for name, data in EVENT_TYPES.items()
        for field in fields(data)
        if isinstance(field.type, str) and "Literal" in str(get_type_hints(data, include_extras=True)[field.name])
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "field"), literals())
def test_a_word_that_is_no_choice_is_pointed_at(name: str, field: str) -> None:
    body = posted(name)
    value = body["data"][wire_name(field)]
    pointer = f"/data/{wire_name(field)}"
    if isinstance(value, list):
        body["data"][wire_name(field)] = [*value, "else"]
        pointer += f"/{len(value)}"
    elif isinstance(value, dict):
        body["data"][wire_name(field)] = {**value, "else": "x"}
        pointer += "/else"
    else:
        body["data"][wire_name(field)] = "else"
    assert pointers(body) == [pointer]


@pytest.mark.parametrize("grade", ["1", 1.0, 1.5, True, [1], "A"])
def test_credibility_is_a_whole_number(grade: Any) -> None:
    assert pointers(posted("ActorDissolved") | {"claim": {"credibility": grade}}) == [
        "/claim/credibility"
    ]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_coordinates_are_finite(number: float) -> None:
    body = posted("ActorDissolved") | {"place": {"latitude": number}}
    assert pointers(body) == ["/place/latitude"]


def test_everything_wrong_is_told_at_once() -> None:
    body = posted("AttackReported")
    body["data"] = {"attacker": 7, "killed": {"low": "9"}, "colour": "red"}
    del body["occurred"]
    assert sorted(pointers(body)) == [
        "/data/attacker",
        "/data/colour",
        "/data/killed/low",
        "/data/target",
        "/occurred",
    ]


def test_old_versions_are_read_through_their_upcasters(monkeypatch: pytest.MonkeyPatch) -> None:
    def named(fields_: dict[str, Any]) -> dict[str, Any]:
        data = {"actor": fields_["data"]["who"]}
        return fields_ | {"data": data}

    def dated(fields_: dict[str, Any]) -> dict[str, Any]:
        return fields_ | {"occurred": fields_["occurred"].replace("circa ", "") + "~"}

    dissolved = EVENT_TYPES["ActorDissolved"]
    monkeypatch.setattr(dissolved, "SCHEMA_VERSION", 3)
    monkeypatch.setitem(upcasters.STEPS, ("ActorDissolved", 1), named)
    monkeypatch.setitem(upcasters.STEPS, ("ActorDissolved", 2), dated)
    first = StoredForm("ActorDissolved", 1, b'{"data":{"who":"mali"},"occurred":"circa 2020"}')
    second = StoredForm("ActorDissolved", 2, b'{"data":{"actor":"mali"},"occurred":"circa 2020"}')
    third = StoredForm("ActorDissolved", 3, b'{"data":{"actor":"mali"},"occurred":"2020~"}')
    assert decode(ID, first) == decode(ID, second) == decode(ID, third)
    assert decode(ID, first).occurred == "2020~"
    with pytest.raises(NewerSchema, match="ActorDissolved version 4"):
        decode(ID, StoredForm("ActorDissolved", 4, third.data))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_type_is_a_frozen_dataclass_of_its_own(name: str) -> None:
    data = EVENT_TYPES[name]
    assert is_dataclass(data)
    assert issubclass(data, EventData)
    assert name == data.TYPE
    assert "TYPE" in vars(data)
    event = read_event(posted(name), ID)
    with pytest.raises(AttributeError):
        event.occurred = "2020"  # type: ignore[misc]  # that it is frozen is the point
