"""The `foedus` command: everything that can be done without writing a program (DESIGN section 9)."""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from api.cli import (
    asking,
    backup,
    configuring,
    disagreement,
    examples,
    exporting,
    importing,
    incidents,
    loading,
    many_pairs,
    past,
    projecting,
    proving,
    releases,
    serving,
    suggestions,
    upkeep,
)
from api.cli.stopping import stop_for
from api.cli.terminal import printable

app = typer.Typer(
    name="foedus",
    help="Who stood with whom, when, according to whom, and when we learned it.",
    epilog="Exit codes: 0 done, 1 a check failed, 2 bad usage or input.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for command in (
    serving.serve,
    upkeep.migrate,
    loading.load,
    exporting.export,
    releases.releases,
    releases.release,
    examples.example,
    asking.ask,
    asking.explain,
    past.timeline,
    past.revisions,
    disagreement.disagreement,
    many_pairs.matrix,
    many_pairs.changes,
    incidents.incidents,
    incidents.incident,
    suggestions.suggestions,
    projecting.project,
    upkeep.rebuild,
    upkeep.replay,
    proving.verify,
    proving.checkpoint,
    proving.proof,
    proving.verify_proof,
    backup.backup,
    backup.restore,
    configuring.settings,
):
    app.command()(command)
app.command("import")(importing.import_)


def _say_version(wanted: bool) -> None:  # noqa: FBT001 - the option's value, as typer gives it
    if wanted:
        typer.echo(f"foedus {version('foedus')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and end.", callback=_say_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Take the options that stand before every command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process: expected errors as a sentence, without a traceback."""
    try:
        app(arguments, prog_name="foedus")
    except Exception as error:
        stop = stop_for(error)
        if stop is None:
            raise
        for line in f"foedus: {stop}".split("\n"):
            typer.echo(printable(line), err=True)
        sys.exit(stop.code)
