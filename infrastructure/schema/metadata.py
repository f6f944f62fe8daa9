"""The one ``MetaData`` that every table belongs to, and the column types they share."""

from sqlalchemy import BigInteger, Integer, MetaData, Text

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

LONG = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit integer. SQLite's INTEGER has 64 bits too, and only a column declared with
that word can be the row's own key."""

KEY = Text().with_variant(Text(collation="C"), "postgresql")
"""Text compared byte by byte, so that no change of the system's locale can spoil an index."""
