"""The screen of letters: made, looked at, filed with their hash; objections with their answers."""
