"""Learners: arrays and configs in, predictions and their contributions out."""
