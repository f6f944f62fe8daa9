"""How a database is asked: within which bounds, and how much a question takes."""

from dataclasses import dataclass
from typing import Literal

Takes = Literal["little", "some", "long"]
"""How much a question computes: about a millisecond, a few of them, or so long that it needs a thread."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How many connections there may be, and how long (in seconds) anything may wait."""

    readers: int = 8
    connect: float = 10
    lock: float = 30
    statement: float = 60
    idle_in_transaction: float = 120
