"""The shapes of the answers on who the actors are."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from api.schemas.answers import Shape, ViewpointEcho
from domain.answers import DatedName, Succession
from domain.identity import ActorFound, Judged, JudgementState
from domain.vocabulary.actors import ActorKind, MembershipStatus
from domain.walk import wire_name


class ActorsAnswer(Shape):
    """Actors by id, each with those that somebody judges to be the same beside it."""

    viewpoint: ViewpointEcho
    items: list[ActorFound]
    next: str | None


class Membership(Shape):
    """A stay of the actor under an umbrella; `to` null: not known to have ended."""

    umbrella: str
    as_: MembershipStatus
    from_: str
    to: str | None


class Member(Shape):
    """A stay of another actor under this one."""

    member: str
    as_: MembershipStatus
    from_: str
    to: str | None


class ActorAnswer(Shape):
    """All that is known of one actor."""

    viewpoint: ViewpointEcho
    id: str
    name: str
    kind: ActorKind
    country: str | None
    names: list[DatedName]
    identifiers: dict[str, str]
    memberships: list[Membership]
    members: list[Member]
    predecessors: list[Succession]
    successors: list[Succession]
    dissolved: str | None
    judged: list[Judged] = Field(
        description="The newest 100 opinions whether another actor is the same, oldest first."
    )


_JUDGEMENTS: dict[str, Any] = {
    "viewpoint": {
        "valid_at": "2025-01-01",
        "known_at": "2026-11-22T10:00:00.000000Z",
        "position": 52,
        "according_to": None,
        "reliability": None,
        "credibility": None,
        "include": [],
        "policy": 1,
    },
    "items": [
        {
            "actors": ["csp-dpa", "csp-psd"],
            "judgement": "same",
            "event": "0193a7a0-0000-7000-8000-000000000052",
            "position": 52,
            "claimant": None,
            "modality": "asserted",
            "occurred": "2024-08-05",
            "standing": True,
        }
    ],
    "next": None,
}


class JudgementsAnswer(Shape):
    """Opinions whether two actors are the same, by position; they merge nobody."""

    model_config = ConfigDict(
        alias_generator=wire_name, extra="forbid", json_schema_extra={"examples": [_JUDGEMENTS]}
    )

    viewpoint: ViewpointEcho
    items: list[JudgementState]
    next: str | None
