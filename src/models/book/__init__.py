"""The door of the system: sources, the contract of their tables, checks and quarantine."""
