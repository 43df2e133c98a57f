"""Spark as a place to work: its session, its mapper, its refusals. The only package that knows PySpark."""
