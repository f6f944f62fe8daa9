"""`foedus example`: the cases that travel with the program, to be read or loaded."""

from typing import Annotated

import typer

from api.cli.stopping import Stop
from api.example import CASES, case_file


def example(
    name: Annotated[
        str | None, typer.Argument(help="The case to write; left out, the cases are listed.")
    ] = None,
) -> None:
    """Write a shipped case to standard output, as `foedus load` takes it."""
    if name is None:
        width = max(map(len, CASES))
        for known, title in CASES.items():
            typer.echo(f"{known:<{width}}  {title}")
        return
    if name not in CASES:
        raise Stop(f"there is no case {name!r}: there are {', '.join(CASES)}")
    typer.echo(case_file(name).read_bytes())
