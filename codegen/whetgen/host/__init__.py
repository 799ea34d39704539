"""The machine that whetgen runs on: signals, scratch folders, and the programs that it starts."""
