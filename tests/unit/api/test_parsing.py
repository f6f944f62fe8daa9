"""Reading bodies strictly: what is accepted, and what hypothesis finds to break it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.parsing import (
    MOST_PROBLEMS,
    RefusedBody,
    UnreadableBody,
    _explained,
    _flawless,
    read_posted,
)

REGISTRATION = {
    "type": "ActorRegistered",
    "occurred": "1960",
    "data": {"actor": "mali", "kind": "state", "name": "Mali"},
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def refused(document: Any) -> list[tuple[str, str]]:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(RefusedBody) as refusal:
        read_posted(raw, 1_000)
    return [(problem.pointer, problem.message) for problem in refusal.value.problems]


def test_one_event_and_a_list_of_one_are_told_apart() -> None:
    alone = read_posted(json.dumps(REGISTRATION).encode(), 1_000)
    listed = read_posted(json.dumps([REGISTRATION]).encode(), 1_000)
    assert (alone.alone, alone.pointer(0)) == (True, "")
    assert (listed.alone, listed.pointer(0)) == (False, "/0")
    assert len(alone.events) == len(listed.events) == 1


def test_absent_and_null_are_the_same() -> None:
    event_id = "3f9d0c1e-6d0c-4b39-9a57-0d3f5f0f3a42"
    spelled = REGISTRATION | {"claim": None, "place": None, "note": None, "id": event_id}
    one, other = (
        read_posted(json.dumps(fields).encode(), 1_000).events
        for fields in (REGISTRATION | {"id": event_id}, spelled)
    )
    assert one == other
    anonymous = read_posted(json.dumps(REGISTRATION | {"id": None}).encode(), 1_000)
    assert anonymous.events[0].id


@pytest.mark.parametrize(
    "text",
    ["", " ", "é", "\U0001f54a", "a\tb\nc", "\x7f", "\ufeff", "\ufffe", "\u2028", "e\u0301"],
)
def test_any_text_that_both_databases_keep_is_read(text: str) -> None:
    note = f"[{text}]"
    for raw in (json.dumps(REGISTRATION | {"note": note}),
                json.dumps(REGISTRATION | {"note": note}, ensure_ascii=False)):  # fmt: skip
        assert read_posted(raw.encode(), 1_000).events[0].note == note


def test_sixty_four_levels_are_looked_at_and_no_more() -> None:
    at_64 = [pointer for pointer, _ in refused(b"[" * 64 + b"NaN" + b"]" * 64)]
    assert at_64 == ["/0" * 64]
    at_66 = refused(b"[" * 66 + b"NaN" + b"]" * 66)
    assert at_66 == [("/0" * 65, "nested deeper than 64 levels")]


def test_whole_numbers_are_read_up_to_what_every_reader_keeps() -> None:
    def latitude(text: str) -> Any:
        fields = json.dumps(REGISTRATION | {"place": {"latitude": "?"}})
        return fields.replace('"?"', text).encode()

    for text in ("9007199254740991", "-9007199254740991"):
        assert refused(latitude(text)) == [("/place/latitude", "must be from -90 to 90")]
    for text in ("9007199254740992", "-9007199254740992", "1" + "0" * 30, "9" * 10_000):
        assert refused(latitude(text)) == [
            ("/place/latitude", "must be a whole number within ±9007199254740991")
        ]
    assert read_posted(latitude("-0"), 1_000).events[0].place
    assert read_posted(latitude("1e1"), 1_000).events[0].place


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"identifiers": {"isni": "1"}}, "/data/identifiers/isni"),
        ({"a/b~": 1}, "/data/a~1b~0"),
        ({"name_": 1}, "/data/name_"),
        ({"": 1}, "/data/"),
    ],
)
def test_pointers_lead_to_the_place(data: dict[str, Any], expected: str) -> None:
    fields = dict(REGISTRATION, data={"actor": "mali", "kind": "state", "name": "Mali"} | data)
    assert [pointer for pointer, _ in refused(fields)] == [expected]


def test_problems_are_told_up_to_a_hundred() -> None:
    assert len(refused([{}] * 250)) == MOST_PROBLEMS
    inner = ",".join(["NaN"] * 100)
    assert len(refused(f'{{"a": [{inner}], "b": [{inner}]}}'.encode())) == MOST_PROBLEMS


def places(raw: bytes) -> list[str] | None:
    """Where a body is wrong; None where it is an event."""
    try:
        read_posted(raw, 1_000)
    except RefusedBody as refusal:
        return [problem.pointer for problem in refusal.problems]
    return None


@given(VALUES)
def test_no_value_breaks_it(document: Any) -> None:
    """Whatever JSON it is, it is refused with pointers that lead to a place in it."""
    found = places(json.dumps(document).encode())
    assert found
    assert all(not pointer or pointer.startswith("/") for pointer in found)


@given(st.sampled_from(["type", "occurred", "data", "claim", "id", "note", "place"]), VALUES)
def test_no_value_of_a_field_breaks_it(name: str, value: Any) -> None:
    found = places(json.dumps(REGISTRATION | {name: value}).encode())
    assert found is None or {pointer.split("/")[1] for pointer in found} == {name}


@given(st.binary())
def test_no_bytes_break_it(raw: bytes) -> None:
    with pytest.raises((RefusedBody, UnreadableBody)):
        read_posted(raw, 1_000)


REPORT = {
    "id": "3F9D0C1E-6D0C-4B39-9A57-0D3F5F0F3A42",
    "type": "AttackReported",
    "occurred": "2024-07-27",
    "data": {"attacker": "mali", "target": "jnim", "killed": {"low": 9}},
    "claim": {"claimant": "mali", "credibility": 2, "citations": [{"quote": "\U0001f54a"}]},
    "place": {"latitude": 20.5, "longitude": 1},
    "supersedes": "3F9D0C1E-6D0C-4B39-9A57-0D3F5F0F3A41",
    "reason": "better",
}
CHANGES = [
    *("NaN", "-Infinity", "1e999", "1" + "0" * 30, "-0", "9.0", "null", "true", "{}", "[]", '"a"'),
    *('"\\u0000"', '"\\ud83d"', '"\\ude00"', '"\\ud83d\\ude00"', '"\\\\ud83d\\ude00"'),
    *('"note":"\\ud800",', '"id":null,', '"low":1,', '"type":"AllianceEnded",', "\ufeff", "[" * 70),
    *(" ", ",", "}", "]", "\n", "\x00", "\x7f"),
]


@st.composite
def changed_bodies(draw: st.DrawFn) -> bytes:
    """A body of a few events with something put into or in the place of something else."""
    escaped = draw(st.booleans())
    several = draw(st.lists(st.sampled_from([REPORT, REGISTRATION]), min_size=0, max_size=2))
    text = json.dumps(several or REPORT, ensure_ascii=escaped, separators=(",", ":"))
    ends = [at for at, sign in enumerate(text) if sign in ',:{["}]'] + [len(text)]
    at = draw(st.sampled_from(ends))
    upto = draw(st.sampled_from([end for end in ends if at <= end <= at + 20]))
    return (text[:at] + draw(st.sampled_from(["", *CHANGES])) + text[upto:]).encode()


@settings(max_examples=2_000, deadline=None)
@given(changed_bodies())
def test_what_is_read_without_looking_for_flaws_has_none(raw: bytes) -> None:
    fast = _flawless(raw, 3)
    if fast is not None:
        slow = _explained(raw, 3)
        assert slow.alone == fast.alone
        for ours, theirs in zip(fast.events, slow.events, strict=True):
            assert replace(ours, id="") == replace(theirs, id="")


@pytest.mark.parametrize("document", [REPORT, REGISTRATION, [REPORT, REGISTRATION]])
def test_a_sound_body_is_read_at_once(document: Any) -> None:
    raw = json.dumps(document).encode()
    fast, slow = _flawless(raw, 3), _explained(raw, 3)
    assert fast is not None
    assert fast.alone == slow.alone
    if document is not REGISTRATION:
        assert fast.events[0] == slow.events[0]
        assert fast.events[0].id == "3f9d0c1e-6d0c-4b39-9a57-0d3f5f0f3a42"


@pytest.mark.parametrize("document", [[], [REPORT] * 2, [REGISTRATION] * 4])
def test_what_is_wrong_with_a_list_is_explained(document: Any) -> None:
    raw = json.dumps(document).encode()
    assert _flawless(raw, 3) is None
    with pytest.raises(RefusedBody):
        read_posted(raw, 3)


@pytest.mark.parametrize(
    ("sound", "flawed"),
    [
        ('"occurred":"1960"', '"occurred":"1960","occurred":"1960"'),
        ('"kind":"state"', '"kind":"state","kind" : "state"'),
        ('"name":"Mali"', '"name":"Mali","country":null,"c\\u006funtry":"ML"'),
        ('"name":"Mali"', '"name":"\\u0000"'),
        ('"name":"Mali"', '"name":"\\uD800"'),
        ('"name":"Mali"', '"name":"\\\\ud83d\\ude00"'),
        ('"name":"Mali"', '"name":"\\ude00\\ud83d"'),
        ('"name":"Mali"', '"name":"a\tb"'),
        ('"1960"', "1960"),
        ('"1960"', '"1960","place":{"latitude":NaN}'),
        ('"1960"', '"1960","place":{"latitude":1e999}'),
        ('"1960"', '"1960","claim":{"credibility":2.0}'),
    ],
)
def test_a_flaw_is_not_passed_over(sound: str, flawed: str) -> None:
    text = json.dumps(REGISTRATION, separators=(",", ":"))
    assert _flawless(text.encode(), 1)
    changed = text.replace(sound, flawed)
    assert changed != text
    assert _flawless(changed.encode(), 1) is None
    with pytest.raises((RefusedBody, UnreadableBody)):
        read_posted(changed.encode(), 1)
