"""A replay reads rows as text where they agree, and still finds what no text and no row tells."""

from random import Random

import pytest
from sqlalchemy import text, update

from domain.vocabulary import AccusationMade
from infrastructure.audit import replaying
from infrastructure.database import Database
from infrastructure.schema.read_models import FOREVER, A
from tests.builders import event, registered
from tests.integration.test_replay import EVENTS, change, difference, result, told
from tests.property.comparing import World
from tests.property.histories import random_history

__all__ = ["told"]


@pytest.mark.parametrize("batch", [2, 1_000])
def test_an_end_that_no_row_tells_any_more_is_found_where_the_event_stands(
    told: Database, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "BATCH", batch)
    with told.read() as conn:
        ended = text(
            f"SELECT position, known_to FROM rm_a_reports WHERE known_to < {FOREVER} "
            "ORDER BY known_to - position DESC LIMIT 1"
        )
        position, known_to = conn.execute(ended).one()
    assert known_to - position > 2
    with told.write() as conn:
        for table in A.tables.values():
            undone = dict.fromkeys({"ended_by", "ended_how"} & set(table.c.keys()))
            at = update(table).where(table.c.position == position)
            conn.execute(at.values(known_to=FOREVER, **undone))
    found = difference(told)
    assert found.position == position
    assert found.expected[0]["known_to"] == known_to
    assert result(told, known_to - 1).ok


@pytest.mark.usefixtures("one_by_one_refused")
def test_rows_that_agree_are_not_looked_at_one_by_one(world: World) -> None:
    """Whatever their characters are, and where what ended since is compared as it was before."""
    said = "".join(map(chr, [*range(1, 33), 0x22, 0x5C, 0x7F, 0x80, 0xE9, 0x2028, 0x1F600]))
    world.log.append([registered("mali"), registered("niger", name="Ni/ger 'é' \\ \"n\"")])
    world.log.append(
        [event(AccusationMade(accuser="mali", accused="niger"), publisher=f"a {said} b")]
    )
    world.append(random_history(Random(3), EVENTS))
    for position in range(0, EVENTS + 3, 7):
        assert result(world.database, position).ok


@pytest.fixture
def one_by_one_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("rows that agree were compared one by one")

    monkeypatch.setattr(replaying, "compare", refuse)


def test_what_no_text_can_hold_is_found(told: Database) -> None:
    strange = "X'00'" if told.dialect == "sqlite" else "chr(1)"
    change(told, f"UPDATE rm_a_reports SET occurred = {strange} WHERE position = 7")
    found = difference(told)
    assert (found.table, found.position) == ("rm_a_reports", 7)
