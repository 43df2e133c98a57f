"""The verb ``train``: an evaluation at each test origin, then models that learn from all that is known."""
