"""Layers as logic on single bits: literals, counters shaped like lookup tables, carry chains."""
