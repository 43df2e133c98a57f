"""The screen of models: what runs and verbs left of how good they are, and who let them serve."""
