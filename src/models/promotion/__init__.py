"""The gate before a version may serve, and the change of champion: promoted, or taken back."""
