"""The way of the data: sources, checks, ledger, cube, features, targets and the panel that learners see."""
