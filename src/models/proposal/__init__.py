"""Another policy proposed: cut-offs and weights searched on past dates for a stated aim."""
