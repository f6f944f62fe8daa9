"""`foedus matrix` and `foedus changes`: every pair, or all of an actor's, and what changed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api import reading
from api.bodies import Body
from api.bodies.matrix import changes_body, whole_matrix_body
from api.cli import viewpoints, wording
from api.cli.asking import answer, answer_unresolved, print_json
from api.cli.opening import Store, asked
from api.cli.stopping import Stop
from api.cli.tables import pairs_table
from api.cli.terminal import bare_table, output, say
from infrastructure.answering import plain
from infrastructure.exporting.alignment_forms import ALIGNMENT_FORMS
from infrastructure.exporting.forms import Origin
from infrastructure.exporting.pairs import ExportedPairs
from infrastructure.exporting.running import pieces
from infrastructure.questions.changes import Between, NotBefore
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import (
    AheadOfReadModel,
    InTheFuture,
    ViewpointRequest,
)

_PAGE = 1_000


class Axis(StrEnum):
    """The clock that changes are asked between two values of."""

    VALID = "valid"
    KNOWN = "known"


class Detail(StrEnum):
    """Whole alignments, or how each pair stands in short."""

    FULL = "full"
    SUMMARY = "summary"


class Lines(StrEnum):
    """Forms of a line a pair."""

    CSV = "csv"
    NDJSON = "ndjson"


@viewpoints.options(parts=False)
def matrix(
    actor: Annotated[
        str | None,
        typer.Argument(metavar="[ACTOR]", help="Only this actor's pairs."),
    ] = None,
    *,
    request: ViewpointRequest,
    lines: Annotated[
        Lines | None,
        typer.Option("--lines", help="A line a pair as CSV or NDJSON, however many there are."),
    ] = None,
    detail: Annotated[
        Detail,
        typer.Option(help="summary: only alignment, cooperation and conflict, for --lines."),
    ] = Detail.FULL,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say how every two actors stand to each other, where it is not unknown."""
    if lines and (as_json or actor):
        raise typer.BadParameter("goes with neither --json nor an actor", param_hint="'--lines'")
    if detail is Detail.SUMMARY and not lines:
        raise typer.BadParameter("summary goes with --lines", param_hint="'--detail'")
    with asked(example=example) as store:
        if lines:
            _print_lines(store, request, lines, detail)
            return
        body = answer(
            store,
            lambda snapshot, viewpoint: whole_matrix_body(snapshot, viewpoint, actor=actor),
            request,
        )
    if as_json:
        print_json(body)
    else:
        _print_matrix(output(), plain(body))


@viewpoints.options(parts=False)
def changes(
    *,
    axis: Annotated[
        Axis,
        typer.Option(help="valid: between two days. known: between two states of the log."),
    ],
    low: Annotated[
        str,
        typer.Option(
            "--from", metavar="DATE|POSITION|TIME", help="A day, or what --known-at takes."
        ),
    ],
    high: Annotated[
        str,
        typer.Option("--to", metavar="DATE|POSITION|TIME", help="The same, and later."),
    ],
    request: ViewpointRequest,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say which pairs stand otherwise than before, on one of the two clocks."""
    between = Between(axis.value, _read(axis, low, "--from"), _read(axis, high, "--to"))
    with asked(example=example) as store:
        body = _all_changes(store, request, between)
    if as_json:
        print_json(body)
    else:
        _print_changes(output(), body)


def _read(axis: Axis, text: str, option: str) -> Any:
    try:
        return reading.day(text) if axis is Axis.VALID else reading.known_at(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} {error}", param_hint=f"'{option}'") from None


def _all_changes(store: Store, request: ViewpointRequest, between: Between) -> Body:
    """The body with the changes of all pages, read in one snapshot."""

    def question(snapshot: Snapshot, **now: Any) -> Body:
        try:
            body, behind = changes_body(snapshot, request, between, limit=_PAGE, **now)
        except (AheadOfReadModel, InTheFuture) as error:
            if between.axis == "valid":
                raise
            raise Stop(f"--to: {error}") from None
        while behind is not None:
            more, behind = changes_body(
                snapshot, request, between, behind=behind, limit=_PAGE, **now
            )
            body["changes"] += more["changes"]
        return body

    try:
        return answer_unresolved(store, question)
    except NotBefore:
        raise Stop("--from: must be before --to") from None


def _print_lines(store: Store, request: ViewpointRequest, form: Lines, detail: Detail) -> None:
    """Write a stretch after another, each read by itself: a pager may wait for as long as it likes."""
    export = answer(
        store,
        lambda snapshot, viewpoint: ExportedPairs(
            Origin.of(snapshot.conn, viewpoint, detail.value), ALIGNMENT_FORMS[form.value]
        ),
        request,
    )
    for piece in pieces(store.database, export):
        typer.echo(piece, nl=False)


def _print_matrix(console: Console, body: Body) -> None:
    say(console, wording.viewpoint_in_words(body["viewpoint"]), "")
    if body["alignments"]:
        console.print(pairs_table(body["alignments"]))
    say(console, "", _counted(len(body["alignments"]), "is", "are") + " not unknown.")


def _print_changes(console: Console, body: Body) -> None:
    word = "day" if body["axis"] == "valid" else "position"
    between = f"from {word} {body['from']} to {word} {body['to']}"
    say(console, wording.viewpoint_in_words(body["viewpoint"]), between, "")
    if body["changes"]:
        console.print(_changes_table(body["changes"]))
    say(console, "", _counted(len(body["changes"]), "stands", "stand") + " otherwise.")


def _changes_table(changed: list[dict[str, Any]]) -> Table:
    table = bare_table()
    for heading in ("pair", "before", "after"):
        table.add_column(heading, no_wrap=True)
    for change in changed:
        states = (_state(change[when]) for when in ("before", "after"))
        table.add_row(" – ".join(change["actors"]), *states)
    return table


def _state(state: dict[str, Any]) -> Text:
    word = state["alignment"]
    levels = f" (cooperation {state['cooperation']}, conflict {state['conflict']})"
    return Text.assemble((word, wording.STYLES[word]), "" if word == "unknown" else levels)


def _counted(number: int, one: str, several: str) -> str:
    return f"1 pair {one}" if number == 1 else f"{number:,} pairs {several}"
