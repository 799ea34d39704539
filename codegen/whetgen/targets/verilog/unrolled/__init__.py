"""The unrolled architecture: every tensor is a bus, every layer a module of counters and carry chains, one enable for all."""
