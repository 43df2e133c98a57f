"""Where tables are checked and ledgers are summed up: one protocol, one module per engine."""
