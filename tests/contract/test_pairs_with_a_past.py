"""What it costs to ask about two actors depends on what is open between them, not on what ever was."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from domain.event import Event
from domain.viewpoint import Viewpoint
from domain.vocabulary import AttackReported, HostilitiesEnded
from infrastructure.questions.alignments import alignments
from infrastructure.questions.snapshots import Snapshot
from tests.builders import event, registered
from tests.conftest import NewUrl
from tests.integration.statements import said
from tests.property.comparing import World

BEGIN = date(2000, 1, 1)
SHORT, LONG = 250, 1_000
"""Attacks, each but the last followed by the end of hostilities."""


CROWD = 60
"""So many others, without whom PostgreSQL would take two actors for a large part of all."""


def past(attacks: int) -> Iterator[Event]:
    """Attacks every third day, with the end of hostilities between them."""
    yield from (registered("mali"), registered("niger"))
    for number in range(attacks):
        on = BEGIN + timedelta(days=3 * number)
        yield attack("mali", "niger", on)
        if number + 1 < attacks:
            yield end("mali", "niger", on + timedelta(days=1))


def crowd() -> Iterator[Event]:
    """Others, of whom each attacked the next one once."""
    others = [f"other-{number}" for number in range(CROWD)]
    yield from map(registered, others)
    for one, other in pairwise(others):
        yield attack(one, other, BEGIN)
        yield end(one, other, BEGIN + timedelta(days=1))


def attack(attacker: str, target: str, on: date) -> Event:
    return event(AttackReported(attacker=attacker, target=target), f"{on}")


def end(one: str, other: str, on: date) -> Event:
    return event(HostilitiesEnded(parties=(one, other)), f"{on}")


@pytest.mark.parametrize("asked_on", ["in the middle", "at the end"])
def test_a_long_past_costs_no_more_than_a_short_one(
    dialect: str, new_url: NewUrl, asked_on: str
) -> None:
    work = []
    for attacks in (SHORT, LONG):
        world = World.of(new_url(dialect))
        world.log.append([*crowd(), *past(attacks)])
        world.projector.rebuild()
        number = attacks - 1 if asked_on == "at the end" else attacks // 2
        on = BEGIN + timedelta(days=3 * number)
        work.append(cost(world, on))
        world.database.dispose()
    assert work[1] <= 1.3 * work[0], work


def cost(world: World, on: date) -> int:
    """Steps of SQLite's machine, or pages that PostgreSQL looks at, for one question."""
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        viewpoint = Viewpoint(valid_at=on, position=snapshot.position)
        raw: Any = conn.connection.driver_connection
        with said(conn) as statements:
            [pair] = alignments(snapshot, viewpoint, ["mali", "niger"])[1]
        assert pair.conflict == 3
        if conn.dialect.name == "postgresql":
            explained = [
                raw.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", values).fetchone()
                for text, values in statements
            ]
            return sum(pages(one["Plan"]) for ((one,),) in explained)
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        raw.set_progress_handler(step, 1)
        alignments(snapshot, viewpoint, ["mali", "niger"])
        raw.set_progress_handler(None, 1)
        return steps


def pages(plan: dict[str, int]) -> int:
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
