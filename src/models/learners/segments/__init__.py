"""Which clients resemble one another: clusters over a few stated features, numbered and named by rule."""
