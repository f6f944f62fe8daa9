"""Answers in words: the vocabulary of the API as people read it in a terminal."""

from typing import Any

STYLES = {
    "allied": "green",
    "cooperating": "green",
    "neutral": "cyan",
    "mixed": "magenta",
    "strained": "yellow",
    "hostile": "red",
    "unknown": "dim",
}
"""Colours only repeat what the word says."""

NOTHING = "–"


def viewpoint_in_words(viewpoint: dict[str, Any], *, on_day: bool = True) -> str:
    """From where the question was asked: day, position, whose account, which grades.

    `on_day` False: the question is about all of time.
    """
    known = viewpoint["known_at"]
    recorded = f" (recorded {moment(known)})" if known else ", before anything was recorded"
    parts = [
        *([f"on {viewpoint['valid_at']}"] if on_day else []),
        f"as known at position {viewpoint['position']}{recorded}",
    ]
    if viewpoint["according_to"]:
        parts.append(f"according to {viewpoint['according_to']}")
    if viewpoint["reliability"]:
        parts.append(f"reliability {viewpoint['reliability']} or better")
    if viewpoint["credibility"]:
        parts.append(f"credibility {viewpoint['credibility']} or better")
    if "alleged" in viewpoint["include"]:
        parts.append("allegations included")
    if "parts" in viewpoint["include"]:
        parts.append("umbrellas and members included")
    parts += [f"without {one}" for one in viewpoint.get("without", ())]
    return ", ".join(parts)


def counted(number: int, one: str) -> str:
    """So many of something whose plural ends with an s."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def moment(text: str) -> str:
    """An RFC 3339 UTC time to the second, for people."""
    return f"{text[:10]} {text[11:19]} UTC"


def actor_in_words(actor: dict[str, Any]) -> str:
    """The name with the id that the API takes."""
    return f"{actor['name']} ({actor['id']})"


def certainty_in_words(pair: dict[str, Any]) -> str:
    """Whether vague dates leave another answer possible."""
    possible = pair["possible_alignment"]
    return f"uncertain, possibly {possible}" if possible else str(pair["certainty"])


def freshness_in_words(pair: dict[str, Any]) -> str:
    """The last evidence, and since when it counts as stale."""
    last, stale = pair["last_evidence"], pair["stale_since"]
    return NOTHING if last is None else f"{last}, stale since {stale}" if stale else str(last)


def commitment_in_words(commitment: dict[str, Any]) -> str:
    """An alliance that binds a pair."""
    obligations = ", ".join(commitment["obligations"])
    return (
        f"{commitment['alliance']}, {commitment['strength']} ({obligations}), "
        f"since {commitment['since']}"
    )


def sanction_in_words(sanction: dict[str, Any]) -> str:
    """An open sanction."""
    programme = f" ({sanction['programme']})" if sanction["programme"] else ""
    return (
        f"{sanction['sender']} sanctions {sanction['target']}{programme} since {sanction['since']}"
    )


def grade(item: dict[str, Any]) -> str:
    """The Admiralty grade, such as B2; a missing half is a dash, none at all is empty."""
    reliability, credibility = item["reliability"], item["credibility"]
    if reliability is None and credibility is None:
        return ""
    return f"{reliability or '-'}{credibility or '-'}"
