"""Umbrellas of thousands of members: answered in as many statements as any pair, and in bounded time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy import event as listeners

from domain.event import Event
from domain.viewpoint import Viewpoint
from domain.vocabulary import AttackReported, MembershipStarted
from infrastructure.questions import parts
from infrastructure.questions.alignments import alignments
from infrastructure.questions.explanation import explain
from infrastructure.questions.snapshots import Snapshot
from tests.builders import day, event, registered
from tests.property.comparing import World

MEMBERS = 2_000
LONGEST = 10.0
"""Seconds that no question may take, on a machine that is busy with other tests."""


def umbrella(name: str, members: int, attacked: str) -> list[Event]:
    """An umbrella of so many members in a chain of two levels, each of which attacks somebody."""
    ids = [f"{name}-{n}" for n in range(members)]
    above = [name] * (members // 2) + ids[: members - members // 2]
    stays = [
        MembershipStarted(umbrella=one, member=member)
        for one, member in zip(above, ids, strict=True)
    ]
    attacks = [AttackReported(attacker=member, target=attacked) for member in ids]
    return [*map(registered, (name, *ids)), *(event(one, "2019") for one in (*stays, *attacks))]


@pytest.fixture
def world(fresh_url: str) -> Iterator[World]:
    made = World.of(fresh_url)
    events = [*umbrella("alpha", MEMBERS, "zulu"), *umbrella("zulu", MEMBERS, "alpha")]
    known = sorted(events, key=lambda one: one.type != "ActorRegistered")
    for first in range(0, len(known), 1_000):
        made.log.append(known[first : first + 1_000])
    made.projector.catch_up()
    if made.database.dialect == "postgresql":
        with made.database.write() as conn:
            conn.execute(text("ANALYZE"))
    yield made
    made.database.dispose()


@contextmanager
def counting() -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, _v: Any, _ctx: Any, _many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's signature
        said.append(statement)

    listeners.listen(Engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        listeners.remove(Engine, "before_cursor_execute", hear)


@pytest.mark.long
def test_thousands_of_members_on_either_side(world: World) -> None:
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        viewpoint = Viewpoint(valid_at=day("2020-01-01"), position=snapshot.position, parts=True)
        alone = Viewpoint(valid_at=day("2010-01-01"), position=snapshot.position, parts=True)
        began = time.perf_counter()
        _, [answer] = alignments(snapshot, viewpoint, ["alpha", "zulu"])
        assert (answer.alignment, answer.support_count) == ("hostile", 2 * MEMBERS)
        explained = explain(snapshot, viewpoint, "alpha", "zulu").explanation
        assert len(explained.evidence_list) == 100
        assert explained.parts is not None
        assert [group.count for group in explained.parts.groups] == [MEMBERS + 1] * 2
        assert time.perf_counter() - began < LONGEST
        counts = []
        for asked in (viewpoint, alone):
            with counting() as said:
                alignments(snapshot, asked, ["alpha", "zulu"])
            counts.append(len(said))
        assert counts[0] == counts[1]


@pytest.mark.long
def test_more_than_are_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_PARTS", MEMBERS)
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        viewpoint = Viewpoint(valid_at=day("2020-01-01"), position=snapshot.position, parts=True)
        with pytest.raises(parts.TooManyParts):
            alignments(snapshot, viewpoint, ["alpha", "zulu"])
