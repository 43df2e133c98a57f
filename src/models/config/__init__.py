"""What a run is asked to do: settings of one book, and how they are read."""
