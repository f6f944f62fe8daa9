"""The fast reader of events accepts just what the explaining one accepts, and reads the same."""

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claims import Claim
from domain.event import Event, Place
from domain.vocabulary import EVENT_TYPES, ActorDissolved
from infrastructure import forms
from infrastructure.codec import (
    StoredForm,
    UnreadableEvent,
    _explained,
    body_model,
    client_fields,
    decode,
    encode,
    read_event,
)
from tests.property.histories import random_history
from tests.unit.domain.valid_events import events

ID = "0197b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
GOLDEN = sorted((Path(__file__).parent.parent / "golden").glob("*.ndjson"))
STORED = [
    (EVENT_TYPES[file.stem.split(".v")[0]], line.encode())
    for file in GOLDEN
    for line in file.read_text("utf-8").splitlines()
]


def explained(data_type: type, body: bytes) -> Event | None:
    """What the explaining reader reads; None where it refuses."""
    try:
        return _explained(data_type, body, ID)
    except UnreadableEvent:
        return None


def from_form(read: Any, data_type: type, body: Any) -> Event | None:
    """What a fast reader reads; None where it refuses."""
    try:
        event: Event = read(data_type, body, ID)
    except ValueError:
        return None
    return event


@pytest.mark.parametrize(("data_type", "body"), STORED)
def test_golden_events_are_read_alike(data_type: type, body: bytes) -> None:
    event = explained(data_type, body)
    assert event is not None
    assert forms.from_json(data_type, body, ID) == event
    assert forms.from_fields(data_type, json.loads(body), ID) == event


@settings(max_examples=300, deadline=None)
@given(events())
def test_any_event_is_read_alike_and_written_as_rfc_8785_says(event: Event) -> None:
    body = encode(event).data
    assert forms.from_json(type(event.data), body, event.id) == event
    assert _explained(type(event.data), body, event.id) == event
    values = {name: getattr(event, name) for name in body_model(event.type).model_fields}
    written = (
        body_model(event.type).model_construct(**values).model_dump(mode="json", by_alias=True)
    )
    assert client_fields(event) == written
    assert body == rfc8785.dumps(written)


@pytest.mark.parametrize("seed", range(5))
def test_histories_are_read_alike(seed: int) -> None:
    for event in random_history(random.Random(seed), events=100).events:
        body = encode(event).data
        assert decode(event.id, StoredForm(event.type, 1, body)) == event
        assert _explained(type(event.data), body, event.id) == event


@pytest.mark.parametrize(
    "number", [19.0, -0.0, 0.0, 1e-7, 1.5e-9, 5e-324, -1e-6, 0.1 + 0.2, 90, 1e15]
)
def test_numbers_are_written_as_rfc_8785_says(number: float) -> None:
    assert written_latitude(number) == rfc8785.dumps(number)


@settings(max_examples=1_000, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_is_written_as_rfc_8785_says(number: float) -> None:
    assert written_latitude(number) == rfc8785.dumps(number)


def written_latitude(number: float) -> bytes:
    event = Event(
        id=ID, occurred="2020", data=ActorDissolved(actor="a"), place=Place(latitude=number)
    )
    return encode(event).data.split(b'"latitude":')[1].split(b",")[0]


def test_what_has_no_json_is_not_stored() -> None:
    dissolved = ActorDissolved(actor="a")
    for wrong in (
        Event(id=ID, occurred="2020", data=dissolved, note="\ud800"),
        Event(id=ID, occurred="2020", data=dissolved, place=Place(latitude=float("nan"))),
        Event(id=ID, occurred="2020", data=dissolved, claim=Claim(credibility=True)),
    ):
        with pytest.raises(ValueError, match=r"surrogates|float|bool"):
            encode(wrong)


BYTES = [
    *(bytes([one]) for one in b'{}[]",:\\ \t\n\r\0\x1f\x7f\x80\xff-+.eE019atfnu/'),
    *(b"null", b"true", b"NaN", b"Infinity", b"1.0", b"1e2", b"-0", b"1e999", b"9" * 30),
    *(b'"a"', b"{}", b"[]", b'"x":1,', b"\\u0000", b"\\ud800", b"\\ud83d\\ude00", b"\\x", b"\\/"),
    *(
        "é".encode(),
        "\u2028".encode(),
        "😀".encode(),
        b"\xed\xa0\x80",
        b"\xc0\x80",
        b"\xef\xbb\xbf",
    ),
]


@st.composite
def changed_bytes(draw: st.DrawFn) -> tuple[type, bytes]:
    """A stored event with a few bytes put in, taken out or changed."""
    data_type, body = draw(st.sampled_from(STORED))
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(body)))
        gone = draw(st.sampled_from((0, 0, 1, 1, 2, 4)))
        body = body[:at] + draw(st.sampled_from((b"", *BYTES))) + body[at + gone :]
    return data_type, body


@settings(max_examples=3_000, deadline=None)
@given(changed_bytes())
def test_changed_bytes_are_refused_or_read_alike(changed: tuple[type, bytes]) -> None:
    data_type, body = changed
    fast = from_form(forms.from_json, data_type, body)
    assert fast is None or fast == explained(data_type, body)


VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 7, 2**53, 2**70, 1.0, 1.5, -0.0, float("nan"), float("inf")),
    *("", "a", "9", "member", "\0", "\ud800", "😀", "x" * 6_000),
    *([], ["a"], [None], [1], [[]], {}, {"a": 1}, {"low": 1}, {"low": 1.0}, [{"name": "a"}], [{}]),
]


@st.composite
def changed_fields(draw: st.DrawFn) -> tuple[type, dict[str, Any]]:
    """A client's fields with a value changed, a field taken out or an unknown one put in."""
    data_type, body = draw(st.sampled_from(STORED))
    fields: dict[str, Any] = json.loads(body)
    for _ in range(draw(st.integers(1, 2))):
        inner: Any = fields
        for _ in range(draw(st.integers(0, 3))):
            deeper = list(inner.values()) if isinstance(inner, dict) else inner
            deeper = [one for one in deeper if isinstance(one, dict | list) and one]
            inner = draw(st.sampled_from(deeper)) if deeper else inner
        key = draw(st.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner))))
        match draw(st.sampled_from(("change", "change", "take out", "put in"))):
            case "put in" if isinstance(inner, dict):
                inner[draw(st.sampled_from(("x", "as", "as_", "id", "name", "")))] = draw(VALUE)
            case "take out" if isinstance(inner, dict):
                del inner[key]
            case _:
                inner[key] = draw(VALUE)
        if not fields:
            break
    return data_type, fields


VALUE = st.sampled_from(VALUES).map(deepcopy)


@settings(max_examples=3_000, deadline=None)
@given(changed_fields())
def test_changed_fields_are_refused_or_read_alike(changed: tuple[type, dict[str, Any]]) -> None:
    data_type, fields = changed
    fast = from_form(forms.from_fields, data_type, fields)
    assert fast is None or fast == explained(data_type, json.dumps(fields).encode())


def test_an_event_that_is_read_is_of_the_vocabularys_classes() -> None:
    for data_type, body in STORED:
        event = read_event({"type": data_type.TYPE, **json.loads(body)}, ID)
        assert type(event) is Event
        assert type(event.data) is data_type
        assert type(event.claim) is Claim
        assert event.place is None or type(event.place) is Place
