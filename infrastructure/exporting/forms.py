"""What an export is: stretches of rows, each read by itself, and a writer that makes one file of them.

A stretch is read in a transaction of its own and written outside it, so that a slow taker holds
nothing, and rows that are read again after a lost connection are not written twice. All stretches
are of one position and one day, at which answers are the same for ever (DESIGN section 1).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from sqlalchemy import Connection

from domain.viewpoint import Viewpoint
from infrastructure.event_store import reading

Rows = TypeVar("Rows")
Detail = Literal["full", "summary"]
"""Whole alignments, or how each pair stands in short."""

Wanted = Literal["actors", "past"]
"""All actors before the pairs; since and until when each pair stands so, and on how good a claim."""

EXTRAS = {"parquet": "pyarrow"}
"""The optional parts of this package, and the module that each brings."""


class NotInstalled(Exception):
    """A form needs a library that is left out of a plain installation."""

    def __init__(self, form: str, extra: str) -> None:
        super().__init__(
            f"{form} needs {EXTRAS[extra]}, which is not installed: pip install 'foedus[{extra}]'"
        )
        self.form = form


class Stretch(NamedTuple):
    """Rows, how many entries they are of, and where to go on behind them; None at the end."""

    rows: Any
    entries: int
    following: Any


class Writer(ABC, Generic[Rows]):
    """Makes the bytes of one file: `begin`, then `write` for every stretch in order, then `end`."""

    def begin(self) -> bytes:
        """What comes before the first row."""
        return b""

    @abstractmethod
    def write(self, rows: Rows) -> bytes:
        """The rows of a stretch; a form that groups rows may give them later."""

    def end(self) -> bytes:
        """What comes behind the last row."""
        return b""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows come from: a store, and a viewpoint where they are answers.

    `began`: when the first event of the log was recorded, in microseconds; None while it is empty.
    """

    store_id: bytes
    began: int | None
    viewpoint: Viewpoint | None = None
    detail: Detail = "full"

    @classmethod
    def of(
        cls, conn: Connection, viewpoint: Viewpoint | None = None, detail: Detail = "full"
    ) -> Origin:
        """Look up which store it is."""
        first = reading.between(conn, after=0, upto=1)
        began = first[0].recorded_us if first else None
        return cls(reading.store_id(conn), began, viewpoint, detail)

    @property
    def source(self) -> str:
        """The store, wherever it is served."""
        return f"urn:foedus:store:{self.store_id.hex()}"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a file. `open` makes its writer. `endings` of a file's name ask for it, the first is its own.

    `details`: which details of alignments it can tell. `wants`: what it tells of alignments besides. `extra`: what must be installed (a name in EXTRAS).
    """

    name: str
    media_type: str
    endings: tuple[str, ...]
    open: Callable[[Origin], Writer[Any]]
    details: tuple[Detail, ...] = ("full", "summary")
    wants: frozenset[Wanted] = frozenset()
    extra: str | None = None

    def require_installed(self) -> None:
        """Raise NotInstalled where the form's library is absent."""
        if self.extra is not None and find_spec(EXTRAS[self.extra]) is None:
            raise NotInstalled(self.name, self.extra)


Forms = Mapping[str, Form]


def forms(*them: Form) -> Forms:
    """The forms by name."""
    return {form.name: form for form in them}


@dataclass(frozen=True, slots=True)
class Export(ABC):
    """One file to be: what it is made of, and its form."""

    origin: Origin
    form: Form

    @abstractmethod
    def stretch(self, conn: Connection, at: Any) -> Stretch:
        """The stretch from a place on, None for the first."""

    @property
    def total(self) -> int | None:
        """How many entries there will be, where that is known."""
        return None

    @property
    @abstractmethod
    def stem(self) -> str:
        """The file's name without its ending."""

    @property
    def file_name(self) -> str:
        """What the file may be called."""
        return f"{self.stem}{self.form.endings[0]}"
