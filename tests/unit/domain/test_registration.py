"""Actors are registered before they are named, alliances formed, events present (DESIGN section 3)."""

from typing import Any

import pytest

from domain.event import Event
from domain.vocabulary import (
    AccusationMade,
    ActorDissolved,
    ActorRenamed,
    AllianceEnded,
    AllianceJoined,
    AllianceLeft,
    BattleReported,
    CeasefireAgreed,
    RelationsSevered,
    ReportRetracted,
    Side,
)
from tests.builders import corroborated, denied, event, formed, registered, retracted, uid
from tests.spec import given

MALI, FRANCE, TOGO = registered("mali"), registered("france"), registered("togo")
ACCUSATION = event(AccusationMade(accuser="mali", accused="france"), called="accusation")
CORRECTED_MALI = registered(
    "mali",
    name="Republic of Mali",
    called="corrected registration",
    corrects="registration of mali",
)


def test_an_actor_registers_itself() -> None:
    given().when(MALI).then_accepted()


@pytest.mark.parametrize(
    ("named", "pointer"),
    [
        (event(AccusationMade(accuser="mali", accused="niger")), "/data/accused"),
        (event(AccusationMade(accuser="mali", accused="france"), claimant="niger"),
         "/claim/claimant"),
        (event(CeasefireAgreed(parties=("mali", "france"), mediators=("togo", "niger"))),
         "/data/mediators/1"),
        (event(BattleReported(sides=(
            Side(parties=("mali",)), Side(parties=("france",), supporters=("togo", "niger"))))),
         "/data/sides/1/supporters/1"),
        (formed("aes", ("mali", "niger")), "/data/members/1"),
        (registered("burkina-faso", claimant="niger"), "/claim/claimant"),
        (denied("accusation", "niger"), "/claim/claimant"),
    ],
)  # fmt: skip
def test_every_actor_named_is_registered(named: Event, pointer: str) -> None:
    given(MALI, FRANCE, TOGO, ACCUSATION).when(named).then_refused(pointer)


def test_every_unknown_name_is_refused() -> None:
    outcome = given().when(
        event(RelationsSevered(initiator="mali", target="france"), claimant="un")
    )
    assert sorted(refusal.pointer for refusal in outcome.refusals) == [
        "/claim/claimant",
        "/data/initiator",
        "/data/target",
    ]


def test_an_actor_may_claim_its_own_registration() -> None:
    given().when(registered("mali", claimant="mali")).then_accepted()


def test_what_is_defined_may_be_used_from_then_on() -> None:
    pact = formed("pact", ("mali", "france"))
    given().when(MALI, FRANCE, pact, event(AllianceEnded(alliance="pact"))).then_accepted()


def test_but_not_before() -> None:
    given(FRANCE).when(ACCUSATION).then_refused("/data/accuser")
    joined = event(AllianceJoined(alliance="pact", member="mali"))
    given(MALI).when(joined).then_refused("/data/alliance")


@pytest.mark.parametrize(
    "event_of_alliance",
    [
        event(AllianceJoined(alliance="pact", member="mali")),
        event(AllianceLeft(alliance="pact", member="mali")),
        event(AllianceEnded(alliance="pact")),
    ],
)
def test_an_alliance_is_known_while_a_live_formation_forms_it(event_of_alliance: Event) -> None:
    pact = formed("pact", ("mali", "france"))
    again = formed("pact", ("mali", "togo"), called="second formation")
    unknown = given(MALI, FRANCE, TOGO)
    unknown.when(event_of_alliance).then_refused("/data/alliance")
    known = given(MALI, FRANCE, TOGO, pact)
    known.when(event_of_alliance).then_accepted()
    gone = given(MALI, FRANCE, TOGO, pact, retracted("formation of pact"))
    gone.when(event_of_alliance).then_refused("/data/alliance")
    one_left = given(MALI, FRANCE, TOGO, pact, again, retracted("formation of pact"))
    one_left.when(event_of_alliance).then_accepted()
    formed_again = given(MALI, FRANCE, TOGO, pact, retracted("formation of pact"), again)
    formed_again.when(event_of_alliance).then_accepted()


def test_a_formation_corrected_to_another_alliance_forms_that_one_only() -> None:
    other = formed("treaty", ("mali", "france"), corrects="formation of pact")
    then = given(MALI, FRANCE, formed("pact", ("mali", "france")), other)
    then.when(event(AllianceEnded(alliance="pact"))).then_refused("/data/alliance")
    then.when(event(AllianceEnded(alliance="treaty"))).then_accepted()


@pytest.mark.parametrize(
    ("naming", "pointer"),
    [
        (retracted("nothing"), "/data/event"),
        (denied("nothing", None), "/data/event"),
        (corroborated("nothing"), "/data/event"),
        (event(ActorDissolved(actor="mali"), corrects="nothing"), "/supersedes"),
        (event(ReportRetracted(event=uid("self"), reason="why"), called="self"), "/data/event"),
        (event(ActorDissolved(actor="mali"), called="self", corrects="self"), "/supersedes"),
    ],
)
def test_every_event_named_is_present(naming: Event, pointer: str) -> None:
    given(MALI).when(naming).then_refused(pointer)


def test_an_id_is_registered_once() -> None:
    again = registered("mali", name="Mali, once more", called="again")
    given(MALI).when(again).then_refused("/data/actor", "actor-exists")
    given(MALI, CORRECTED_MALI).when(again).then_refused("/data/actor", "actor-exists")


def test_a_registration_may_be_superseded_while_the_actor_is_used() -> None:
    given(MALI, FRANCE, ACCUSATION).when(CORRECTED_MALI).then_accepted()


def test_a_registration_is_superseded_by_one_of_the_same_actor() -> None:
    other = registered("france", corrects="registration of mali")
    given(MALI).when(other).then_refused("/data/actor")


def test_an_actor_stays_registered_through_a_correction() -> None:
    given(MALI, FRANCE, CORRECTED_MALI).when(ACCUSATION).then_accepted()


def test_a_registration_unused_may_be_retracted_and_its_id_is_free_again() -> None:
    again = registered("mali", name="Mali, once more", called="again")
    gone = retracted("registration of mali")
    given(MALI).when(gone).then_accepted()
    given(MALI, FRANCE, gone).when(ACCUSATION).then_refused("/data/accuser")
    given(MALI, gone).when(again).then_accepted()
    given(MALI, FRANCE, gone, again).when(ACCUSATION).then_accepted()
    superseded = given(MALI, CORRECTED_MALI)
    superseded.when(retracted("corrected registration")).then_accepted()
    superseded.when(again).then_accepted()


USES: list[Event] = [
    ACCUSATION,
    event(ActorRenamed(actor="mali", name="Mali again")),
    event(AccusationMade(accuser="france", accused="togo"), claimant="mali"),
    formed("pact", ("mali", "france")),
    event(BattleReported(sides=(Side(parties=("togo",)), Side(parties=("france",), supporters=("mali",))))),
]  # fmt: skip


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    ("before", "target"),
    [((), "registration of mali"), ((CORRECTED_MALI,), "corrected registration")],
)
def test_a_registration_in_use_stays(use: Event, before: tuple[Event, ...], target: str) -> None:
    used = given(MALI, FRANCE, TOGO, use, *before)
    used.when(retracted(target)).then_refused("/data/event", "actor-in-use")


@pytest.mark.parametrize("use", USES)
def test_a_registration_goes_once_its_uses_are_gone(use: Event) -> None:
    withdrawal = event(
        ReportRetracted(event=use.id, reason="wrong"), claimant=None, called="withdrawal of use"
    )
    used = given(MALI, FRANCE, TOGO, use, withdrawal)
    used.when(retracted("registration of mali")).then_accepted()


def test_a_use_corrected_to_another_actor_is_gone() -> None:
    corrected = event(AccusationMade(accuser="togo", accused="france"), corrects="accusation")
    used = given(MALI, FRANCE, TOGO, ACCUSATION, corrected)
    used.when(retracted("registration of mali")).then_accepted()


@pytest.mark.parametrize(
    "curation",
    [
        denied("accusation", "mali"),
        corroborated("accusation", "mali"),
        event(ReportRetracted(event=uid("other"), reason="wrong"), claimant="mali"),
    ],
)
def test_a_claimant_is_in_use_even_of_curation(curation: Event) -> None:
    accused = event(AccusationMade(accuser="togo", accused="france"), called="accusation")
    other = event(AccusationMade(accuser="togo", accused="france"), called="other", claimant="mali")
    withdrawn = retracted("other", called="other gone")
    log = (MALI, FRANCE, TOGO, accused, other)
    before = log if isinstance(curation.data, ReportRetracted) else (*log, withdrawn)
    used = given(*before, curation)
    used.when(retracted("registration of mali")).then_refused("/data/event", "actor-in-use")


def test_an_actor_cannot_withdraw_its_own_registration_in_its_own_name() -> None:
    own = registered("mali", claimant="mali")
    by_itself = retracted("registration of mali", claimant="mali")
    given(own).when(by_itself).then_refused("/data/event", "actor-in-use")
    given(own).when(retracted("registration of mali")).then_accepted()


def test_a_denial_of_a_registration_does_not_use_the_actor() -> None:
    contested = given(MALI, FRANCE, denied("registration of mali", "france"))
    contested.when(retracted("registration of mali")).then_accepted()


@pytest.mark.parametrize("modality", ["denied", "planned"])
def test_a_registration_denied_or_planned_registers_nobody(modality: Any) -> None:
    only = registered("mali", modality=modality)
    given(only, FRANCE).when(ACCUSATION).then_refused("/data/accuser")
    real = registered("mali", called="real")
    given(only).when(real).then_accepted()


def test_a_correction_that_registers_nobody_takes_an_actor_out_only_when_unused() -> None:
    undone = registered("mali", modality="denied", called="undone", corrects="registration of mali")
    given(MALI).when(undone).then_accepted()
    given(MALI, FRANCE, undone).when(ACCUSATION).then_refused("/data/accuser")
    used = given(MALI, FRANCE, ACCUSATION)
    used.when(undone).then_refused("/supersedes", "actor-in-use")


@pytest.mark.parametrize("modality", ["alleged", "speculated", "acknowledged", "asserted"])
def test_a_registration_of_any_other_modality_counts(modality: Any) -> None:
    given(registered("mali", modality=modality), FRANCE).when(ACCUSATION).then_accepted()
