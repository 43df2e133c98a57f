"""The policy lab: cut-offs are moved, who moves and what it is worth is seen, and a second person approves."""
