"""What learns from panels: arrays and configs in, predictions and their parts out; no files or trackers."""
