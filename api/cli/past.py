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
from infrastructure.questions.events import types as types_of
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest

Actor = Annotated[str, typer.Argument(metavar="ACTOR", help="An actor's id.")]
Other = Annotated[str, typer.Argument(metavar="ACTOR", help="Another's.")]
Question = Callable[..., tuple[Body, int | None]]
Types = dict[str, str]
Line = tuple[str, str, dict[str, Any], str]
"""Two columns that say when, the stance, and the events."""


def timeline(
    actor: Actor,
    other: Other,
    *,
    known_at: viewpoints.KnownAt = None,
    according_to: viewpoints.AccordingTo = None,
    reliability: viewpoints.Reliability = None,
    credibility: viewpoints.Credibility = None,
    include: viewpoints.Including = None,
    without: viewpoints.Leaving = None,
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
        without=without,
    )
    body, types = _asked(timeline_body, request, actor, other, example=example)
    if as_json:
        print_json(body)
    else:
        told = wording.viewpoint_in_words(body["viewpoint"], on_day=False)
        _print(output(), body, told, _table("from", "until", "opened by"), _segments(body, types))


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
    without: viewpoints.Leaving = None,
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
        without=without,
    )
    body, types = _asked(revisions_body, request, actor, other, example=example)
    if as_json:
        print_json(body)
    else:
        told = wording.viewpoint_in_words(body["viewpoint"])
        table = _table("position", "recorded", "changed by")
        _print(output(), body, told, table, _revisions(body, types))


def _asked(
    question: Question, request: ViewpointRequest, actor: str, other: str, *, example: bool
) -> tuple[Body, Types]:
    """The whole answer, read in one snapshot, and the types of the events that it names."""
    if actor == other:
        raise typer.BadParameter("give two different actors", param_hint="ACTOR")
    pair = (min(actor, other), max(actor, other))
    types: Types = {}

    def ask(snapshot: Snapshot, **now: Any) -> Body:
        body, _ = question(snapshot, request, pair, limit=None, **now)
        types.update(types_of(snapshot.conn, _named(body)))
        return body

    with asked(example=example) as store:
        return answer(store, ask), types


def _named(body: Body) -> Iterator[str]:
    for one in body.get("segments", ()):
        yield from one["opened_by"]
    for one in body.get("revisions", ()):
        yield one["changed_by"]


def _segments(body: Body, types: Types) -> Iterator[Line]:
    for one in body["segments"]:
        events = "\n".join(f"{types[event]} {event}" for event in one["opened_by"])
        yield one["from"] or "the beginning", one["to"] or "the end", one, events


def _revisions(body: Body, types: Types) -> Iterator[Line]:
    for one in body["revisions"]:
        event = one["changed_by"]
        recorded = wording.moment(one["recorded_at"])
        yield str(one["position"]), recorded, one, f"{types[event]} {event}"


def _table(when: str, until: str, events: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in (when, until, "alignment"):
        table.add_column(heading, no_wrap=True)
    table.add_column("coop.", justify="right")
    table.add_column("conflict", justify="right")
    table.add_column(events, overflow="fold")
    return table


def _print(console: Console, body: Body, told: str, table: Table, lines: Iterator[Line]) -> None:
    named = " – ".join(map(wording.actor_in_words, body["actors"]))
    for line in (named, told, ""):
        console.print(printable(line), soft_wrap=True)
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
