"""How far Yosys is, read from what it prints."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from whetgen.synth.devices import Device

# Of a network's time, (n / passes) ** 1.5 has gone when pass n begins: 49 passes over a network of eleven layers
# took 0.16 of it before the 11th, 0.33 before the 26th, 0.54 before the 34th and 0.78 before the 41st, which maps logic.
_CURVE = 1.5
_BEGIN = re.compile(r"(\d+)\. Executing SYNTH_")
_PASS = re.compile(r"(\d+)\.(\d+)\. Executing (\w+)")  # of a script: its number, the pass in it
_MODULE = re.compile(r"Extracting gate netlist of module `(?:\$paramod(?:\$[0-9a-f]+)?)?\\(\w+)")


class SynthesisProgress:
    """Tells each pass, each module that is mapped, and about how long it will still take."""

    def __init__(self, device: Device, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic):
        self._device, self._tell, self._clock = device, tell, clock
        self._began, self._script, self._number = clock(), "", 0

    def line(self, text: str) -> None:
        """One line of Yosys' output."""
        if found := _BEGIN.match(text):
            self._script = found[1]
        elif (found := _PASS.match(text)) and found[1] == self._script:
            self._number = int(found[2])
            self._say(found[3].lower())
        elif found := _MODULE.search(text):
            self._say(f"logic of {found[1]}")

    def _say(self, what: str) -> None:
        self._tell(f"yosys for {self._device.name}: {what}{self._left()}")

    def _left(self) -> str:
        share = min(self._number / self._device.passes, 1.0) ** _CURVE
        seconds = (self._clock() - self._began) * (1 - share) / share
        return f", about {seconds / 60:.0f} min left" if seconds >= 90 else f", about {seconds:.0f} s left"
