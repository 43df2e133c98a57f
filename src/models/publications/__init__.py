"""Published runs of a book: the latest, and the one before."""
