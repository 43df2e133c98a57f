"""What is kept of results, and what is taken away: never what an official publication names."""
