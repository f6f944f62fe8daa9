"""The options that say from where a question is asked; the same on every asking command."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import wraps
from inspect import Parameter, Signature, signature
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


class Alleged(StrEnum):
    """What a question can take in besides that is not about some actors on one day."""

    ALLEGED = "alleged"


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
IncludingAlleged = Annotated[
    list[Alleged] | None,
    typer.Option("--include", help="alleged: count allegations and speculation too."),
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

_ALL = {
    "valid_at": ValidAt,
    "known_at": KnownAt,
    "according_to": AccordingTo,
    "reliability": Reliability,
    "credibility": Credibility,
    "include": Including,
    "without": Leaving,
}
"""The options by the names of their values, in the order of help texts."""


def options(
    *, valid_at: bool = True, according_to: bool = True, parts: bool = True
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of a viewpoint in the place of its parameter `request`.

    The command is called with the request that they mean. Left out are options that make no sense
    for its question; without `parts`, `--include` takes `alleged` alone.
    """
    offered = {"valid_at": valid_at, "according_to": according_to}
    taken = {name: option for name, option in _ALL.items() if offered.get(name, True)}
    if not parts:
        taken["include"] = IncludingAlleged

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**given: Any) -> None:
            asked = {name: given.pop(name) for name in taken}
            command(**given, request=_request_of(**asked))

        run.__signature__ = _with_options(signature(command, eval_str=True), taken)  # type: ignore[attr-defined]  # where `inspect` looks for it
        run.__annotations__ = {}
        return run

    return decorate


def _with_options(command: Signature, taken: dict[str, Any]) -> Signature:
    """The command's signature with these options where it has `request`."""
    parameters: list[Parameter] = []
    for one in command.parameters.values():
        if one.name == "request":
            parameters += [
                Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=option)
                for name, option in taken.items()
            ]
        else:
            parameters.append(one)
    return command.replace(parameters=parameters)


def _request_of(
    *,
    valid_at: date | None = None,
    known_at: str | None = None,
    according_to: str | None = None,
    reliability: Grade | None = None,
    credibility: int | None = None,
    include: list[Include] | list[Alleged] | None = None,
    without: list[str] | None = None,
) -> ViewpointRequest:
    """The viewpoint that the options ask for."""
    included = {one.value for one in include or ()}
    return ViewpointRequest(
        valid_at=valid_at,
        known_at=None if known_at is None else _known_at(known_at),
        according_to=according_to,
        reliability=None if reliability is None else reliability.value,
        credibility=cast("Literal[1, 2, 3, 4, 5] | None", credibility),
        alleged=Include.ALLEGED.value in included,
        parts=Include.PARTS.value in included,
        without=tuple(sorted({_left_out(one) for one in without or ()})),
    )
