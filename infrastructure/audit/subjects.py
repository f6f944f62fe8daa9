"""Which events of the log bear on which answer, so that each can be folded from a few of them.

Events are grouped into families: an event with all that corrects, retracts or reports on it. The
fold of an answer needs the families of which a member moves a line that the answer looks at
(DESIGN sections 4 and 6), and no others. Kept are positions only.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from domain.effects import ANY, Line, effects_of
from domain.event import Event
from domain.tags import targets_of
from domain.vocabulary import ActorRegistered, AllianceFormed

Pair = tuple[str, str]


class Subjects:
    """An index of a log, read in order: pairs of actors, and alliances, with their families."""

    def __init__(self) -> None:
        self._family: dict[str, int] = {}
        self._merged: dict[int, int] = {}
        self._members: dict[int, array[int]] = defaultdict(lambda: array("q"))
        self._of_pair: dict[Pair, set[int]] = defaultdict(set)
        self._of_actor: dict[str, set[int]] = defaultdict(set)
        self._of_alliance: dict[str, set[int]] = defaultdict(set)
        self._alliances: dict[str, set[str]] = defaultdict(set)
        self._registrations: dict[str, set[int]] = defaultdict(set)
        self._formed: set[str] = set()

    def add(self, position: int, event: Event) -> None:
        """Take in the next event of the log."""
        family = self._join(position, event)
        self._members[family].append(position)
        if isinstance(event.data, ActorRegistered):
            self._registrations[event.data.actor].add(family)
        if isinstance(event.data, AllianceFormed):
            self._formed.add(event.data.alliance)
        for effect in effects_of(event.data):
            self._move(family, effect.line)

    def pairs(self) -> Iterator[tuple[str, list[str]]]:
        """Every actor with the actors of greater id to whom anything ever put it in relation."""
        partners: dict[str, set[str]] = defaultdict(set)
        for a, b in self._of_pair:
            partners[a].add(b)
        together: dict[str, list[str]] = defaultdict(list)
        for actor in sorted(self._alliances):
            for alliance in self._alliances[actor]:
                together[alliance].append(actor)
        for members in together.values():
            for a, b in combinations(members, 2):
                partners[a].add(b)
        for actor in sorted(partners):
            yield actor, sorted(partners[actor])

    def alliances(self) -> list[str]:
        """Every alliance that was ever formed, by id."""
        return sorted(self._formed)

    def of_pair(self, a: str, b: str) -> list[int]:
        """The positions of all events that bear on how two actors stand to each other."""
        families = self._of_pair.get((min(a, b), max(a, b)), set()) | self._around(a, b)
        for alliance in self._alliances[a] & self._alliances[b]:
            families |= self._of_alliance[alliance]
        return self._positions(families)

    def of_alliance(self, alliance: str) -> list[int]:
        """The positions of all events that bear on an alliance: dissolved members leave it too."""
        members = [actor for actor, joined in self._alliances.items() if alliance in joined]
        return self._positions(self._of_alliance[alliance] | self._around(*members))

    def _around(self, *actors: str) -> set[int]:
        """The families that move all lines of an actor, and those that register it."""
        empty: set[int] = set()
        return empty.union(
            *(self._of_actor.get(actor, empty) for actor in actors),
            *(self._registrations.get(actor, empty) for actor in actors),
        )

    def _join(self, position: int, event: Event) -> int:
        """The event's family; where it reports on events of two of them, they become one."""
        targets = targets_of(event)
        families = {self._root(self._family[one]) for one in targets} or {position}
        first = min(families)
        for other in families - {first}:
            self._merged[other] = first
            self._members[first].extend(self._members.pop(other))
        self._family[event.id] = first
        return first

    def _root(self, family: int) -> int:
        while family in self._merged:
            family = self._merged[family]
        return family

    def _move(self, family: int, line: Line) -> None:
        source, target = line.source, line.target
        match line.kind:
            case "membership" if ANY not in (source, target):
                self._of_alliance[source].add(family)
                self._alliances[target].add(source)
            case "membership" | "obligation" if source != ANY:
                self._of_alliance[source].add(family)
            case "umbrella" | "claimed-umbrella":
                pass
            case _ if ANY in (source, target):
                self._of_actor[target if source == ANY else source].add(family)
            case _:
                self._of_pair[min(source, target), max(source, target)].add(family)

    def _positions(self, families: Iterable[int]) -> list[int]:
        return sorted(
            at for family in set(map(self._root, families)) for at in self._members[family]
        )
