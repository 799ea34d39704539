"""An output folder: its texts, its manifest, its names, written whole or not at all."""
