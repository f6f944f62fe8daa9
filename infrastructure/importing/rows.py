"""Rows of a CSV file, one at a time, each with the text that it has in the file.

A row may span lines (quoted newlines). One that cannot be read is given out as rejected and reading
goes on with its second line, so that a quotation mark too many costs one row and not the rest of
the file.
"""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TextIO

MOST_LINES = 1_000
"""No row spans more lines of a file."""

MOST_CHARACTERS = 100_000
"""No row is longer."""


NOT_OWN = frozenset({"version", "timestamp", "iso3"})
"""Columns that tell of the release or of when a row was sent, and what may stand behind them.

ACLED stamps a row anew whenever it touches it, and its older exports end with the stamp and a code that
another column has too.
"""


class Row(NamedTuple):
    """One row: the number of its first line (the header is line 1), its text, its cells by column."""

    line: int
    text: str
    cells: dict[str, str]

    @property
    def own(self) -> str:
        """The row's text without its end of line and without the release's name or stamp, if they come last.

        A release that names itself in every row has not changed every row.
        """
        text = self.text.rstrip("\r\n")
        for column, value in reversed(self.cells.items()):
            endings = (f',"{value}"', f",{value}")
            ending = next((one for one in endings if text.endswith(one)), None)
            if column not in NOT_OWN or ending is None:
                break
            text = text.removesuffix(ending)
        return text


class Rejected(NamedTuple):
    """A row that cannot be imported, and why."""

    line: int
    text: str
    reason: str
    key: str = ""
    """Of its record; "" where not even that could be read."""


class UnreadableSource(Exception):
    """The file as a whole is not one of the source; the text says why."""


class RowFile(Protocol):
    """A file of rows with named columns, which can be gone through again and again."""

    path: Path
    columns: Collection[str]
    size: int
    done: int
    """How much of `size` the last pass has come through."""

    @property
    def quotable(self) -> bool:
        """Whether the texts of its rows are the file's own, so that quotations make the file again."""
        ...

    def require(self, columns: Collection[str]) -> None:
        """Raise UnreadableSource unless the file has these columns."""
        ...

    def rows(self) -> Iterator[Row | Rejected]:
        """Every row, in order; what cannot be read is rejected with a reason."""
        ...


class CsvFile:
    """A CSV file in UTF-8, with or without a byte order mark, whose first line names the columns."""

    def __init__(self, path: Path, columns: Collection[str]) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.done = 0
        with self._opened() as stream:
            head = stream.readline(MOST_CHARACTERS)
        self.columns: Collection[str] = _names(path, head)
        self.require(columns)

    quotable = True

    def require(self, columns: Collection[str]) -> None:
        """Raise UnreadableSource unless the file has these columns."""
        require(self, columns)

    def rows(self) -> Iterator[Row | Rejected]:
        """Every row after the header, in order; what cannot be read is rejected with a reason."""
        with self._opened() as stream:
            yield from _Reading(stream, list(self.columns), self._come_to)

    def _opened(self) -> TextIO:
        return self.path.open(encoding="utf-8", errors="surrogateescape", newline="\n")

    def _come_to(self, read: int) -> None:
        self.done = read


def require(file: RowFile, columns: Collection[str]) -> None:
    """Raise UnreadableSource unless the file has these columns."""
    if missing := [name for name in columns if name not in file.columns]:
        raise UnreadableSource(
            f"{file.path}: has no column {', '.join(missing)}; its columns are "
            + (", ".join(file.columns) or "none")
        )


def _names(path: Path, head: str) -> list[str]:
    """The columns that a file's first line names. Raises UnreadableSource."""
    if not _is_unicode(head) or "\0" in head:
        raise UnreadableSource(f"{path}: its first line is not UTF-8: save the file as CSV UTF-8")
    try:
        names = next(csv.reader([head.removeprefix("\ufeff")], strict=True), [])
    except csv.Error as error:
        raise UnreadableSource(
            f"{path}: its first line names no columns: {_in_words(error)}"
        ) from None
    if not any(names):
        raise UnreadableSource(f"{path}: its first line names no columns: is the file empty?")
    require_different(path, [name for name in names if name])
    return names


def require_different(path: Path, names: Sequence[str]) -> None:
    """Raise UnreadableSource where two columns have one name: which is meant nobody can tell."""
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise UnreadableSource(f"{path}: names a column twice: {', '.join(twice)}")


class _Reading:
    """One pass over a file's rows."""

    def __init__(self, stream: TextIO, columns: list[str], told: Callable[[int], None]) -> None:
        self._stream = stream
        self._columns = columns
        self._told = told
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0
        self._read = 0
        self._line_of_head = len(stream.readline())

    def __iter__(self) -> Iterator[Row | Rejected]:
        self._line, self._read = 1, self._line_of_head
        reader = csv.reader(self._lines(), strict=True)
        while True:
            self._taken = []
            try:
                values = next(reader)
                wrong = self._misfit(values)
            except StopIteration:
                return
            except csv.Error as error:
                values, wrong = [], _in_words(error)
            if not values and not wrong:
                self._line += len(self._taken)
                continue
            if wrong:
                yield Rejected(self._line + 1, self._taken[0], wrong)
                self._again.extendleft(reversed(self._taken[1:]))
                self._line += 1
                reader = csv.reader(self._lines(), strict=True)
                continue
            first = self._line + 1
            self._line += len(self._taken)
            text = self._taken[0] if len(self._taken) == 1 else "".join(self._taken)
            self._told(self._read)
            yield Row(first, text, dict(zip(self._columns, values, strict=True)))

    def _lines(self) -> Iterator[str]:
        length = 0
        while True:
            line = self._again.popleft() if self._again else self._next_line()
            if not line:
                return
            if not self._taken:
                length = 0
            self._taken.append(line)
            length += len(line)
            if len(self._taken) > MOST_LINES or length > MOST_CHARACTERS:
                raise csv.Error(
                    f"is longer than {MOST_LINES:,} lines or {MOST_CHARACTERS:,} characters: "
                    "is a quotation mark open?"
                )
            yield line

    def _next_line(self) -> str:
        """The next line of the file; of one that is far too long, its beginning."""
        line = self._stream.readline(MOST_CHARACTERS + 1)
        self._read += len(line)
        rest = line
        while rest and not rest.endswith("\n"):
            rest = self._stream.readline(MOST_CHARACTERS)
            self._read += len(rest)
        return line

    def _misfit(self, values: list[str]) -> str | None:
        if not values:
            return None
        if len(values) != len(self._columns):
            return f"has {len(values)} cells, and the header {len(self._columns)} columns"
        if any(not line.isascii() and not _is_unicode(line) for line in self._taken):
            return "is not UTF-8"
        if any("\0" in line for line in self._taken):
            return "holds U+0000, which no text may"
        return None


def _in_words(error: csv.Error) -> str:
    said = str(error)
    if said.startswith("new-line character"):
        return "a line ends with a carriage return alone, not as on Unix or Windows"
    return said


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
