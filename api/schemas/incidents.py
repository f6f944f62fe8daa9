"""The shapes of the answers about incidents: the domain's dataclasses, with when their positions were."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import ConfigDict, Field

from api.schemas.answers import Shape, ViewpointEcho
from api.schemas.incident_examples import INCIDENT, INCIDENTS
from domain.event import Place
from domain.fields import Count
from domain.incidents import (
    Became,
    FigureChange,
    HiddenAccounts,
    How,
    IncidentSummary,
    Kind,
    Losses,
    Method,
    NotAdded,
    SideOutcome,
)
from domain.telling import Measure, Scope
from domain.vocabulary.forces import SeizedItem


class IncidentsAnswer(Shape):
    """Incidents by id."""

    model_config = ConfigDict(json_schema_extra={"examples": [INCIDENTS]})

    viewpoint: ViewpointEcho
    items: list[IncidentSummary]
    next: str | None


class Recorded(Shape):
    """Something that stands in the log at a position; both null where nothing stands any more."""

    position: int | None
    recorded_at: datetime | None


class AccountShape(Recorded):
    """One live, admitted report of the incident, as its claimant gives it."""

    claimant: str | None = Field(description="Null: the recorder's own statement.")
    publisher: str | None
    origin: str | None
    event: str
    type: str
    occurred: str
    reported_on: date | None
    modality: str
    grade: str | None = Field(description="The Admiralty grade, such as C3.")
    place: Place | None
    losses: list[Losses]
    civilians_killed: Count | None
    sides: list[list[str]]
    outcome: list[SideOutcome]
    cause: str | None = Field(description="Of the loss of an aircraft.")
    items: list[SeizedItem]
    denied_by: list[str | None]
    corroborated_by: list[str | None]


class Figure(Recorded):
    """What a source gives: a range, and its own words."""

    low: int | None
    best: int | None
    high: int | None
    text: str | None
    acknowledged: bool = Field(description="Said to be so, or the claimant's own loss.")


class RevisionShape(Figure):
    """An earlier figure, and the event by which it is no more."""

    event: str
    became: Became
    by: str


class ClaimedFigureShape(Figure):
    """A teller's figure; a teller without a claimant is known by its publisher."""

    claimant: str | None
    publisher: str | None
    event: str | None


class ClaimedShape(ClaimedFigureShape):
    """With the figures that it gave before."""

    revisions: list[RevisionShape]


class RangeShape(Shape):
    """All that is told about one victim side and measure. `aircraft`: of an aircraft's loss alone."""

    actors: list[str]
    measure: Measure
    scope: Scope
    claimed_by: list[ClaimedShape]


class AgreementShape(Shape):
    """Two tellers whose ranges overlap."""

    actors: list[str]
    measure: Measure
    scope: Scope
    claims: list[ClaimedFigureShape] = Field(min_length=2, max_length=2)
    independent: bool = Field(description="Whether their reports have different origins.")


class OpposedShape(ClaimedFigureShape):
    """One of two claims that contradict each other, and about whom it is."""

    actors: list[str]


class ContradictionShape(Shape):
    """Two tellers that cannot both be right; of a denial, the second is who denies."""

    kind: Kind
    measure: Measure | None
    scope: Scope | None
    claims: list[OpposedShape] = Field(min_length=2, max_length=2)


class StoryChangeShape(Recorded):
    """A position at which a teller's story became another, and by which event."""

    claimant: str | None
    publisher: str | None
    how: How
    event: str
    by: str | None = Field(description="The claimant of that event; null: the recorder.")
    reason: str | None
    withdrawn: list[str] = Field(description="Its reports that no longer stand from there on.")
    restored: list[str] = Field(description="Its reports that stand again from there on.")
    told: list[FigureChange]


class PartShape(Shape):
    """The figure that stands for a victim side in a total, and the number of it that was added."""

    actors: list[str]
    number: int
    claim: ClaimedFigureShape


class TotalShape(Shape):
    """One measure added up over victim sides; null where no side has a number."""

    measure: Measure
    total: int | None
    parts: list[PartShape]
    not_added: list[NotAdded]


class TotalsShape(Shape):
    """Totals by the method asked for."""

    method: Method
    measures: list[TotalShape]


class IncidentAnswer(Shape):
    """One incident, its accounts a page at a time, and all that follows from all of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [INCIDENT]})

    viewpoint: ViewpointEcho
    id: str
    first_day: date | None
    last_day: date | None
    places: list[Place]
    actors: list[str]
    claimants: list[str]
    account_count: int
    accounts: list[AccountShape]
    ranges: list[RangeShape]
    agreements: list[AgreementShape]
    agreement_count: int
    contradictions: list[ContradictionShape]
    contradiction_count: int
    changes: list[StoryChangeShape]
    change_count: int
    totals: TotalsShape | None = Field(None, description="Absent unless `total` names a method.")
    hidden: HiddenAccounts
    report_count: int = Field(description="Known reports, live or not.")
    reports_read: int = Field(description="So many of them, the newest, were compared.")
    next: str | None
