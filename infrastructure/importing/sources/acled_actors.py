"""Who ACLED's actors are: exact names, with a kind from INTER; the export has no ids for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.vocabulary.actors import ActorKind
from infrastructure.importing.actors import Actors
from infrastructure.importing.countries import country_code
from infrastructure.importing.reading import optional
from infrastructure.importing.records import Unusable
from infrastructure.importing.rows import Row

_OTHER = "external/other force"
_KINDS: dict[str, ActorKind] = {
    "state force": "state-forces",
    "rebel group": "rebel-group",
    "rebel force": "rebel-group",
    "political militia": "political-militia",
    "identity militia": "identity-militia",
    "rioter": "population",
    "protester": "population",
    "civilian": "population",
    "external force": "unidentified",
    "other force": "unidentified",
    _OTHER: "unidentified",
}
"""By INTER's label in the singular. Of other forces INTER tells no kind: they may be a state's forces
abroad, peacekeepers or mercenaries."""

_NUMBERED = {
    "1": "state force",
    "2": "rebel group",
    "3": "political militia",
    "4": "identity militia",
    "5": "rioter",
    "6": "protester",
    "7": "civilian",
    "8": _OTHER,
}
_FORCES_OF = re.compile(r"(?:Military|Police) Forces of ([^(]+)")
_SCOPE = re.compile(r"\(([^()0-9]{4,})\)$")
_UNIDENTIFIED = "unidentified"


@dataclass(frozen=True, slots=True)
class Party:
    """A side of a row."""

    name: str
    kind: ActorKind
    country: str | None

    @property
    def unarmed(self) -> bool:
        """Whether the side is civilians: people who protest or riot are."""
        return self.kind == "population"


def party(row: Row, which: str, record: str) -> Party | None:
    """The side `1` or `2` of a row; None where there is none. Raises Unusable.

    An unidentified group is an actor of its own in every record: two are not one for being called alike.
    """
    name = optional(row, f"actor{which}")
    if name is None:
        return None
    told = (optional(row, f"inter{which}") or "").removesuffix(".0")
    label = _NUMBERED.get(told, told).casefold()
    kind = _KINDS.get(label) or _KINDS.get(label.removesuffix("s"))
    if kind is None:
        raise Unusable(f"inter{which}: {told!r} is no kind of actor of ACLED's")
    country = _country(name)
    if name.casefold().startswith(_UNIDENTIFIED):
        kind = "population" if kind == "population" else "unidentified"
        return Party(f"{name}, {record}", kind, country)
    if kind == "unidentified" and _FORCES_OF.match(name):
        kind = "state-forces"
    return Party(name, kind, country)


def _country(name: str) -> str | None:
    """The country that a name tells: whose forces they are, or within which people live."""
    found = _FORCES_OF.match(name) or _SCOPE.search(name)
    return None if found is None else country_code(found[1].strip())


def register(party: Party, actors: Actors, seen: str) -> str:
    """The party's id in the log."""
    return actors.named(party.name, party.kind, seen=seen, country=party.country)
