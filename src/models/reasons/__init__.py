"""Why a model says what it says of a client: contributions as ranked reasons, and reasons as sentences."""
