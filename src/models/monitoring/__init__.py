"""Publications beside training, beside the one before, and beside what came since; the verb ``monitor``."""
