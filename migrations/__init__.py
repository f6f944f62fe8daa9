"""The Alembic migrations that build every table on SQLite and on PostgreSQL.

Nothing is created at run time outside them. The environment knows only
``infrastructure.schema``, the description of the tables.
"""
