"""Sources of books, one module each; all yield the same tables."""
