"""Segments: clusters of clients over a few configured features, numbered and named by rule."""
