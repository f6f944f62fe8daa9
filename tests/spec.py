"""Given, when, then: whether a log accepts events, read as a sentence.

given(registered("mali")).when(registered("mali")).then_refused("/data/actor", "actor-exists")
"""

from dataclasses import dataclass

from domain.checks import problems
from domain.decisions import ConflictKind, Refusal, Register, decide
from domain.event import Event


def given(*events: Event) -> "Given":
    """A log that accepted these events in order, by the rules under test themselves."""
    register = Register()
    for event in events:
        refused = accept(event, register)
        assert not refused, f"given {event.type}: {refused}"
    return Given(register)


def accept(event: Event, register: Register) -> list[Refusal]:
    """Decide on a valid event and take it in when nothing speaks against it."""
    assert not problems(event)
    refusals = decide(event, register)
    if not refusals:
        register.evolve(event, register.tags_for(event))
    return refusals


@dataclass(slots=True)
class Given:
    """A log so far."""

    register: Register

    def when(self, *events: Event) -> "Outcome":
        """Append the events in order; the last one is in question."""
        *before, last = events
        for event in before:
            refused = accept(event, self.register)
            assert not refused, f"when {event.type}: {refused}"
        return Outcome(accept(last, self.register))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided on the last event."""

    refusals: list[Refusal]

    def then_accepted(self) -> None:
        """Nothing spoke against it."""
        assert self.refusals == []

    def then_refused(self, pointer: str, conflict: ConflictKind | None = None) -> None:
        """It was refused for exactly one reason: invalid, or in conflict with what is there."""
        found = [(refusal.pointer, refusal.conflict) for refusal in self.refusals]
        assert found == [(pointer, conflict)]
