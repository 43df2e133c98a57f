"""First steps: what files and databases call their tables, columns and kinds, and a first config made of it."""
