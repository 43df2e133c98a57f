"""Guard of a book: implausible figures by themselves, and beside the book that the models learned from."""
