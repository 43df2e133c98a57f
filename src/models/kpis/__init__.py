"""The figures of client management of one book at an as-of date, their trend, campaigns and moves between tiers."""
