"""Integer graphs to folders of source code. Each target: plan (decide), render (fill templates)."""
