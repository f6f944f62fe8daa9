"""Writes `policy.md`, the policy in words, from its table in the code: `python -m docs.generate_policy`."""

# ruff: noqa: INP001 - a script beside the page that it writes, no package

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, get_args, get_origin

from domain import policy
from domain.policy import Rule, When
from domain.vocabulary import EVENT_TYPES
from domain.walk import hints_of, wire_name

FILE = Path(__file__).resolve().parent / "policy.md"

INTRODUCTION = f"""\
# Policy version {policy.VERSION}

How events move stances, and how stances become an alignment. This page is made from the table in
`domain/policy.py` by `python -m docs.generate_policy`; a test keeps it up to date, and the server shows
the same table at `GET /v1/policy`. A change of an answer is a new version of the policy.

## Lines

For each directed pair of actors A → B there are lines for *cooperation* and *conflict*, with levels 1 to
3, and for *neutral*. Each sanction programme of a sender against a target, each member of an alliance
and each obligation of an alliance is a line of its own, and so is each stay under an umbrella.

An event **sets** a level on lines, or **closes** levels on them. A line's level is its highest open
level: a lesser event never lowers a greater one, only a close does. Nothing else closes a line, not
even the end of an interval; later evidence opens it again. No event closes what it sets itself.

Effects are ordered by date, then rank (*first* before all others of the day, *last* after them), then
place: the position in the log, for a correction that of the first event of its chain.

With dates that are not exact there are two readings. A set is *certainly* open from its latest day on,
until a close that may act and may come after it; it is *possibly* open from its earliest day on, until
a close that certainly acts and certainly comes after it. Answers are computed from the first; where
the second gives another alignment, the answer says so.

## Effects

Below, A ↔ B is both ways. Fields that name several actors mean each of them.
"""

RANKS = {-1: "*first* ", 0: "", 1: "*last* "}
ROLES = {"mutual": "↔", "each": "→"}


def reference() -> str:
    """The whole page."""
    return "\n".join(_page()).rstrip() + "\n"


def _page() -> Iterator[str]:
    yield INTRODUCTION
    for name, rules in policy.RULES.items():
        yield f"### {name}\n"
        yield from (f"{number}. {_rule(rule, name)}" for number, rule in enumerate(rules, start=1))
        yield ""
    yield "### All others\n"
    others = (name for name in EVENT_TYPES if name not in policy.RULES)
    yield f"No effect: {', '.join(others)}.\n"
    yield from _numbers()
    yield from _verdicts()


def _rule(rule: Rule, type_name: str) -> str:
    moved = f"{RANKS[rule.rank]}{rule.move} {rule.kind.replace('-', ' ')}"
    if rule.kind in ("cooperation", "conflict"):  # all others have one level only
        moved += f" {rule.low}" if rule.low == rule.high else f" {rule.low}–{rule.high}"
    alleged = ", **as alleged**" if rule.alleged else ""
    conditions = " and ".join(_condition(when, type_name) for when in rule.when)
    when = f", if {conditions}" if conditions else ""
    return f"{moved} {_between(rule)}{_programme(rule)}{when}{alleged}"


def _between(rule: Rule) -> str:
    source, target = f"`{wire_name(rule.source)}`", f"`{wire_name(rule.target)}`"
    match rule.between:
        case "each" | "mutual":
            return f"on {source} {ROLES[rule.between]} {target}"
        case "every two":
            return f"on every two of {source} ↔"
        case "across sides":
            return "on members of different sides ↔ (parties and supporters)"
        case "within sides":
            return "within a side, on party ↔ party and party ↔ supporter"
        case "source":
            return f"on {source} → everybody"
        case "target":
            return f"on everybody → {source}"


def _programme(rule: Rule) -> str:
    if rule.kind != "sanction":
        return ""
    if rule.programme is None:
        return ", every programme"
    absent = "a programme of its own" if rule.move == "set" else "every programme"
    return f", of the `{rule.programme}` (without one: {absent})"


def _condition(when: When, type_name: str) -> str:
    verb = "has" if _is_list(when.field, type_name) else "is"
    negation = ("no " if verb == "has" else "not ") if when.negated else ""
    return f"`{wire_name(when.field)}` {verb} {negation}{_or(when.values)}"


def _is_list(field: str, type_name: str) -> bool:
    kind: type = EVENT_TYPES[type_name]
    hint = dict(hints_of(kind))[field]
    return get_origin(hint) is Annotated and get_origin(get_args(hint)[0]) is tuple


def _or(values: Iterable[object]) -> str:
    return " or ".join(str(value).lower() if value is True else str(value) for value in values)


def _numbers() -> Iterator[str]:
    strong = ", ".join(sorted(policy.STRONG_OBLIGATIONS))
    levels = policy.COMMITMENT_LEVELS
    yield "## Commitments and sanctions\n"
    yield (
        "Two actors are committed by each alliance of which both are members and that has an "
        f"obligation begun. A strong obligation ({strong}) makes their cooperation {levels['strong']}, "
        f"any other at least {levels['weak']}. An open sanction makes the sender's conflict with its "
        f"target at least {policy.SANCTION_LEVEL}.\n"
    )
    yield "## Alignment\n"
    yield (
        "Of a pair, conflict (F) and cooperation (C) are the higher of both directions, raised by "
        "sanctions and commitments.\n"
    )


def _verdicts() -> Iterator[str]:
    yield "| | F = 0 | F = 1 | F = 2 | F = 3 |"
    yield "|---|---|---|---|---|"
    for cooperation in range(4):
        row = [
            policy.verdict(cooperation, conflict, neutral=False).alignment for conflict in range(4)
        ]
        yield f"| C = {cooperation} | {' | '.join(row)} |"
    nothing = policy.verdict(0, 0, neutral=True).alignment
    yield f"\nWith an open neutral line and neither conflict nor cooperation: {nothing}.\n"
    yield "## Freshness\n"
    days = [f"{days} at level {level}" for level, days in policy.STALE_AFTER_DAYS.items()]
    yield (
        "An answer is stale from so many days after its last deciding evidence on, sanctions and "
        f"memberships apart: {', '.join(days)} (the highest that decides), "
        f"{policy.STALE_AFTER_DAYS_NEUTRAL} days where it is neutral. Staleness is shown and decays "
        "nothing.\n"
    )
    yield "## Which claims count\n"
    yield (
        f"Claims of modality {_listed(policy.ADMITTED_MODALITIES)} move a stance; those of modality "
        f"{_listed(policy.ALLEGED_MODALITIES)}, and effects marked *as alleged*, only when "
        f"`include=alleged` asks for them; those of modality {_listed(policy.UNCOUNTED_MODALITIES)} never. "
        "Registrations, names, successions and umbrella memberships count whatever the viewpoint, "
        f"unless {_listed(policy.UNCOUNTED_MODALITIES)}."
    )


def _listed(words: Iterable[str]) -> str:
    return " or ".join(sorted(words))


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
