"""Names that are only like a known one: listed for a person to judge, and never matched unasked."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from infrastructure.importing.actors import Actors
from infrastructure.whole_files import whole

LIKE = 0.8
"""From so much likeness on (1 is the same) a name is listed."""

COLUMNS = ("name", "identifiers", "known_name", "actor", "likeness", "judgement")
SAME, DIFFERENT = "same", "different"


class Likeness(NamedTuple):
    """A name that would be registered anew, and a known actor whose name is like it."""

    name: str
    identifiers: str
    known_name: str
    actor: str
    likeness: str


class UnreadableJudgements(ValueError):
    """The file of judgements has a line that says nothing; the text names it."""


def alike(new: Mapping[str, str], actors: Actors) -> Iterator[Likeness]:
    """For each new name (with its outside ids as text), the known names that are like it."""
    known = [(name, actor) for name, actor in actors.names() if name not in new]
    for name, identifiers in new.items():
        matcher = SequenceMatcher(b=name.casefold(), autojunk=False)
        for known_name, actor in known:
            matcher.set_seq1(known_name.casefold())
            if matcher.quick_ratio() >= LIKE and (ratio := matcher.ratio()) >= LIKE:
                yield Likeness(name, identifiers, known_name, actor, f"{ratio:.2f}")


def write_review(path: Path, found: Iterator[Likeness]) -> int:
    """Write the file to be judged, its last column empty; return how many names it lists."""
    rows = [(*one, "") for one in found]
    with (
        whole(path, replace=False) as part,
        part.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return len(rows)


def read_judgements(path: Path, actors: Actors) -> dict[str, str]:
    """Actors by the names judged to be theirs. Raises UnreadableJudgements."""
    judged: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):
            judgement = (row.get("judgement") or "").strip().lower()
            name, actor = row.get("name"), row.get("actor")
            if judgement not in {SAME, DIFFERENT, ""} or not (name and actor):
                raise UnreadableJudgements(
                    f"{path}, line {number}: judgement must be same, different or empty, with a "
                    "name and an actor"
                )
            if judgement == SAME and not actors.has(actor):
                raise UnreadableJudgements(f"{path}, line {number}: there is no actor {actor}")
            if judgement == SAME and judged.setdefault(name, actor) != actor:
                raise UnreadableJudgements(
                    f"{path}, line {number}: {name} is judged to be {judged[name]} too"
                )
    return judged
