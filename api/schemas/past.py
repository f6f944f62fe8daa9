"""The shapes of answers about a pair's past."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.answering import JSON
from api.schemas.answers import Shape, ViewpointEcho
from domain.answers import ActorName
from domain.past import Revision, Segment

_NEXT = Field(description="The cursor of the next page; null on the last.")


class TimelineAnswer(Shape):
    """How a pair stood over all of time: segments without gaps, the end of each not included."""

    viewpoint: ViewpointEcho = Field(description="`valid_at` is not used.")
    actors: list[ActorName]
    segments: list[Segment]
    next: str | None = _NEXT


class RevisionsAnswer(Shape):
    """How the answer for `valid_at` changed as the log grew; before the first it was `unknown`."""

    viewpoint: ViewpointEcho
    actors: list[ActorName]
    revisions: list[Revision]
    next: str | None = _NEXT


_VIEWPOINT = {
    "valid_at": "2024-07-28",
    "known_at": "2026-11-22T10:00:00.000000Z",
    "position": 46,
    "according_to": None,
    "reliability": None,
    "credibility": None,
    "include": [],
    "policy": 1,
}
_ACTORS = [
    {"id": "france", "name": "France", "kind": "state"},
    {"id": "mali", "name": "Mali", "kind": "state"},
]
_EVENT = "06634344-5242-5433-b743-ae2c443988d1"

TIMELINE_EXAMPLE: dict[str, Any] = {
    "description": "The pair's segments, the earliest first.",
    "content": {
        JSON: {
            "example": {
                "viewpoint": _VIEWPOINT,
                "actors": _ACTORS,
                "segments": [
                    {
                        "from": "2013-01-11",
                        "to": "2022-02-18",
                        "alignment": "allied",
                        "cooperation": 3,
                        "conflict": 0,
                        "opened_by": ["7ebe947e-7abc-5c9f-a2ee-4e59102559c3"],
                        "closed_by": [_EVENT],
                    }
                ],
                "next": None,
            }
        }
    },
}
REVISIONS_EXAMPLE: dict[str, Any] = {
    "description": "The positions at which the answer became another.",
    "content": {
        JSON: {
            "example": {
                "viewpoint": _VIEWPOINT,
                "actors": _ACTORS,
                "revisions": [
                    {
                        "position": 30,
                        "recorded_at": "2026-11-22T09:59:00.000000Z",
                        "alignment": "strained",
                        "cooperation": 0,
                        "conflict": 2,
                        "changed_by": _EVENT,
                    }
                ],
                "next": None,
            }
        }
    },
}
