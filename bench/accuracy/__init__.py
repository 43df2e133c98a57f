"""Holds value and decline against what else a data scientist would pick, on the same rows of the same books."""
