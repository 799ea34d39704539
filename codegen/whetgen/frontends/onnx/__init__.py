"""ONNX and QONNX files -> graph of real-valued nodes, one handler for each operator."""
