"""Examples of the answers about incidents, as the API's description shows them."""

from __future__ import annotations

from typing import Any

_KNOWN_AT = "2026-11-22T10:00:00.000000Z"
_FIRST = "0193a7a0-0000-7000-8000-000000000035"
_LATER = "0193a7a0-0000-7000-8000-000000000046"


def _count(best: int | None, text: str | None = None) -> dict[str, Any]:
    return {"low": None, "best": best, "high": None, "text": text}


_SUMMARY: dict[str, Any] = {
    "id": "tinzaouatene-2024-07",
    "first_day": "2024-07-25",
    "last_day": "2024-07-27",
    "places": [
        {
            "name": "Tinzaouatene",
            "latitude": 19.95,
            "longitude": 2.97,
            "precision": "settlement",
            "country": "ML",
        }
    ],
    "actors": ["csp-psd", "mali"],
    "claimants": ["mali"],
    "account_count": 1,
}

_VIEWPOINT: dict[str, Any] = {
    "valid_at": "2024-07-31",
    "known_at": _KNOWN_AT,
    "position": 46,
    "according_to": "mali",
    "reliability": None,
    "credibility": None,
    "include": [],
    "policy": 1,
}

INCIDENTS: dict[str, Any] = {"viewpoint": _VIEWPOINT, "items": [_SUMMARY], "next": None}

INCIDENT: dict[str, Any] = {
    "viewpoint": _VIEWPOINT,
    **_SUMMARY,
    "accounts": [
        {
            "claimant": "mali",
            "publisher": None,
            "origin": None,
            "event": _LATER,
            "type": "CasualtiesReported",
            "occurred": "2024-07-25/2024-07-27",
            "reported_on": "2024-07-29",
            "position": 46,
            "recorded_at": _KNOWN_AT,
            "modality": "acknowledged",
            "grade": "C3",
            "place": None,
            "losses": [
                {
                    "actors": ["mali"],
                    "killed": _count(None, "a high toll"),
                    "wounded": None,
                    "captured": None,
                    "missing": None,
                    "acknowledged": True,
                }
            ],
            "civilians_killed": None,
            "sides": [],
            "outcome": [],
            "cause": None,
            "items": [],
            "denied_by": [],
            "corroborated_by": [],
        }
    ],
    "ranges": [
        {
            "actors": ["mali"],
            "measure": "killed",
            "scope": "incident",
            "claimed_by": [
                {
                    "claimant": "mali",
                    "publisher": None,
                    "event": _LATER,
                    "position": 46,
                    "recorded_at": _KNOWN_AT,
                    **_count(None, "a high toll"),
                    "acknowledged": True,
                    "revisions": [
                        {
                            "event": _FIRST,
                            "position": 35,
                            "recorded_at": "2026-11-20T10:00:00.000000Z",
                            **_count(2),
                            "acknowledged": True,
                            "became": "corrected",
                            "by": _LATER,
                        }
                    ],
                }
            ],
        }
    ],
    "agreements": [],
    "agreement_count": 0,
    "contradictions": [],
    "contradiction_count": 0,
    "changes": [
        {
            "position": 46,
            "recorded_at": _KNOWN_AT,
            "claimant": "mali",
            "publisher": None,
            "how": "corrected",
            "event": _LATER,
            "by": "mali",
            "reason": "the army speaks of a high toll now",
            "withdrawn": [_FIRST],
            "restored": [],
            "told": [
                {
                    "actors": ["mali"],
                    "measure": "killed",
                    "scope": "incident",
                    "before": _count(2),
                    "after": _count(None, "a high toll"),
                }
            ],
        }
    ],
    "change_count": 1,
    "hidden": {"not_admitted": 4, "ungraded": 0, "below_grade": 0, "later": 0},
    "report_count": 6,
    "reports_read": 6,
    "next": None,
}
