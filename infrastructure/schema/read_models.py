"""The read models: what questions are answered from, rebuilt from the log at any time.

Days are proleptic ordinals (`date.toordinal()`). A *key* packs (day, rank, place) into one
64-bit number, so that the order of effects of DESIGN section 4 is the order of numbers
(`infrastructure.keys`). `position` is when a row became known; `known_to` the
position at which its event was retracted or superseded, FOREVER while it is live. `place` is
the position of the first event of its correction chain.

The tables exist twice, and one row of `rm_live` names the set that questions are answered from:
a rebuild fills the other set, and changing that row is the whole swap (DESIGN section 8). A set's
checkpoint bears the set's name; the set that is not live has none, except while it is being filled.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from infrastructure.schema.columns import claim, known, span
from infrastructure.schema.incidents import incident_actors, incident_reports
from infrastructure.schema.metadata import KEY, LONG, METADATA
from infrastructure.schema.segments import pairs, segments

FOREVER = 2**62
"""`known_to` of a live row."""

VERSION = 3
"""To be raised with every change of what the rows say: older read models are rebuilt, newer refused."""

live = Table(
    "rm_live",
    METADATA,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    # The set's name, which is its checkpoint's name too.
    Column("name", KEY, nullable=False),
    CheckConstraint("one = 1", name="one"),
)
"""One row: which set questions are answered from."""


def _effect(*, every_programme: bool) -> list[Column[str] | Column[int]]:
    """The columns of one effect of an event: which line it moves, when, on whose word.

    `every_programme`: the programme may be NULL, which names all of them.
    """
    return [
        Column("number", Integer, nullable=False),
        Column("event_id", KEY, nullable=False),
        Column("type", KEY, nullable=False),
        Column("place", LONG, nullable=False),
        Column("occurred", Text, nullable=False),
        Column("rule", Text, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("source", KEY, nullable=False),
        Column("target", KEY, nullable=False),
        Column("programme", Text, nullable=every_programme),
        Column("alleged", SmallInteger, nullable=False),
        *span(),
        *claim(),
        *known(),
    ]


_ENDED = text("ended_by IS NOT NULL")


def _reports(prefix: str) -> Table:
    """One row an event: its claim, its dates, and how it ended. `earliest` serves date filters."""
    return Table(
        f"{prefix}reports",
        METADATA,
        Column("event_id", KEY, nullable=False),
        Column("type", KEY, nullable=False),
        Column("place", LONG, nullable=False),
        Column("occurred", Text, nullable=False),
        Column("publisher", Text, nullable=True),
        Column("origin", Text, nullable=True),
        Column("ended_by", KEY, nullable=True),
        Column("ended_how", Text, nullable=True),
        *span(),
        *claim(),
        *known(),
        PrimaryKeyConstraint("position"),
        Index(None, "event_id", unique=True),
        Index(None, "claimant", "position"),
        Index(None, "earliest", "position"),
        # What was retracted or superseded between two positions; most reports never are.
        Index(
            f"ix_{prefix}reports_ended", "known_to", sqlite_where=_ENDED, postgresql_where=_ENDED
        ),
    )


_STAYS = text("kind = 'umbrella'")
_VAGUE = text("earliest < latest")


def _sets(prefix: str) -> Table:
    """Levels set on lines. `begin_key` is (earliest, 0, place), `end_key` (ended, 0, place).

    `strand` numbers the sets of a line that have one level and between whose two days lie about as
    many (`infrastructure.keys`): what ends behind a day is found by its begin, strand by strand.
    """
    return Table(
        f"{prefix}sets",
        METADATA,
        *_effect(every_programme=False),
        Column("level", SmallInteger, nullable=False),
        Column("strand", LONG, nullable=False),
        Column("begin_key", LONG, nullable=False),
        Column("end_key", LONG, nullable=False),
        PrimaryKeyConstraint("position", "number"),
        Index(None, "source", "target", "kind"),
        Index(None, "strand", "begin_key"),
        Index(None, "target", "kind", "source"),
        # Few lines are umbrellas': who an actor's members are is found without its other lines.
        Index(f"ix_{prefix}sets_members", "source", sqlite_where=_STAYS, postgresql_where=_STAYS),
        Index(None, "place"),
    )


def _closes(prefix: str) -> Table:
    """Levels closed on lines, from `low` to `high`.

    `*` names every source or target, a NULL programme every programme. `earliest_key` is
    (earliest, rank, place), `latest_key` (latest, rank, place).
    """
    return Table(
        f"{prefix}closes",
        METADATA,
        *_effect(every_programme=True),
        Column("low", SmallInteger, nullable=False),
        Column("high", SmallInteger, nullable=False),
        Column("rank", SmallInteger, nullable=False),
        Column("earliest_key", LONG, nullable=False),
        Column("latest_key", LONG, nullable=False),
        PrimaryKeyConstraint("position", "number"),
        Index(None, "source", "target", "kind", "latest_key"),
        # Few closes are of uncertain dates: those that only may act by a day are found without the others.
        Index(
            f"ix_{prefix}closes_vague",
            *("source", "target", "kind", "latest_key"),
            sqlite_where=_VAGUE,
            postgresql_where=_VAGUE,
        ),
    )


def _reaction(name: str) -> Table:
    """Denials or corroborations, by the place of the correction chain that they name."""
    return Table(
        name,
        METADATA,
        Column("place", LONG, nullable=False),
        Column("event_id", KEY, nullable=False),
        Column("claimant", KEY, nullable=True),
        Column("voice", Text, nullable=False),
        *known(),
        PrimaryKeyConstraint("position"),
        Index(None, "place", "position"),
    )


def _registrations(prefix: str) -> Table:
    """Registrations that count. `names` and `identifiers` are JSON as in the event."""
    return Table(
        f"{prefix}registrations",
        METADATA,
        Column("actor", KEY, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("name", Text, nullable=False),
        Column("country", Text, nullable=True),
        Column("names", Text, nullable=False),
        Column("identifiers", Text, nullable=False),
        Column("occurred", Text, nullable=False),
        Column("place", LONG, nullable=False),
        *span(),
        *known(),
        PrimaryKeyConstraint("position"),
        Index(None, "actor", "position"),
        Index(None, "kind", "actor"),
    )


def _name_words(prefix: str) -> Table:
    """The words of actors' names, folded, for searching by the beginnings of words."""
    return Table(
        f"{prefix}name_words",
        METADATA,
        Column("word", KEY, nullable=False),
        Column("actor", KEY, nullable=False),
        *known(),
        PrimaryKeyConstraint("word", "actor", "position"),
        Index(None, "position"),
    )


def _renamings(prefix: str) -> Table:
    """Later names that count."""
    return Table(
        f"{prefix}renamings",
        METADATA,
        Column("actor", KEY, nullable=False),
        Column("name", Text, nullable=False),
        Column("language", Text, nullable=True),
        Column("occurred", Text, nullable=False),
        Column("place", LONG, nullable=False),
        *span(),
        *known(),
        PrimaryKeyConstraint("position"),
        Index(None, "actor", "position"),
    )


def _successions(prefix: str) -> Table:
    """Each predecessor with each successor of the successions that count."""
    return Table(
        f"{prefix}successions",
        METADATA,
        Column("number", Integer, nullable=False),
        Column("predecessor", KEY, nullable=False),
        Column("successor", KEY, nullable=False),
        Column("continuity", Text, nullable=False),
        Column("occurred", Text, nullable=False),
        Column("place", LONG, nullable=False),
        *span(),
        *known(),
        PrimaryKeyConstraint("position", "number"),
        Index(None, "predecessor"),
        Index(None, "successor"),
    )


def _judgements(prefix: str) -> Table:
    """Judgements that count, a row for each of the two actors. `begin_key` is (earliest, 0, place)."""
    return Table(
        f"{prefix}judgements",
        METADATA,
        Column("number", SmallInteger, nullable=False),
        Column("event_id", KEY, nullable=False),
        Column("actor", KEY, nullable=False),
        Column("other", KEY, nullable=False),
        Column("judgement", KEY, nullable=False),
        Column("claimant", KEY, nullable=True),
        Column("modality", Text, nullable=False),
        Column("begin_key", LONG, nullable=False),
        Column("occurred", Text, nullable=False),
        Column("place", LONG, nullable=False),
        *span(),
        *known(),
        PrimaryKeyConstraint("position", "number"),
        Index(None, "actor", "position"),
        Index(None, "actor", "other", "begin_key"),
        Index(None, "judgement", "position"),
    )


def _formations(prefix: str) -> Table:
    """Every formation of an alliance, with the name that it gives."""
    return Table(
        f"{prefix}formations",
        METADATA,
        Column("alliance", KEY, nullable=False),
        Column("name", Text, nullable=True),
        Column("modality", Text, nullable=False),
        Column("place", LONG, nullable=False),
        *span(),
        *known(),
        PrimaryKeyConstraint("position"),
        Index(None, "alliance", "position"),
    )


class ReadModels:
    """One set of the tables. `name` is its checkpoint's.

    `tables` has those with rows of events, each by its attribute's name; `derived` the others.
    """

    def __init__(self, name: str, prefix: str) -> None:
        self.name = name
        self.reports = _reports(prefix)
        self.sets = _sets(prefix)
        self.closes = _closes(prefix)
        self.denials = _reaction(f"{prefix}denials")
        self.corroborations = _reaction(f"{prefix}corroborations")
        self.registrations = _registrations(prefix)
        self.name_words = _name_words(prefix)
        self.renamings = _renamings(prefix)
        self.successions = _successions(prefix)
        self.judgements = _judgements(prefix)
        self.formations = _formations(prefix)
        self.incident_reports = incident_reports(prefix)
        self.incident_actors = incident_actors(prefix)
        self.tables = {n: one for n, one in vars(self).items() if isinstance(one, Table)}
        self.pairs = pairs(prefix)
        self.segments = segments(prefix)
        self.derived = (self.segments, self.pairs)

    def __repr__(self) -> str:
        return f"ReadModels({self.name!r})"


A = ReadModels("read-models-a", "rm_a_")
B = ReadModels("read-models-b", "rm_b_")
BOTH = {one.name: one for one in (A, B)}


def other(models: ReadModels) -> ReadModels:
    """The set that `models` is not."""
    return B if models is A else A
