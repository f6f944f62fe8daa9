"""Alignments as one STIX 2.1 bundle: an identity an actor, a relationship for each direction of a pair.

Ids are UUIDs of version 5 in NAMESPACE, over the store and what the object is: an export from the
same viewpoint at a later position gives the same ids with a later `modified`, which is how STIX
tells versions. What STIX has no property for stands in a property extension of our own
(docs/exporting.md). STIX is written only: its one confidence cannot hold both grades (DOMAIN 1).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from domain.answers import PairAlignment
from infrastructure.answering import plain, viewpoint_json
from infrastructure.event_store import chain
from infrastructure.exporting.forms import Origin, Writer
from infrastructure.exporting.pairs import Actor, Pairs
from infrastructure.exporting.stix_extension import EXTENSION, PRODUCER, constants

NAMESPACE = uuid5(NAMESPACE_URL, "urn:foedus:stix")

CONFIDENCE = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}
"""Of a credibility (STIX 2.1, appendix A, the scale of the Admiralty code); 6 has no number."""

RELATIONSHIPS = {
    "allied": "allied-with",
    "cooperating": "cooperates-with",
    "neutral": "neutral-to",
    "strained": "strained-with",
    "hostile": "hostile-to",
    "mixed": "mixed-relations-with",
}
"""The `relationship_type` of an alignment. Where nothing is known there is no relationship."""

CLASSES = {
    "person": "individual",
    "population": "class",
    "unidentified": "unspecified",
    **dict.fromkeys(("rebel-group", "political-militia", "identity-militia", "umbrella"), "group"),
}
"""The `identity_class` of a kind of actor, else organization."""

_EMPTY_LOG = "1970-01-01T00:00:00.000Z"


class AsStix(Writer[Pairs]):
    """The producer, its extension and a marking that tells the viewpoint; actors; relationships."""

    def __init__(self, origin: Origin) -> None:
        assert origin.viewpoint is not None  # noqa: S101 - alignments are answers
        self._viewpoint = viewpoint_json(origin.viewpoint)
        self._source = origin.source
        lasting = {name: one for name, one in self._viewpoint.items() if name not in _MOMENT}
        self._asked = json.dumps(lasting, sort_keys=True)
        created = _EMPTY_LOG if origin.began is None else _time(chain.rfc3339(origin.began))
        known_at = self._viewpoint["known_at"]
        self._times = {
            "created": created,
            "modified": max(created, _time(known_at) if known_at else created),
        }
        self._marking = self._id("marking-definition", self._asked, str(origin.viewpoint.position))

    def begin(self) -> bytes:
        bundle = self._id("bundle", self._asked, str(self._viewpoint["position"]))
        head = f'{{"type":"bundle","id":"{bundle}","objects":[\n'
        return head.encode() + b",\n".join(map(_json, [*constants(), self._statement()]))

    def write(self, rows: Pairs) -> bytes:
        objects = [self._identity(actor) for actor in rows.actors]
        for pair in rows.whole:
            objects += self._relationships(pair, rows)
        return b"".join(b",\n" + _json(one) for one in objects)

    def end(self) -> bytes:
        return b"\n]}\n"

    def _id(self, type_: str, *told: str) -> str:
        return f"{type_}--{uuid5(NAMESPACE, '/'.join((self._source, type_, *told)))}"

    def _statement(self) -> Mapping[str, Any]:
        """Says what the objects follow from."""
        told = json.dumps(self._viewpoint, separators=(",", ":"))
        statement = (
            f"Alignments that follow from the claims in {self._source} by the policy of Foedus, "
            f"from the viewpoint {told}. They are answers to a question, not findings of fact."
        )
        return {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": self._marking,
            "created_by_ref": PRODUCER,
            "created": self._times["modified"],
            "definition_type": "statement",
            "definition": {"statement": statement},
        }

    def _object(self, type_: str, *told: str) -> dict[str, Any]:
        """What every object begins with."""
        return {
            "type": type_,
            "spec_version": "2.1",
            "id": self._id(type_, *told),
            "created_by_ref": PRODUCER,
            **self._times,
            "object_marking_refs": [self._marking],
        }

    def _identity(self, actor: Actor) -> Mapping[str, Any]:
        ids = {"foedus": actor.id, **actor.identifiers}
        return {
            **self._object("identity", actor.id),
            "name": actor.name,
            "identity_class": CLASSES.get(actor.kind, "organization"),
            "external_references": [
                {"source_name": scheme, "external_id": one} for scheme, one in ids.items()
            ],
            "extensions": _extension(
                {
                    "actor": actor.id,
                    "kind": actor.kind,
                    "country": actor.country,
                    "identifiers": actor.identifiers or None,
                }
            ),
        }

    def _relationships(self, pair: PairAlignment, rows: Pairs) -> Iterator[Mapping[str, Any]]:
        if pair.alignment == "unknown":
            return
        segment = rows.lasting.get(pair.actors)
        judged = [rows.credibility[one] for one in pair.support if one in rows.credibility]
        told = {
            "start_time": segment and segment.from_ and _midnight(segment.from_),
            "stop_time": segment and segment.to and _midnight(segment.to),
            # An alignment is as credible as the best of the claims that bear it out.
            "confidence": CONFIDENCE[min(judged)] if judged else None,
        }
        told = {name: value for name, value in told.items() if value is not None}
        of_pair = {
            name: plain(getattr(pair, name))
            for name in PAIR_PROPERTIES
            if getattr(pair, name) not in (None, ())
        }
        a, b = pair.actors
        ids = {actor: self._id("identity", actor) for actor in pair.actors}
        for source, target in ((a, b), (b, a)):
            levels = pair.directed[f"{source}>{target}"]
            yield {
                **self._object("relationship", source, target, self._asked),
                "relationship_type": RELATIONSHIPS[pair.alignment],
                "source_ref": ids[source],
                "target_ref": ids[target],
                **told,
                "extensions": _extension(
                    {
                        "cooperation": levels.cooperation,
                        "conflict": levels.conflict,
                        "pair": of_pair,
                    }
                ),
            }


PAIR_PROPERTIES = (
    *("alignment", "cooperation", "conflict", "neutral", "commitments", "sanctions"),
    *("evidence", "disputed", "certainty", "possible_alignment", "last_evidence", "stale_since"),
    *("support", "support_count"),
)
"""What a relationship's extension tells of the pair, named as in the answers of the API."""

_MOMENT = ("known_at", "position")
_json = msgspec.json.Encoder().encode


def _extension(properties: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in properties.items() if value is not None}
    return {EXTENSION: {"extension_type": "property-extension", **told}}


def _midnight(day: str) -> str:
    return f"{day}T00:00:00Z"


def _time(rfc3339: str) -> str:
    """The time to the millisecond, as STIX wants it; never later than it was."""
    return f"{rfc3339[:23]}Z"
