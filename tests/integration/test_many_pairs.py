"""Many pairs in large read models: found by indexes, in stretches of bounded size."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import Connection, text

from domain.event import Event
from domain.policy import Alignment
from domain.viewpoint import Viewpoint
from domain.vocabulary import (
    ActorDissolved,
    AllianceEnded,
    AllianceJoined,
    AttackReported,
    ForcesDeployed,
    RegimeChanged,
    SanctionImposed,
)
from infrastructure.audit.segments import compare_segments, unmarked
from infrastructure.questions import matrix, stances, touched
from infrastructure.questions.changes import changes
from infrastructure.questions.partners import Pair, next_pairs, partners
from infrastructure.questions.segments import segments_of, stale_pairs
from infrastructure.questions.snapshots import Snapshot
from tests.builders import event, formed, registered, retracted
from tests.integration.statements import said
from tests.property.comparing import World

DAY = date(2024, 1, 1)
HUB, SPOKES, MEMBERS = "hub", 2_000, 200


def attack(attacker: str, target: str, called: str = "") -> Event:
    return event(AttackReported(attacker=attacker, target=target), called=called)


def view(position: int, **more: Any) -> Viewpoint:
    return Viewpoint(valid_at=DAY, position=position, **more)


# What was touched between two positions

NAMES = ("a", "b", "c", "d")
BASE = [
    *map(registered, NAMES),
    formed("pact", ("a", "b"), called="pact of a and b"),
    attack("a", "c", "attack on c"),
    event(ForcesDeployed(sender="b", host="d"), called="deployment"),
    attack("d", "c", "another attack on c"),
]

LATER: dict[str, tuple[Event, set[Pair]]] = {
    "a claim": (attack("a", "d"), {("a", "d")}),
    "a sanction": (event(SanctionImposed(sender="b", target="c")), {("b", "c")}),
    "a retraction": (retracted("attack on c"), {("a", "c")}),
    "a correction of a claim to another pair": (
        event(AttackReported(attacker="a", target="d"), corrects="attack on c"),
        {("a", "c"), ("a", "d")},
    ),
    "a member more": (event(AllianceJoined(alliance="pact", member="d")), {("a", "d"), ("b", "d")}),
    "an alliance's end": (event(AllianceEnded(alliance="pact")), {("a", "b")}),
    "an alliance that is retracted": (retracted("pact of a and b"), {("a", "b")}),
    "a dissolution": (event(ActorDissolved(actor="b")), {("a", "b"), ("b", "d")}),
    "a regime's end": (
        event(RegimeChanged(state="c", how="collapse"), "2021"),
        {("a", "c"), ("c", "d")},
    ),
    "nothing about relations": (registered("e"), set()),
}


@pytest.mark.parametrize("later", LATER)
def test_changes_between_positions_are_found_by_what_was_touched(world: World, later: str) -> None:
    new, expected = LATER[later]
    world.log.append(BASE)
    world.log.append([new])
    world.projector.catch_up()
    low, high = len(BASE), len(BASE) + 1
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        few = touched.touched_pairs(snapshot, low, high)
        assert few is not None
        assert expected <= set(few) < set(combinations(NAMES, 2)) | expected
        found, following = changes(snapshot, view(low), view(high))
        assert following is None
        assert {one.actors for one in found} == expected
        assert touched.touched_pairs(snapshot, high, high) == []


def test_where_much_was_touched_all_pairs_are_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.log.append([*BASE, event(ActorDissolved(actor="b"))])
    world.projector.catch_up()
    low, high = view(0), view(len(BASE) + 1)
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        expected = changes(snapshot, low, high)
        assert len(expected[0]) == 2
        for bound in ("MOST_EVENTS", "MOST_PAIRS", "MOST_ACTORS"):
            with monkeypatch.context() as patch:
                patch.setattr(touched, bound, 0)
                assert touched.touched_pairs(snapshot, 0, high.position) is None, bound
                assert changes(snapshot, low, high) == expected


# Large read models


class Large:
    """A hub with 2,000 partners, one of them with many events, and an alliance of 200."""

    def __init__(self, url: str) -> None:
        self.world = World.of(url)
        spokes = [f"spoke-{number:04}" for number in range(SPOKES)]
        self.spokes = spokes
        log = [*map(registered, (HUB, *spokes))]
        log.append(formed("pact", tuple(spokes[:MEMBERS])))
        log += [attack(HUB, one, f"forth {one}") for one in spokes[::2]]
        log += [attack(one, HUB, f"back {one}") for one in spokes[1::2]]
        log += [attack(HUB, spokes[7], f"again {number}") for number in range(600)]
        for start in range(0, len(log), 1_000):
            self.world.log.append(log[start : start + 1_000])
        self.world.projector.catch_up()
        self.viewpoint = view(len(log))
        if self.world.database.dialect == "postgresql":
            with self.world.database.write() as conn:
                conn.execute(text("ANALYZE"))

    @contextmanager
    def asked(self) -> Iterator[Snapshot]:
        with self.world.database.read() as conn:
            yield Snapshot.of(conn)


@pytest.fixture(scope="module")
def large(shared_url: Callable[[], str]) -> Iterator[Large]:
    made = Large(shared_url())
    yield made
    made.world.database.dispose()


def test_a_hub_has_all_its_partners_in_order(large: Large) -> None:
    with large.asked() as snapshot:
        found: list[Pair] = []
        after: str | None = None
        while True:
            pairs, after = partners(snapshot, HUB, after, 300)
            assert len(pairs) <= 300
            found += pairs
            if after is None:
                break
        assert found == [(HUB, one) for one in large.spokes]
        page, following = matrix.page(
            snapshot, large.viewpoint, limit=1_000, source=matrix.pairs_with(HUB)
        )
    assert len(page) == 1_000
    assert following == (HUB, large.spokes[999])
    assert {one.alignment for one in page} == {"hostile"}
    assert page[7].support_count == 601


@pytest.mark.parametrize("most", [1, 2, 7, 5_000])
def test_every_pair_comes_once_and_in_order(large: Large, most: int) -> None:
    expected = [(HUB, one) for one in large.spokes]
    expected += combinations(large.spokes[:MEMBERS], 2)
    wanted = expected if most > 10 else expected[1_990:2_010]
    with large.asked() as snapshot:
        found: list[Pair] = []
        after = None if most > 10 else expected[1_989]
        while len(found) < len(wanted):
            pairs, after = next_pairs(snapshot, after, most)
            assert len(pairs) <= most
            found += pairs
            assert after is not None or len(found) == len(expected)
    assert found[: len(wanted)] == wanted


def test_the_pairs_of_a_large_alliance_are_all_allied(large: Large) -> None:
    last, verdicts = ("spoke-0199", "spoke-0199"), list[Alignment]()
    with large.asked() as snapshot:
        after: Pair | None = ("spoke-0000", "spoke-0000")
        while after is not None and after < last:
            page, after = matrix.page(snapshot, large.viewpoint, limit=1_000, after=after)
            verdicts += [one.alignment for one in page]
            assert all(one.commitments for one in page)
    assert verdicts == ["allied"] * (MEMBERS * (MEMBERS - 1) // 2)


QUESTIONS: dict[str, Callable[[Snapshot, Viewpoint], object]] = {
    "matrix": lambda s, v: matrix.page(s, v, limit=20),
    "matrix, further on": lambda s, v: matrix.page(s, v, after=("spoke-0010", "a"), limit=20),
    "pairs of an actor": lambda s, v: matrix.page(
        s, v, limit=20, source=matrix.pairs_with("spoke-0007")
    ),
    "changes between days": lambda s, v: changes(
        s, Viewpoint(valid_at=date(2010, 1, 1), position=v.position), v, limit=20
    ),
    "changes between positions": lambda s, v: changes(s, view(v.position - 3), v, limit=20),
    "changes between many positions": lambda s, v: changes(s, view(0), v, limit=20),
    "what was touched": lambda s, v: touched.touched_pairs(s, SPOKES, SPOKES + 5),
    "matrix in short": lambda s, v: stances.page(s, v, limit=20),
    "matrix in short, further on": lambda s, v: stances.page(
        s, v, after=("spoke-0010", "a"), limit=20
    ),
    "matrix in short, of before": lambda s, v: stances.page(s, view(v.position - 3), limit=20),
    "matrix in short, in parts": lambda s, v: stances.page(s, view(v.position, parts=True)),
    "segments worked out": lambda s, _: segments_of(
        s, [(one.a, one.b) for one in stale_pairs(s, ("", ""), 25)]
    ),
    "segments compared": lambda s, _: compare_segments(s, ("hub", "spoke-0010")),
    "marks compared": lambda s, _: unmarked(s, SPOKES, SPOKES + 5),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_many_pairs_are_found_by_indexes(large: Large, question: str) -> None:
    viewpoint = large.viewpoint
    with large.asked() as snapshot, said(snapshot.conn) as statements:
        QUESTIONS[question](snapshot, viewpoint)
        asked = [one for one in statements if one[0].startswith(("SELECT", "WITH"))]
    assert 2 <= len(asked) <= 20
    for statement, values in asked:
        with large.world.database.write() as conn:
            scans = list(_scans(conn, statement, values))
        assert not scans, f"{scans}\n{statement}"


def test_a_page_takes_as_many_statements_for_a_hub_as_for_few(large: Large) -> None:
    counts = []
    for actor in (HUB, "spoke-1999"):
        with large.asked() as snapshot, said(snapshot.conn) as statements:
            matrix.page(snapshot, large.viewpoint, limit=50, source=matrix.pairs_with(actor))
            counts.append(len(statements))
    assert counts[0] == counts[1]


def _scans(conn: Connection, statement: str, values: Any) -> Iterator[str]:
    """The tables that a statement reads from end to end; the list of all alliances is short."""
    if conn.dialect.name == "sqlite":
        plan = conn.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values)
        lines = [str(row[-1]) for row in plan]
        scanned = r"SCAN (rm_(?!a_formations)|event|store|checkpoints)"
        yield from (one for one in lines if re.match(scanned, one))
        return
    # Where an index can serve, it is taken now, however short the table is.
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    found = conn.exec_driver_sql("EXPLAIN (FORMAT JSON) " + statement, values).scalar_one()
    tree = found if isinstance(found, list) else json.loads(found)
    yield from _unguided(tree[0]["Plan"])


LARGE = ("_sets", "_pairs", "_segments", "_reports", "_registrations")


def _unguided(node: dict[str, Any]) -> Iterator[str]:
    """Nodes that read one of the large tables without a condition on an index."""
    relation = str(node.get("Relation Name"))
    by_index = node["Node Type"].startswith(("Index", "Bitmap"))
    bounded = "Index Cond" in node or node["Node Type"] == "Bitmap Heap Scan"
    if relation.endswith(LARGE) and not (by_index and bounded):
        yield f"{node['Node Type']} on {relation}"
    for child in node.get("Plans", ()):
        yield from _unguided(child)
