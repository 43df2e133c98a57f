"""What each client is worth over the horizon: candidates that compete, and the model that serves the chosen one."""
