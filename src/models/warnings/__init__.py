"""Warnings: who turned worse against its own past and its peers, how severely, and which of them are shown."""
