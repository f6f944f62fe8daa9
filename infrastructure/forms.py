"""The JSON form of each dataclass of the vocabulary, for msgspec: fast, strict, and not forgiving.

A form has the fields of its dataclass under their wire names and refuses unknown ones; a value
of another JSON type is refused as well. Forms are made from the same annotations as everything
else. What they refuse is explained by the codec's other reader, which is slow and says where.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Union, cast, get_args, get_origin

import msgspec
import rfc8785

from domain.claims import Claim
from domain.event import Event, Place
from domain.walk import hints_of, wire_name

_FINITE = msgspec.Meta(ge=-sys.float_info.max, le=sys.float_info.max)
_canonical = msgspec.json.Encoder(order="sorted").encode

Maker = Callable[[Any], Any]
"""Makes a value of the vocabulary from its form; never called with None."""


def from_json(data_type: type, body: bytes, event_id: str) -> Event:
    """The event of client fields in JSON. Raises ValueError where they are not of the type's form."""
    return _event_maker(data_type)(_decoder(data_type)(body), event_id)


def from_fields(data_type: type, body: dict[str, Any], event_id: str) -> Event:
    """The event of client fields that were decoded already. Raises ValueError as `from_json`."""
    form = msgspec.convert(body, _client_fields(data_type))
    _canonical(form)  # raises where a text holds a lone surrogate, which UTF-8 has no bytes for
    return _event_maker(data_type)(form, event_id)


def to_json(event: Event) -> bytes:
    """RFC 8785 JSON of the client fields, defaults filled in."""
    form = _form_of_event(event)
    place = form.place
    if place is not None:
        place.latitude, place.longitude = _degrees(place.latitude), _degrees(place.longitude)
    return _canonical(form)


def to_fields(event: Event) -> dict[str, Any]:
    """The client fields as JSON values under their wire names, defaults filled in."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(_form_of_event(event)))
    return found


def _form_of_event(event: Event) -> Any:
    data_type: type = type(event.data)
    return msgspec.convert(event, _client_fields(data_type), from_attributes=True)


def _degrees(number: float | None) -> msgspec.Raw | None:
    """A number as RFC 8785 writes it: the fewest digits, as in Python, but 19 for 19.0."""
    if number is None:
        return None
    text = repr(number)
    if "e" in text or number == 0:
        return msgspec.Raw(rfc8785.dumps(number))
    return msgspec.Raw(text.removesuffix(".0").encode())


@cache
def _decoder(data_type: type) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(_client_fields(data_type)).decode


@cache
def _client_fields(data_type: type) -> type[msgspec.Struct]:
    """The form of what a client sends for an event of a type, without id and type."""
    optional = [
        (name, _in_form(hint) | None, None)
        for name, hint in hints_of(Event)
        if name not in ("id", "occurred", "data")
    ]
    return _struct(data_type.__name__, [("occurred", str), ("data", _form(data_type)), *optional])


@cache
def _form(cls: type) -> type[msgspec.Struct]:
    """The form of a dataclass."""
    entries: list[Any] = []
    for field, (name, hint) in zip(fields(cls), hints_of(cls), strict=True):
        entry: tuple[Any, ...] = (name, _in_form(hint))
        if field.default is not MISSING:
            entry += (field.default,)
        elif field.default_factory is not MISSING:
            entry += (msgspec.field(default_factory=field.default_factory),)
        entries.append(entry)
    return _struct(cls.__name__, entries)


def _struct(name: str, entries: list[Any]) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        name, entries, kw_only=True, forbid_unknown_fields=True, rename=wire_name, gc=False
    )


def _in_form(hint: Any) -> Any:
    """An annotation with forms in the places of dataclasses, and without markers."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _in_form(args[0])
    if origin is Union or origin is types.UnionType:
        return Union[tuple(map(_in_form, args))]  # noqa: UP007  # of a list made at run time
    if origin is tuple:
        inner: Any = _in_form(args[0])
        return tuple[inner, ...]
    if hint is float:
        return Annotated[float, _FINITE]
    return _form(cast(type, hint)) if is_dataclass(hint) else hint


@cache
def _event_maker(data_type: type) -> Callable[[Any, str], Event]:
    """Makes events of a type from the form of their client fields, and an id."""
    make_data, make_claim, make_place = _maker(data_type), _maker(Claim), _maker(Place)
    values = {name: f"form.{name}" for name, _ in hints_of(Event)} | {
        "id": "event_id",
        "data": "make_data(form.data)",
        "claim": "unclaimed if form.claim is None else make_claim(form.claim)",
        "place": "None if form.place is None else make_place(form.place)",
    }
    names = {"make_data": make_data, "make_claim": make_claim, "make_place": make_place}
    made: Callable[[Any, str], Event] = _filling(
        Event, "form, event_id", values, names | {"unclaimed": Claim()}
    )
    return made


@cache
def _maker(cls: type) -> Maker:
    """Makes instances of a dataclass from its form."""
    values: dict[str, str] = {}
    makers: dict[str, Maker] = {}
    for name, hint in hints_of(cls):
        values[name] = f"form.{name}"
        if (maker := _maker_within(hint)) is not None:
            makers[f"make_{name}"] = maker
            values[name] = f"form.{name} and make_{name}(form.{name})"
    return _filling(cls, "form", values, makers)


def _filling(
    cls: type, parameters: str, values: dict[str, str], names: dict[str, Any]
) -> Callable[..., Any]:
    """A function that fills the slots of a new instance with the values of these expressions.

    It is written out, as `dataclasses` does, and without their `__init__`, which takes four times
    as long for a frozen class and does nothing else in ours.
    """
    body = "".join(f"    put_{name}(made, {value})\n" for name, value in values.items())
    source = f"def make({parameters}):\n    made = new(cls)\n{body}    return made"
    put = {f"put_{name}": getattr(cls, name).__set__ for name in values}
    scope = {"new": object.__new__, "cls": cls, **put, **names}
    exec(source, scope)  # noqa: S102  # of names of our own classes only
    made: Callable[..., Any] = scope["make"]
    return made


def _maker_within(hint: Any) -> Maker | None:
    """Makes the values of an annotation; None where they are used as they are."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _maker_within(args[0])
    if origin is Union or origin is types.UnionType:
        return _maker_within(next(arg for arg in args if arg is not type(None)))
    if origin is tuple:
        inner = _maker_within(args[0])
        return None if inner is None else lambda forms: tuple(map(inner, forms))
    return _maker(cast(type, hint)) if is_dataclass(hint) else None
