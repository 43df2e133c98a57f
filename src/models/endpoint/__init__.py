"""The registered model as MLflow opens and serves it: rows of clients, or of features, to value, decline and tier."""
