"""The parameters that questions share, each declared once (DESIGN section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from fastapi import Depends, Header, Path, Query, Request
from pydantic import AfterValidator, BeforeValidator

from api.problems import Fault, Refusing, wrong_parameter
from api.reading import Day, Instant, LeftOut, PositionOrTime, Slug, Wait, left_out, listed, whole
from domain.fields import SLUG, UUID, Form
from infrastructure.questions.viewpoints import ViewpointRequest

MOST_WITHOUT = 20


def _actor(given: str) -> str:
    return _known_form(given, given, SLUG, "no actor is registered as")


def _alliance(given: str) -> str:
    return _known_form(given, given, SLUG, "no alliance is formed as")


def _incident(given: str) -> str:
    return _known_form(given, given, SLUG, "no event reports an incident")


def _event(given: str) -> str:
    return _known_form(given, given.lower(), UUID, "no event has the id")


def _known_form(given: str, canonical: str, form: Form, unknown: str) -> str:
    """The id in its one spelling; what cannot be an id is not found, like an id nobody knows."""
    if not form.matches(canonical):
        raise Refusing("not-found", f"{unknown} {given[:80]!r}")
    return canonical


ActorPath = Annotated[str, AfterValidator(_actor), Path(description="An actor's id.")]
AlliancePath = Annotated[str, AfterValidator(_alliance), Path(description="An alliance's id.")]
IncidentPath = Annotated[str, AfterValidator(_incident), Path(description="An incident's id.")]
EventPath = Annotated[str, AfterValidator(_event), Path(description="An event's id, a UUID.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """The viewpoint asked for, and how many seconds to wait for the read model to reach it."""

    request: ViewpointRequest
    wait: float


_SECOND = timedelta(microseconds=999_999)
"""A header names whole seconds: what was recorded within the one named is among what is meant."""


async def _asked(
    *,
    request: Request,
    valid_at: Annotated[
        Day | None, Query(description="The day asked about. Default: today (UTC).")
    ] = None,
    known_at: Annotated[
        PositionOrTime | None,
        Query(
            description="What the log held: a position, or a time that means the last position "
            "recorded at or before it. Default: all that the read model holds."
        ),
    ] = None,
    according_to: Annotated[
        Slug | None,
        Query(
            description="Only claims by this actor and claims without a claimant, less those it "
            "has denied."
        ),
    ] = None,
    reliability: Annotated[
        Literal["A", "B", "C", "D", "E"] | None,
        Query(description="Only claims of this reliability or better (Admiralty code)."),
    ] = None,
    credibility: Annotated[
        Literal[1, 2, 3, 4, 5] | None,
        BeforeValidator(whole),
        Query(description="Only claims of this credibility or better (Admiralty code)."),
    ] = None,
    include: Annotated[
        list[Literal["alleged", "parts"]] | None,
        BeforeValidator(listed),
        Query(
            description="`alleged`: admit allegations too. `parts`: each actor stands for its "
            "umbrellas and members too."
        ),
    ] = None,
    without: Annotated[
        list[LeftOut] | None,
        Query(
            description="A counterfactual: the log as if this had never been recorded, "
            "`claimant:ACTOR`, `publisher:NAME` or `event:ID`. May be repeated.",
            max_length=MOST_WITHOUT,
        ),
    ] = None,
    wait: Annotated[
        Wait,
        Query(
            description="Seconds to wait, up to 30, for the read model to reach `known_at` or, "
            "without it, the log's head of this moment."
        ),
    ] = 0.0,
    accept_datetime: Annotated[
        Instant | None,
        Header(
            description="Sets `known_at` where the query does not (RFC 7089): the end of this "
            "second, or now where that is later than now."
        ),
    ] = None,
) -> Asked:
    if known_at is None and accept_datetime is not None:
        known_at = min(accept_datetime + _SECOND, request.app.state.serving.clock())
    asked = ViewpointRequest(
        valid_at=valid_at,
        known_at=known_at,
        according_to=according_to,
        reliability=reliability,
        credibility=credibility,
        alleged="alleged" in (include or ()),
        parts="parts" in (include or ()),
        without=tuple(sorted({left_out(one) for one in without or ()})),
    )
    return Asked(asked, wait)


AskedDep = Annotated[Asked, Depends(_asked)]


async def _asked_without_parts(asked: AskedDep) -> Asked:
    if asked.request.parts:
        raise wrong_parameter(
            "include", "parts is for how some actors stand to each other on a day, not for this"
        )
    return asked


AskedWithoutPartsDep = Annotated[Asked, Depends(_asked_without_parts)]
"""For questions in which no actor could stand for its parts."""


async def only_documented(request: Request) -> None:
    """Refuse query parameters that the address does not document, and those given twice.

    A misspelt parameter would otherwise be answered as if it had not been given.
    """
    if not request.scope["query_string"]:
        return
    documented = _documented(request)
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    given = [name for name, _ in pairs]
    unknown = f"is not a parameter of this address, which takes {', '.join(documented) or 'none'}"
    faults = [
        Fault(unknown, parameter=name) for name in dict.fromkeys(given) if name not in documented
    ] + [
        Fault("is given more than once", parameter=name)
        for name in dict.fromkeys(given)
        if given.count(name) > 1 and documented.get(name) is False
    ]
    if faults:
        detail = "; ".join(f"{fault.parameter}: {fault.message}" for fault in faults[:10])
        raise Refusing("invalid-parameter", detail, faults[:10])


def _documented(request: Request) -> dict[str, bool]:
    """The address's query parameters by name, and whether each may be given more than once."""
    paths = request.app.openapi()["paths"]
    operation = paths[request.scope["route"].path_format][request.method.lower()]
    return {
        parameter["name"]: _is_list(parameter["schema"])
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
    }


def _is_list(schema: dict[str, object]) -> bool:
    choices = schema.get("anyOf", [schema])
    return any(choice.get("type") == "array" for choice in choices)  # type: ignore[attr-defined]  # JSON schemas are dicts of dicts
