"""Buy-till-you-die models: purchase frequency, dropout and purchase size of non-contractual clients."""
