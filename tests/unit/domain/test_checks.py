"""What makes an event invalid in itself, rule by rule of DESIGN section 3, each with its pointer."""

from dataclasses import replace
from typing import Any

import pytest

from domain.checks import problems
from domain.claims import Citation, Claim
from domain.event import Event, Place
from domain.fields import Count
from domain.vocabulary import (
    AccusationMade,
    ActorRegistered,
    ActorRenamed,
    AircraftLost,
    AllianceEnded,
    AllianceFormed,
    AttackReported,
    BattleReported,
    CoupOccurred,
    EquipmentSeized,
    PrisonersTaken,
    ReportDenied,
    ReportRetracted,
    Side,
    StatementMade,
    SupportAlleged,
)
from domain.vocabulary.actors import OtherName
from domain.vocabulary.forces import SeizedItem
from tests.builders import event, uid

ACCUSATION = AccusationMade(accuser="mali", accused="france")
REGISTRATION = ActorRegistered(actor="mali", kind="state", name="Mali")
ATTACK = AttackReported(attacker="mali", target="jnim")


def pointers(checked: Event) -> list[str]:
    return [problem.pointer for problem in problems(checked)]


def battle(*sides: Side, **fields: Any) -> Event:
    return event(BattleReported(sides=sides, **fields))


def test_a_valid_event_has_no_problem() -> None:
    assert problems(event(ACCUSATION)) == []


SLUGS = ["a", "0", "mali", "al-qaeda", "2nd-army", "csp-psd-2021", "a" * 80]
NO_SLUGS = {
    "empty": "",
    "capital": "Mali",
    "space": "mali ",
    "underscore": "mali_armed",
    "accent": "gâo",
    "hyphen first": "-mali",
    "hyphen last": "mali-",
    "two hyphens": "al--qaeda",
    "81 characters": "a" * 81,
    "newline at the end": "mali\n",
    "slash": "mali/gao",
    "Arabic digit": "mali-\u0662",
    "star": "*",
}


@pytest.mark.parametrize("slug", SLUGS)
def test_slugs_name_actors_alliances_and_incidents(slug: str) -> None:
    data = AllianceFormed(alliance=slug, members=(slug, "other"), obligations=("defence",))
    assert problems(event(data, incident=slug, claimant=slug)) == []


@pytest.mark.parametrize("text", NO_SLUGS.values(), ids=NO_SLUGS)
def test_anything_else_is_no_slug(text: str) -> None:
    assert pointers(event(AccusationMade(accuser="mali", accused=text))) == ["/data/accused"]
    assert pointers(event(AllianceEnded(alliance=text))) == ["/data/alliance"]
    assert pointers(event(ACCUSATION, incident=text)) == ["/incident"]
    assert pointers(event(ACCUSATION, claimant=text)) == ["/claim/claimant"]
    assert pointers(event(StatementMade(speaker="a", about=("b", text), tone="threat"))) == [
        "/data/about/1"
    ]


@pytest.mark.parametrize(
    "text", ["", "1", "6f795880", uid("x").upper(), uid("x") + "\n", "{" + uid("x") + "}"]
)
def test_event_ids_are_uuids_in_lower_case(text: str) -> None:
    assert pointers(replace(event(ACCUSATION), id=text)) == ["/id"]
    assert pointers(event(ReportDenied(event=text))) == ["/data/event"]
    assert pointers(event(ACCUSATION, supersedes=text, reason="why")) == ["/supersedes"]


def citing(**fields: Any) -> Event:
    return event(ACCUSATION, citations=(Citation(url="https://example.org"), Citation(**fields)))


SHORT = {
    "/data/about": lambda text: event(replace(ACCUSATION, about=text)),
    "/data/name": lambda text: event(replace(REGISTRATION, name=text)),
    "/data/names/0/name": lambda text: event(replace(REGISTRATION, names=(OtherName(name=text),))),
    "/data/identifiers/ucdp": lambda text: event(replace(REGISTRATION, identifiers={"ucdp": text})),
    "/data/leaders/0": lambda text: event(
        CoupOccurred(state="mali", perpetrators=("a",), outcome="failed", leaders=(text,))
    ),
    "/data/summary": lambda text: event(
        StatementMade(speaker="a", about=("b",), tone="support", summary=text)
    ),
    "/data/method": lambda text: event(replace(ATTACK, method=text)),
    "/data/methods/0": lambda text: battle(
        Side(parties=("a",)), Side(parties=("b",)), methods=(text,)
    ),
    "/data/sides/1/outcome": lambda text: battle(
        Side(parties=("a",)), Side(parties=("b",), outcome=text)
    ),
    "/data/cause": lambda text: event(AllianceEnded(alliance="x", cause=text)),
    "/data/remarks": lambda text: event(PrisonersTaken(captor="a", captives_of="b", remarks=text)),
    "/data/aircraft": lambda text: event(
        AircraftLost(operator="a", cause="unknown", aircraft=text)
    ),
    "/data/items/0/what": lambda text: event(
        EquipmentSeized(seizer="a", owner="b", items=(SeizedItem(what=text),))
    ),
    "/place/precision": lambda text: event(ACCUSATION, place=Place(precision=text)),
}
LONG = {
    "/note": lambda text: event(ACCUSATION, note=text),
    "/claim/citations/1/quote": lambda text: citing(quote=text),
    "/data/reason": lambda text: event(ReportRetracted(event=uid("x"), reason=text)),
    "/reason": lambda text: event(ACCUSATION, supersedes=uid("x"), reason=text),
}
# DESIGN gives these no length; they must be bounded all the same.
OTHER = {
    "/claim/publisher": lambda text: event(ACCUSATION, publisher=text),
    "/claim/origin": lambda text: event(ACCUSATION, origin=text),
    "/claim/citations/1/title": lambda text: citing(title=text),
    "/place/name": lambda text: event(ACCUSATION, place=Place(name=text)),
    "/data/killed/text": lambda text: event(replace(ATTACK, killed=Count(text=text))),
}


@pytest.mark.parametrize(
    ("pointer", "with_text", "most"),
    [
        *((pointer, make, 200) for pointer, make in SHORT.items()),
        *((pointer, make, 5_000) for pointer, make in LONG.items()),
        *((pointer, make, 500) for pointer, make in OTHER.items()),
        ("/claim/citations/1/url", lambda text: citing(url=text), 2_000),
    ],
)
def test_text_is_neither_empty_nor_too_long(pointer: str, with_text: Any, most: int) -> None:
    assert pointers(with_text("é" * most)) == []
    assert pointers(with_text("é" * (most + 1))) == [pointer]
    assert pointers(with_text("")) == [pointer]


@pytest.mark.parametrize("language", ["fr", "ar-Latn", "zh-Hant-TW"])
def test_languages_are_tags(language: str) -> None:
    assert problems(citing(language=language)) == []
    assert problems(event(ActorRenamed(actor="a", name="A", language=language))) == []


@pytest.mark.parametrize("language", ["", "f", "français", "fr_FR", "fr-", "fr\n"])
def test_other_texts_are_no_languages(language: str) -> None:
    assert pointers(citing(language=language)) == ["/claim/citations/1/language"]
    assert pointers(event(ActorRenamed(actor="a", name="A", language=language))) == [
        "/data/language"
    ]


@pytest.mark.parametrize("digest", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "0" * 64 + "\n"])
def test_a_digest_is_64_hexadecimal_digits(digest: str) -> None:
    assert problems(citing(sha256="0af9" * 16)) == []
    assert pointers(citing(sha256=digest)) == ["/claim/citations/1/sha256"]


@pytest.mark.parametrize("country", ["", "ml", "MLI", "M", "M1", "ML\n", "ÀB"])
def test_a_country_is_two_capitals(country: str) -> None:
    assert problems(event(replace(REGISTRATION, country="ML"), place=Place(country="BF"))) == []
    assert pointers(event(replace(REGISTRATION, country=country))) == ["/data/country"]
    assert pointers(event(ACCUSATION, place=Place(country=country))) == ["/place/country"]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (Place(latitude=-90, longitude=-180), []),
        (Place(latitude=90.0, longitude=180.0), []),
        (Place(latitude=90.01), ["/place/latitude"]),
        (Place(latitude=-90.01, longitude=0), ["/place/latitude"]),
        (Place(longitude=180.01), ["/place/longitude"]),
        (Place(longitude=-181), ["/place/longitude"]),
        (Place(latitude=float("nan")), ["/place/latitude"]),
        (Place(longitude=float("inf")), ["/place/longitude"]),
    ],
)
def test_coordinates_are_on_the_globe(place: Place, found: list[str]) -> None:
    assert pointers(event(ACCUSATION, place=place)) == found


@pytest.mark.parametrize("text", ["2024-07-27", "0001-01-01", "9999-12-31"])
def test_a_source_reports_on_a_day(text: str) -> None:
    assert problems(event(ACCUSATION, reported_on=text)) == []


@pytest.mark.parametrize("text", ["", "2024", "2024-07", "2024-07-27~", "2024-02-30", "0000-01-01"])
def test_a_source_reports_on_no_other_date(text: str) -> None:
    assert pointers(event(ACCUSATION, reported_on=text)) == ["/claim/reported_on"]


@pytest.mark.parametrize("text", ["", "0000", "2013/2012", "2012-13", "2012/.."])
def test_occurred_must_be_a_date(text: str) -> None:
    assert pointers(event(ACCUSATION, text)) == ["/occurred"]


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5, 6])
def test_credibility_is_from_1_to_6(grade: Any) -> None:
    assert problems(event(ACCUSATION, credibility=grade, reliability="F")) == []


@pytest.mark.parametrize("grade", [-1, 0, 7])
def test_there_is_no_other_credibility(grade: int) -> None:
    assert pointers(event(ACCUSATION, credibility=grade)) == ["/claim/credibility"]


def test_a_correction_names_its_event_and_says_why() -> None:
    assert pointers(event(ACCUSATION, supersedes=uid("x"))) == ["/reason"]
    assert pointers(event(ACCUSATION, reason="a typing error")) == ["/supersedes"]
    assert problems(event(ACCUSATION, supersedes=uid("x"), reason="a typing error")) == []


def test_every_broken_rule_is_reported() -> None:
    several = Event(
        id=uid("several"),
        occurred="0000",
        data=replace(ATTACK, method="", killed=Count(low=2, high=1)),
        claim=Claim(claimant="Mali"),
        note="",
    )
    assert sorted(pointers(several)) == sorted(
        ["/occurred", "/data/method", "/data/killed", "/claim/claimant", "/note"]
    )


def test_an_accused_supporter_may_be_accused_by_its_victim_or_its_recipient() -> None:
    """Only actors that would stand on a line with themselves must differ."""
    data = SupportAlleged(accuser="mali", supporter="ukraine", recipient="mali")
    assert problems(event(data)) == []
