"""The screen of clients: one search box, facets, chosen columns, saved views, export."""
