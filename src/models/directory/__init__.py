"""All clients of a book as they stand at an as-of date, scored or not, and the index that finds them."""
