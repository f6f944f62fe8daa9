"""Reading the JSON files of auditors: strictly, and naming the place of what cannot be used."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Value = TypeVar("Value")
Document = dict[str, Any]

_HEX = re.compile(r"(?:[0-9a-f]{2})*")
MOST_WHOLE = 2**53 - 1


class UnusableDocument(ValueError):
    """The file is not what it should be; ``where`` is a JSON pointer to the place."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where


def read_document(raw: bytes) -> Document:
    """Return the JSON object of a file. Raises UnusableDocument."""
    try:
        read = json.loads(
            raw.decode(), object_pairs_hook=_object, parse_float=_refused, parse_constant=_refused
        )
    except RecursionError:
        raise UnusableDocument("", "this is not a JSON document: it is nested too deeply") from None
    except UnusableDocument:
        raise
    except ValueError as error:
        raise UnusableDocument("", f"this is not a JSON document: {error}") from None
    if not isinstance(read, dict):
        raise UnusableDocument("", "this is not a JSON object")
    return read


def _object(pairs: Sequence[tuple[str, Any]]) -> Document:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise UnusableDocument("", "this is not a JSON document: a key is given twice")
    return read


def _refused(number: str) -> None:
    raise UnusableDocument("", f"this is not a JSON document of ours: {number} is no whole number")


class Fields:
    """The members of one object of a document, each to be taken once by its name."""

    def __init__(self, document: Any, where: str, names: Sequence[str]) -> None:
        if not isinstance(document, dict):
            raise UnusableDocument(where, "is not an object")
        for name in names:
            if name not in document:
                raise UnusableDocument(f"{where}/{name}", "is missing")
        for name in document:
            if name not in names:
                raise UnusableDocument(f"{where}/{name}", "is not a field here")
        self._document: Document = document
        self.where = where

    def text(self, name: str) -> str:
        return self._of(str, name, "is not text")

    def text_or_null(self, name: str) -> str | None:
        return None if self._document[name] is None else self.text(name)

    def whole(self, name: str, least: int = 0) -> int:
        number = self._of(int, name, "is not a whole number")
        if isinstance(number, bool) or not least <= number <= MOST_WHOLE:
            raise UnusableDocument(f"{self.where}/{name}", f"is not a whole number from {least}")
        return number

    def texts(self, name: str) -> list[str]:
        listed: list[Any] = self._of(list, name, "is not a list")
        if not all(isinstance(each, str) for each in listed):
            raise UnusableDocument(f"{self.where}/{name}", "is not a list of text")
        return listed

    def hex(self, name: str, size: int) -> bytes:
        return self.read(name, lambda text: from_hex(text, size))

    def read(self, name: str, reading: Callable[[str], Value]) -> Value:
        """Return what ``reading`` makes of the text; its ValueError names the place."""
        try:
            return reading(self.text(name))
        except UnusableDocument:
            raise
        except ValueError as error:
            raise UnusableDocument(f"{self.where}/{name}", str(error)) from None

    def __contains__(self, name: str) -> bool:
        return name in self._document

    def any(self, name: str) -> Any:
        return self._document[name]

    def _of(self, kind: type[Value], name: str, wrong: str) -> Value:
        value = self._document[name]
        if not isinstance(value, kind):
            raise UnusableDocument(f"{self.where}/{name}", wrong)
        return value


def from_hex(text: str, size: int) -> bytes:
    """Return the bytes of lower-case hexadecimal digits. Raises ValueError."""
    if len(text) != 2 * size or not _HEX.fullmatch(text):
        raise ValueError(f"is not {2 * size} lower-case hexadecimal digits")
    return bytes.fromhex(text)


def from_base64(text: str) -> bytes:
    """Return the bytes of base64 in its one spelling. Raises ValueError."""
    try:
        read = b64decode(text, validate=True)
    except ValueError:
        read = b""
    if to_base64(read) != text:
        raise ValueError("is not base64")
    return read


def to_base64(raw: bytes) -> str:
    return b64encode(raw).decode()
