"""The evaluation of a pipeline at past origins: metrics with intervals, beside benchmarks, as a report and a page."""
