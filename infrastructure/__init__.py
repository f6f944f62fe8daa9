"""How the subject is kept: the event store, the projections and the SQL questions.

Everything that touches a database or a stored byte lives here, for SQLite and PostgreSQL
from the same code. It may import ``domain`` and never ``api``. The questions answered in
SQL never call the domain's fold: the two are written apart so that each can check the
other.
"""
