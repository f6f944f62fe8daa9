"""Who may be whom: judgements whether two actors are the same, as answers give them.

They are opinions, kept side by side. Nobody is merged by them, and no stance moves.
"""

from __future__ import annotations

from dataclasses import dataclass

JUDGED_SHOWN = 100
"""So many judgements, the newest, are shown with an actor."""

TWINS_SHOWN = 20
"""So many actors judged the same are named beside one that is found."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Somebody's opinion whether another actor is the same; standing: that claimant's last on the two."""

    actor: str
    judgement: str
    event: str
    claimant: str | None
    modality: str
    occurred: str
    standing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementState:
    """A live judgement on two actors, ordered by id; standing: its claimant's last on the two."""

    actors: tuple[str, str]
    judgement: str
    event: str
    position: int
    claimant: str | None
    modality: str
    occurred: str
    standing: bool


@dataclass(frozen=True, slots=True)
class Opinions:
    """How many claimants now hold each judgement on two actors."""

    same: int
    different: int
    unsure: int


@dataclass(frozen=True, slots=True)
class Twin:
    """An actor that somebody judges to be the same as the one found."""

    id: str
    name: str
    kind: str
    claimants: Opinions


@dataclass(frozen=True, slots=True)
class ActorFound:
    """An actor found, and beside it those judged the same. They are never merged."""

    id: str
    name: str
    kind: str
    also: tuple[Twin, ...]
