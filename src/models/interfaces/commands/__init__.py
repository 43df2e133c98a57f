"""Commands that have a module of their own, and how every command prints; the others stand in the command line."""
