"""Events to and from their stored form: canonical JSON of the client fields (DESIGN sections 3 and 8).

What a client posts and what the log holds are read alike: by the forms of the vocabulary's
dataclasses, and, where these refuse, once more by schemas of the same dataclasses that name every
wrong field. Types are strict (no "9" for 9), unknown fields are refused; the rules on values are
`domain.checks`.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import ErrorDetails

from domain.checks import Problem
from domain.claims import Claim
from domain.event import Event
from domain.vocabulary import EVENT_TYPES, EventData
from domain.walk import hints_of, wire_name
from infrastructure import forms
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.misfits import REQUIRED, in_words
from infrastructure.upcasters import SHAPES, NewerSchema, current_version, upcast

_STRICT = ConfigDict(
    strict=True,
    extra="forbid",
    allow_inf_nan=False,
    alias_generator=wire_name,
    hide_input_in_errors=True,
)


class UnreadableEvent(ValueError):
    """The JSON is not an event; `problems` names every field that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.pointer}: {problem.message}" for problem in problems))
        self.problems = problems


class StoredForm(NamedTuple):
    """What the log keeps of an event besides its id: type, schema version and canonical bytes."""

    type: str
    schema_version: int
    data: bytes


def read_event(fields: dict[str, Any], event_id: str) -> Event:
    """Read one event from decoded JSON; an `id` among the fields must be a text and is the caller's.

    Fields of an earlier version of the type are taken too, if they are wholly of that version.
    Raises UnreadableEvent with a pointer for each wrong, missing or unknown field.
    """
    name = fields.get("type")
    if "type" not in fields:
        raise UnreadableEvent([Problem("/type", REQUIRED)])
    if not isinstance(name, str) or name not in EVENT_TYPES:
        raise UnreadableEvent(
            [Problem("/type", f"must be one of the event types: {', '.join(EVENT_TYPES)}")]
        )
    body = {key: value for key, value in fields.items() if key not in ("id", "type")}
    try:
        return _from_fields(EVENT_TYPES[name], body, event_id)
    except UnreadableEvent:
        if (former := _of_former_version(name, body, event_id)) is None:
            raise
        return former


def _of_former_version(type_name: str, body: dict[str, Any], event_id: str) -> Event | None:
    """The event that a client wrote in an earlier version of its type, the newest that fits."""
    for version in range(EVENT_TYPES[type_name].SCHEMA_VERSION - 1, 0, -1):
        try:
            written = forms.from_fields(SHAPES[type_name, version], body, event_id)
        except ValueError:
            continue
        return decode(event_id, StoredForm(type_name, version, forms.to_json(written)))
    return None


def decode(event_id: str, stored: StoredForm) -> Event:
    """The event of a stored form, through the upcasters of older versions. Raises NewerSchema."""
    current = current_version(stored.type, stored.schema_version)
    data_type = EVENT_TYPES[stored.type]
    if stored.schema_version == current:
        try:
            return forms.from_json(data_type, stored.data, event_id)
        except ValueError:
            return _explained(data_type, stored.data, event_id)
    fields = upcast(stored.type, stored.schema_version, json.loads(stored.data))
    return _from_fields(data_type, fields, event_id)


def event_of(stored: StoredEvent) -> Event:
    """The event of a row of the log that is one of ours. Raises NewerSchema, naming its position."""
    form = StoredForm(stored.event.type, stored.schema_version, stored.event.data)
    try:
        return decode(stored.id or "", form)
    except NewerSchema as error:
        raise NewerSchema(f"at position {stored.position:,} {error}") from None


def encode(event: Event) -> StoredForm:
    """The stored form of an event: RFC 8785 JSON of its client fields, defaults filled in."""
    return StoredForm(event.type, event.data.SCHEMA_VERSION, forms.to_json(event))


def client_fields(event: Event) -> dict[str, Any]:
    """The fields a client sends, without id and type, as JSON values with defaults filled in."""
    return forms.to_fields(event)


@cache
def body_model(type_name: str) -> type[BaseModel]:
    """The schema of one event type's client fields, without id and type."""
    fields: dict[str, Any] = {}
    for name, hint in hints_of(Event):
        if name == "data":
            fields[name] = (EVENT_TYPES[type_name], ...)
        elif name == "occurred":
            fields[name] = (hint, ...)
        elif name == "claim":
            fields[name] = (Claim | None, None)
        elif name != "id":
            fields[name] = (hint, None)
    return create_model(
        type_name, __config__=_STRICT, __doc__=EVENT_TYPES[type_name].__doc__, **fields
    )


def _from_fields(data_type: type[EventData], fields: dict[str, Any], event_id: str) -> Event:
    try:
        return forms.from_fields(data_type, fields, event_id)
    except ValueError:
        return _explained(data_type, json.dumps(fields), event_id)


def _explained(data_type: type[EventData], body: str | bytes, event_id: str) -> Event:
    """Read again what its form refused, slowly, to say what is wrong and where."""
    try:
        read = body_model(data_type.TYPE).model_validate_json(body)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise UnreadableEvent([_problem(detail) for detail in details]) from None
    fields = {name: value for name, value in read if value is not None}
    return Event(id=event_id, **fields)


def _problem(detail: ErrorDetails) -> Problem:
    # Of a key that is wrong itself, pydantic adds "[key]" to the place; the rest are wire names.
    steps = [str(part) for part in detail["loc"] if part != "[key]"]
    return Problem("".join(f"/{escaped(step)}" for step in steps), in_words(detail))


def escaped(step: str) -> str:
    """A name as one step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")
