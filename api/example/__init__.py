"""The worked examples that travel with the program. Our own data: events with their sources.

`tinzaouatene`: the battle of July 2024 in 46 events, and questions with the answers they must get. It is what
`--example` serves and asks.
`rival-accounts`: the same battle as everybody told it, and what came before and after, in the order of telling.
Both register the same actors, so that each needs a database of its own.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable

NAME = "Tinzaouatene, July 2024"

FIRST = "tinzaouatene"
CASES = {FIRST: NAME, "rival-accounts": "Rival accounts of Tinzaouaten, 2021 to 2025"}
"""The titles of the cases by their names."""


def case_file(name: str = FIRST) -> Traversable:
    """A case: `title` and `events` as a client posts them; the first has `questions` with their answers."""
    return files(__name__) / f"{name}.json"
