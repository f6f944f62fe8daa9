"""Hints in large read models, by indexes and in bounded time; and every answer without their code."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest

from domain.viewpoint import Viewpoint
from domain.vocabulary import AttackReported
from infrastructure.answering import answer_hash
from infrastructure.questions import suggestions as asking
from infrastructure.questions.alignments import alignments
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.suggestions import MOST_LOOKED_AT, MOST_THIRD_ACTORS, suggestions
from tests.architecture.project import ROOT
from tests.builders import event, formed, registered
from tests.integration.statements import said
from tests.integration.test_question_plans import scans
from tests.property.comparing import World

DAY = date(2024, 1, 1)
THIRDS, OTHERS = MOST_THIRD_ACTORS + 10, 2 * MOST_LOOKED_AT
MOST_STATEMENTS = 20


@pytest.fixture
def crowd(fresh_url: str) -> Iterator[World]:
    """A hub with more enemies than are looked at, of whom each has an enemy of the others."""
    thirds = [f"third-{number:03}" for number in range(THIRDS)]
    others = [f"other-{number:03}" for number in range(OTHERS)]
    world = World.of(fresh_url)
    world.log.append([*map(registered, ("ally", "hub", *thirds, *others))])
    world.log.append(
        [
            formed("pact", ("ally", thirds[0])),
            *(event(AttackReported(attacker="hub", target=third)) for third in thirds),
            *(
                event(AttackReported(attacker=thirds[number % THIRDS], target=other))
                for number, other in enumerate(others)
            ),
        ]
    )
    world.projector.catch_up()
    yield world
    world.database.dispose()


def view(world: World) -> Viewpoint:
    with world.database.read() as conn:
        return Viewpoint(valid_at=DAY, position=Snapshot.of(conn).position)


def test_what_is_looked_at_is_bounded_and_told(crowd: World) -> None:
    viewpoint = view(crowd)
    with crowd.database.read() as conn:
        snapshot = Snapshot.of(conn)
        first = suggestions(snapshot, viewpoint, "hub", limit=1_000)
        assert (first.third_actors, first.complete) == (MOST_THIRD_ACTORS, False)
        assert len(first.suggestions) == MOST_LOOKED_AT - 1  # the hub itself is looked at too
        assert first.suggestions[0].actors == ("ally", "hub")
        assert first.suggestions[0].leaning == "hostile"
        second = suggestions(snapshot, viewpoint, "hub", after=first.next or "", limit=1_000)
        assert second.suggestions[0].actors > first.suggestions[-1].actors
        other = suggestions(snapshot, viewpoint, "other-000")
        assert (other.third_actors, other.complete) == (1, True)


def test_partners_beyond_those_that_are_read_are_told(
    crowd: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_PARTNERS", 5)
    with crowd.database.read() as conn:
        page = suggestions(Snapshot.of(conn), view(crowd), "hub")
    assert (page.third_actors, page.complete) == (5, False)


def test_statements_are_few_and_go_by_indexes(crowd: World) -> None:
    viewpoint = view(crowd)
    counts = []
    for actor in ("hub", "other-000"):
        with crowd.database.read() as conn, said(conn) as heard:
            suggestions(Snapshot.of(conn), viewpoint, actor)
        asked = [one for one in heard if one[0].startswith(("SELECT", "WITH"))]
        counts.append(len(asked))
        for statement, values in asked:
            assert not scans(crowd.database, statement, values), statement
    assert counts[0] == counts[1] <= MOST_STATEMENTS


WITHOUT = """
import sys
for name in ("domain.suggestions", "infrastructure.questions.suggestions", "api.bodies.suggestions"):
    sys.modules[name] = None  # importing it is an error from here on
import json, os
from datetime import date
from domain.viewpoint import Viewpoint
from infrastructure.answering import answer_hash
from infrastructure.database import Database
from infrastructure.questions.alignments import alignments
from infrastructure.questions.explanation import explain
from infrastructure.questions.matrix import page
from infrastructure.questions.snapshots import Snapshot
with Database(os.environ["FOEDUS_DATABASE_URL"]).read() as conn:
    snapshot = Snapshot.of(conn)
    viewpoint = Viewpoint(valid_at=date(2024, 1, 1), position=snapshot.position)
    explain(snapshot, viewpoint, "ally", "hub")
    page(snapshot, viewpoint)
    pairs = alignments(snapshot, viewpoint, ["ally", "hub", "other-000", "third-000"])[1]
    print(json.dumps(answer_hash(viewpoint, pairs)))
"""


def test_without_their_code_every_answer_is_the_same(crowd: World) -> None:
    viewpoint = view(crowd)
    with crowd.database.read() as conn:
        snapshot = Snapshot.of(conn)
        assert suggestions(snapshot, viewpoint, "hub").suggestions
        pairs = alignments(snapshot, viewpoint, ["ally", "hub", "other-000", "third-000"])[1]
    url = crowd.database.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        env=os.environ | {"FOEDUS_DATABASE_URL": url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == answer_hash(viewpoint, pairs)
