"""How much is measured: the three sizes of a run."""

from dataclasses import dataclass
from typing import NamedTuple


class Shape(NamedTuple):
    """So many appenders at once, each appending so many events together."""

    clients: int
    batch: int

    def __str__(self) -> str:
        each = "single events" if self.batch == 1 else f"batches of {self.batch:,}"
        return f"{self.clients} × {each}"


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The bounds of a run. `seconds` is the length of one measured stretch."""

    name: str
    rounds: int
    seconds: float
    clients: tuple[int, ...] = (1, 16, 64)
    batch: int = 1_000
    concurrent_batch: int = 100
    """The batches of several appenders at once: a thousand each of 64 would be one act a round."""
    large_batch: int = 10_000
    logs: tuple[int, ...]
    reads: int
    growth_appends: int
    http_clients: int = 64
    http_seconds: float
    actors: int = 2_000
    syncs: int
    isolated: bool = True
    """Whether each subject has a process of its own."""

    @property
    def shapes(self) -> list[Shape]:
        """Every number of appenders, with single events and with batches."""
        singles = [Shape(clients, 1) for clients in self.clients]
        alone, *together = self.clients
        batches = [Shape(clients, self.concurrent_batch) for clients in together]
        return [*singles, Shape(alone, self.batch), *batches]


FULL = Sizes(
    name="full",
    rounds=3,
    seconds=1.5,
    logs=(10_000, 100_000, 1_000_000),
    reads=1_000,
    growth_appends=1_000,
    http_seconds=5,
    syncs=2_000,
)
QUICK = Sizes(
    name="quick",
    rounds=2,
    seconds=0.3,
    logs=(2_000, 10_000),
    reads=200,
    growth_appends=200,
    http_seconds=1,
    syncs=300,
)
TINY = Sizes(
    name="tiny",
    rounds=1,
    seconds=0.02,
    clients=(1, 2),
    batch=10,
    concurrent_batch=5,
    large_batch=20,
    logs=(150, 300),
    reads=5,
    growth_appends=5,
    http_clients=2,
    http_seconds=0.1,
    actors=60,
    syncs=5,
    isolated=False,
)
"""For the test that keeps the benchmark from rotting: its figures say nothing."""

ALL = {sizes.name: sizes for sizes in (FULL, QUICK, TINY)}
