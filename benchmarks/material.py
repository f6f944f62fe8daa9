"""Events to append in process: about 250 bytes of canonical JSON and two tags each.

Made before the clock starts, the same for every subject.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from benchmarks.sizes import Shape

ACTORS = 2_000
TYPE = "AttackReported"

# No subject reaches these rates; whoever did would end before the time is up.
_MOST_SINGLE_EVENTS_A_SECOND = 40_000
_MOST_BATCHED_EVENTS_A_SECOND = 120_000
_LEAST_ACTS = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that no store has yet."""

    id: str
    type: str
    data: bytes
    tags: tuple[str, ...]


def drafts(seed: int) -> Iterator[Draft]:
    """Events without end; the same for the same seed."""
    dice = random.Random(seed)
    while True:
        one, other = (f"actor-{number:04}" for number in dice.sample(range(ACTORS), 2))
        data = (
            '{"claim":{"citations":[],"claimant":null,"credibility":3,"modality":"asserted",'
            '"origin":null,"publisher":"A newspaper","reliability":"C","reported_on":null},'
            f'"data":{{"attacker":"{one}","killed":null,"method":"ambush","target":"{other}",'
            '"wounded":null},"occurred":"2024-07-25"}'
        )
        yield Draft(
            str(UUID(int=dice.getrandbits(128), version=4)),
            TYPE,
            data.encode(),
            (f"actor:{one}", f"actor:{other}"),
        )


def supply(shape: Shape, seconds: float, most: int | None = None) -> list[list[list[Draft]]]:
    """For each appender its batches, more than it can append in that time, but at most `most`."""
    rate = _MOST_SINGLE_EVENTS_A_SECOND if shape.batch == 1 else _MOST_BATCHED_EVENTS_A_SECOND
    acts = most or max(_LEAST_ACTS, int(rate * seconds / shape.batch / shape.clients))
    made = _first(shape.clients * acts * shape.batch)
    batches = [made[at : at + shape.batch] for at in range(0, len(made), shape.batch)]
    return [batches[client :: shape.clients] for client in range(shape.clients)]


def _first(count: int) -> list[Draft]:
    """The first events; kept, because every round wants them."""
    if len(_MADE) < count:
        _MADE.extend(islice(_SOURCE, count - len(_MADE)))
    return _MADE[:count]


_SOURCE = drafts(seed=1)
_MADE: list[Draft] = []
