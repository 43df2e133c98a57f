"""The screen of overrides: proposed with caps and terms in sight, signed by a second person, and never deleted."""
