"""Rows at the source become rows of the contract, as ``book.map`` says: before the door, which checks them all."""
