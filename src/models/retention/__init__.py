"""Retention of results: files go that no official publication names."""
