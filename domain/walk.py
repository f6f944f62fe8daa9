"""Walk through an event's values along the annotations of its dataclass.

Yields each value with the marker that rules it and its JSON pointer, so that checks, tags and
error messages follow from the one definition of the event type.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

from domain.event import Event


class Marked(NamedTuple):
    """A value, the marker on its annotation, and where it stands in the event's JSON."""

    pointer: str
    marker: Any
    value: Any


def wire_name(field_name: str) -> str:
    """The JSON name of a dataclass field: `as_` is "as" on the wire."""
    return field_name.rstrip("_")


@cache
def hints_of(cls: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass in order, with their annotations."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple((field.name, hints[field.name]) for field in fields(cls))


def marked(event: Event) -> Iterator[Marked]:
    """Every marked value of an event, envelope first, then its data."""
    for name, hint in hints_of(Event):
        value = getattr(event, name)
        yield from _walk(value, type(value) if name == "data" else hint, "/" + name)


def _walk(value: Any, hint: Any, pointer: str) -> Iterator[Marked]:
    origin = get_origin(hint)
    if value is None:
        return
    if origin is Annotated:
        inner, *markers = get_args(hint)
        yield from (Marked(pointer, marker, value) for marker in markers)
        yield from _walk(value, inner, pointer)
    elif origin is Union or origin is types.UnionType:
        yield from _walk(
            value, next(arg for arg in get_args(hint) if arg is not type(None)), pointer
        )
    elif is_dataclass(hint):
        yield Marked(pointer, hint, value)
        yield from _walk_fields(value, pointer)
    else:
        yield from _walk_entries(value, origin, get_args(hint), pointer)


def _walk_fields(value: Any, pointer: str) -> Iterator[Marked]:
    for name, hint in hints_of(cast("type", type(value))):
        yield from _walk(getattr(value, name), hint, f"{pointer}/{wire_name(name)}")


def _walk_entries(value: Any, origin: Any, args: tuple[Any, ...], pointer: str) -> Iterator[Marked]:
    if origin is tuple:
        for index, entry in enumerate(value):
            yield from _walk(entry, args[0], f"{pointer}/{index}")
    elif origin is dict:
        for key, entry in value.items():
            yield from _walk(entry, args[1], f"{pointer}/{key}")
