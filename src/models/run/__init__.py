"""The main job of the command line: train, score and show a book in one go."""
