"""`foedus export`: the log, alignments or incidents as a file that other programs read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli import viewpoints
from api.cli.asking import answer
from api.cli.files import said_to_the_user
from api.cli.many_pairs import Detail
from api.cli.opening import Store, asked
from api.cli.stopping import Stop, ended_by_sigterm
from api.cli.terminal import progress
from api.cli.wording import counted
from domain.viewpoint import Viewpoint
from infrastructure.exporting.alignment_forms import ALIGNMENT_FORMS
from infrastructure.exporting.forms import Export, Form, Forms, NotInstalled, Origin
from infrastructure.exporting.incidents import INCIDENT_FORMS, ExportedIncidents
from infrastructure.exporting.log import LOG_FORMS, ExportedLog
from infrastructure.exporting.pairs import ExportedPairs
from infrastructure.exporting.running import pieces
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest
from infrastructure.whole_files import whole

STANDARD_OUTPUT = "-"


class What(StrEnum):
    """What can be exported."""

    LOG = "log"
    ALIGNMENTS = "alignments"
    INCIDENTS = "incidents"


FORMS: dict[What, Forms] = {
    What.LOG: LOG_FORMS,
    What.ALIGNMENTS: ALIGNMENT_FORMS,
    What.INCIDENTS: INCIDENT_FORMS,
}
UNITS = {What.LOG: "events", What.ALIGNMENTS: "pairs", What.INCIDENTS: "incidents"}


@viewpoints.options(parts=False)
def export(
    what: Annotated[What, typer.Argument(metavar="WHAT", help="log, alignments or incidents.")],
    file: Annotated[
        str,
        typer.Argument(help="Its ending tells the format; - is standard output, with --format."),
    ],
    *,
    format: Annotated[
        str | None,
        typer.Option(
            help="log: ndjson, cloudevents, parquet. alignments: ndjson, csv, parquet, graphml, "
            "stix. incidents: ndjson, csv, geojson."
        ),
    ] = None,
    detail: Annotated[
        Detail,
        typer.Option(help="summary: of alignments only alignment, cooperation and conflict."),
    ] = Detail.FULL,
    request: ViewpointRequest,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
    example: viewpoints.Example = False,
) -> None:
    """Write the log, alignments or incidents to a file in a format that other programs read."""
    form = _form(what, file, format)
    _refuse_unfit(what, form, detail, request)
    with asked(example=example) as store, ended_by_sigterm():
        made = _export(store, what, form, detail, request)
        if file == STANDARD_OUTPUT:
            for piece in pieces(store.database, made):
                typer.echo(piece, nl=False)
            return
        with said_to_the_user(file):
            count = _write(store, made, Path(file), what, replace=force)
    held = counted(count, UNITS[what].removesuffix("s"))
    typer.echo(f"{file} holds {held}{_as_of(made)}")


def _form(what: What, file: str, given: str | None) -> Form:
    """The form that is named, else that of the ending. Its library is there."""
    forms = FORMS[what]
    endings = {ending: form for form in forms.values() for ending in form.endings}
    if given is not None:
        found = forms.get(given)
        if found is None:
            raise typer.BadParameter(
                f"{what} can be {', '.join(forms)}, not {given}", param_hint="'--format'"
            )
    elif file == STANDARD_OUTPUT:
        raise typer.BadParameter("say in which format to write", param_hint="'--format'")
    else:
        fitting = (endings[ending] for ending in endings if file.endswith(ending))
        found = next(fitting, None)
        if found is None:
            raise typer.BadParameter(
                f"of {what} the name must end in {', '.join(endings)}, or --format name one of "
                f"{', '.join(forms)}",
                param_hint="FILE",
            )
    try:
        found.require_installed()
    except NotInstalled as absent:
        raise Stop(str(absent)) from None
    return found


def _refuse_unfit(what: What, form: Form, detail: Detail, request: ViewpointRequest) -> None:
    if what is What.LOG and request != ViewpointRequest():
        raise typer.BadParameter("the log is written whole, from no viewpoint", param_hint="WHAT")
    if detail is Detail.SUMMARY and what is not What.ALIGNMENTS:
        raise typer.BadParameter("summary is of alignments", param_hint="'--detail'")
    if detail.value not in form.details:
        raise typer.BadParameter(
            f"{form.name} tells of each direction, which a summary does not",
            param_hint="'--detail'",
        )


def _export(
    store: Store, what: What, form: Form, detail: Detail, request: ViewpointRequest
) -> Export:
    if what is What.LOG:
        with store.database.read() as conn:
            return ExportedLog.upto_head(conn, form)

    def resolved(snapshot: Snapshot, viewpoint: Viewpoint) -> Export:
        origin = Origin.of(snapshot.conn, viewpoint, detail.value)
        kind = ExportedPairs if what is What.ALIGNMENTS else ExportedIncidents
        return kind(origin, form)

    return answer(store, resolved, request)


def _write(store: Store, made: Export, file: Path, what: What, *, replace: bool) -> int:
    """Write the file, whole or not at all; how many entries it has."""
    count = 0
    with (
        whole(file, replace=replace) as part,
        part.open("wb") as out,
        progress(f"exporting {what}", UNITS[what]) as advance,
    ):

        def counted(written: int) -> None:
            nonlocal count
            count = written
            advance(written, made.total)

        for piece in pieces(store.database, made, counted):
            out.write(piece)
    return count


def _as_of(made: Export) -> str:
    viewpoint = made.origin.viewpoint
    if viewpoint is None:
        return ""
    return f" on {viewpoint.valid_at}, as known at position {viewpoint.position:,}"
