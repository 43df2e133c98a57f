"""Buy till you die: models of clients that buy now and then and leave without a word. Each is small and its own."""
