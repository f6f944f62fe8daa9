"""The STIX bundle by the reference implementation of the format, read strictly."""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from infrastructure.exporting.stix import CONFIDENCE, RELATIONSHIPS
from infrastructure.exporting.stix_extension import EXTENSION
from tests.e2e.exports import (
    AT,
    DAY,
    LAST,
    NAMES,
    among_all,
    bundle_of,
    exported,
    identities,
    parquet,
)
from tests.e2e.http import Client, ask, attack, formation, recorded, registration


async def test_stix2_reads_the_bundle_strictly(case: Client) -> None:
    asked: dict[str, Any] = {**AT, "known_at": LAST}
    bundle = await bundle_of(case, **asked)
    actors = identities(bundle)
    expected = {tuple(pair["actors"]): pair for pair in await among_all(case, **asked)}
    relations = [one for one in bundle.objects if one.type == "relationship"]
    assert len(relations) == 2 * len(expected)
    for relation in relations:
        source, target = actors[relation.source_ref], actors[relation.target_ref]
        pair = expected[min(source, target), max(source, target)]
        own = relation.extensions[EXTENSION]
        assert relation.relationship_type == RELATIONSHIPS[pair["alignment"]]
        levels = {"cooperation": own["cooperation"], "conflict": own["conflict"]}
        assert levels == pair["directed"][f"{source}>{target}"]
        told = {name: value for name, value in pair.items() if value not in (None, [])}
        assert own["pair"] == {
            name: value for name, value in told.items() if name not in ("actors", "directed")
        }
        timeline = await ask(case, f"/v1/alignments/{source}/{target}/timeline", known_at=LAST)
        [segment] = [
            one
            for one in timeline["segments"]
            if (one["from"] or "") <= DAY and (one["to"] is None or one["to"] > DAY)
        ]
        for name, end in (("start_time", "from"), ("stop_time", "to")):
            day = segment[end] and datetime.fromisoformat(segment[end]).replace(tzinfo=UTC)
            assert relation.get(name) == day
    ids = [one.id for one in bundle.objects]
    assert len(ids) == len(set(ids))
    referred = {one[name] for one in relations for name in ("source_ref", "target_ref")}
    referred |= {one.created_by_ref for one in bundle.objects if "created_by_ref" in one}
    marked = {ref for one in relations for ref in one.object_marking_refs}
    assert referred | marked <= set(ids)


async def test_a_confidence_is_of_the_best_claim_that_can_be_judged(odd: Client) -> None:
    bundle = await bundle_of(odd)
    actors = identities(bundle)
    found = {
        (actors[one.source_ref], actors[one.target_ref]): one.get("confidence")
        for one in bundle.objects
        if one.type == "relationship"
    }
    assert found["mali", "niger"] == found["niger", "mali"] == CONFIDENCE[2] == 70
    assert found["mali", "libya"] is None, "6 has no number"


async def test_an_actor_is_known_by_its_ids_elsewhere(odd: Client) -> None:
    bundle = await bundle_of(odd)
    [mali] = [one for one in bundle.objects if one.get("name") == NAMES["mali"]]
    elsewhere = {one.source_name: one.external_id for one in mali.external_references}
    assert elsewhere == {"foedus": "mali", "gw": "451", "wikidata": "Q912"}
    assert mali.extensions[EXTENSION]["country"] == "ML"


async def test_a_later_export_is_a_new_version_of_the_same_objects(odd: Client) -> None:
    first = await bundle_of(odd)
    await recorded(odd, attack("niger", "mali", "2023-05-01"))
    await ask(odd, "/v1/actors", limit=1)
    second = await bundle_of(odd)
    before = {one.id: one for one in first.objects if one.type == "relationship"}
    after = {one.id: one for one in second.objects if one.type == "relationship"}
    assert before.keys() == after.keys()
    for key, one in after.items():
        assert one.modified > before[key].modified
        assert one.created == before[key].created <= before[key].modified
    other = await bundle_of(odd, valid_at=DAY)
    assert not before.keys() & {one.id for one in other.objects}, "another question"


async def test_ids_are_made_as_documented(case: Client) -> None:
    bundle = await bundle_of(case, **AT)
    table = parquet(await exported(case, "/v1/alignments", format="parquet", **AT))
    source = table.schema.metadata[b"source"].decode()
    namespace = uuid5(NAMESPACE_URL, "urn:foedus:stix")
    assert identities(bundle)[f"identity--{uuid5(namespace, f'{source}/identity/mali')}"] == "mali"
    assert EXTENSION.endswith(str(uuid5(namespace, "extension-definition/alignments")))


async def test_what_ends_every_line_of_an_actor_ends_its_relationships(client: Client) -> None:
    names = ("chad", "libya", "mali")
    dissolved = {"type": "ActorDissolved", "occurred": "2023-06-01", "data": {"actor": "libya"}}
    left = {"alliance": "pact", "member": "mali"}
    events = [
        *map(registration, names),
        attack("chad", "libya", "2023-01-01"),
        attack("libya", "mali", "2023-02-01"),
        formation("pact", "chad", "mali", occurred="2023-03-01"),
        {"type": "AllianceLeft", "occurred": "2023-07-01", "data": left},
        dissolved,
    ]
    await recorded(client, events)
    await ask(client, "/v1/actors", limit=1)
    bundle = await bundle_of(client, valid_at="2023-05-01")
    actors = identities(bundle)
    found = {
        (actors[one.source_ref], actors[one.target_ref]): (
            one.start_time.date().isoformat(),
            one.stop_time.date().isoformat(),
        )
        for one in bundle.objects
        if one.type == "relationship"
    }
    war, other = ("2023-01-01", "2023-06-01"), ("2023-02-01", "2023-06-01")
    pact = ("2023-03-01", "2023-07-01")
    assert found == {
        ("chad", "libya"): war,
        ("libya", "chad"): war,
        ("libya", "mali"): other,
        ("mali", "libya"): other,
        ("chad", "mali"): pact,
        ("mali", "chad"): pact,
    }
