"""`foedus disagreement`: how the accounts of a pair differ, and by which claims, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.bodies import Body
from api.bodies.disagreement import disagreement_body
from api.cli import viewpoints, wording
from api.cli.asking import answer, print_json
from api.cli.opening import asked
from api.cli.terminal import bare_table, output, say
from domain.viewpoint import Viewpoint
from infrastructure.questions.quarrels import Two
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest

_UNCLAIMED = "unattributed"
_METHODS = {
    "smallest": "no fewer would do",
    "inclusion-minimal": "none can be put back, but fewer others might do",
    "sufficient": "fewer may do",
}


@viewpoints.options(according_to=False, parts=False)
def disagreement(
    actor: Annotated[str, typer.Argument(metavar="ACTOR", help="An actor's id.")],
    other: Annotated[str, typer.Argument(metavar="ACTOR", help="Another's.")],
    *,
    between: Annotated[
        str | None,
        typer.Option(
            metavar="CLAIMANT[,CLAIMANT]",
            help="Compare the accounts of these two, or of one and of no claimant; the first that "
            "differ if left out.",
        ),
    ] = None,
    request: ViewpointRequest,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say how two actors stand by each claimant's account, and which claims the accounts differ by."""
    if actor == other:
        raise typer.BadParameter("give two different actors", param_hint="ACTOR")
    pair, two = (min(actor, other), max(actor, other)), _two(between)

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        return disagreement_body(snapshot, viewpoint, pair, two)

    with asked(example=example) as store:
        body = answer(store, ask, request)
    if as_json:
        print_json(body)
    else:
        _print(output(), body)


def _two(between: str | None) -> Two | None:
    if between is None:
        return None
    *others, last = [viewpoints.actor(one) for one in between.split(",")]
    if len(others) > 1 or others == [last]:
        raise typer.BadParameter(
            "give one claimant, or two different ones with a comma between",
            param_hint="'--between'",
        )
    return (others[0] if others else None, last)


def _print(console: Console, body: Body) -> None:
    named = " – ".join(map(wording.actor_in_words, body["actors"]))
    say(console, named, wording.viewpoint_in_words(body["viewpoint"]), "")
    console.print(_accounts(body))
    say(console, *_lines(body))


def _accounts(body: Body) -> Table:
    table = bare_table()
    for heading in ("according to", "alignment"):
        table.add_column(heading, no_wrap=True)
    for heading in ("coop.", "conflict", "claims"):
        table.add_column(heading, justify="right")
    for one in body["accounts"]:
        table.add_row(
            one["claimant"] or _UNCLAIMED,
            Text(one["alignment"], style=wording.STYLES[one["alignment"]]),
            *(str(one[name]) for name in ("cooperation", "conflict", "claims")),
        )
    return table


def _lines(body: Body) -> Iterator[str]:
    if body["more_accounts"]:
        yield f"… and {body['more_accounts']} more claimants"
    for one in body["differences"]:
        yield ""
        yield from _difference(one)
    if not body["differences"]:
        yield ""
        yield "All accounts have the two aligned alike."
    if body["more_differences"]:
        yield ""
        yield f"… and {body['more_differences']} more differ: ask with --between"


def _difference(one: dict[str, Any]) -> Iterator[str]:
    first, other = (claimant or _UNCLAIMED for claimant in one["between"])
    if not one["count"]:
        yield f"{first} and {other} agree: {one['both']}."
        return
    has, had = one["alignments"]
    claims = "this claim" if one["count"] == 1 else f"these {one['count']} claims"
    yield (
        f"{first}: {has}, {other}: {had}. Without {claims} both: {one['both']} "
        f"({_METHODS[one['method']]})."
    )
    for claim in one["removing"]:
        yield f"  {claim['position']}  {claim['type']} {claim['event']}, {_teller(claim)}"
    if (more := one["count"] - len(one["removing"])) > 0:
        yield f"  … and {more} more"


def _teller(claim: dict[str, Any]) -> str:
    return f"claimed by {claim['claimant']}" if claim["claimant"] else "without a claimant"
