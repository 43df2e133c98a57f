"""The screen of moves between tiers: the matrix, and the clients of a cell with what moved each and who did it."""
