"""`foedus settings`: every setting with its value, where it came from and what it means."""

import os
import textwrap

import typer

from api.settings import PREFIX, Settings, without_password

OUTSIDE = frozenset({"FOEDUS_SHARED", "FOEDUS_TEST_POSTGRES_URL", "FOEDUS_CHROMIUM"})
"""Variables that the tests read, and the program does not."""


def settings() -> None:
    """Print every setting: its value, where it came from, and what it means."""
    read = Settings()
    for name, field in Settings.model_fields.items():
        value = str(getattr(read, name))
        shown = without_password(value) if name == "database_url" else value
        source = "from the environment" if name in read.model_fields_set else "default"
        typer.echo(f"{variable(name)}={shown}  ({source})")
        typer.echo(textwrap.indent(textwrap.fill(field.description or "", 90), "    "))
    for unknown in sorted(_unknown_variables()):
        typer.echo(f"{unknown} is no setting of Foedus and is ignored")


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def _unknown_variables() -> set[str]:
    known = {variable(name) for name in Settings.model_fields} | OUTSIDE
    return {name for name in os.environ if name.startswith(PREFIX)} - known
