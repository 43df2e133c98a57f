"""The policy by which clients are graded and treated, as settings that are checked whole when they are read."""
