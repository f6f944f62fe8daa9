"""`foedus ask` and `foedus explain`: the questions of the API, answered without a server."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar

import typer

from api.bodies import Body
from api.bodies.alignments import alignments_body, pair_body
from api.cli import viewpoints
from api.cli.account import print_account
from api.cli.opening import Store, asked
from api.cli.stopping import Stop
from api.cli.tables import print_alignments
from api.cli.terminal import output
from domain.viewpoint import Viewpoint
from infrastructure.answering import plain
from infrastructure.questions import actors as registered
from infrastructure.questions.parts import TooManyParts
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import (
    AheadOfReadModel,
    InTheFuture,
    NothingToLeaveOut,
    ViewpointRequest,
    resolve,
)

Answer = TypeVar("Answer")

MOST_ACTORS = 50
"""As many as the API takes in one question."""

_PAGE = 1_000
_SUGGESTED = 4


@viewpoints.options()
def ask(
    actors: Annotated[list[str], typer.Argument(metavar="ACTOR", help="Two to fifty actor ids.")],
    *,
    request: ViewpointRequest,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say how every two of these actors stand to each other: a line a pair."""
    if not 2 <= len(set(actors)) == len(actors) <= MOST_ACTORS:
        raise typer.BadParameter(f"give 2 to {MOST_ACTORS} different actors", param_hint="ACTOR")
    with asked(example=example) as store:
        body = answer(
            store,
            lambda snapshot, viewpoint: alignments_body(snapshot, viewpoint, actors),
            request,
        )
    if as_json:
        print_json(body)
    else:
        print_alignments(output(), plain(body))


@viewpoints.options()
def explain(
    actor: Annotated[str, typer.Argument(metavar="ACTOR", help="An actor's id.")],
    other: Annotated[str, typer.Argument(metavar="ACTOR", help="Another's.")],
    *,
    request: ViewpointRequest,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Say why two actors stand as they do: every event that counts, and what was left out."""
    if actor == other:
        raise typer.BadParameter("give two different actors", param_hint="ACTOR")
    pair = (min(actor, other), max(actor, other))
    with asked(example=example) as store:
        body = _explained(store, request, pair)
    if as_json:
        print_json(body)
    else:
        print_account(output(), body)


def answer(
    store: Store, question: Callable[[Snapshot, Viewpoint], Answer], request: ViewpointRequest
) -> Answer:
    """Ask from the viewpoint that the request means; what is refused is told as the API tells it."""

    def ask(snapshot: Snapshot, **now: Any) -> Answer:
        return question(snapshot, resolve(snapshot, request, **now))

    return answer_unresolved(store, ask)


def answer_unresolved(store: Store, question: Callable[..., Answer]) -> Answer:
    """The same for a question that resolves by itself what it is given `today` and `now` for."""
    now = datetime.now(UTC)
    with store.database.read() as conn:
        snapshot = Snapshot.of(conn)
        try:
            return question(snapshot, today=now.date(), now=now)
        except UnknownActors as error:
            raise Stop(_unknown(snapshot, error.ids, now)) from None
        except AheadOfReadModel as error:
            raise Stop(
                f"--known-at: position {error.position} is ahead of the log, "
                f"which ends at {error.read_position}"
            ) from None
        except NothingToLeaveOut as error:
            raise Stop(f"--without: {error}") from None
        except InTheFuture as error:
            raise Stop(f"--known-at: {error}") from None
        except TooManyParts as error:
            raise Stop(f"--include parts: {error}") from None


def _explained(store: Store, request: ViewpointRequest, pair: tuple[str, str]) -> Body:
    """The body of the pair's page with the evidence of all pages, read in one snapshot."""

    def question(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        body, after = pair_body(snapshot, viewpoint, pair, limit=_PAGE)
        while after is not None:
            more, after = pair_body(snapshot, viewpoint, pair, after=after, limit=_PAGE)
            body["evidence_list"] += more["evidence_list"]
        return body

    return answer(store, question, request)


def _unknown(snapshot: Snapshot, ids: Sequence[str], now: datetime) -> str:
    """Who is not known, and who may be meant."""
    viewpoint = resolve(snapshot, ViewpointRequest(), today=now.date(), now=now)
    known: dict[str, str] = {}
    after: str | None = None
    while True:
        page, after = registered.actors(
            snapshot, viewpoint, name=None, kind=None, after=after, limit=_PAGE
        )
        known |= {actor.id: actor.name for actor in page}
        if after is None:
            break
    return "\n".join(
        f"no actor is registered as {one}{_meant(one, known) if known else ': the log names no actor yet'}"
        for one in ids
    )


def _meant(text: str, known: dict[str, str]) -> str:
    """The ids nearest to the text: by part of an id, else by its letters or by name."""
    slug = "-".join(text.lower().split())
    if slug in known:
        return f"; did you mean {slug}?"
    near = [actor for actor in known if slug in actor]
    if not near:
        by_name = {name.lower(): actor for actor, name in known.items()}
        alike = get_close_matches(text.lower(), by_name, cutoff=0.7)
        near = [*get_close_matches(slug, known, cutoff=0.7), *(by_name[name] for name in alike)]
    few = list(dict.fromkeys(near))[:_SUGGESTED]
    return f"; did you mean {' or '.join(few)}?" if few else ""


def print_json(body: Body) -> None:
    # Here and not above: the tables need no web framework, and start faster without.
    from api.answering import as_json  # noqa: PLC0415

    typer.echo(as_json(body))
