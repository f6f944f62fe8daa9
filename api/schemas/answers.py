"""The shapes of the answers, around the dataclasses that the domain defines for them.

They document; the answers themselves are written by `infrastructure.answering`, and tests hold
the two together.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.answers import (
    ActorName,
    AllegedAlignment,
    AllianceMember,
    AllianceState,
    AllianceStep,
    EvidenceItem,
    Hidden,
    InheritedAlignment,
    PairAlignment,
    PartsAlignment,
    Strength,
)
from domain.counterfactuals import Fragility
from domain.policy import Alignment, Between, LineKind, Move
from domain.vocabulary.alliances import Obligation
from domain.walk import wire_name

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""32 bytes in hexadecimal digits."""


class Shape(BaseModel):
    """What all shapes share: names as on the wire, and nothing beyond them."""

    model_config = ConfigDict(alias_generator=wire_name, extra="forbid")


class ViewpointEcho(Shape):
    """The viewpoint of the answer, resolved."""

    valid_at: date
    known_at: datetime | None = Field(description="When the position was recorded; null for 0.")
    position: int = Field(ge=0, description="The part of the log that the answer knows.")
    according_to: str | None
    reliability: Literal["A", "B", "C", "D", "E"] | None
    credibility: Literal[1, 2, 3, 4, 5] | None
    include: list[Literal["alleged", "parts"]]
    policy: int


class AlignmentsAnswer(Shape):
    """Every pair among the actors asked for, ordered by both ids."""

    viewpoint: ViewpointEcho
    actors: list[ActorName]
    alignments: list[PairAlignment]
    answer_hash: str = Field(
        pattern="^sha256:[0-9a-f]{64}$",
        description="SHA-256 of the RFC 8785 JSON of `alignments` and of `viewpoint` without "
        "`known_at`.",
    )


class PairAnswer(AlignmentsAnswer):
    """One pair with every event that touches it, admitted or not, a page at a time."""

    evidence_list: list[EvidenceItem]
    alleged: AllegedAlignment
    parts: PartsAlignment | None = Field(
        description="What `include=parts` would answer; null where the two stand for more "
        "actors than are looked at."
    )
    lineage: list[InheritedAlignment] = Field(
        description="How predecessors of either actor stand to the other. Counted nowhere."
    )
    hidden: Hidden
    fragility: Fragility | None = Field(
        description="The fewest origins without whose events the alignment would be another; null "
        "where none were found, as there are none for a pair of which nothing is claimed."
    )
    next: str | None


class AlliancesAnswer(Shape):
    """Alliances by id, on the day asked."""

    viewpoint: ViewpointEcho
    items: list[AllianceState]
    next: str | None


class AllianceAnswer(Shape):
    """One alliance on the day asked, and how it came about."""

    viewpoint: ViewpointEcho
    id: str
    name: str | None
    obligations: list[Obligation]
    strength: Strength | None
    members: list[AllianceMember]
    in_force: bool
    history: list[AllianceStep]


class Receipt(Shape):
    """Proof that an event is in the log."""

    id: str
    position: int = Field(ge=1)
    recorded_at: datetime
    hash: str = Field(pattern="^[0-9a-f]{64}$", description="The hash chain's value here.")


class Receipts(Shape):
    """One receipt for each event, in the order given."""

    items: list[Receipt]


class Condition(Shape):
    """A rule holds where the field's value, or one of its values, is among these (or is not)."""

    field: str
    values: list[Any]
    negated: bool


class PolicyRule(Shape):
    """One effect of an event type. `rank` orders effects within a day: -1 first, 1 last."""

    id: str
    type: str
    move: Move
    line: LineKind
    low: int
    high: int
    between: Between
    source: str
    target: str
    programme: str | None
    rank: int
    alleged: bool
    when: list[Condition]
    text: str


class AlignmentRow(Shape):
    """What the two levels of a pair make of it."""

    cooperation: int
    conflict: int
    neutral: bool
    alignment: Alignment
    deciding: str


class PolicyAnswer(Shape):
    """The policy by which events move stances."""

    policy: int
    rules: list[PolicyRule]
    alignments: list[AlignmentRow]
    strong_obligations: list[str]
    commitment_levels: dict[str, int]
    sanction_level: int
    stale_after_days: dict[str, int]
    admitted_modalities: list[str]
    alleged_modalities: list[str]
    uncounted_modalities: list[str]


class FirstBad(Shape):
    """The first position that is not what was recorded, and in what."""

    position: int
    reason: str


class VerifyAnswer(Shape):
    """Whether every stored byte is what was recorded."""

    ok: bool
    position: int
    hash: str
    first_bad: FirstBad | None


class CheckpointAnswer(Shape):
    """A signed checkpoint: the note counts, the other fields repeat what it says."""

    origin: str = Field(
        pattern="^foedus/[0-9a-f]{32}$", description="Which store: `foedus/` and its id."
    )
    position: int = Field(ge=0, description="How many events the log had.")
    root: Sha256 = Field(description="The Merkle root over their leaves (RFC 9162).")
    hash: Sha256 = Field(description="The hash chain's value there.")
    time: datetime = Field(description="When it was signed.")
    key: Sha256 = Field(description="The Ed25519 public key that it is signed by.")
    signature: str = Field(
        pattern="^[0-9a-f]{128}$", description="Over the note's text, to the empty line."
    )
    note: str = Field(description="The signed note, as C2SP's tlog-checkpoint has it.")


class ProvenEvent(Shape):
    """An event as it is stored."""

    position: int = Field(ge=1)
    id: str | None = Field(description="Null where another application recorded it.")
    type: str
    schema_version: int
    recorded_at: datetime
    recorded_by: str | None
    tags: list[str]
    salt: str | None = Field(description="Null where the event was erased.")


class ProvenEventOfText(ProvenEvent):
    """With the stored bytes as text; null where the event was erased."""

    data: str | None


class ProvenEventOfBytes(ProvenEvent):
    """With stored bytes that are no text."""

    data_base64: str


class InclusionPath(Shape):
    """The siblings from the event's leaf to the root of a log of that size."""

    position: int
    size: int
    path: list[Sha256]


class ProofAnswer(Shape):
    """Proof that an event is in the log of the checkpoint; a file for `foedus verify-proof`."""

    format: Literal["foedus-proof/1"]
    event: ProvenEventOfText | ProvenEventOfBytes
    leaf: Sha256
    inclusion: InclusionPath
    checkpoint: CheckpointAnswer


class TreeHead(Shape):
    """The Merkle root of a log of that many events."""

    position: int
    root: Sha256


class ConsistencyAnswer(Shape):
    """Proof that the first log is the beginning of the second."""

    format: Literal["foedus-consistency/1"]
    first: TreeHead
    second: TreeHead
    path: list[Sha256]
    checkpoint: CheckpointAnswer


class Health(Shape):
    """The process answers."""

    status: Literal["ok"]


class Readiness(Shape):
    """The read models have reached the head found at start."""

    status: Literal["ready"]
    position: int
