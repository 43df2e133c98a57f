"""The screen of warnings: the quadrant of level and change, and the inbox in which people work on them."""
