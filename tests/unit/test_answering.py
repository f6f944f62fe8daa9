"""Answers as JSON values and as bytes that are hashed."""

from datetime import date
from hashlib import sha256

import rfc8785

from domain.answers import Commitment, DatedName, Levels, PairAlignment, Sanction
from domain.viewpoint import Viewpoint, Without
from infrastructure.answering import answer_hash, plain, viewpoint_json

PAIR = PairAlignment(
    actors=("a", "b"),
    alignment="mixed",
    cooperation=3,
    conflict=2,
    neutral=False,
    directed={"b>a": Levels(0, 2), "a>b": Levels(3, 0)},
    commitments=(Commitment("pact", ("defence",), "strong", "2021-12~"),),
    sanctions=(Sanction("a", "b", 'tab\t "quoted" \\ \u2028 é \x7f \x1f 😀', "2020"),),
    evidence="corroborated",
    disputed=True,
    certainty="certain",
    possible_alignment=None,
    last_evidence="2024-07-27",
    stale_since=None,
    support=("one", "two"),
    support_count=2,
)
SEEN = Viewpoint(
    valid_at=date(2024, 7, 28), position=46, without=(Without("publisher", "É\n: 😀"),)
)


def test_an_answers_hash_is_that_of_its_canonical_json() -> None:
    viewpoint = viewpoint_json(SEEN)
    del viewpoint["known_at"]
    canonical = rfc8785.dumps({"alignments": [plain(PAIR), plain(PAIR)], "viewpoint": viewpoint})
    assert answer_hash(SEEN, [PAIR, PAIR]) == "sha256:" + sha256(canonical).hexdigest()


def test_answers_become_json_values_under_their_wire_names() -> None:
    shown = plain({"names": (DatedName("Azawad", None, "2024"),), "pairs": [PAIR], "n": 1})
    assert shown["names"] == [{"name": "Azawad", "language": None, "from": "2024"}]
    assert shown["n"] == 1
    [pair] = shown["pairs"]
    assert list(pair) == list(PairAlignment.__dataclass_fields__)
    assert pair["directed"] == {
        "b>a": {"cooperation": 0, "conflict": 2},
        "a>b": {"cooperation": 3, "conflict": 0},
    }
    assert pair["commitments"][0]["obligations"] == ["defence"]


def test_a_viewpoint_without_a_counterfactual_does_not_speak_of_one() -> None:
    assert viewpoint_json(SEEN)["without"] == ["publisher:É\n: 😀"]
    assert "without" not in viewpoint_json(Viewpoint(valid_at=date(2024, 7, 28), position=46))
