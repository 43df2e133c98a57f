"""Scripts that run in an environment of other packages, without ours."""
