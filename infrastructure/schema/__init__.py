"""The tables, as SQLAlchemy Core knows them. The migrations build them; nothing else does.

Every module of this package describes tables, so importing the package is enough to know
them all: the migrations' environment compares ``METADATA`` with the database.
"""

from importlib import import_module
from pkgutil import iter_modules

from infrastructure.schema.metadata import METADATA

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["METADATA"]
