"""The verb ``card``: what a registered version is, how good it is and who stands for it, on one page."""
