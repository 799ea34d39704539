"""A generated folder against the reference."""
