"""`foedus suggestions`: hints for an actor's unknown pairs, apart from evidence."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.bodies import Body
from api.bodies.suggestions import suggestions_body
from api.cli import viewpoints, wording
from api.cli.asking import answer, print_json
from api.cli.opening import asked
from api.cli.terminal import bare_table, output, printable, say
from domain.viewpoint import Viewpoint
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest

_OPPOSITE = {"cooperative": "hostile", "hostile": "cooperative"}


@viewpoints.options(parts=False)
def suggestions(
    actor: Annotated[str, typer.Argument(metavar="ACTOR", help="An actor's id.")],
    *,
    request: ViewpointRequest,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say what structural balance would expect of an actor's unknown pairs: hints, not evidence."""

    def question(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        body, after = suggestions_body(snapshot, viewpoint, actor)
        named = {one["id"]: one for one in body["actors"]}
        while after is not None:
            more, after = suggestions_body(snapshot, viewpoint, actor, after=after)
            body["suggestions"] += more["suggestions"]
            named |= {one["id"]: one for one in more["actors"]}
        return body | {"actors": [named[one] for one in sorted(named)]}

    with asked(example=example) as store:
        body = answer(store, question, request)
    if as_json:
        print_json(body)
    else:
        _print(output(), body)


def _print(console: Console, body: Body) -> None:
    actor = next(one for one in body["actors"] if one["id"] == body["actor"])
    say(
        console,
        f"suggestions for {wording.actor_in_words(actor)}",
        wording.viewpoint_in_words(body["viewpoint"]),
        body["notice"],
        "",
    )
    if body["suggestions"]:
        console.print(_table(body))
    else:
        say(console, "No hint: no third actor stands between the actor and an unknown one.")
    if not body["complete"]:
        say(console, "", f"Of its third actors only {body['third_actors']:,} were looked at.")


def _table(body: Body) -> Table:
    table = bare_table()
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
