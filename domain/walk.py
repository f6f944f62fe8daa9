"""Walk through an event's values along the annotations of its dataclass.

Yields each value with the marker that rules it and its JSON pointer, so that checks, tags and
error messages follow from the one definition of the event type.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
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
        annotation: Any = type(value) if name == "data" else hint
        walk = _walk_of(annotation)
        if walk is not None and value is not None:
            yield from walk(value, "/" + name)


Walk = Callable[[Any, str], Iterator[Marked]]
"""Yields the marked values in a value at a pointer. The value is never None."""


@cache
def _walk_of(hint: Any) -> Walk | None:
    """The walk through values of an annotation; None where nothing in them is marked."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(tuple(args[1:]), _walk_of(args[0]))
    if origin is Union or origin is types.UnionType:
        return _walk_of(next(arg for arg in args if arg is not type(None)))
    if origin is tuple:
        return _entries(_walk_of(args[0]))
    if origin is dict:
        return _values(_walk_of(args[1]))
    return _fields(hint) if is_dataclass(hint) else None


def _annotated(markers: tuple[Any, ...], inner: Walk | None) -> Walk:
    def walk(value: Any, pointer: str) -> Iterator[Marked]:
        for marker in markers:
            yield Marked(pointer, marker, value)
        if inner is not None:
            yield from inner(value, pointer)

    return walk


def _entries(inner: Walk | None) -> Walk | None:
    def walk(value: tuple[Any, ...], pointer: str) -> Iterator[Marked]:
        for index, entry in enumerate(value):
            yield from cast("Walk", inner)(entry, f"{pointer}/{index}")

    return None if inner is None else walk


def _values(inner: Walk | None) -> Walk | None:
    def walk(value: dict[str, Any], pointer: str) -> Iterator[Marked]:
        for key, entry in value.items():
            yield from cast("Walk", inner)(entry, f"{pointer}/{key}")

    return None if inner is None else walk


def _fields(hint: Any) -> Walk:
    walks = [(name, f"/{wire_name(name)}", _walk_of(inner)) for name, inner in hints_of(hint)]
    marked_ones = [(name, step, walk) for name, step, walk in walks if walk is not None]

    def walk(value: Any, pointer: str) -> Iterator[Marked]:
        yield Marked(pointer, hint, value)
        for name, step, inner in marked_ones:
            entry = getattr(value, name)
            if entry is not None:
                yield from inner(entry, pointer + step)

    return walk
