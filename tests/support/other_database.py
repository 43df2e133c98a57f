"""A database of which the product knows nothing special: a real PostgreSQL under another name."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg


class OtherDatabase(PGDialect_psycopg):
    """The dialect of PostgreSQL, but for its name."""

    name = "lenderdb"
    supports_statement_cache = True
