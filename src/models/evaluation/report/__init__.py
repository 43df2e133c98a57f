"""The evaluation of one test origin as data: bounded, without any single client."""
