"""The trail of a client: what was published of it by a day, from what, what people decided, and the same made again."""
