"""Two versions that exist, on the same clients: judged by what came since, and by what would change."""
