"""How names are folded into words for searching."""

from __future__ import annotations

import re
import unicodedata


def words_of(name: str) -> list[str]:
    """The different words of a name without case and accents, in order."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return list(dict.fromkeys(re.findall(r"\w+", plain)))
