"""The NIR target: the integers as a graph for neuromorphic simulators and chips."""
