"""How names are folded into words for searching."""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 100


def words_of(name: str) -> list[str]:
    """The different words of a name without case and accents, in order, at most MOST_WORDS."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return list(dict.fromkeys(re.findall(r"\w+", plain)))[:MOST_WORDS]
