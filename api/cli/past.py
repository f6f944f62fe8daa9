"""`foedus timeline` and `foedus revisions`: a pair's past on either clock, without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.bodies import Body
from api.cli import viewpoints, wording
from api.cli.asking import answer, print_json
from api.cli.opening import asked
from api.cli.terminal import output, printable
from api.past_bodies import revisions_body, timeline_body
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest

Actor = Annotated[str, typer.Argument(metavar="ACTOR", help="An actor's id.")]
Other = Annotated[str, typer.Argument(metavar="ACTOR", help="Another's.")]
Question = Callable[..., tuple[Body, int | None]]


def timeline(
    actor: Actor,
    other: Other,
    *,
    known_at: viewpoints.KnownAt = None,
    according_to: viewpoints.AccordingTo = None,
    reliability: viewpoints.Reliability = None,
    credibility: viewpoints.Credibility = None,
    include: viewpoints.Including = None,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say how two actors stood over all of time: a line for each stretch, and what opened it."""
    request = viewpoints.request_of(
        valid_at=None,
        known_at=known_at,
        according_to=according_to,
        reliability=reliability,
        credibility=credibility,
        include=viewpoints.without_parts(include),
    )
    body = _asked(timeline_body, request, actor, other, example=example)
    if as_json:
        print_json(body)
    else:
        _print(output(), body, ("from", "until"), _segments(body))


def revisions(
    actor: Actor,
    other: Other,
    *,
    valid_at: viewpoints.ValidAt = None,
    known_at: viewpoints.KnownAt = None,
    according_to: viewpoints.AccordingTo = None,
    reliability: viewpoints.Reliability = None,
    credibility: viewpoints.Credibility = None,
    include: viewpoints.Including = None,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say how the answer for a day changed as the log grew: a line for each change."""
    request = viewpoints.request_of(
        valid_at=valid_at,
        known_at=known_at,
        according_to=according_to,
        reliability=reliability,
        credibility=credibility,
        include=viewpoints.without_parts(include),
    )
    body = _asked(revisions_body, request, actor, other, example=example)
    if as_json:
        print_json(body)
    else:
        _print(output(), body, ("position", "recorded"), _revisions(body))


def _asked(
    question: Question, request: ViewpointRequest, actor: str, other: str, *, example: bool
) -> Body:
    """The whole answer, read in one snapshot."""
    if actor == other:
        raise typer.BadParameter("give two different actors", param_hint="ACTOR")
    pair = (min(actor, other), max(actor, other))

    def ask(snapshot: Snapshot, **now: Any) -> Body:
        body, _ = question(snapshot, request, pair, limit=None, **now)
        return body

    with asked(example=example) as store:
        return answer(store, ask)


Line = tuple[str, str, dict[str, Any], str]
"""Two columns that say when, the stance, and the events."""


def _segments(body: Body) -> Iterator[Line]:
    for one in body["segments"]:
        events = ", ".join(one["opened_by"])
        yield one["from"] or "the beginning", one["to"] or "the end", one, events


def _revisions(body: Body) -> Iterator[Line]:
    for one in body["revisions"]:
        yield str(one["position"]), one["recorded_at"], one, one["changed_by"]


def _print(console: Console, body: Body, when: tuple[str, str], lines: Iterator[Line]) -> None:
    named = " – ".join(map(wording.actor_in_words, body["actors"]))
    for line in (named, wording.viewpoint_in_words(body["viewpoint"]), ""):
        console.print(printable(line), soft_wrap=True)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in (*when, "alignment"):
        table.add_column(heading, no_wrap=True)
    table.add_column("coop.", justify="right")
    table.add_column("conflict", justify="right")
    table.add_column("opened by" if "segments" in body else "changed by", overflow="fold")
    for first, second, stance, events in lines:
        alignment = stance["alignment"]
        table.add_row(
            first,
            second,
            Text(alignment, style=wording.STYLES[alignment]),
            str(stance["cooperation"]),
            str(stance["conflict"]),
            events,
        )
    console.print(table)
