"""Every refusal as an RFC 9457 problem: one table of kinds, one of exceptions (DESIGN section 7).

Layers below raise errors named by what happened; only here do they get a status. A kind's `type`
is stable: clients may branch on it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from eventsourcing import persistence
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import exc
from starlette.exceptions import HTTPException

from api.heads import GIVEN_ONLY_WHOLE
from api.parsing import RefusedBody, UnreadableBody
from domain.checks import Problem
from infrastructure.exporting.forms import NotInstalled
from infrastructure.log import ExpectedPositionAhead, PositionConflict
from infrastructure.misfits import in_words
from infrastructure.questions.parts import TooManyParts
from infrastructure.questions.snapshots import OtherReadModels
from infrastructure.questions.viewpoints import AheadOfReadModel, InTheFuture, NothingToLeaveOut
from infrastructure.storage import is_out_of_room
from infrastructure.turns import WriteLockTimeout
from infrastructure.upcasters import NewerSchema

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:foedus:problem:"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the last part of its `type`, its status and its title."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The stable URI by which clients know the kind."""
        return TYPE_PREFIX + self.name


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("unreadable-body", 422, "The body is not a JSON document"),
        Kind("invalid-event", 422, "An event breaks the rules of the vocabulary"),
        Kind("invalid-parameter", 422, "A parameter cannot be used"),
        Kind("body-too-large", 413, "The body is larger than this server reads"),
        Kind("not-json", 415, "The body must be sent as application/json"),
        Kind("actor-exists", 409, "An actor is registered under that id already"),
        Kind("actor-in-use", 409, "The registration of an actor that live events name must stay"),
        Kind("event-ended", 409, "That event is retracted or superseded already"),
        Kind("content-conflict", 409, "The id is recorded with other content"),
        Kind("position-conflict", 409, "The same actors were touched after the expected position"),
        Kind("ahead-of-log", 409, "The position given is ahead of the log"),
        Kind("ahead-of-read-model", 409, "The position asked is ahead of the read model"),
        Kind("not-found", 404, "There is nothing under this address"),
        Kind("method-not-allowed", 405, "This address does not take that method"),
        Kind("not-acceptable", 406, "The answer has no form that the request accepts"),
        Kind("foreign-host", 421, "This server answers to loopback names only"),
        Kind("busy", 429, "One of these runs at a time"),
        Kind("too-many-streams", 503, "No more streams can be served just now"),
        Kind("not-ready", 503, "The server is not ready to answer"),
        Kind("database-unavailable", 503, "The database cannot be reached just now"),
        Kind("not-installed", 501, "This server was installed without what that form needs"),
        Kind("storage-full", 507, "The database has no room to write"),
        Kind("bad-request", 400, "The request cannot be understood"),
        Kind("internal", 500, "Something went wrong on the server"),
        Kind("log-damaged", 500, "The log is not what was recorded"),
    )
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: a JSON pointer into the body, or a parameter's name."""

    message: str
    pointer: str | None = None
    parameter: str | None = None

    def plain(self) -> dict[str, str]:
        """The entry of `errors`."""
        place = {"pointer": self.pointer, "parameter": self.parameter}
        return {key: text for key, text in place.items() if text is not None} | {
            "message": self.message
        }


class Refusing(Exception):
    """A request is answered by a problem of this kind. `members` are further members of it."""

    def __init__(
        self,
        kind: str,
        detail: str,
        faults: Iterable[Fault] = (),
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.kind = KINDS[kind]
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.members = members

    def response(self) -> Response:
        """The problem document."""
        body = {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "errors": [fault.plain() for fault in self.faults],
        }
        return Response(
            json.dumps(body | self.members, ensure_ascii=False).encode(errors="replace"),
            self.kind.status,
            self.headers,
            MEDIA_TYPE,
        )


def wrong_parameter(name: str, message: str) -> Refusing:
    """A query or header parameter cannot be used."""
    return Refusing("invalid-parameter", f"{name}: {message}", [Fault(message, parameter=name)])


def invalid_body(kind: str, problems: Sequence[Problem]) -> Refusing:
    """Places in the body are wrong; the detail repeats the first."""
    first = problems[0]
    detail = f"{first.pointer or 'the body'}: {first.message}"
    if len(problems) > 1:
        detail += f" (and {len(problems) - 1} more)"
    return Refusing(kind, detail, [Fault(each.message, pointer=each.pointer) for each in problems])


def ahead_of_read_model(error: AheadOfReadModel, parameter: str) -> Refusing:
    """The parameter asks for a position that the read model does not hold yet."""
    return Refusing(
        "ahead-of-read-model",
        str(error),
        [Fault(str(error), parameter=parameter)],
        position=error.read_position,
    )


def _invalid_request(error: RequestValidationError) -> Refusing:
    faults = [Fault(in_words(one), parameter=str(one["loc"][1])) for one in error.errors()]
    detail = "; ".join(f"{fault.parameter}: {fault.message}" for fault in faults)
    # RFC 7089 wants 400 where Accept-Datetime is not of its form (section 4.5.3).
    moment_only = all(fault.parameter == "accept-datetime" for fault in faults)
    return Refusing("bad-request" if moment_only else "invalid-parameter", detail, faults)


def _framework(error: HTTPException) -> Refusing:
    """What the router itself says: no such address, or not by that method."""
    kinds = {kind.status: kind.name for kind in reversed(KINDS.values())}
    kind = kinds.get(error.status_code, "bad-request" if error.status_code < 500 else "internal")
    detail = f"{KINDS[kind].title}; /openapi.json describes every address"
    return Refusing(kind, detail, headers=error.headers)


def _unavailable(error: Exception) -> Refusing:
    """The database did not do what it was asked; its operator reads in the log what it said."""
    log.error("the database failed a request: %s", error)
    if is_out_of_room(error):
        detail = (
            "The database's disk is full, or refuses to be written. Nothing acknowledged is lost; "
            "post these events again, with the same ids, once there is room."
        )
        return Refusing("storage-full", detail, headers={"Retry-After": "10"})
    detail = (
        "The database is away or busy just now. Try again; events that were posted may or may not "
        "have been recorded, so post them with the same ids (given none, give them some)."
    )
    return Refusing("database-unavailable", detail, headers={"Retry-After": "1"})


def _internal(_: Exception) -> Refusing:
    return Refusing("internal", "The cause is in the server's log. Nothing more is told here.")


TRANSLATIONS: dict[type[Exception], Callable[[Any], Refusing]] = {
    Refusing: lambda error: error,
    UnreadableBody: lambda error: invalid_body("unreadable-body", [Problem("", str(error))]),
    RefusedBody: lambda error: invalid_body("invalid-event", error.problems),
    PositionConflict: lambda error: Refusing(
        "position-conflict",
        str(error),
        [Fault(str(error), parameter="expected_position")],
        position=error.position,
    ),
    ExpectedPositionAhead: lambda error: Refusing(
        "ahead-of-log",
        str(error),
        [Fault(str(error), parameter="expected_position")],
        position=error.head,
    ),
    AheadOfReadModel: lambda error: ahead_of_read_model(error, "known_at"),
    OtherReadModels: lambda error: Refusing("not-ready", str(error)),
    NewerSchema: lambda error: Refusing("not-ready", f"The log holds what is newer: {error}"),
    NotInstalled: lambda error: Refusing("not-installed", str(error)),
    NothingToLeaveOut: lambda error: wrong_parameter("without", str(error)),
    InTheFuture: lambda error: wrong_parameter("known_at", str(error)),
    TooManyParts: lambda error: wrong_parameter("include", str(error)),
    RequestValidationError: _invalid_request,
    HTTPException: _framework,
    exc.OperationalError: _unavailable,
    exc.InterfaceError: _unavailable,
    exc.InternalError: _unavailable,
    exc.TimeoutError: _unavailable,
    persistence.OperationalError: _unavailable,
    persistence.InterfaceError: _unavailable,
    persistence.InternalError: _unavailable,
    WriteLockTimeout: _unavailable,
    Exception: _internal,
}
"""What each exception becomes; the most derived class that is named here counts."""

UNAVAILABLE = tuple(cls for cls, become in TRANSLATIONS.items() if become is _unavailable)
"""The exceptions that mean: the database is away or busy, try again."""


def translated(error: Exception) -> Refusing:
    """The problem that an exception is answered with."""
    named = next(cls for cls in type(error).__mro__ if cls in TRANSLATIONS)
    return TRANSLATIONS[named](error)


def answer_with_problems(app: FastAPI) -> None:
    """Let every expected exception, the framework's own included, be answered by a problem."""

    def handle(request: Request, error: Exception) -> Response:
        refusing = translated(error)
        if refusing.kind.status == HTTPStatus.METHOD_NOT_ALLOWED:
            refusing.headers["Allow"] = _methods(request)
        return refusing.response()

    # The gate answers the unexpected: there nothing can stand around it any more.
    for cls in TRANSLATIONS.keys() - {Exception}:
        app.add_exception_handler(cls, handle)


def _methods(request: Request) -> str:
    """All methods of an address; the router knows only those of the first route that it met."""
    path = request.scope["route"].path_format
    methods = {method.upper() for method in request.app.openapi()["paths"].get(path, {})}
    if "GET" in methods and path not in GIVEN_ONLY_WHOLE:
        methods.add("HEAD")
    return ", ".join(sorted(methods))
