"""Expected credit loss: probability of default, loss given default, exposure at default."""
