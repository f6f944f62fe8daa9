"""Hints by structural balance, from alignments written by hand."""

from typing import Any

import pytest

from domain.answers import PairAlignment
from domain.policy import Alignment
from domain.suggestions import TRIADS_SHOWN, Suggestion, suggestions


def pair(one: str, other: str, alignment: Alignment, *events: str, **more: Any) -> PairAlignment:
    a, b = sorted((one, other))
    given: dict[str, Any] = {
        "actors": (a, b), "alignment": alignment, "cooperation": 0, "conflict": 0, "neutral": False,
        "directed": {}, "commitments": (), "sanctions": (), "evidence": "single-source",
        "disputed": False, "certainty": "certain", "possible_alignment": None,
        "last_evidence": None, "stale_since": None,
        "support": events or (f"{a}-{b}",), "support_count": max(1, len(events)),
    }  # fmt: skip
    return PairAlignment(**(given | more))


def weights(hint: Suggestion) -> tuple[str, int, int]:
    return hint.leaning, hint.cooperative.weight, hint.hostile.weight


@pytest.mark.parametrize(
    ("mine", "theirs", "leaning", "rule"),
    [
        ("allied", "cooperating", "cooperative", "friend-of-a-friend"),
        ("hostile", "strained", "cooperative", "enemy-of-an-enemy"),
        ("allied", "hostile", "hostile", "friend-of-an-enemy"),
        ("strained", "cooperating", "hostile", "friend-of-an-enemy"),
    ],
)
def test_two_premises_make_a_hint(
    mine: Alignment, theirs: Alignment, leaning: str, rule: str
) -> None:
    pairs = [pair("mali", "france", mine, "e1"), pair("france", "chad", theirs, "e2")]
    [hint] = suggestions("mali", pairs)
    assert (hint.actors, hint.leaning) == (("chad", "mali"), leaning)
    sides = {"cooperative": hint.cooperative, "hostile": hint.hostile}
    [triad] = sides.pop(leaning).triads
    [nothing] = sides.values()
    assert (nothing.weight, nothing.third_actors, nothing.triads) == (0, 0, ())
    assert (triad.third, triad.rule) == ("france", rule)
    first, second = triad.premises
    assert (first.actors, first.alignment, first.support) == (("france", "mali"), mine, ("e1",))
    assert (second.actors, second.alignment, second.support) == (
        ("chad", "france"),
        theirs,
        ("e2",),
    )


@pytest.mark.parametrize("none", ["mixed", "neutral"])
@pytest.mark.parametrize("turn", [False, True])
def test_mixed_and_neutral_are_no_premises(none: Alignment, *, turn: bool) -> None:
    pairs = [
        pair("mali", "france", "allied" if turn else none),
        pair("france", "chad", none if turn else "allied"),
    ]
    assert suggestions("mali", pairs) == []


@pytest.mark.parametrize("turn", [False, True])
def test_uncertain_alignments_are_no_premises(*, turn: bool) -> None:
    vague = {"certainty": "uncertain", "possible_alignment": "unknown"}
    mine, theirs = ({}, vague) if turn else (vague, {})
    pairs = [pair("mali", "france", "allied", **mine), pair("france", "chad", "allied", **theirs)]
    assert suggestions("mali", pairs) == []


def test_a_pair_of_which_something_is_known_gets_no_hint() -> None:
    pairs = [
        pair("mali", "france", "allied"),
        pair("france", "chad", "allied"),
        pair("mali", "chad", "mixed"),
    ]
    assert suggestions("mali", pairs) == []
    [hint] = suggestions("mali", pairs[:2])
    assert hint.actors == ("chad", "mali")


def test_third_actors_that_rest_on_one_event_count_once() -> None:
    pairs = [
        pair("csp", "mali", "hostile", "battle", "raid"),
        pair("csp", "wagner", "hostile", "battle"),
        pair("mali", "france", "strained", "expulsion"),
        pair("wagner", "france", "strained", "protest"),
        pair("csp", "niger", "hostile", "ambush"),
        pair("niger", "france", "hostile", "coup"),
    ]
    [hint] = suggestions("csp", pairs)
    assert (hint.cooperative.weight, hint.cooperative.third_actors) == (2, 3)
    assert [triad.third for triad in hint.cooperative.triads] == ["mali", "niger", "wagner"]
    # Joined by one that rests on events of both groups.
    pairs += [pair("csp", "togo", "hostile", "raid", "ambush"), pair("togo", "france", "hostile")]
    [hint] = suggestions("csp", pairs)
    assert (hint.cooperative.weight, hint.cooperative.third_actors) == (1, 4)


def test_what_contradicts_is_listed_and_a_tie_is_undecided() -> None:
    pairs = [
        pair("mali", "niger", "allied"),
        pair("niger", "chad", "allied"),
        pair("mali", "togo", "allied"),
        pair("togo", "chad", "hostile"),
    ]
    [hint] = suggestions("mali", pairs)
    assert weights(hint) == ("undecided", 1, 1)
    pairs += [pair("mali", "benin", "allied"), pair("benin", "chad", "strained")]
    [hint] = suggestions("mali", pairs)
    assert weights(hint) == ("hostile", 1, 2)
    assert [triad.third for triad in hint.hostile.triads] == ["benin", "togo"]


def test_hints_are_by_the_other_ones_id_and_few_triads_are_shown() -> None:
    thirds = [f"third-{number:02}" for number in range(TRIADS_SHOWN + 1)]
    pairs = [pair("mali", third, "hostile") for third in thirds]
    pairs += [pair(third, other, "hostile") for other in ("zambia", "benin") for third in thirds]
    hints = suggestions("mali", reversed(pairs))
    assert [hint.actors for hint in hints] == [("benin", "mali"), ("mali", "zambia")]
    for hint in hints:
        assert hint.cooperative.third_actors == hint.cooperative.weight == TRIADS_SHOWN + 1
        shown = [triad.third for triad in hint.cooperative.triads]
        assert shown == thirds[:TRIADS_SHOWN]
