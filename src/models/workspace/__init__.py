"""The open things that verbs work on: settings, folders, book, bundle and published run."""
