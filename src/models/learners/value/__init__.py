"""Value models: candidates for a client's value over the horizon, and the model that serves the chosen one."""
