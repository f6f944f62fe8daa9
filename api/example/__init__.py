"""The worked example that travels with the program: the battle of Tinzaouatene, July 2024.

Our own data: 46 events with their sources, and questions with the answers they must get.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable

NAME = "Tinzaouatene, July 2024"


def case_file() -> Traversable:
    """The case: `title`, `events` as a client posts them, and `questions` with their answers."""
    return files(__name__) / "tinzaouatene.json"
