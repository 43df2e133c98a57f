"""The Django project: settings, addresses, and what all screens share."""
