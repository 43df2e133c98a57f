"""The first five minutes: the demo's config, a simulated book, and a whole run of it."""
