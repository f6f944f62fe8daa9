"""Single values of a mapping: constants, columns, texts with columns in them, and code tables."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from domain.fields import Country, Names
from infrastructure.importing.actors import Actors
from infrastructure.importing.countries import country_code
from infrastructure.importing.ids import slug
from infrastructure.importing.mapping.pages import Node, Page, is_mapping_with
from infrastructure.importing.reading import optional
from infrastructure.importing.records import Unusable
from infrastructure.importing.rows import Row

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]+?)(?::0(\d{1,2}))?\}|[{}]")
_TRUTH = {"true": True, "false": False}


class Telling(NamedTuple):
    """A row as it is told: with the actors known, and when the event occurred."""

    row: Row
    actors: Actors
    seen: str


class Reader(NamedTuple):
    """Reads a value from a row: None where the cells that it needs are empty. May raise Unusable."""

    read: Callable[[Telling], Any]
    columns: tuple[str, ...] = ()


NOTHING = Reader(lambda _: None)
"""Stands for what is wrong in the mapping."""


class Kind(NamedTuple):
    """What an annotation says of a value: its type, and the markers around it."""

    hint: Any
    markers: tuple[Any, ...]

    def marked(self, marker: type) -> Any:
        """The marker of this type, if there is one."""
        return next((one for one in self.markers if isinstance(one, marker)), None)

    def names(self, kind: str) -> bool:
        """Whether the value is the id of one of these."""
        marker = self.marked(Names)
        return marker is not None and marker.kind == kind


def kind_of(hint: Any) -> Kind:
    """The annotation without its markers and without None."""
    markers: tuple[Any, ...] = ()
    while True:
        origin, args = get_origin(hint), get_args(hint)
        if origin is Annotated:
            hint, markers = args[0], (*markers, *args[1:])
        elif origin is Union or origin is types.UnionType:
            hint = next(arg for arg in args if arg is not type(None))
        else:
            return Kind(hint, markers)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text from a row, and what each such text, or each piece of it, means."""

    text: Callable[[Row], str | None]
    columns: tuple[str, ...]
    meaning: Callable[[str], Any]
    """Raises ValueError, which says what the text is not."""
    split: str | None = None

    def one(self, told: Telling) -> Any:
        """The value of the whole text."""
        text = self.text(told.row)
        return None if text is None else self._meant(text)

    def several(self, told: Telling) -> tuple[Any, ...]:
        """The values of the text's pieces."""
        return tuple(map(self._meant, pieces(self.text(told.row), self.split)))

    def _meant(self, text: str) -> Any:
        try:
            return self.meaning(text)
        except ValueError as error:
            raise Unusable(f"{', '.join(self.columns)}: {text!r} {error}") from None


def pieces(text: str | None, separator: str | None) -> list[str]:
    """A text's pieces without blanks around them, empty ones left out."""
    if text is None:
        return []
    if separator is None:
        return [text]
    return [piece.strip() for piece in text.split(separator) if piece.strip()]


def scalar(page: Page, node: Node, kind: Kind, *, splits: bool = False) -> Scalar | None:
    """What a node says of a single value; None where it is wrong."""
    meaning = _meaning(kind)
    if not is_mapping_with(node, "column", "codes", "split"):
        template = _template(page, node)
        if template is None:
            return None
        text, columns, constant = template
        if constant is not None:
            _check(page, node, constant, meaning)
        return Scalar(text, columns, meaning)
    given = page.fields(node, ("column",), ("codes", "split") if splits else ("codes",))
    if "column" not in given:
        return None
    column = page.column(given["column"])
    codes = _codes(page, given["codes"], meaning) if "codes" in given else None
    split = page.word(given["split"]) if "split" in given else None
    if split == "":
        page.wrong(given["split"], "a separator must not be empty")
    return Scalar(
        lambda row: _cell(row, column, codes),
        (column,),
        meaning if codes is None else lambda text: _coded(codes, text),
        split or None,
    )


def _cell(row: Row, column: str, codes: Mapping[str, Any] | None) -> str | None:
    """What a cell holds; a code table may give a meaning to what else counts as empty."""
    raw = row.cells.get(column, "").strip()
    return raw if codes is not None and raw in codes else optional(row, column)


def _codes(page: Page, node: Node, meaning: Callable[[str], Any]) -> dict[str, Any]:
    codes: dict[str, Any] = {}
    for code, entry in page.entries(node).items():
        word = page.word(entry.value)
        if word is not None:
            codes[code] = _check(page, entry.value, word, meaning)
    return codes


def _coded(codes: Mapping[str, Any], text: str) -> Any:
    if text not in codes:
        raise ValueError(f"is none of {', '.join(codes)}")
    return codes[text]


def _check(page: Page, node: Node, word: str, meaning: Callable[[str], Any]) -> Any:
    try:
        return meaning(word)
    except ValueError as error:
        page.wrong(node, f"{word!r} {error}")
        return None


class Template(NamedTuple):
    """A text with cells in it, the columns of the cells, and the text itself if it has none."""

    text: Callable[[Row], str | None]
    columns: tuple[str, ...]
    constant: str | None


def _template(page: Page, node: Node) -> Template | None:
    """A text in which `{column}` stands for a cell, `{column:02}` for one with noughts before it."""
    word = page.word(node)
    if word is None:
        return None
    parts: list[str | tuple[str, int]] = []
    end = 0
    for found in _PIECE.finditer(word):
        parts.append(word[end : found.start()])
        end = found.end()
        if found[1] is not None:
            page.require_column(node, found[1])
            parts.append((found[1], int(found[2] or 0)))
        elif len(found[0]) == 1:
            page.wrong(node, f"{word!r} has a brace alone; a brace that is meant is doubled")
        else:
            parts.append(found[0][0])
    parts.append(word[end:])
    columns = tuple(part[0] for part in parts if isinstance(part, tuple))
    if not columns:
        constant = "".join(part for part in parts if isinstance(part, str))
        return Template(lambda _: constant, (), constant)
    return Template(lambda row: _filled(parts, row), columns, None)


def _filled(parts: list[str | tuple[str, int]], row: Row) -> str | None:
    """The text; None if a cell in it is empty."""
    filled = ""
    for part in parts:
        if isinstance(part, str):
            filled += part
            continue
        value = optional(row, part[0])
        if value is None:
            return None
        filled += value.zfill(part[1])
    return filled


def _meaning(kind: Kind) -> Callable[[str], Any]:
    if get_origin(kind.hint) is Literal:
        choices = get_args(kind.hint)
        return lambda text: _choice(choices, text)
    if kind.hint in _MEANINGS:
        return _MEANINGS[kind.hint]
    if kind.names("alliance") or kind.names("incident"):
        return _slug
    return country_code if kind == kind_of(Country) else str


def _choice(choices: tuple[Any, ...], text: str) -> Any:
    if text not in choices:
        raise ValueError(f"is none of {', '.join(choices)}")
    return text


def _slug(text: str) -> str:
    if not (made := slug(text)):
        raise ValueError("has no letter or digit to make an id of")
    return made


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise ValueError("is neither true nor false")
    return _TRUTH[text.lower()]


def _whole(text: str) -> int:
    digits = text.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise ValueError("is not a whole number")
    return int(digits)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("is not a number") from None


_MEANINGS: dict[Any, Callable[[str], Any]] = {bool: _truth, int: _whole, float: _number}
