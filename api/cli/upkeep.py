"""The commands that keep a database in order and prove that it is: migrate, rebuild, replay."""

import json
from datetime import date
from typing import Annotated, Any

import typer

from api.cli.opening import Store, opened
from api.cli.stopping import CHECK_FAILED, Stop
from api.cli.terminal import progress
from api.cli.viewpoints import day
from api.settings import Settings
from infrastructure.audit import AnswerDifference, Answered, Difference, Progress, Replayed
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
        store.work_out_segments()
        typer.echo(f"{name} rebuilt up to position {position:,}")


def replay(
    position: Annotated[
        int | None,
        typer.Option(
            min=0, help="Replay the log up to this position only; up to its head if left out."
        ),
    ] = None,
    valid_at: Annotated[
        date | None,
        typer.Option(
            parser=day,
            metavar="DATE",
            help="Compare too how every two actors stood on this day, and the alliances: as SQL "
            "answers, and as the log folds. Takes memory and time with the log.",
        ),
    ] = None,
) -> None:
    """Derive the read models from the log again, and compare every row."""
    with opened(Settings()) as store:
        store.bring_to_head()
        try:
            result = _replayed(store, position, valid_at)
        except AheadOfReadModel as error:
            raise Stop(
                f"--position: {error.position} is ahead of the log, which ends at "
                f"{error.read_position}"
            ) from None
    if result.first_difference is not None:
        raise Stop(_told(result.first_difference), CHECK_FAILED)
    answers = "" if result.answers is None else f", {result.answers:,} answers for {valid_at}"
    typer.echo(
        f"the read models agree with the log up to position {result.position:,}: "
        f"{result.compared:,} rows compared{answers}"
    )


def _replayed(store: Store, position: int | None, valid_at: date | None) -> Replayed:
    steps = replaying(store.database, position, valid_at)
    step = next(steps)
    with progress("replaying") as advance:
        while isinstance(step, Progress):
            advance(step.position, step.until)
            step = next(steps)
    with progress("comparing", "answers") as advance:
        while not isinstance(step, Replayed):
            if isinstance(step, Answered):
                advance(step.answers, None)
            step = next(steps)
    return step


def _told(found: Difference | AnswerDifference) -> str:
    """Where the first difference is, what is there and what the log says, and the remedy."""
    if isinstance(found, AnswerDifference):
        where = f"the answer about {' and '.join(found.about)}"
        said = _instead({found.field: (found.expected, found.found)})
    else:
        where, said = f"position {found.position:,}, table {found.table}", _in_rows(found)
    return f"{where}: {said}\nthe log is the truth: `foedus rebuild` makes the read models anew"


def _in_rows(found: Difference) -> str:
    if len(found.expected) != len(found.found):
        return f"holds {len(found.found)} rows where the log gives {len(found.expected)}"
    told, held = next(
        (told, held) for told, held in zip(found.expected, found.found, strict=True) if told != held
    )
    return _instead({name: (told[name], held[name]) for name in told if told[name] != held[name]})


def _instead(differing: dict[str, tuple[Any, Any]]) -> str:
    """What each field is, and what it is by the log."""
    return ", ".join(
        f"{name} is {json.dumps(held)}, by the log {json.dumps(told)}"
        for name, (told, held) in differing.items()
    )
