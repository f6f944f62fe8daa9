"""How Alembic reaches the database: through the open transaction that it is handed.

``infrastructure.migrating`` opens the transaction, holds the lock that keeps a second
process out, and commits. Every table of ``infrastructure.schema`` is compared.
"""

from alembic import context
from sqlalchemy import Connection

from infrastructure.schema import METADATA


def run() -> None:
    connection = context.config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise RuntimeError("migrations run from `foedus migrate`, which opens the database")  # noqa: TRY004 - not a wrong type given by a caller
    context.configure(connection=connection, target_metadata=METADATA)
    with context.begin_transaction():
        context.run_migrations()


run()
