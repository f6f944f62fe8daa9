"""Reading events from a file: a JSON array, a case with `events`, or one event a line (NDJSON).

An event without an id gets one from the file's hash and its index in the file, so that loading
the same file again adds nothing. NDJSON is read a line at a time, whatever the file's size.
"""

import hashlib
import json
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from api.parsing import RefusedBody, UnreadableBody, read_document, read_one
from domain.checks import Problem
from domain.event import Event

NAMESPACE = uuid.UUID("6b1f5b1c-8a55-5d0c-9d0e-1f0b7c3a4e21")
"""Of the ids that events without one get. Never to be changed: known files would load twice."""

_CHUNK = 1 << 20

_RECORDED = frozenset({"position", "recorded_at", "hash"})
"""What an event has once it is recorded, and nobody gives it."""


class UnreadableFile(Exception):
    """The file, or an event in it, cannot be read; the text names the place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a file, or what is wrong with it; `line` (from 1) or `pointer` says where it is."""

    event: Event | None
    problems: Sequence[Problem] = ()
    line: int | None = None
    pointer: str = ""

    def at(self, problem: Problem) -> Problem:
        """A problem of the event alone, with its pointer into the whole document."""
        return Problem(self.pointer + problem.pointer, problem.message)


class EventFile:
    """A file of events, opened; a first pass over it has taken its hash.

    `count` is how many entries it has, as far as that is known; `made_ids` whether any of those
    read so far got its id here.
    """

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.name = name
        self.count: int | None = None
        self.made_ids = False
        self._stream = stream
        self._lines = 0
        digest = hashlib.sha256()
        stream.seek(0)
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            self._lines += chunk.count(b"\n")
        self._hash = digest.hexdigest()

    def entries(self) -> Iterator[Entry]:
        """The events in order. Raises UnreadableFile where it is no JSON, or holds no events."""
        self._stream.seek(0)
        if _begins_document(_first_line(self._stream)):
            yield from self._of_document()
        else:
            self.count = self._lines
            yield from self._of_lines()

    def in_words(self, entry: Entry, problem: Problem) -> str:
        """The file, the line where there are lines, the pointer, and what is wrong there."""
        where = self.name if entry.line is None else f"{self.name}, line {entry.line}"
        return f"{where}: {problem.pointer or 'the event'}: {problem.message}"

    def _of_lines(self) -> Iterator[Entry]:
        self._stream.seek(0)
        index = 0
        for number, line in enumerate(self._stream, start=1):
            if line.strip():
                given = self._document(line, f"{self.name}, line {number}")
                yield self._entry(given, index, line=number)
                index += 1

    def _of_document(self) -> Iterator[Entry]:
        self._stream.seek(0)
        start, events = _events_of(self._document(self._stream.read(), self.name))
        if not isinstance(events, list):
            raise UnreadableFile(f"{self.name}: {start or 'the document'}: holds no list of events")
        self.count = len(events)
        for index, given in enumerate(events):
            yield self._entry(given, index, pointer=f"{start}/{index}")

    def _document(self, raw: bytes, place: str) -> Any:
        try:
            return read_document(raw)
        except UnreadableBody as error:
            raise UnreadableFile(f"{place}: not JSON: {error}") from None

    def _entry(
        self, given: Any, index: int, *, line: int | None = None, pointer: str = ""
    ) -> Entry:
        if isinstance(given, dict) and given.keys() >= _RECORDED:
            raise UnreadableFile(
                f"{self.name}: holds events as a log has recorded them, and `foedus load` takes new "
                "ones: a log is moved by `foedus backup` and `foedus restore`"
            )
        if isinstance(given, dict) and given.get("id") is None:
            given["id"] = str(uuid.uuid5(NAMESPACE, f"{self._hash}/{index}"))
            self.made_ids = True
        try:
            return Entry(read_one(given, pointer), line=line, pointer=pointer)
        except RefusedBody as refused:
            return Entry(None, refused.problems, line, pointer)


def _first_line(stream: BinaryIO) -> bytes:
    """The first line that is not blank."""
    return next((line for line in stream if line.strip()), b"")


def _begins_document(first: bytes) -> bool:
    """Whether the first line begins one document for the whole file, and is no event of its own."""
    if not first.lstrip().startswith(b"{"):
        return True
    try:
        whole = json.loads(first)
    except json.JSONDecodeError as error:
        # Ended with the line: the object goes on. Wrong before that: one wrong line of many.
        return error.pos >= len(first.decode(errors="replace").rstrip())
    except (UnicodeDecodeError, RecursionError):
        return False
    return _is_case(whole)


def _is_case(whole: Any) -> bool:
    return isinstance(whole, dict) and "events" in whole and "type" not in whole


def _events_of(whole: Any) -> tuple[str, Any]:
    """The list of events in a document, and the pointer to it."""
    if _is_case(whole):
        return "/events", whole["events"]
    return "", whole


@contextmanager
def open_events(path: str, standard_input: BinaryIO) -> Iterator[EventFile]:
    """Open a file of events, `-` for standard input (which is kept on disk meanwhile)."""
    if path == "-":
        with tempfile.TemporaryFile() as copy:
            while chunk := standard_input.read(_CHUNK):
                copy.write(chunk)
            yield EventFile("standard input", copy)
        return
    try:
        with Path(path).open("rb") as stream:
            yield EventFile(path, stream)
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror or error}") from None
