"""A pair's past and its rival accounts take a constant number of statements by index; its days reach to both ends of the calendar."""

from collections.abc import Callable
from datetime import date

from domain.event import Event
from domain.past import Segment
from domain.viewpoint import Viewpoint
from domain.vocabulary import AttackReported, CeasefireAgreed, SanctionImposed, SanctionLifted
from infrastructure.questions.disagreement import disagreement
from infrastructure.questions.dossier import Dossier
from infrastructure.questions.parts import Sides
from infrastructure.questions.revisions import revisions
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.timeline import segments
from tests.builders import event, registered, uid
from tests.integration.statements import said
from tests.integration.test_question_plans import (
    Crowded,
    all_go_by_indexes,
    crowded,
    with_an_alliance,
)
from tests.property.comparing import World
from tests.property.histories import History
from tests.property.pasts import most_told_of

__all__ = ["crowded"]

QUESTIONS: dict[str, Callable[[Snapshot, Viewpoint, History], object]] = {
    "timeline": lambda s, v, h: segments(dossier(s, v, most_told_of(h)[0])),
    "revisions": lambda s, v, h: revisions(s, dossier(s, v, most_told_of(h)[0]), limit=5),
    "disagreement": lambda s, v, h: disagreement(s, v, most_told_of(h)[0]),
}
MOST_STATEMENTS = 6


def dossier(snapshot: Snapshot, viewpoint: Viewpoint, pair: tuple[str, str]) -> Dossier:
    return Dossier.of(snapshot, viewpoint, Sides.alone(pair))


def test_every_question_goes_by_indexes(crowded: Crowded) -> None:
    all_go_by_indexes(crowded, QUESTIONS)


def test_the_number_of_statements_does_not_depend_on_what_is_found(crowded: Crowded) -> None:
    quiet = with_an_alliance(events=8)
    crowded.world.append(quiet)
    for question, ask in QUESTIONS.items():
        counts = []
        for history in (crowded.history, quiet):
            with crowded.world.database.read() as conn, said(conn) as heard:
                ask(Snapshot.of(conn), crowded.viewpoint, history)
            counts.append(len([one for one in heard if one[0].startswith("SELECT")]))
        assert counts[0] == counts[1] <= MOST_STATEMENTS, question


def told(url: str, *events: Event) -> list[Segment]:
    """The timeline of a and b after these events."""
    world = World.of(url)
    world.log.append([registered("a"), registered("b"), *events])
    world.projector.catch_up()
    viewpoint = Viewpoint(valid_at=date(2020, 1, 1), position=2 + len(events))
    with world.database.read() as conn:
        found = segments(dossier(Snapshot.of(conn), viewpoint, ("a", "b")))
    world.database.dispose()
    return found


def days(found: list[Segment]) -> list[tuple[str | None, str | None, str]]:
    return [(one.from_, one.to, one.alignment) for one in found]


def test_days_reach_from_the_first_to_the_last_of_the_calendar(fresh_url: str) -> None:
    attack = event(AttackReported(attacker="a", target="b"), "0001-01-01", called="attack")
    peace = event(CeasefireAgreed(parties=("a", "b")), "9999-12-31", called="peace")
    found = told(fresh_url, peace, attack)
    assert days(found) == [
        (None, "0001-01-01", "unknown"),
        ("0001-01-01", "9999-12-31", "hostile"),
        ("9999-12-31", None, "neutral"),
    ]
    assert [one.opened_by for one in found] == [(), (uid("attack"),), (uid("peace"),)]


def test_what_takes_hold_on_the_day_of_a_turn_is_named_in_the_order_of_the_log(
    fresh_url: str,
) -> None:
    """What changes nothing by itself is named too; what takes hold on another day is not."""
    found = told(
        fresh_url,
        event(SanctionImposed(sender="b", target="a", programme="x"), "2020-05-05", called="x"),
        event(AttackReported(attacker="a", target="b"), "2020-05-05", called="attack"),
        event(SanctionImposed(sender="a", target="b", programme="y"), "2020-05-05", called="y"),
        event(SanctionLifted(sender="a", target="b"), "2020-05", called="lifted in May"),
    )
    assert days(found) == [(None, "2020-05-05", "unknown"), ("2020-05-05", None, "hostile")]
    assert found[1].opened_by == (uid("x"), uid("attack"), uid("y"))
