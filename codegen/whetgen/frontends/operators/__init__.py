"""Operators over tensors with channels first, as ONNX and NIR have them: what each means as real-valued nodes."""
