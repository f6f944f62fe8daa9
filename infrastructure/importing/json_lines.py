"""Rows of JSON: files of JSON Lines, and how any row's values become cells."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from infrastructure.importing.rows import (
    MOST_CHARACTERS,
    Rejected,
    Row,
    UnreadableSource,
    require,
)


class JsonLinesFile:
    """A file in UTF-8 with an object on each line; its columns are the keys of all of them."""

    quotable = True

    def __init__(self, path: Path, columns: Collection[str]) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.done = 0
        found = dict.fromkeys(
            column for row in self.rows() if isinstance(row, Row) for column in row.cells
        )
        self.columns: Collection[str] = list(found)
        if not found:
            raise UnreadableSource(f"{path}: has no line with a JSON object")
        self.require(columns)

    def require(self, columns: Collection[str]) -> None:
        """Raise UnreadableSource unless a row of the file has each of these columns."""
        require(self, columns)

    def rows(self) -> Iterator[Row | Rejected]:
        """Every line that is not empty, in order; one that is no object is rejected with a reason."""
        self.done = 0
        with self.path.open("rb") as stream:
            for number, raw in enumerate(
                iter(lambda: stream.readline(MOST_CHARACTERS + 1), b""), 1
            ):
                self.done += len(raw)
                rest = raw
                while rest and not rest.endswith(b"\n"):
                    rest = stream.readline(MOST_CHARACTERS)
                    self.done += len(rest)
                if raw.strip():
                    yield _row(number, raw)


def _row(number: int, raw: bytes) -> Row | Rejected:
    text = raw.decode("utf-8", "surrogateescape")
    if len(raw) > MOST_CHARACTERS:
        return Rejected(number, text, f"is longer than {MOST_CHARACTERS:,} bytes")
    try:
        read = json.loads(raw.decode().removeprefix("\ufeff"), object_pairs_hook=_unlike)
        compact(read).encode()  # an escape may stand for half a character
    except UnicodeError:
        return Rejected(number, text, "is not UTF-8")
    except (ValueError, RecursionError) as error:
        return Rejected(number, text, f"is not JSON: {error}")
    if not isinstance(read, dict):
        return Rejected(number, text, "is no JSON object")
    return Row(number, text, cells_of(read))


def _unlike(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of keys that are all different. Raises ValueError."""
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a key stands twice in an object")
    return read


def cells_of(values: Mapping[str, Any]) -> dict[str, str]:
    """A row's values as the texts that CSV would have: null is empty, lists stay JSON."""
    return {column: _cell(value) for column, value in values.items()}


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else compact(value)


def compact(value: Any) -> str:
    """A value as JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
