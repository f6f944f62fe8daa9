"""Exports over HTTP: as long as they are, in a few stretches' memory.

Every stretch is asked in a transaction of its own and made when the client has taken the one
before, so that a slow reader holds nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from api.accepting import accepted
from api.serving import Serving
from infrastructure.answering import viewpoint_json
from infrastructure.exporting.forms import Export, Form, Forms, Stretch


def chosen(request: Request, given: str | None, forms: Forms, others: Mapping[str, str]) -> str:
    """The name of the form that `format` names, else of the one that Accept prefers.

    `others`: the media types, by name, of forms besides exports; they are offered first. Raises Refusing where
    the request takes none, and NotInstalled.
    """
    offered = {media_type: name for name, media_type in others.items()}
    offered |= {form.media_type: form.name for form in forms.values()}
    name = given or offered[accepted(request, list(offered))]
    if name in forms:
        forms[name].require_installed()
    return name


def streaming(
    serving: Serving, export: Export, first: Stretch, headers: Mapping[str, str]
) -> StreamingResponse:
    """The answer with these headers besides its own, of which the first stretch is read."""
    return StreamingResponse(
        _pieces(serving, export, first),
        headers={**headers, **_headers(export)},
        media_type=export.form.media_type,
    )


def _headers(export: Export) -> dict[str, str]:
    """What names the file, and of answers tells the viewpoint."""
    named = {"Content-Disposition": f'inline; filename="{export.file_name}"'}
    if export.origin.viewpoint is None:
        return named
    told = json.dumps(viewpoint_json(export.origin.viewpoint), separators=(",", ":"))
    return {"Foedus-Viewpoint": told, **named}


async def _pieces(serving: Serving, export: Export, stretch: Stretch) -> AsyncIterator[bytes]:
    writer = export.form.open(export.origin)
    piece = writer.begin()
    while True:
        piece += await asyncio.to_thread(writer.write, stretch.rows)
        if piece:
            yield piece
        piece, at = b"", stretch.following
        if at is None:
            break

        def ask(conn: Connection, at: Any = at) -> Stretch:
            return export.stretch(conn, at)

        stretch = await serving.database.ask(ask, takes="long")
    if piece := writer.end():
        yield piece


def bodies(forms: Iterable[Form], described: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The content of an OpenAPI response in these forms; text where none is described by name."""
    known = described or {}
    binary: dict[str, Any] = {"schema": {"type": "string"}}
    return {form.media_type: known.get(form.name, binary) for form in forms}
