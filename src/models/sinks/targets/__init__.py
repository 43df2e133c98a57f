"""Kinds of sinks: a SQL database, a DuckDB file, a folder of Delta tables; all are written in the same way."""
