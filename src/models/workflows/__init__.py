"""One verb each: what joins tables, learners and decisions into a job; no tracker, no terminal, no page."""
