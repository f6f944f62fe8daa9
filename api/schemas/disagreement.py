"""The shape of the answer to how the accounts of a pair differ."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.answering import JSON
from api.schemas.answers import Shape, ViewpointEcho
from domain.answers import ActorName
from domain.disagreement import Difference, RivalAccount


class DisagreementAnswer(Shape):
    """How a pair stands by each claimant's account, and which claims these differ by."""

    viewpoint: ViewpointEcho
    actors: list[ActorName]
    accounts: list[RivalAccount] = Field(
        description="First that of the claims without a claimant, then claimants' by how many "
        "claims they make on the pair."
    )
    more_accounts: int = Field(description="How many claimants' accounts are not told.")
    differences: list[Difference] = Field(
        description="Of the two accounts asked about; else of the first ones that differ."
    )
    more_differences: int = Field(description="How many more of the accounts told differ.")


DISAGREEMENT_EXAMPLE: dict[str, Any] = {
    "description": "The accounts of the pair side by side, and what they differ by.",
    "content": {
        JSON: {
            "example": {
                "viewpoint": {
                    "valid_at": "2024-08-10",
                    "known_at": "2026-11-22T10:00:00.000000Z",
                    "position": 46,
                    "according_to": None,
                    "reliability": None,
                    "credibility": None,
                    "include": [],
                    "policy": 1,
                },
                "actors": [
                    {"id": "csp-psd", "name": "CSP-PSD", "kind": "umbrella"},
                    {"id": "mali", "name": "Mali", "kind": "state"},
                ],
                "accounts": [
                    {
                        "claimant": None,
                        "alignment": "unknown",
                        "cooperation": 0,
                        "conflict": 0,
                        "claims": 0,
                    },
                    {
                        "claimant": "mali",
                        "alignment": "hostile",
                        "cooperation": 0,
                        "conflict": 3,
                        "claims": 1,
                    },
                ],
                "more_accounts": 0,
                "differences": [
                    {
                        "between": [None, "mali"],
                        "alignments": ["unknown", "hostile"],
                        "method": "smallest",
                        "count": 1,
                        "removing": [
                            {
                                "event": "c3377c4b-90ab-5a61-b4df-78c9b099fed0",
                                "type": "BattleReported",
                                "position": 34,
                                "claimant": "mali",
                                "origin": "mali",
                            }
                        ],
                        "both": "unknown",
                    }
                ],
                "more_differences": 0,
            }
        }
    },
}
