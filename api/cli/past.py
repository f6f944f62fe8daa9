"""`foedus timeline` and `foedus revisions`: a pair's past on either clock, without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.bodies import Body
from api.bodies.past import revisions_body, timeline_body
from api.cli import viewpoints, wording
from api.cli.asking import answer, print_json
from api.cli.opening import asked
from api.cli.terminal import bare_table, output, say
from domain.viewpoint import Viewpoint
from infrastructure.questions.events import types as types_of
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest

Actor = Annotated[str, typer.Argument(metavar="ACTOR", help="An actor's id.")]
Other = Annotated[str, typer.Argument(metavar="ACTOR", help="Another's.")]
Question = Callable[..., tuple[Body, int | None]]
Types = dict[str, str]
Line = tuple[str, str, dict[str, Any], str]
"""Two columns that say when, the stance, and the events."""


@viewpoints.options(valid_at=False, parts=False)
def timeline(
    actor: Actor,
    other: Other,
    *,
    request: ViewpointRequest,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say how two actors stood over all of time: a line for each stretch, and what opened it."""
    body, types = _asked(timeline_body, request, actor, other, example=example)
    if as_json:
        print_json(body)
    else:
        told = wording.viewpoint_in_words(body["viewpoint"], on_day=False)
        _print(output(), body, told, _table("from", "until", "opened by"), _segments(body, types))


@viewpoints.options(parts=False)
def revisions(
    actor: Actor,
    other: Other,
    *,
    request: ViewpointRequest,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say how the answer for a day changed as the log grew: a line for each change."""
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

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        body, _ = question(snapshot, viewpoint, pair, limit=None)
        types.update(types_of(snapshot.conn, _named(body)))
        return body

    with asked(example=example) as store:
        return answer(store, ask, request), types


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
    table = bare_table()
    for heading in (when, until, "alignment"):
        table.add_column(heading, no_wrap=True)
    table.add_column("coop.", justify="right")
    table.add_column("conflict", justify="right")
    table.add_column(events, overflow="fold")
    return table


def _print(console: Console, body: Body, told: str, table: Table, lines: Iterator[Line]) -> None:
    named = " – ".join(map(wording.actor_in_words, body["actors"]))
    say(console, named, told, "")
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
