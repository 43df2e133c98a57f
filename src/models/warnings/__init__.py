"""Warnings: deterioration against a client's own past and its peers, its severity, and the warnings shown."""
