"""Random networks through everything that whetgen has: drawn, generated, run, compared, made small where they differ."""
