"""OpenAPI, complete: every status of every address, every problem, every event type."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.cloudevents import SCHEMA as CLOUD_EVENT
from api.problems import KINDS, MEDIA_TYPE
from api.schemas.events import REFERENCES, components

Documented = dict[int | str, dict[str, Any]]

_ALWAYS = ("foreign-host", "database-unavailable", "storage-full", "internal")

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An RFC 9457 problem. Clients may branch on `type`, which is stable.",
    "properties": {
        "type": {"enum": [kind.type for kind in KINDS.values()]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "What is wrong and where, the first 100 places.",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "A JSON pointer into the body (RFC 6901).",
                    },
                    "parameter": {
                        "type": "string",
                        "description": "A query parameter, or a header.",
                    },
                    "message": {"type": "string"},
                },
                "required": ["message"],
                "additionalProperties": False,
            },
        },
        "position": {
            "type": "integer",
            "description": "Of a conflict of positions: the first position in the way, or the "
            "last that there is.",
        },
    },
    "required": ["type", "title", "status", "detail", "errors"],
    "additionalProperties": False,
}


def refusals(*kinds: str) -> Documented:
    """The problems that an address can answer with, by status; some every address can."""
    by_status: dict[int | str, list[str]] = {}
    for name in (*kinds, *_ALWAYS):
        by_status.setdefault(KINDS[name].status, []).append(name)
    return {
        status: {
            "description": "; ".join(f"`{name}`: {KINDS[name].title}" for name in names) + ".",
            "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCES + "Problem"}}},
        }
        for status, names in sorted(by_status.items(), key=lambda item: int(item[0]))
    }


def question(*kinds: str) -> Documented:
    """Of an address that answers from a viewpoint."""
    return NOT_MODIFIED | refusals(
        "bad-request", "invalid-parameter", "ahead-of-read-model", *kinds
    )


NOT_MODIFIED: Documented = {304: {"description": "The client holds this answer already."}}


def referring(component: str, description: str, media_type: str = "application/json") -> Any:
    """A response whose body is a component that is not a model."""
    schema = {"$ref": REFERENCES + component}
    return {"description": description, "content": {media_type: {"schema": schema}}}


def document(app: FastAPI) -> None:
    """Let the application describe itself, events and problems included; built once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
            )
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            schemas |= components() | {"Problem": PROBLEM, "CloudEvent": CLOUD_EVENT}
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it
