"""Pure rules over predictions that a reviewer can read without any model."""
