"""Decisions of people as an append-only chain of hashes, the rules that they obey, and what a run reads of them."""
