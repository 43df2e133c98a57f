"""Members, their roles and portfolios; routes and their rights; log-in; the record of reading."""
