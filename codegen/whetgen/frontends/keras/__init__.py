"""Keras model -> graph of real-valued nodes, one handler for each layer type."""
