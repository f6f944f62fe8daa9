"""Every former version of a type can be read: nothing of it is missing, and no step guesses."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from domain.checks import problems
from domain.fields import ActorId
from domain.vocabulary import EVENT_TYPES, EventData
from infrastructure import codec, forms, upcasters
from infrastructure.codec import StoredForm, UnreadableEvent, decode, encode, read_event
from infrastructure.upcasters import SHAPES, STEPS, NewerSchema

GOLDEN = Path(__file__).parents[1] / "golden"
ID = "0197b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"


@dataclass(frozen=True, slots=True, kw_only=True)
class First(EventData):
    """An expulsion as a former release knew it."""

    TYPE: ClassVar[str] = "ForcesExpelled"

    by: ActorId
    expelled: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class Second(EventData):
    TYPE: ClassVar[str] = "ForcesExpelled"
    SCHEMA_VERSION: ClassVar[int] = 2

    host: ActorId
    expelled: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class Third(EventData):
    TYPE: ClassVar[str] = "ForcesExpelled"
    SCHEMA_VERSION: ClassVar[int] = 3

    host: ActorId
    expelled: ActorId
    deadline: Literal["at-once", "later", "unspecified"] = "unspecified"


def to_second(fields: dict[str, Any]) -> dict[str, Any]:
    data = dict(fields["data"])
    host = data.pop("by")
    return fields | {"data": data | {"host": host}}


def to_third(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"data": fields["data"] | {"deadline": "unspecified"}}


def missing(types: dict[str, type[EventData]]) -> set[str]:
    """What is not there of the former versions of these types."""
    former = {
        (name, version) for name, data in types.items() for version in range(1, data.SCHEMA_VERSION)
    }
    found = {"step": set(STEPS), "shape": set(SHAPES)}
    lacking = {
        f"{what} {name} {version}"
        for what, there in found.items()
        for name, version in former - there
    }
    left = {f"{what} left" for what, there in found.items() if there - former}
    files = {f"{name}.v{version}.ndjson" for name, version in former}
    return lacking | left | {f"file {name}" for name in files if not (GOLDEN / name).exists()}


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A release in which the type is at its third version."""
    monkeypatch.setitem(EVENT_TYPES, "ForcesExpelled", Third)
    for version, shape, step in ((1, First, to_second), (2, Second, to_third)):
        monkeypatch.setitem(SHAPES, ("ForcesExpelled", version), shape)
        monkeypatch.setitem(STEPS, ("ForcesExpelled", version), step)
    codec.body_model.cache_clear()
    yield
    codec.body_model.cache_clear()


def test_every_former_version_has_its_step_its_shape_and_its_golden_file() -> None:
    assert missing(EVENT_TYPES) == set()


@pytest.mark.usefixtures("grown")
def test_what_is_missing_of_a_former_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing(EVENT_TYPES) == {"file ForcesExpelled.v2.ndjson"}
    monkeypatch.delitem(upcasters.STEPS, ("ForcesExpelled", 1))
    monkeypatch.delitem(upcasters.SHAPES, ("ForcesExpelled", 2))
    monkeypatch.setitem(upcasters.STEPS, ("CoupOccurred", 1), to_third)
    assert missing(EVENT_TYPES) == {
        "step ForcesExpelled 1",
        "shape ForcesExpelled 2",
        "file ForcesExpelled.v2.ndjson",
        "step left",
    }


def try_step(name: str, version: int, lines: list[bytes]) -> None:
    """A step reads the events of its version, changes nothing given, and makes valid events."""
    for line in lines:
        given = json.loads(line)
        STEPS[name, version](given)
        assert given == json.loads(line)
        assert problems(decode(ID, StoredForm(name, version, line))) == []
        written = forms.from_fields(SHAPES[name, version], json.loads(line), ID)
        assert forms.to_json(written) == line


def test_every_step_reads_the_golden_events_of_its_version() -> None:
    for name, version in STEPS:
        try_step(name, version, (GOLDEN / f"{name}.v{version}.ndjson").read_bytes().splitlines())


@pytest.mark.usefixtures("grown")
def test_a_step_that_spoils_what_it_is_given_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    today = decode(ID, stored(1, by="mali", expelled="chad"))
    line = forms.to_json(replace(today, data=First(by="mali", expelled="chad")))
    try_step("ForcesExpelled", 1, [line])

    def spoiling(fields: dict[str, Any]) -> dict[str, Any]:
        fields["data"]["host"] = fields["data"].pop("by")
        return fields

    monkeypatch.setitem(STEPS, ("ForcesExpelled", 1), spoiling)
    with pytest.raises(AssertionError):
        try_step("ForcesExpelled", 1, [line])


def stored(version: int, **data: Any) -> StoredForm:
    fields = {"data": data, "occurred": "2020"}
    return StoredForm("ForcesExpelled", version, json.dumps(fields).encode())


@pytest.mark.usefixtures("grown")
def test_a_chain_of_steps_reads_every_version_alike() -> None:
    versions = [
        stored(1, by="mali", expelled="france"),
        stored(2, host="mali", expelled="france"),
        stored(3, host="mali", expelled="france", deadline="unspecified"),
    ]
    first, *others = [decode(ID, form) for form in versions]
    assert first.data == Third(host="mali", expelled="france")
    assert others == [first, first]
    assert encode(first).schema_version == 3


@pytest.mark.usefixtures("grown")
def test_a_client_may_write_any_version_and_never_two_at_once() -> None:
    def posted(**data: Any) -> dict[str, Any]:
        return {"type": "ForcesExpelled", "occurred": "2020", "data": data}

    today = read_event(posted(host="mali", expelled="france"), ID)
    assert read_event(posted(by="mali", expelled="france"), ID) == today
    for wrong, pointer in (
        (posted(by="mali", host="mali", expelled="france"), "/data/by"),
        (posted(by="mali", expelled="france", deadline="later"), "/data/by"),
        (posted(by=7, expelled="france"), "/data/by"),
    ):
        with pytest.raises(UnreadableEvent) as raised:
            read_event(wrong, ID)
        assert pointer in {problem.pointer for problem in raised.value.problems}


def test_what_only_a_newer_release_knows_is_named() -> None:
    with pytest.raises(
        NewerSchema, match="ForcesExpelled version 2 is newer than this program's 1"
    ):
        decode(ID, stored(2, host="mali", expelled="france"))
    with pytest.raises(NewerSchema, match="CouncilHeld is no event type that this release knows"):
        decode(ID, StoredForm("CouncilHeld", 1, b"{}"))
