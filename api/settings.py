"""What can be set from outside, by environment variables with the prefix FOEDUS_ (DESIGN section 9).

Each setting's meaning stands here once: `foedus settings` prints it, and a test holds
docs/settings.md to the same list.
"""

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "FOEDUS_"


def data_folder() -> Path:
    """The user's data folder for Foedus; made by whoever first puts a database there."""
    return user_data_path("foedus", appauthor=False)


def file_url(path: Path) -> str:
    """The URL of an SQLite database file."""
    return f"sqlite:///{path}"


def example_url() -> str:
    """Where the shipped example is kept: a file of its own, beside the user's own database."""
    return file_url(data_folder() / "example.sqlite3")


def without_password(url: str) -> str:
    """A database URL as it may be shown; one that cannot be read is not shown at all."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(not a URL that can be read)"


def _own_database_url() -> str:
    return file_url(data_folder() / "foedus.sqlite3")


def _own_signing_key() -> Path:
    return data_folder() / "signing-key.pem"


class Settings(BaseSettings):
    """Every setting with its type, default and meaning. Read once at start, never changed."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    database_url: Annotated[
        str,
        Field(
            default_factory=_own_database_url,
            min_length=1,
            description="The database: sqlite:///PATH for a file, or "
            "postgresql+psycopg://USER:PASSWORD@HOST/NAME. "
            "By default an SQLite file in your data folder.",
        ),
    ]
    signing_key: Annotated[
        Path,
        Field(
            default_factory=_own_signing_key,
            description="The file of the Ed25519 key that signs checkpoints and proofs of the log: "
            "PKCS #8 in PEM, unencrypted. Made at first use where it is missing; by default "
            "signing-key.pem in your data folder. Servers of one database share one.",
        ),
    ]
    auth: Annotated[
        Literal["open", "keys"],
        Field(
            description="Who may ask and append: open (everybody who can reach the server, which "
            "then listens on a loopback address only) or keys (not available yet: refused).",
        ),
    ] = "open"
    max_body_bytes: Annotated[
        int,
        Field(ge=1, description="The largest request body that is read, in bytes."),
    ] = 8 * 1024 * 1024
    max_events: Annotated[
        int,
        Field(ge=1, le=1000, description="The most events that one request may append."),
    ] = 1000
    projector: Annotated[
        Literal["inside", "apart"],
        Field(
            description="Who projects the log into the read models: inside (the server stands for "
            "election beside whoever else does; one of them leads) or apart (it follows only, and "
            "`foedus project` runs somewhere).",
        ),
    ] = "inside"
    max_streams: Annotated[
        int,
        Field(
            ge=1,
            le=10_000,
            description="The most streams of events that are served at a time; further ones get 503.",
        ),
    ] = 100
