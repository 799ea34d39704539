"""NIR graphs, whose neurons spike once: -> graph of real-valued nodes."""
