"""Forgetting of a client: erased or pseudonymised wherever results name it, and proved by a search over every file."""
