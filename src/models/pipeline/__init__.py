"""The models of a book as one pipeline: origins, out-of-time forecasts, calibration, and the bundle."""
