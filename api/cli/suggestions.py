"""`foedus suggestions`: hints for an actor's unknown pairs, apart from evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from api.bodies import Body
from api.cli import viewpoints, wording
from api.cli.asking import answer, print_json
from api.cli.opening import asked
from api.cli.terminal import output, printable
from api.suggestion_bodies import suggestions_body
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import resolve

_OPPOSITE = {"cooperative": "hostile", "hostile": "cooperative"}


def suggestions(
    actor: Annotated[str, typer.Argument(metavar="ACTOR", help="An actor's id.")],
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
    """Say what structural balance would expect of an actor's unknown pairs: hints, not evidence."""
    request = viewpoints.request_of(
        valid_at=valid_at,
        known_at=known_at,
        according_to=according_to,
        reliability=reliability,
        credibility=credibility,
        include=viewpoints.without_parts(include),
        without=without,
    )

    def question(snapshot: Snapshot, *, today: date, now: datetime) -> Body:
        viewpoint = resolve(snapshot, request, today=today, now=now)
        body, after = suggestions_body(snapshot, viewpoint, actor)
        named = {one["id"]: one for one in body["actors"]}
        while after is not None:
            more, after = suggestions_body(snapshot, viewpoint, actor, after=after)
            body["suggestions"] += more["suggestions"]
            named |= {one["id"]: one for one in more["actors"]}
        return body | {"actors": [named[one] for one in sorted(named)]}

    with asked(example=example) as store:
        body = answer(store, question)
    if as_json:
        print_json(body)
    else:
        _print(output(), body)


def _print(console: Console, body: Body) -> None:
    actor = next(one for one in body["actors"] if one["id"] == body["actor"])
    _say(
        console,
        f"suggestions for {wording.actor_in_words(actor)}",
        wording.viewpoint_in_words(body["viewpoint"]),
        body["notice"],
        "",
    )
    if body["suggestions"]:
        console.print(_table(body))
    else:
        _say(console, "No hint: no third actor stands between the actor and an unknown one.")
    if not body["complete"]:
        _say(console, "", f"Of its third actors only {body['third_actors']:,} were looked at.")


def _table(body: Body) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("unknown pair", "may lean", "weight", "because", "against"):
        table.add_column(heading, no_wrap=True, justify="right" if heading == "weight" else "left")
    for hint in body["suggestions"]:
        agreeing, contradicting = _sides(hint)
        table.add_row(
            printable(" – ".join(hint["actors"])),
            hint["leaning"],
            f"{agreeing['weight']} : {contradicting['weight']}",
            "\n".join(_reasons(body["actor"], agreeing)),
            "\n".join(_reasons(body["actor"], contradicting)),
        )
    return table


def _sides(hint: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What agrees with the leaning, and what contradicts it; undecided ones begin with cooperation."""
    leaning = hint["leaning"] if hint["leaning"] in _OPPOSITE else "cooperative"
    return hint[leaning], hint[_OPPOSITE[leaning]]


def _reasons(actor: str, side: dict[str, Any]) -> list[str]:
    """A line a third actor: how each of the two stands to it."""
    lines = []
    for triad in side["triads"]:
        mine, theirs = triad["premises"]
        [other] = set(theirs["actors"]) - {triad["third"]}
        lines.append(f"{triad['third']} ({actor}: {_state(mine)}; {other}: {_state(theirs)})")
    hidden = side["third_actors"] - len(lines)
    return [*lines, *([f"and {hidden:,} more"] if hidden else [])]


def _state(premise: dict[str, Any]) -> str:
    disputed = ["disputed"] if premise["disputed"] else []
    stale = ["stale"] if premise["stale_since"] else []
    return ", ".join([premise["alignment"], *disputed, *stale])


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(printable(line), soft_wrap=True)
