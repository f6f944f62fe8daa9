"""What was ever stored stays readable: `TYPE.vVERSION.ndjson` holds stored bytes, one event a line.

The first line fills every field, the second only what is required. A file is never changed: a new
shape of a type gets a new schema version, an upcaster and a file of its own.
"""

import json
from collections.abc import Iterator
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from domain.checks import problems
from domain.event import Event
from domain.vocabulary import EVENT_TYPES
from infrastructure.codec import StoredForm, decode, encode

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.ndjson"))
ID = "0197b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"


@cache
def stored(file: Path) -> tuple[StoredForm, StoredForm]:
    """The full and the minimal event of a file, as the log holds them."""
    name, version = file.stem.split(".v")
    full, minimal, rest = file.read_bytes().split(b"\n")
    assert rest == b""
    return StoredForm(name, int(version), full), StoredForm(name, int(version), minimal)


def each_file(*, current: bool = False) -> pytest.MarkDecorator:
    """Run a test on every golden file, or on those of today's versions."""
    wanted = [
        file
        for file in FILES
        for form in stored(file)[:1]
        if not current or form.schema_version == EVENT_TYPES[form.type].SCHEMA_VERSION
    ]
    return pytest.mark.parametrize("file", wanted, ids=[file.stem for file in wanted])


@each_file()
def test_what_was_stored_is_read_as_todays_class(file: Path) -> None:
    for form in stored(file):
        event = decode(ID, form)
        assert type(event) is Event
        assert type(event.data) is EVENT_TYPES[form.type]
        assert event.id == ID
        assert problems(event) == []


@each_file(current=True)
def test_what_is_read_is_stored_as_the_same_bytes(file: Path) -> None:
    for form in stored(file):
        assert encode(decode(ID, form)) == form


def test_every_version_of_every_type_has_a_file() -> None:
    due = {
        f"{name}.v{version}"
        for name, data in EVENT_TYPES.items()
        for version in range(1, data.SCHEMA_VERSION + 1)
    }
    assert {file.stem for file in FILES} == due


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every value in a document that holds no other, with its JSON pointer."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = [leaf for key, one in inner for leaf in leaves(one, f"{pointer}/{key}")]
    yield from found or [(pointer, value)]


@each_file(current=True)
def test_the_first_event_fills_every_field(file: Path) -> None:
    full, _ = stored(file)
    empty = [pointer for pointer, value in leaves(json.loads(full.data)) if value in (None, [], {})]
    assert empty == []


@each_file(current=True)
def test_the_second_event_fills_only_what_is_required(file: Path) -> None:
    _, minimal = stored(file)
    event = decode(ID, minimal)
    assert event == Event(id=ID, occurred=event.occurred, data=event.data)
    for field in fields(event.data):
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        assert default in (MISSING, getattr(event.data, field.name))


@each_file()
def test_stored_bytes_are_canonical(file: Path) -> None:
    """No spaces, keys in order, text as UTF-8 and not escaped."""
    for form in stored(file):
        fields_ = json.loads(form.data)
        plain = json.dumps(fields_, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        assert form.data == plain.encode()
