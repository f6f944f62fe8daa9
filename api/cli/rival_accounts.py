"""The answers about incidents for people: tables of figures, and lines that say what differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from api.cli import wording
from api.cli.terminal import bare_table, printable, say
from api.cli.wording import NOTHING

Item = dict[str, Any]

_BECAME = {
    "restated": "restated",
    "corrected": "corrected",
    "retracted": "retracted",
    "denied": "denied by itself",
}
_HOW = {**_BECAME, "denial-withdrawn": "took back its denial"}
_REASONS = {
    "no-number": "nobody gives a number",
    "part": "part of another toll",
    "overlap": "an actor of it is counted already",
}
_HIDDEN = {
    "not_admitted": "not admitted",
    "ungraded": "without a grade that can be judged",
    "below_grade": "below the grade asked",
    "later": "of later days",
}


def print_incidents(console: Console, body: Item) -> None:
    """Write the body of `/v1/incidents`, all its pages joined, for people."""
    say(console, wording.viewpoint_in_words(body["viewpoint"]), "")
    if not body["items"]:
        say(console, "no incident")
        return
    table = _table("incident", "days", "places", "actors", "accounts", "by")
    for item in body["items"]:
        table.add_row(
            item["id"],
            _days(item),
            _listed(map(_place, item["places"])),
            _listed(item["actors"]),
            str(item["account_count"]),
            _listed(item["claimants"]),
        )
    console.print(table)


def print_incident(console: Console, body: Item) -> None:
    """Write the body of `/v1/incidents/{id}`, all its pages joined, for people."""
    say(console, *_head(body))
    if body["ranges"]:
        say(console, "", "What each says")
        console.print(_figures(body["ranges"]))
    for heading, lines in (
        ("Agreements", _agreements(body)),
        ("Contradictions", _contradictions(body)),
        ("How stories changed", _changes(body)),
        ("Totals", _totals(body)),
        ("Accounts", _accounts(body)),
    ):
        told = list(lines)
        say(console, *(["", heading, *(f"  {line}" for line in told)] if told else []))


def _table(*headings: str) -> Table:
    table = bare_table()
    for heading in headings:
        table.add_column(heading)
    return table


def _head(body: Item) -> list[str]:
    places = _listed(map(_place, body["places"]))
    accounts = f"{body['account_count']} accounts"
    left_out = [f"{n} {_HIDDEN[name]}" for name, n in body["hidden"].items() if n]
    return [
        f"{body['id']}: {_days(body)}, {places}",
        wording.viewpoint_in_words(body["viewpoint"]),
        f"actors: {_listed(body['actors'])}",
        f"{accounts}, claimed by {_listed(body['claimants'])}",
        *([f"left out: {', '.join(left_out)}"] if left_out else []),
        *_read(body),
    ]


def _read(body: Item) -> Iterator[str]:
    if body["reports_read"] < body["report_count"]:
        yield f"compared: the newest {body['reports_read']} of {body['report_count']} reports"


def _days(item: Item) -> str:
    first, last = item["first_day"], item["last_day"]
    if first is None:
        return NOTHING
    return str(first) if first == last else f"{first} to {last}"


def _place(place: Item) -> str:
    return str(place["name"] or place["country"] or place["precision"] or _degrees(place))


def _degrees(place: Item) -> str:
    return f"{place['latitude']}, {place['longitude']}"


def _listed(values: Any) -> str:
    return ", ".join(map(printable, values)) or NOTHING


def _figures(ranges: list[Item]) -> Table:
    table = _table("who suffered", "what", "says", "figure", "before")
    for told in ranges:
        for claimed in told["claimed_by"]:
            stands = claimed["event"] is not None
            own = ", acknowledged" if claimed["acknowledged"] else ""
            table.add_row(
                _side(told["actors"]),
                _measure(told),
                printable(_teller(claimed)) + own,
                printable(_figure(claimed)) if stands else NOTHING,
                printable("; ".join(map(_revision, claimed["revisions"]))),
            )
    return table


def _side(actors: list[str]) -> str:
    return " + ".join(actors) or "civilians"


def _measure(told: Item) -> str:
    measure = str(told["measure"]).removeprefix("civilians_")
    return f"{measure} ({told['scope']})" if told["scope"] == "aircraft" else measure


def _teller(told: Item) -> str:
    return str(told["claimant"] or told["publisher"] or "the recorder")


def _figure(count: Item) -> str:
    """A figure in words: the best number, its range, and the source's own words."""
    low, best, high, text = (count[name] for name in ("low", "best", "high", "text"))
    limits = ""
    if low is not None and high is not None:
        limits = f"{low} to {high}"
    elif low is not None:
        limits = f"at least {low}"
    elif high is not None:
        limits = f"at most {high}"
    number = limits
    if best is not None:
        number = f"{best} ({limits})" if limits else str(best)
    return " ".join(filter(None, (number, _quoted(text))))


def _quoted(text: str | None) -> str:
    return f'"{text}"' if text else ""


def _revision(revision: Item) -> str:
    return f"{_figure(revision)} ({_BECAME[revision['became']]})"


def _agreements(body: Item) -> Iterator[str]:
    for one in body["agreements"]:
        common = "" if one["independent"] else " (of one origin)"
        yield f"{_subject(one)}: {_claims(one)}{common}"
    yield from _more(body, "agreements", "agreement_count")


def _contradictions(body: Item) -> Iterator[str]:
    for one in body["contradictions"]:
        told, other = one["claims"]
        match one["kind"]:
            case "figures":
                yield f"{_side(told['actors'])}, {_measure(one)}: {_claims(one)}"
            case "presence":
                yield (
                    f"{_teller(told)} puts {_listed(other['actors'])} on the side of "
                    f"{_side(told['actors'])}; {_teller(other)} denies that report"
                )
            case "denial":
                yield f"{_teller(other)} denies a report of {_teller(told)} ({told['event']})"
            case kind:
                said = (
                    f"{_teller(c)} says {_side(c['actors'])}: {_figure(c)}" for c in (told, other)
                )
                yield f"{kind}: {', '.join(said)}"
    yield from _more(body, "contradictions", "contradiction_count")


def _more(body: Item, name: str, count: str) -> Iterator[str]:
    if len(body[name]) < body[count]:
        yield f"… {len(body[name])} of {body[count]} are shown"


def _subject(one: Item) -> str:
    return f"{_side(one['actors'])}, {_measure(one)}"


def _claims(one: Item) -> str:
    return ", ".join(f"{_teller(claim)} says {_figure(claim)}" for claim in one["claims"])


def _changes(body: Item) -> Iterator[str]:
    yield from _more(body, "changes", "change_count")
    for one in body["changes"]:
        recorded = f"recorded {wording.moment(one['recorded_at'])}"
        by = "" if one["by"] == one["claimant"] else f" by {one['by'] or 'the recorder'}"
        why = f": {one['reason']}" if one["reason"] else ""
        yield f"{_teller(one)}, position {one['position']} ({recorded}): {_HOW[one['how']]}{by}{why}"
        for told in one["told"]:
            before, after = (
                NOTHING if told[when] is None else _figure(told[when])
                for when in ("before", "after")
            )
            yield f"    {_subject(told)}: {before} → {after}"


def _totals(body: Item) -> Iterator[str]:
    if "totals" not in body:
        return
    totals = body["totals"]
    for one in totals["measures"]:
        total = NOTHING if one["total"] is None else one["total"]
        yield f"{one['measure'].replace('_', ' ')}, {totals['method']}: {total}"
        for part in one["parts"]:
            yield f"    {_side(part['actors'])}: {part['number']}, by {_teller(part['claim'])}"
        for left in one["not_added"]:
            part = f" ({left['scope']})" if left["scope"] == "aircraft" else ""
            yield f"    {_side(left['actors'])}{part}: not added, {_REASONS[left['reason']]}"


def _accounts(body: Item) -> Iterator[str]:
    for one in body["accounts"]:
        yield f"{one['occurred']}  {one['type']}  {one['event']}  position {one['position']}"
        yield f"    {_claim(one)}"
        for side in one["outcome"]:
            yield f"    {_side(side['actors'])}: {side['outcome']}"
        yield from _losses(one)
        for item in one["items"]:
            count = "" if item["count"] is None else f": {_figure(item['count'])}"
            yield f"    {item['what']}{count}"
        for name in ("denied_by", "corroborated_by"):
            if one[name]:
                voices = ", ".join(voice or "the recorder" for voice in one[name])
                yield f"    {name.replace('_', ' ')} {voices}"


def _losses(account: Item) -> Iterator[str]:
    for side in account["losses"]:
        counts = {name: side[name] for name in ("killed", "wounded", "captured", "missing")}
        told = (f"{name} {_figure(count)}" for name, count in counts.items() if count)
        yield f"    {_side(side['actors'])}: {', '.join(told)}"
    if account["civilians_killed"]:
        yield f"    civilians: killed {_figure(account['civilians_killed'])}"
    if account["cause"]:
        yield f"    cause: {account['cause']}"


def _claim(one: Item) -> str:
    """Who says so, how, when, carried by whom, with which grade."""
    parts = [f"{one['modality']} by {one['claimant'] or 'the recorder'}"]
    if one["reported_on"]:
        parts.append(f"reported on {one['reported_on']}")
    if one["publisher"]:
        parts.append(f"published by {one['publisher']}")
    if one["grade"]:
        parts.append(f"grade {one['grade']}")
    return ", ".join(parts)
