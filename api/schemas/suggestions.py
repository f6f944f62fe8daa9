"""The shape of the answer that gives hints."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.answering import JSON
from api.bodies.suggestions import NOTICE
from api.schemas.answers import Shape, ViewpointEcho
from domain.answers import ActorName
from domain.suggestions import Suggestion


class SuggestionsAnswer(Shape):
    """Hints for the unknown pairs of one actor, by the other one's id. They are not evidence."""

    viewpoint: ViewpointEcho
    notice: str = Field(description="What these are, and are not.")
    actor: str
    actors: list[ActorName]
    third_actors: int = Field(
        ge=0, description="To so many the actor stands in a way that hints can be drawn from."
    )
    complete: bool = Field(
        description="False where there may be more third actors than were looked at: then hints "
        "and triads are missing."
    )
    suggestions: list[Suggestion]
    next: str | None = Field(
        description="The cursor of the next page; a page may have fewer than `limit`, or none."
    )


def _premise(actors: list[str], number: int) -> dict[str, Any]:
    return {
        "actors": actors,
        "alignment": "hostile",
        "disputed": False,
        "stale_since": None,
        "support": [f"01900000-0000-7000-8000-{number:012}"],
        "support_count": 1,
    }


SUGGESTIONS_EXAMPLE: dict[str, Any] = {
    "description": "Hints by the other one's id.",
    "content": {
        JSON: {
            "example": {
                "viewpoint": {
                    "valid_at": "2024-07-28",
                    "known_at": "2026-11-22T10:00:00.000000Z",
                    "position": 79,
                    "according_to": None,
                    "reliability": None,
                    "credibility": None,
                    "include": [],
                    "policy": 1,
                },
                "notice": NOTICE,
                "actor": "csp-psd",
                "actors": [
                    {"id": "csp-psd", "name": "CSP-PSD", "kind": "umbrella"},
                    {"id": "jnim", "name": "JNIM", "kind": "rebel-group"},
                ],
                "third_actors": 2,
                "complete": True,
                "suggestions": [
                    {
                        "actors": ["csp-psd", "jnim"],
                        "leaning": "cooperative",
                        "cooperative": {
                            "weight": 1,
                            "third_actors": 1,
                            "triads": [
                                {
                                    "third": "mali",
                                    "rule": "enemy-of-an-enemy",
                                    "premises": [
                                        _premise(["csp-psd", "mali"], 1),
                                        _premise(["jnim", "mali"], 2),
                                    ],
                                }
                            ],
                        },
                        "hostile": {"weight": 0, "third_actors": 0, "triads": []},
                    }
                ],
                "next": None,
            }
        }
    },
}
