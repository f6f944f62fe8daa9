"""What every subject that appends has in common: made ready before the clock starts, then driven."""

import gc
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.driving import Measured, Work, drive
from benchmarks.material import Draft, supply
from benchmarks.sizes import Shape


class Appending(ABC):
    """A subject that appends from threads; made in a process of its own."""

    def measure(self, url: str, shape: Shape, seconds: float, most: int | None = None) -> Measured:
        """Open the database at `url`, let the shape's appenders append, and close it again."""
        self.open(url, shape)
        try:
            return driven(self.works(supply(shape, seconds, most)), seconds, drive)
        finally:
            self.close()

    def works(self, supplied: Sequence[Sequence[list[Draft]]]) -> list[Work]:
        """Each appender's act with its batches."""
        return [self.appender(number, batches) for number, batches in enumerate(supplied)]

    @abstractmethod
    def open(self, url: str, shape: Shape) -> None:
        """Connect as this subject is used in earnest, making its tables where it makes them itself."""

    @abstractmethod
    def appender(self, number: int, batches: Sequence[list[Draft]]) -> Work:
        """What the appender of this number does with each batch, and the batches in its form."""

    @abstractmethod
    def close(self) -> None:
        """Give every connection back."""


def driven(
    works: Sequence[Any], seconds: float, drive: Callable[[Sequence[Any], float], Measured]
) -> Measured:
    """Drive with what was prepared put out of the collector's sight, for every subject alike."""
    gc.collect()
    gc.freeze()
    try:
        return drive(works, seconds)
    finally:
        gc.unfreeze()
