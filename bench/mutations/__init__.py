"""Mutated feeds: which are refused, told, of no consequence, or silent."""
