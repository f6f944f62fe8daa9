"""The JSON schemas of events, read off the vocabulary's annotations like everything else.

The dataclasses are the only definition. `domain.checks` enforces more than a schema can say
(counts in order, actors that must differ); the schema says all that it can.
"""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from domain.event import Event
from domain.fields import Between, Entries, Form, Names, Occurs, Text
from domain.vocabulary import EVENT_TYPES
from domain.walk import hints_of, wire_name

Schema = dict[str, Any]

REFERENCES = "#/components/schemas/"

_OCCURRED = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?[~?%]?(/[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?[~?%]?)?$"
_NULL = {"type": "null"}
_SCALARS: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}


@cache
def examples() -> dict[str, dict[str, Any]]:
    """One example for every event type, by type: together they are a log that can be posted."""
    text = files("api.schemas").joinpath("examples.json").read_text(encoding="utf-8")
    return {example["type"]: example for example in json.loads(text)}


def components() -> dict[str, Schema]:
    """The component schemas: every event type, what they share, and `Event` as any of them."""
    found: dict[str, Schema] = {}
    for name, data in EVENT_TYPES.items():
        own = {
            "type": {"const": name},
            "data": _object(data, found) | {"description": data.__doc__},
        }
        found[name] = _envelope(own, found) | {
            "description": data.__doc__,
            "examples": [examples()[name]],
        }
    references = {name: REFERENCES + name for name in EVENT_TYPES}
    found["Event"] = {
        "description": "One claim about the world or about another event.",
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": "type", "mapping": references},
    }
    found["RecordedEvent"] = _recorded(found)
    found["EventPage"] = _page(REFERENCES + "RecordedEvent")
    return found


def request_body(most_events: int) -> Schema:
    """The body of POST /v1/events, with an example for every type."""
    event = {"$ref": REFERENCES + "Event"}
    several = {"type": "array", "items": event, "minItems": 1, "maxItems": most_events}
    shown = {
        name: {"summary": EVENT_TYPES[name].__doc__, "value": example}
        for name, example in examples().items()
    }
    content = {"schema": {"oneOf": [event, several]}, "examples": shown}
    return {"required": True, "content": {"application/json": content}}


def _envelope(own: dict[str, Schema], found: dict[str, Schema]) -> Schema:
    """A client's event; `own` are the properties that its type decides."""
    properties: dict[str, Schema] = {}
    for name, hint in hints_of(Event):
        schema = own.get(name) or _of(hint, found)
        required = name in ("occurred", "data")
        properties[name] = schema if required else _or_null(schema)
        if name == "id":
            properties["id"]["description"] = (
                "The idempotency key; the server makes a UUIDv7 where it is absent."
            )
            properties["type"] = own["type"]
    return {
        "type": "object",
        "properties": properties,
        "required": ["type", "occurred", "data"],
        "additionalProperties": False,
    }


def _recorded(found: dict[str, Schema]) -> Schema:
    """An event as the log gives it: flat, with the server's fields."""
    own: dict[str, Schema] = {
        "type": {"enum": list(EVENT_TYPES)},
        "data": {"type": "object", "description": "The fields of the type."},
    }
    schema = _envelope(own, found)
    schema["properties"] |= {
        "position": {"type": "integer", "minimum": 1},
        "recorded_at": {"type": "string", "format": "date-time"},
        "recorded_by": _or_null({"type": "string"}),
        "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "schema_version": {"type": "integer", "minimum": 1},
        "retracted_by": _or_null({"type": "string", "format": "uuid"}),
        "superseded_by": _or_null({"type": "string", "format": "uuid"}),
    }
    optional = {"retracted_by", "superseded_by"}
    schema["required"] = [name for name in schema["properties"] if name not in optional]
    return schema | {"description": "An event as recorded; the last two only where it is alone."}


def _page(item: str) -> Schema:
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"$ref": item}},
            "next": _or_null({"type": "string"}),
        },
        "required": ["items", "next"],
        "additionalProperties": False,
    }


def _object(cls: type, found: dict[str, Schema]) -> Schema:
    """The schema of a dataclass's own fields."""
    defaults = {one.name: _has_default(one) for one in fields(cls)}
    hints = hints_of(cls)
    return {
        "type": "object",
        "properties": {wire_name(name): _of(hint, found) for name, hint in hints},
        "required": [wire_name(name) for name, _ in hints if not defaults[name]],
        "additionalProperties": False,
    }


def _has_default(one: Field[Any]) -> bool:
    return one.default is not MISSING or one.default_factory is not MISSING


def _of(hint: Any, found: dict[str, Schema]) -> Schema:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    if origin is Annotated:
        inner, *markers = arguments
        schema = _of(inner, found)
        return schema | {key: said for marker in markers for key, said in _rules(marker)}
    if origin is Union or origin is types.UnionType:
        return _or_null(_of(next(one for one in arguments if one is not type(None)), found))
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0], found)}
    if origin is dict:
        key, value = (_of(one, found) for one in arguments)
        return {"type": "object", "propertyNames": key, "additionalProperties": value}
    if is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in found:
            found[hint.__name__] = _object(hint, found) | {"description": hint.__doc__}
        return {"$ref": REFERENCES + hint.__name__}
    raise TypeError(f"no schema for {hint}")


def _or_null(schema: Schema) -> Schema:
    choices = schema.get("anyOf", [schema])
    return schema if _NULL in choices else {"anyOf": [*choices, _NULL]}


def _rules(marker: Any) -> Iterator[tuple[str, Any]]:
    """What JSON Schema can say of a marker's rule."""
    match marker:
        case Text(most):
            yield from (("minLength", 1), ("maxLength", most))
        case Form(pattern, meaning, most):
            yield from (("pattern", f"^(?:{pattern})$"), ("maxLength", most))
            yield "description", f"{meaning[0].upper()}{meaning[1:]}."
        case Occurs(day=True):
            yield "format", "date"
        case Occurs():
            yield "pattern", _OCCURRED
            yield "description", "A year, month or day, with ~ ? or % if vague, or an interval A/B."
        case Entries(least, most, once):
            yield from (("minItems", least), ("maxItems", most))
            if once:
                yield "uniqueItems", True
        case Between(low, high):
            yield from (("minimum", low), ("maximum", high))
        case Names(kind):
            yield "title", f"The id of an {kind}"
        case _:
            raise TypeError(f"no schema for the rule {marker}")
