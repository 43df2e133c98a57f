"""The verb ``features``: what models look at of every active client, published as a table for others to read."""
