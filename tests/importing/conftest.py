"""Imports run as the command does, in databases of each kind."""

from tests.cli.conftest import file_store, foedus, home, process, store

__all__ = ["file_store", "foedus", "home", "process", "store"]
