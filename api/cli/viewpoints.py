"""The options that say from where a question is asked; the same on every asking command."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, cast

import typer

from api import reading
from domain.dates import day_of
from domain.viewpoint import Without
from infrastructure.questions.viewpoints import ViewpointRequest


class Grade(StrEnum):
    """The reliability grades that can be asked for; F says "cannot be judged"."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Include(StrEnum):
    """What a question can take in besides."""

    ALLEGED = "alleged"
    PARTS = "parts"


def day(text: str) -> date:
    """A day given on the command line."""
    read: date = _read(day_of, text)
    return read


def _known_at(text: str) -> int | datetime:
    read: int | datetime = _read(reading.known_at, text, "'--known-at'")
    return read


def actor(text: str) -> str:
    """An actor's id given on the command line."""
    read: str = _read(reading.slug, text)
    return read


def _left_out(text: str) -> Without:
    read: Without = _read(reading.left_out, text, "'--without'")
    return read


def _read(read: Callable[[str], Any], text: str, option: str | None = None) -> Any:
    """What the text says, read as the API reads it."""
    try:
        return read(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} {error}", param_hint=option) from None


ValidAt = Annotated[
    date | None,
    typer.Option(
        parser=day,
        metavar="DATE",
        help="The day in the world that is asked about, YYYY-MM-DD; today (UTC) if left out.",
    ),
]
KnownAt = Annotated[
    str | None,
    typer.Option(
        metavar="POSITION|TIME",
        help="What the log held: a position, or a time with offset; everything if left out.",
    ),
]
AccordingTo = Annotated[
    str | None,
    typer.Option(
        parser=actor,
        metavar="ACTOR",
        help="Count only this actor's claims and those without a claimant, less what it denies.",
    ),
]
Reliability = Annotated[
    Grade | None,
    typer.Option(help="Count only claims whose source has this grade or better."),
]
Credibility = Annotated[
    int | None,
    typer.Option(min=1, max=5, help="Count only claims of this credibility or better."),
]
Including = Annotated[
    list[Include] | None,
    typer.Option(
        "--include",
        help="alleged: count allegations and speculation too. parts: let each actor stand for its "
        "umbrellas and members too.",
    ),
]
Leaving = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="WHAT:WHOSE",
        help="As if this had never been recorded: claimant:ACTOR, publisher:NAME or event:ID. "
        "May be given several times.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the body that the API answers.")]
Example = Annotated[
    bool, typer.Option("--example", help="Ask the shipped example instead of your own database.")
]


def without_parts(include: list[Include] | None) -> list[Include] | None:
    """The same, where the question is not how actors stand to each other on one day."""
    if Include.PARTS in (include or ()):
        raise typer.BadParameter(
            "parts is for how some actors stand to each other on a day, not for this",
            param_hint="'--include'",
        )
    return include


def request_of(
    *,
    valid_at: date | None,
    known_at: str | None,
    according_to: str | None,
    reliability: Grade | None,
    credibility: int | None,
    include: list[Include] | None,
    without: list[str] | None = None,
) -> ViewpointRequest:
    """The viewpoint that the options ask for."""
    return ViewpointRequest(
        valid_at=valid_at,
        known_at=None if known_at is None else _known_at(known_at),
        according_to=according_to,
        reliability=None if reliability is None else reliability.value,
        credibility=cast("Literal[1, 2, 3, 4, 5] | None", credibility),
        alleged=Include.ALLEGED in (include or ()),
        parts=Include.PARTS in (include or ()),
        without=tuple(sorted({_left_out(one) for one in without or ()})),
    )
