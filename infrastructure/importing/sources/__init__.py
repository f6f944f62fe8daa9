"""The adapters, one for each kind of file that `foedus import` reads."""

from __future__ import annotations

from infrastructure.importing.records import Source
from infrastructure.importing.sources.acled import Acled
from infrastructure.importing.sources.atop import Atop
from infrastructure.importing.sources.coups import Coups
from infrastructure.importing.sources.ucdp_acd import UcdpAcd
from infrastructure.importing.sources.ucdp_ged import UcdpGed
from infrastructure.importing.sources.ucdp_nonstate import UcdpNonstate

_ADAPTERS: tuple[Source, ...] = (
    Acled(),
    Atop(),
    Coups(),
    UcdpAcd(),
    UcdpGed(),
    UcdpNonstate(),
)
SOURCES: dict[str, Source] = {source.dataset.name: source for source in _ADAPTERS}
"""By the name that the command knows them under."""
