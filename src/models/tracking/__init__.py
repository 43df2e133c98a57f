"""MLflow: runs, registered versions and aliases, and the bundles behind them."""
