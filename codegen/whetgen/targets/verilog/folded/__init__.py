"""The folded architecture: layers that run at once on a stream, PE neurons and SIMD inputs of each in a cycle."""
