"""Where the system meets the world: command line, notebooks, MLflow, plots and pages."""
