"""Features: pure functions of what was known of a block of clients before the as-of date.

Names read measure_statistic_window; windows are in periods, e.g. ``fee_sum_12p``.
"""
