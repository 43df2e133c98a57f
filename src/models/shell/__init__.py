"""The toolkit that all verbs share: options, terminal, SVG, HTML and CSV."""
