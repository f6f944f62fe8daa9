"""Answers in time: which state of the log one is of, and how to ask for others (RFC 7089).

Each question is its own TimeGate: `Accept-Datetime` asks for the state of a moment, and the same
question at an explicit position is the memento, whose answer stays the same for ever. So what an
answer will be is known as soon as its viewpoint is, and its `ETag` with it: whoever holds it is
told so before anything is computed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from importlib.metadata import version
from typing import Any, cast
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response

from api.answering import CACHING, JSON, as_json, holds

_VERSION = version("foedus")


class NotModified(Exception):
    """The client holds the answer already."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__("the client holds the answer already")
        self.headers = headers


def answer_not_modified(app: FastAPI) -> None:
    """Let `NotModified` be answered by 304."""

    async def handle(_request: Request, error: Exception) -> Response:
        return Response(None, 304, cast(NotModified, error).headers)

    app.add_exception_handler(NotModified, handle)


def answered_from(request: Request, content: Mapping[str, Any]) -> Response:
    """The answer to a question whose viewpoint and parameters fix it."""
    return answered_with(request, headers_of(request, content["viewpoint"]), content)


def answered_with(request: Request, headers: Mapping[str, str], content: Any) -> Response:
    """The answer with these headers, or 304 where the client holds it."""
    if holds(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(None, 304, headers)
    return Response(as_json(content), 200, headers, JSON)


def refuse_if_held(request: Request, headers: Mapping[str, str]) -> None:
    """Raise NotModified where the client holds the answer with these headers."""
    if_none_match = request.headers.get("if-none-match")
    # The star is about whether there is an answer at all.
    if if_none_match != "*" and holds(if_none_match, headers["ETag"]):
        raise NotModified(headers)


def headers_of(request: Request, viewpoint: Mapping[str, Any]) -> dict[str, str]:
    """The headers of an answer from this viewpoint, as it is echoed."""
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != "wait"]
    timeless = [pair for pair in asked if pair[0] != "known_at"]
    path, query = request.scope["path"], urlencode(timeless)
    gate = f"{path}?{query}" if query else path
    memento = f"{path}?{query}{'&' if query else ''}known_at={viewpoint['position']}"
    headers = {
        "ETag": _tag(request, asked, viewpoint),
        **CACHING,
        "Link": f'<{gate}>; rel="original timegate", <{memento}>; rel="memento"',
    }
    negotiated = "accept-datetime" in request.headers and len(timeless) == len(asked)
    if negotiated:
        headers["Content-Location"] = memento
    known_at = viewpoint["known_at"]
    if known_at is not None and (negotiated or len(timeless) < len(asked)):
        headers["Memento-Datetime"] = format_datetime(datetime.fromisoformat(known_at), usegmt=True)
    return headers


def _tag(request: Request, asked: list[tuple[str, str]], viewpoint: Mapping[str, Any]) -> str:
    """A strong tag: release, question, form and viewpoint fix every byte of the answer."""
    form = request.headers.get("accept", "")
    told = as_json([_VERSION, request.scope["path"], sorted(asked), form, dict(viewpoint)])
    return f'"{hashlib.sha256(told).hexdigest()[:32]}"'
