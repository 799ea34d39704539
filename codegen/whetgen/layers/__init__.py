"""The layer graph: the few layers that every target knows, with windows, ranges and fused thresholds."""
