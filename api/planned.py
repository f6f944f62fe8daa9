"""Reading a question's parameters by a plan that is made once, from what FastAPI read of the endpoint.

FastAPI looks at every declaration anew with every request, and that takes longer than most
questions. The plan reads what is given by FastAPI's own validators, and hands whatever is not
plainly right (missing, wrong, unknown, given twice) to FastAPI, which then says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, get_args, get_origin

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.parameters import only_documented
from api.problems import Refusing

Given = Mapping[str, list[str]]
"""What a request gives, by name."""


class Planned(APIRoute):
    """The route of an endpoint that returns a Response and whose dependencies are coroutines."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        through_fastapi = super().get_route_handler()
        endpoint = _Call.of(self.dependant)

        async def handle(request: Request) -> Response:
            try:
                arguments = await endpoint.arguments(_Reading(request, endpoint.names), {})
            except (_NotPlain, Refusing):
                return await through_fastapi(request)
            answer: Response = await endpoint.call(**arguments)
            return answer

        return handle


class _NotPlain(Exception):
    """FastAPI is to read this request."""


class _Parameter(NamedTuple):
    """A parameter, the argument that it is for, and what reads it (a value and its errors)."""

    name: str
    argument: str
    many: bool
    required: bool
    default: Any
    read: Callable[[Any], tuple[Any, list[Any]]]

    def of(self, given: Given) -> Any:
        texts = given.get(self.name)
        if texts is None and not self.required:
            return self.default
        if texts is None or (len(texts) > 1 and not self.many):
            raise _NotPlain
        value, errors = self.read(texts if self.many else texts[0])
        if errors:
            raise _NotPlain
        return value


@dataclass(frozen=True)
class _Call:
    """The endpoint, or what it depends on: how its arguments are come by."""

    call: Callable[..., Coroutine[Any, Any, Any]]
    request: str | None
    path: list[_Parameter]
    query: list[_Parameter]
    headers: list[_Parameter]
    needs: list[tuple[str, _Call]]

    @classmethod
    def of(cls, dependant: Dependant) -> _Call:
        # That only what is documented is given, and once, the plan sees to itself.
        inner = (one for one in dependant.dependencies if one.call is not only_documented)
        return cls(
            call=dependant.call,  # type: ignore[arg-type]  # None is for WebSockets
            request=dependant.request_param_name,
            path=_parameters(dependant.path_params),
            query=_parameters(dependant.query_params),
            headers=[
                one._replace(name=one.name.lower()) for one in _parameters(dependant.header_params)
            ],
            needs=[(one.name or "", cls.of(one)) for one in inner],
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The query parameters that this call and what it needs read."""
        own = frozenset(one.name for one in self.query)
        return own.union(*(inner.names for _, inner in self.needs))

    async def arguments(self, given: _Reading, known: dict[Any, Any]) -> dict[str, Any]:
        """Raises _NotPlain, and what the dependencies raise. `known`: their results so far."""
        arguments: dict[str, Any] = {}
        for name, inner in self.needs:
            if inner.call not in known:
                known[inner.call] = await inner.call(**await inner.arguments(given, known))
            arguments[name] = known[inner.call]
        for one in self.path:
            arguments[one.argument] = one.of(given.path)
        for one in self.query:
            arguments[one.argument] = one.of(given.query)
        for one in self.headers:
            arguments[one.argument] = one.of(given.headers)
        if self.request is not None:
            arguments[self.request] = given.request
        return arguments


class _Reading:
    """A request under way: what it gives in its path, its query and its headers."""

    def __init__(self, request: Request, names: frozenset[str]) -> None:
        self.request = request
        self.path: Given = {name: [text] for name, text in request.path_params.items()}
        self.query = _gathered(request.query_params.multi_items())
        if not names.issuperset(self.query):
            raise _NotPlain

    @cached_property
    def headers(self) -> Given:
        """Every header, by its name in small letters."""
        return _gathered(self.request.headers.items())


def _gathered(pairs: Iterable[tuple[str, str]]) -> Given:
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).append(text)
    return given


def _parameters(fields: Iterable[Any]) -> list[_Parameter]:
    return [
        _Parameter(
            name=one.alias,
            argument=one.name,
            many=_takes_many(one.field_info.annotation),
            required=one.field_info.is_required(),
            default=one.field_info.default,
            read=one.validate,
        )
        for one in fields
    ]


def _takes_many(annotation: Any) -> bool:
    return any(get_origin(one) is list for one in (annotation, *get_args(annotation)))
