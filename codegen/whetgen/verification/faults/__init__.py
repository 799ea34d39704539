"""``whetgen verify --faults``: what flipped bits do to a network, in the reference and in the real files."""
