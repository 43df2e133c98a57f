"""MLflow: runs, registered versions and aliases, and the bundles behind them."""

import os

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")  # each waits twice as long; MLflow's own 7 are minutes
