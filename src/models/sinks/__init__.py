"""Published runs as tables of a database or a data lake, level with the ledger of publications."""
