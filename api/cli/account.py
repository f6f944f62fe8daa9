"""The answer to `foedus explain` as an account that a reader can follow and redo by hand."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from rich.console import Console

from api.cli import wording
from api.cli.terminal import say
from api.cli.wording import NOTHING
from domain.effects import ANY

Item = dict[str, Any]

_WHY = {
    "mixed": "both cooperation {cooperation} and conflict {conflict} are material (2 or more)",
    "hostile": "conflict stands at 3, and cooperation {cooperation} does not exceed it",
    "strained": "conflict {conflict} is not exceeded by cooperation {cooperation}",
    "allied": "cooperation stands at 3 and exceeds conflict {conflict}",
    "cooperating": "cooperation {cooperation} exceeds conflict {conflict}",
    "neutral": "neither cooperation nor conflict is open, and neutrality is evidenced",
    "unknown": "no claim that counts is certainly open on that day; unknown is not neutral",
}
_EVIDENCE = {
    "none": "no evidence",
    "single-source": "a single source",
    "corroborated": "corroborated by two or more origins",
    "acknowledged-by-both": "acknowledged by both",
}
_REASONS = {
    "without": "left out by the question",
    "other-claimant": "claimed by somebody else than {according_to}",
    "denied": "denied by {according_to}, whose account is asked for",
    "modality": "its claim is {modality}, not asserted or acknowledged",
    "alleged": "an allegation: its effect on the pair counts only with --include alleged",
    "ungraded": "it has no grade that can be judged",
    "below-grade": "graded below what is asked ({grade})",
    "retracted": "retracted by {ended_by}",
    "superseded": "superseded by {ended_by}",
}
_STATES = {
    "open": "open",
    "possible": "possibly open, its date or that of its close is vague",
    "not-begun": "not begun on that day",
    "left-out": "left out",
    "acting": "in effect",
    "possibly-acting": "possibly in effect, its date is vague",
}


def print_account(console: Console, body: dict[str, Any]) -> None:
    """Write the body of `/v1/alignments/{a}/{b}`, all its pages joined, for people."""
    say(console, *_lines(body))


def _lines(body: dict[str, Any]) -> Iterator[str]:
    (pair,) = body["alignments"]
    yield " and ".join(map(wording.actor_in_words, body["actors"]))
    yield wording.viewpoint_in_words(body["viewpoint"])
    yield ""
    yield from _verdict(pair)
    for heading, items in _sections(pair, body["evidence_list"]):
        yield ""
        yield heading
        for item in items:
            yield from _item(item, body)
    yield ""
    yield from _left_out(body)
    yield from _fragility(body)
    yield from _parts(body)
    yield from _lineage(body)


def _verdict(pair: Item) -> Iterator[str]:
    yield f"{pair['alignment'].upper()}: {_WHY[pair['alignment']].format(**pair)}."
    for direction, levels in pair["directed"].items():
        source, target = direction.split(">")
        yield f"  {source} → {target}: {_levels(levels)}"
    for commitment in pair["commitments"]:
        yield f"  alliance, counted for the pair: {wording.commitment_in_words(commitment)}"
    for sanction in pair["sanctions"]:
        yield f"  sanction: {wording.sanction_in_words(sanction)}"
    disputed = ", disputed" if pair["disputed"] else ""
    yield f"  evidence: {_EVIDENCE[pair['evidence']]}{disputed}"
    yield f"  dates: {wording.certainty_in_words(pair)}"
    yield f"  last evidence: {wording.freshness_in_words(pair)}"


def _levels(levels: Item) -> str:
    return f"cooperation {levels['cooperation']}, conflict {levels['conflict']}"


def _sections(pair: Item, items: list[Item]) -> Iterator[tuple[str, list[Item]]]:
    """The events in three groups: those that decide, the others that count, those that do not."""
    groups: dict[str, list[Item]] = {"decides": [], "counts": [], "left out": []}
    for item in items:
        if not item["admitted"]:
            groups["left out"].append(item)
        else:
            groups["decides" if item["event"] in pair["support"] else "counts"].append(item)
    shown, total = len(groups["decides"]), pair["support_count"]
    count = f"{total}" if shown == total else f"the newest {shown} of {total}"
    headings = {
        "decides": f"What decides it ({count})",
        "counts": f"What else counts ({len(groups['counts'])})",
        "left out": f"What was left out ({len(groups['left out'])})",
    }
    for name, members in groups.items():
        if members:
            yield headings[name], members


def _item(item: Item, body: Item) -> Iterator[str]:
    yield f"  {item['occurred']}  {item['type']}  {item['event']}  position {item['position']}"
    yield f"      {_claim(item)}"
    if not item["admitted"]:
        yield f"      left out: {_reason(item, body)}"
    for line in _effects(item, {one["event"]: one for one in body["evidence_list"]}):
        yield f"      {line}"
    if item["denied_by"]:
        yield f"      denied by {_voices(item['denied_by'])}"
    if item["via"]:
        yield f"      by way of {', '.join(item['via'])}"
    if item["corroborated_by"]:
        yield f"      corroborated by {_voices(item['corroborated_by'])}"


def _claim(item: Item) -> str:
    """Who says so, how, carried by whom, with which grade."""
    parts = [f"{item['modality']} by {item['claimant'] or 'the recorder'}"]
    if item["publisher"]:
        parts.append(f"published by {item['publisher']}")
    if graded := wording.grade(item):
        parts.append(f"grade {graded}")
    if item["origin"]:
        parts.append(f"origin {item['origin']}")
    return ", ".join(parts)


def _voices(claimants: list[str | None]) -> str:
    return ", ".join(claimant or "the recorder" for claimant in claimants)


def _reason(item: Item, body: Item) -> str:
    """Why the event was left out; its pair of grades is shown where the grade is the reason."""
    values = {
        "according_to": body["viewpoint"]["according_to"],
        "modality": item["modality"],
        "grade": wording.grade(item),
        "ended_by": item["ended_by"],
    }
    return _REASONS[item["reason"]].format(**values)


def _effects(item: Item, others: dict[str, Item]) -> Iterator[str]:
    """One line an effect; the same effect both ways is one line."""

    def both_ways(effect: Item) -> tuple[Any, ...]:
        ends = frozenset((effect["source"], effect["target"]))
        return (effect["rule"], effect["line"], ends, effect["state"], effect["closed_by"])

    for _, group in groupby(sorted(item["effects"], key=lambda e: e["rule"]), both_ways):
        effects = list(group)
        yield f"{_move(effects)}: {_state(effects[0], others)} [{effects[0]['rule']}]"


def _move(effects: list[Item]) -> str:
    """What an effect, or the same one both ways, does to which line."""
    effect = effects[0]
    low, high, programme = effect["low"], effect["high"], effect["programme"]
    ends = _ends(effect, mutual=len(effects) > 1)
    sets = effect["move"] == "set"
    match effect["line"]:
        case "membership" | "obligation":
            alliance = "every alliance" if effect["source"] == ANY else effect["source"]
            verb = "opens" if sets else "closes"
            return f"{verb} {effect['line']} {effect['target']} in {alliance}"
        case "sanction":
            which = {"": "sanction", None: "every sanction"}.get(programme, f"sanction {programme}")
            return f"{'opens' if sets else 'closes'} {which}, {ends}"
        case "neutral":
            return f"{'sets' if sets else 'closes'} neutral, {ends}"
        case line:
            levels = str(low) if low == high else f"{low}–{high}"
            return f"{'sets' if sets else 'closes'} {line} {levels}, {ends}"


def _ends(effect: Item, *, mutual: bool) -> str:
    source, target = (
        "everybody" if effect[end] == ANY else effect[end] for end in ("source", "target")
    )
    return f"{source} {'↔' if mutual else '→'} {target}"


def _state(effect: Item, others: dict[str, Item]) -> str:
    if effect["state"] != "closed":
        return _STATES[effect["state"]]
    closer = others.get(effect["closed_by"] or "")
    told = f" ({closer['type']}, {closer['occurred']})" if closer else ""
    return f"closed by {effect['closed_by'] or NOTHING}{told}"


def _left_out(body: Item) -> Iterator[str]:
    (pair,) = body["alignments"]
    alleged = body["alleged"]
    if alleged["events"]:
        then = alleged["alignment"]
        would = "stay" if then == pair["alignment"] else "be"
        events = ", ".join(alleged["events"])
        yield f"With allegations included it would {would} {then}; they would bring in {events}."
    elif "alleged" in body["viewpoint"]["include"]:
        yield "Allegations are included."
    else:
        yield "Including allegations would bring in nothing."
    hidden = {name: count for name, count in body["hidden"].items() if count}
    if hidden:
        counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in hidden.items())
        yield f"Hidden by this viewpoint: {counts}."


def _fragility(body: Item) -> Iterator[str]:
    """On how few origins the answer hangs; nothing where none were found."""
    fragility = body["fragility"]
    if fragility is None:
        return
    fewest, origins = fragility["fewest"], fragility["origins"]
    named = ", ".join(name or "events that name none" for name in fragility["removing"])
    beyond = fewest - len(fragility["removing"])
    more = f" and {beyond} more" if beyond > 0 else ""
    fewer = "" if fragility["method"] == "exact" else "; fewer may do"
    yield (
        f"Hangs on {fewest} of {origins} origins: without {named}{more} "
        f"it would be {fragility['becomes']}{fewer}."
    )


def _parts(body: Item) -> Iterator[str]:
    """For whom the two stand, and what it would be with these; nothing where both stand alone."""
    parts = body["parts"]
    if parts is None:
        yield "With umbrellas and members there are too many to be looked at."
        return
    for group in parts["groups"]:
        others = [actor for actor in group["stands_for"] if actor != group["actor"]]
        if others:
            beyond = group["count"] - 1 - len(others)
            more = f" and {beyond} more" if beyond > 0 else ""
            yield f"{group['actor']} stands for {', '.join(others)}{more} too, where parts are included."
    if all(group["count"] == 1 for group in parts["groups"]):
        return
    if parts["overlap"]:
        yield "The two have such actors in common, so that including parts changes nothing."
    elif "parts" not in body["viewpoint"]["include"]:
        (pair,) = body["alignments"]
        would = "stay" if parts["alignment"] == pair["alignment"] else "be"
        yield f"With parts included it would {would} {parts['alignment']}."


def _lineage(body: Item) -> Iterator[str]:
    """How predecessors stand, which counts for nothing here."""
    for one in body["lineage"]:
        (other,) = (actor["id"] for actor in body["actors"] if actor["id"] != one["actor"])
        yield (
            f"Not counted: {one['predecessor']}, predecessor of {one['successor']} "
            f"({one['continuity']}, {one['from']}), and {other}: {one['alignment']}, {_levels(one)}."
        )
