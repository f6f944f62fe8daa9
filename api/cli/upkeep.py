"""The commands that keep a database in order and prove that it is: migrate, rebuild, replay."""

import json
from typing import Annotated

import typer

from api.cli.opening import Store, opened
from api.cli.stopping import CHECK_FAILED, Stop
from api.cli.terminal import progress
from api.settings import Settings
from infrastructure.audit import Difference, Replayed
from infrastructure.audit import replay as replaying
from infrastructure.questions.viewpoints import READ_MODELS, AheadOfReadModel


def migrate() -> None:
    """Make the database's tables, or bring them up to this release."""
    with opened(Settings(), migrate=True) as store:
        typer.echo(f"{store.database.url.render_as_string()} has the tables of this release")


def rebuild(
    name: Annotated[
        str, typer.Argument(help=f"Which read models; there is one set, {READ_MODELS}.")
    ] = READ_MODELS,
) -> None:
    """Build the read models afresh from the log, beside those that questions are answered from."""
    if name != READ_MODELS:
        raise typer.BadParameter(f"there is only {READ_MODELS}", param_hint="NAME")
    with opened(Settings()) as store:
        with progress("rebuilding") as advance:
            position = store.projector.rebuild(advance)
        typer.echo(f"{name} rebuilt up to position {position:,}")


def replay(
    position: Annotated[
        int | None,
        typer.Option(
            min=0, help="Replay the log up to this position only; up to its head if left out."
        ),
    ] = None,
) -> None:
    """Derive the read models from the log again, and compare every row."""
    with opened(Settings()) as store:
        store.bring_to_head()
        try:
            result = _replayed(store, position)
        except AheadOfReadModel as error:
            raise Stop(
                f"--position: {error.position} is ahead of the log, which ends at "
                f"{error.read_position}"
            ) from None
    if result.first_difference is not None:
        raise Stop(_difference(result.first_difference), CHECK_FAILED)
    typer.echo(
        f"the read models agree with the log up to position {result.position:,}: "
        f"{result.compared:,} rows compared"
    )


def _replayed(store: Store, position: int | None) -> Replayed:
    with progress("replaying") as advance:
        for step in replaying(store.database, position):
            if isinstance(step, Replayed):
                return step
            advance(step.position, step.until)
    raise AssertionError("a replay ends with its result")


def _difference(found: Difference) -> str:
    """Where the first difference is, and what the log and the read model say there."""
    where = f"position {found.position:,}, table {found.table}"
    if len(found.expected) != len(found.found):
        said = f"holds {len(found.found)} rows where the log gives {len(found.expected)}"
    else:
        told, held = next(
            (told, held)
            for told, held in zip(found.expected, found.found, strict=True)
            if told != held
        )
        fields = [name for name in told if told[name] != held.get(name)]
        said = ", ".join(
            f"{name} is {json.dumps(held.get(name))}, by the log {json.dumps(told[name])}"
            for name in fields
        )
    return f"{where}: {said}\nthe log is the truth: `foedus rebuild` makes the read models anew"
