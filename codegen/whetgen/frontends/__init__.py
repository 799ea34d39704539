"""The front doors: what others wrote becomes a graph of real-valued nodes, a package for each kind of file."""
