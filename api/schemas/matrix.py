"""The shapes of answers about many pairs, and of changes."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from api.answering import JSON
from api.exporting import bodies
from api.schemas.answers import AlignmentsAnswer, Shape, ViewpointEcho
from domain.changes import PairChange
from domain.policy import Alignment
from infrastructure.exporting.alignment_forms import ALIGNMENT_FORMS


class MatrixAnswer(AlignmentsAnswer):
    """Pairs that are not `unknown`, by both ids, with the actors they are of, a page at a time."""

    next: str | None = Field(
        description="The cursor of the next page; null on the last. Only this tells whether there "
        "are more: a page may have fewer than `limit`, or none."
    )


class PairInShort(Shape):
    """How two actors stand to each other, and not why."""

    actors: tuple[str, str]
    alignment: Alignment
    cooperation: int = Field(ge=0, le=3)
    conflict: int = Field(ge=0, le=3)


class SummaryAnswer(Shape):
    """With `detail=summary`: pairs that are not `unknown` in short, by both ids, a page at a time."""

    viewpoint: ViewpointEcho
    alignments: list[PairInShort]
    answer_hash: str = Field(
        pattern="^sha256:[0-9a-f]{64}$", description="As of whole alignments, of these."
    )
    next: str | None = Field(description="As of every list; a page may have fewer than `limit`.")


class ChangesAnswer(Shape):
    """Pairs that stand otherwise at `to` than at `from`, by both ids, a page at a time."""

    viewpoint: ViewpointEcho = Field(description="With the clock of the axis at `to`.")
    axis: Literal["valid", "known"]
    from_: date | int = Field(description="The day, or the position.")
    to: date | int
    changes: list[PairChange]
    next: str | None = Field(
        description="As of every list; a page may have fewer than `limit`, or none."
    )


_LINE = {
    "actors": ["france", "mali"],
    "alignment": "strained",
    "cooperation": 0,
    "conflict": 2,
    "neutral": False,
    "directed": {
        "france>mali": {"cooperation": 0, "conflict": 0},
        "mali>france": {"cooperation": 0, "conflict": 2},
    },
    "commitments": [],
    "sanctions": [],
    "evidence": "single-source",
    "disputed": False,
    "certainty": "certain",
    "possible_alignment": None,
    "last_evidence": "2022-01-31",
    "stale_since": None,
    "support": ["01900000-0000-7000-8000-000000000000"],
    "support_count": 1,
}

_NDJSON: dict[str, Any] = {
    "schema": {
        "anyOf": [
            {"$ref": f"#/components/schemas/{name}"} for name in ("PairAlignment", "PairInShort")
        ]
    },
    "examples": {
        "full": {"value": _LINE},
        "summary": {
            "value": {
                name: _LINE[name] for name in ("actors", "alignment", "cooperation", "conflict")
            }
        },
    },
}

AS_FILES: dict[str, Any] = {
    "description": "The pairs by both ids. In another form than JSON all of them: the header "
    "`Foedus-Viewpoint` has the viewpoint as JSON.",
    "headers": {
        "Foedus-Viewpoint": {
            "description": "Of other forms than JSON: the viewpoint of the answer, as JSON in ASCII.",
            "schema": {"type": "string"},
        }
    },
    "content": {JSON: {}, **bodies(ALIGNMENT_FORMS.values(), {"ndjson": _NDJSON})},
}
"""The answer in other forms than a page of JSON."""

CHANGES_EXAMPLE: dict[str, Any] = {
    "description": "Pairs that stand otherwise, by both ids.",
    "content": {
        JSON: {
            "example": {
                "viewpoint": {
                    "valid_at": "2024-07-28",
                    "known_at": "2026-11-22T10:00:00.000000Z",
                    "position": 46,
                    "according_to": None,
                    "reliability": None,
                    "credibility": None,
                    "include": [],
                    "policy": 1,
                },
                "axis": "valid",
                "from": "2020-01-01",
                "to": "2024-07-28",
                "changes": [
                    {
                        "actors": ["france", "mali"],
                        "before": {"alignment": "allied", "cooperation": 3, "conflict": 0},
                        "after": {"alignment": "strained", "cooperation": 0, "conflict": 2},
                    }
                ],
                "next": None,
            }
        }
    },
}
