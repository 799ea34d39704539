"""Side-by-side benchmarks: ``whetgen bench``."""
