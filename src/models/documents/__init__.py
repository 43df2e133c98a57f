"""The documents that programs read and write: a config in full, and the JSON schemas of what every command prints."""
