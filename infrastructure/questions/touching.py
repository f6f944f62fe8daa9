"""Which rows touch a pair: those on the lines between the two, or between those they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_, select

from domain.effects import ANY
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import POSITION, Condition, values_of
from infrastructure.questions.alignments import FEW
from infrastructure.questions.opened import not_by_index
from infrastructure.questions.parts import Sides
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS


@dataclass(frozen=True, slots=True)
class Asked:
    """A pair as it is asked about: from where, whom the two stand for, and the values of statements."""

    snapshot: Snapshot
    viewpoint: Viewpoint
    pair: tuple[str, str]
    sides: Sides

    @classmethod
    def about(cls, snapshot: Snapshot, viewpoint: Viewpoint, sides: Sides) -> Asked:
        """The pair of which only the sides are told: each side is named by its first actor."""
        first, other = sorted(min(side) for side in sides)
        return cls(snapshot, viewpoint, (first, other), sides)

    @property
    def many(self) -> bool:
        """Whether the sides are too large to be looked for two by two."""
        return len(self.sides.one) + len(self.sides.other) > FEW

    def values(self, **more: Any) -> Mapping[str, Any]:
        """What statements on what touches the pair are bound to."""
        one, other = self.sides
        return values_of(self.viewpoint, one=[*one, ANY], other=[*other, ANY], **more)


def touched(rm: ReadModels, table: Any, *, many: bool) -> Condition:
    """Rows on the lines between the two sides, and on those of alliances both were ever put in.

    `many`: the sides are large, and the lines of each actor are looked through.
    """
    ends = not_by_index(table.c.target) if many else table.c.target
    forth = among_bound(table.c.source, "one"), among_bound(ends, "other")
    back = among_bound(table.c.source, "other"), among_bound(ends, "one")
    shared = _shared(rm)
    member = or_(among_bound(table.c.target, "one"), among_bound(table.c.target, "other"))
    theirs = table.c.source.in_(shared), member, table.c.kind == "membership"
    between = table.c.kind.in_(PAIR_KINDS)
    lines = [and_(*forth, between), and_(*back, between), and_(*theirs)]
    if table is rm.sets:
        lines.append(and_(table.c.source.in_(shared), table.c.kind == "obligation"))
    else:
        dissolved = table.c.source == ANY, member, table.c.kind == "membership"
        lines.append(and_(*dissolved, shared.exists()))
    return and_(or_(*lines), table.c.position <= POSITION)


def _shared(rm: ReadModels) -> Select[Any]:
    """The alliances in which anybody ever put one of each side, admitted or not."""
    one, other = rm.sets.alias(), rm.sets.alias()
    second = select(other.c.source).where(
        other.c.kind == "membership",
        among_bound(other.c.target, "other"),
        other.c.position <= POSITION,
    )
    return select(one.c.source).where(
        one.c.kind == "membership",
        among_bound(one.c.target, "one"),
        one.c.position <= POSITION,
        one.c.source.in_(second),
    )
