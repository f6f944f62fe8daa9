"""What a source's row becomes: a record, with the claims that it makes.

A record has a key of its own in its source (an event's number, a conflict and a year), and each of
its claims a *part* that is the same in every release: so a later release is told apart from an
earlier one claim by claim (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from domain.claims import Modality
from domain.event import Event, Place
from domain.vocabulary import ActorRegistered, EventData
from infrastructure.importing.actors import Actors
from infrastructure.importing.rows import Rejected, RowFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One claim of a record: what happened when, and under which part it is known again."""

    part: str
    occurred: str
    data: EventData
    incident: str | None = None
    place: Place | None = None
    modality: Modality = "asserted"
    reported_on: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of a source: where it stands, its claims, and the actors that it names first.

    `skipped` says why it makes no claim, where it is whole and makes none; `deleted` what its source says
    of having deleted it.
    """

    key: str
    line: int
    text: str
    """The record's rows as the file has them; "" where they do not stand together."""
    quotable: str = ""
    """How much of it the log quotes: the cells that are its own, not the release's."""
    assertions: Sequence[Assertion] = ()
    registrations: Sequence[Event] = ()
    skipped: str | None = None
    deleted: str | None = None
    further: bool = False
    """Whether it is only a further row of a record that another row stands for."""


class Unusable(Exception):
    """A row is readable and yet not a record of its source; the text says why."""


class Skipped(Exception):
    """A row is a record that says nothing about how actors stand to each other."""


class Further(Exception):
    """A row tells more of a record that another row stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What a source is: its name on the command line, in the log, and who speaks in it."""

    name: str
    title: str
    claimant: ActorRegistered
    citation: str
    """How the dataset asks to be cited."""
    url: str | None = None


class Source(Protocol):
    """An adapter: reads the records of one kind of file."""

    @property
    def dataset(self) -> Dataset:
        """What it is."""
        ...

    @property
    def columns(self) -> frozenset[str]:
        """Without these a file is refused; others are used where they are there."""
        ...

    @property
    def parts(self) -> tuple[str, ...]:
        """Parts that a record may have without its other records being known; () if they vary."""
        ...

    def records(self, file: RowFile, actors: Actors) -> Iterator[Record | Rejected]:
        """Every record of the file, in the order of its rows."""
        ...


@dataclass(slots=True)
class Tally:
    """What came of an import, so far."""

    rows: int = 0
    rejected: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    registered: int = 0
    new: int = 0
    corrected: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    unread: int = 0
    """Claims that a release may have or not: a row that was rejected may be theirs."""
    replaced: bool = False
    """Whether another file of the release was kept before, and cannot be written again now."""
    by_hand: list[str] = field(default_factory=list)
    """The ids of events by which people ended claims that the file makes otherwise, or no more."""
