"""Retractions, corrections, denials and corroborations (DESIGN section 3, curation rules)."""

import pytest

from domain.event import Event
from domain.vocabulary import AccusationMade, ActorDissolved, RelationsSevered
from tests.builders import corroborated, denied, event, formed, registered, retracted
from tests.spec import Given, given

ACTORS = [registered("mali"), registered("france"), registered("togo")]
RECORDERS = event(AccusationMade(accuser="mali", accused="france"), called="recorder's")
MALIS = event(AccusationMade(accuser="mali", accused="france"), called="mali's", claimant="mali")


def known(*more: Event) -> Given:
    return given(*ACTORS, RECORDERS, MALIS, *more)


def correction(target: str, claimant: str | None = None, called: str = "correction") -> Event:
    data = AccusationMade(accuser="mali", accused="togo")
    return event(data, called=called, corrects=target, claimant=claimant)


def test_a_claimant_withdraws_its_own_claim() -> None:
    known().when(retracted("mali's", claimant="mali")).then_accepted()


def test_the_recorder_withdraws_any_claim() -> None:
    known().when(retracted("mali's")).then_accepted()
    known().when(retracted("recorder's")).then_accepted()


@pytest.mark.parametrize("target", ["mali's", "recorder's"])
def test_nobody_withdraws_a_rivals_claim(target: str) -> None:
    outcome = known().when(retracted(target, claimant="france"))
    outcome.then_refused("/claim/claimant")
    assert "ReportDenied" in outcome.refusals[0].message


def test_a_correction_repeats_the_claimant() -> None:
    known().when(correction("mali's", "mali")).then_accepted()
    known().when(correction("recorder's")).then_accepted()


@pytest.mark.parametrize(
    ("target", "claimant"),
    [("mali's", "france"), ("mali's", None), ("recorder's", "mali"), ("recorder's", "france")],
)
def test_a_correction_by_anybody_else_is_refused(target: str, claimant: str | None) -> None:
    outcome = known().when(correction(target, claimant))
    outcome.then_refused("/claim/claimant")
    assert "ReportDenied" in outcome.refusals[0].message


def test_a_correction_is_of_the_same_type() -> None:
    other = event(RelationsSevered(initiator="mali", target="france"), corrects="recorder's")
    known().when(other).then_refused("/supersedes")


def test_a_correction_may_be_corrected_but_not_past_its_end() -> None:
    first = correction("recorder's", called="first")
    known(first).when(correction("first", called="second")).then_accepted()
    for late in (correction("recorder's", called="late"), event(
        AccusationMade(accuser="togo", accused="mali"), called="later", corrects="recorder's"
    )):  # fmt: skip
        known(first).when(late).then_refused("/supersedes", "event-ended")


def test_what_is_retracted_is_not_retracted_again() -> None:
    withdrawn = known(retracted("mali's"))
    again = retracted("mali's", called="again", claimant="mali")
    withdrawn.when(again).then_refused("/data/event", "event-ended")


def test_what_is_retracted_is_not_corrected() -> None:
    withdrawn = known(retracted("recorder's"))
    withdrawn.when(correction("recorder's")).then_refused("/supersedes", "event-ended")


def test_what_is_superseded_is_not_retracted_but_its_correction_is() -> None:
    corrected = known(correction("recorder's"))
    corrected.when(retracted("recorder's")).then_refused("/data/event", "event-ended")
    corrected.when(retracted("correction")).then_accepted()


def test_undoing_revives_nothing() -> None:
    undone = known(correction("recorder's"), retracted("correction"))
    undone.when(retracted("recorder's")).then_refused("/data/event", "event-ended")
    undone.when(correction("recorder's", called="anew")).then_refused("/supersedes", "event-ended")
    undone.when(correction("correction", called="anew")).then_refused("/supersedes", "event-ended")


def test_a_retraction_is_final() -> None:
    withdrawn = known(retracted("mali's", claimant="mali"))
    by_recorder = retracted("retraction of mali's", called="retraction of the retraction")
    by_mali = retracted("retraction of mali's", called="the same by mali", claimant="mali")
    withdrawn.when(by_recorder).then_refused("/data/event")
    withdrawn.when(by_mali).then_refused("/data/event")


def test_a_retraction_is_not_corrected() -> None:
    better = retracted("mali's", called="better", claimant="mali", corrects="retraction of mali's")
    outcome = known(retracted("mali's", claimant="mali")).when(better)
    pointers = {(refusal.pointer, refusal.conflict) for refusal in outcome.refusals}
    assert ("/supersedes", None) in pointers
    elsewhere = retracted("recorder's", called="else", corrects="retraction of mali's")
    withdrawn = known(retracted("mali's"))
    withdrawn.when(elsewhere).then_refused("/supersedes")


DENIABLE = {
    "a claim": ("mali's", []),
    "a statement of the recorder": ("recorder's", []),
    "a registration": ("registration of mali", []),
    "a denial": ("denial of mali's by togo", [denied("mali's", "togo")]),
    "a corroboration": ("corroboration of mali's by togo", [corroborated("mali's", "togo")]),
    "a retraction": ("retraction of mali's", [retracted("mali's")]),
    "what is retracted": ("mali's", [retracted("mali's")]),
    "what is corrected": ("recorder's", [correction("recorder's")]),
    "a correction": ("correction", [correction("recorder's")]),
    "a formation": ("formation of pact", [formed("pact", ("mali", "france"))]),
    "a dissolution": ("end of togo", [event(ActorDissolved(actor="togo"), called="end of togo")]),
}


@pytest.mark.parametrize("what", DENIABLE)
@pytest.mark.parametrize("claimant", [None, "mali", "france"])
def test_anything_may_be_denied_and_corroborated_by_anybody(
    what: str, claimant: str | None
) -> None:
    target, before = DENIABLE[what]
    known(*before).when(denied(target, claimant, called="no")).then_accepted()
    known(*before).when(corroborated(target, claimant, called="yes")).then_accepted()
    twice = known(*before, denied(target, claimant, called="no"))
    twice.when(denied(target, claimant, called="no, no")).then_accepted()


def test_a_denial_is_withdrawn_by_who_denied() -> None:
    contested = known(denied("mali's", "france"))
    name = "denial of mali's by france"
    contested.when(retracted(name, claimant="mali")).then_refused("/claim/claimant")
    contested.when(retracted(name, claimant="france")).then_accepted()
    contested.when(retracted(name, called="once more")).then_refused("/data/event", "event-ended")


def test_a_denial_may_be_corrected_to_deny_another_event() -> None:
    contested = known(denied("mali's", "france"))
    other = denied("recorder's", "france", corrects="denial of mali's by france")
    contested.when(other).then_accepted()


@pytest.mark.parametrize(
    "contradiction",
    [
        event(ActorDissolved(actor="mali"), "1900-01-01"),
        event(AccusationMade(accuser="france", accused="mali"), "9999-12-31"),
        event(RelationsSevered(initiator="mali", target="france"), "0001"),
    ],
)
def test_a_claim_that_contradicts_another_is_never_refused(contradiction: Event) -> None:
    dissolved = known(event(ActorDissolved(actor="mali"), called="one end"))
    dissolved.when(contradiction).then_accepted()


def test_curation_acts_whatever_its_modality_grade_or_date() -> None:
    weak = retracted(
        "mali's", modality="speculated", reliability="F", credibility=6, occurred="9999"
    )
    withdrawn = known(weak)
    withdrawn.when(retracted("mali's", called="again")).then_refused("/data/event", "event-ended")
