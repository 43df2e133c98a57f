"""The verb ``validate``: all that a model validator asks of a version, as one folder and one page."""
