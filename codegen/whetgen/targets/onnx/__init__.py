"""The ONNX target: the integers as a model that any ONNX runtime computes."""
